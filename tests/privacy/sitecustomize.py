"""Forbids the network to every Python process that finds this file first, and notes each attempt.

An audit hook, since nothing in the process can take it away again.
"""

import os
import socket
import sys
from typing import Any

_EVENTS = {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"}


def _forbid(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in _EVENTS:
        return
    is_local = getattr(arguments[0], "family", None) == getattr(socket, "AF_UNIX", object())
    if not is_local:
        with open(os.environ["FUNDUS_ATTEMPTS"], "a", encoding="utf-8") as notes:  # noqa: PTH123
            notes.write(f"{event} {arguments[1:]} by {sys.argv}\n")
        raise PermissionError(f"the network is forbidden: {event}")


sys.addaudithook(_forbid)
