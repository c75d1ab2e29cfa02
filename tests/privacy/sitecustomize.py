"""Forbids the network to every Python process that finds this file first, and notes each attempt.

Twice: an audit hook, which nothing in the process can take away again, names who opened a socket
of the internet; and where the kernel offers seccomp, a filter kills the process should any library
below Python open one. Both are inherited by whatever the process starts.
"""

import ctypes
import os
import platform
import socket
import struct
import sys
from typing import Any

_INTERNET = {socket.AF_INET, socket.AF_INET6}
_ASKED = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}


def _forbid(event: str, arguments: tuple[Any, ...]) -> None:
    is_opened = event == "socket.__new__" and arguments[1] in _INTERNET
    if event in _ASKED or is_opened:
        with open(os.environ["FUNDUS_ATTEMPTS"], "a", encoding="utf-8") as notes:  # noqa: PTH123
            notes.write(f"{event} {arguments[1:]} by {sys.argv}\n")
        raise PermissionError(f"the network is forbidden: {event}")


def _instruction(code: int, jump_true: int, jump_false: int, value: int) -> bytes:
    return struct.pack("=HBBI", code, jump_true, jump_false, value)


def _kill_at_sockets() -> None:
    """Let the kernel kill the process at socket(AF_INET or AF_INET6, ...); see seccomp(2)."""
    load, equals, end = 0x20, 0x15, 0x06  # of classic BPF
    calls = {"x86_64": (0xC000_003E, 41), "aarch64": (0xC000_00B7, 198)}
    if sys.platform != "linux" or platform.machine() not in calls:
        return
    architecture, socket_call = calls[platform.machine()]
    kill, allow = 0x8000_0000, 0x7FFF_0000
    program = b"".join(
        (
            _instruction(load, 0, 0, 4),  # the architecture
            _instruction(equals, 0, 6, architecture),
            _instruction(load, 0, 0, 0),  # the call
            _instruction(equals, 0, 4, socket_call),
            _instruction(load, 0, 0, 16),  # its first argument
            _instruction(equals, 1, 0, socket.AF_INET),
            _instruction(equals, 0, 1, socket.AF_INET6),
            _instruction(end, 0, 0, kill),
            _instruction(end, 0, 0, allow),
        )
    )
    kept = ctypes.create_string_buffer(program, len(program))
    filter_ = struct.pack("HP", len(program) // 8, ctypes.addressof(kept))
    libc = ctypes.CDLL(None, use_errno=True)
    no_new_privileges, set_seccomp, by_filter = 38, 22, 2
    libc.prctl(no_new_privileges, 1, 0, 0, 0)
    libc.prctl(set_seccomp, by_filter, ctypes.c_char_p(filter_), 0, 0)


sys.addaudithook(_forbid)
_kill_at_sockets()
