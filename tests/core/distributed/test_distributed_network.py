"""A cluster of this machine alone talks to itself only, and is reached by nobody else."""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from ipaddress import IPv6Address, ip_address
from pathlib import Path

import pytest
from on_clusters import SECONDS, Start, ended, on_ray

pytestmark = [
    pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed."),
    pytest.mark.skipif(sys.platform != "linux", reason="reads what Linux tells of sockets"),
]


def address(text: str) -> tuple[str, int]:
    """Read an address of /proc/net: words of 32 bits as this machine stores them."""
    number, port = text.split(":")
    words = bytes.fromhex(number)
    family = socket.AF_INET if len(words) == 4 else socket.AF_INET6
    packed = b"".join(words[at : at + 4][::-1] for at in range(0, len(words), 4))
    found = ip_address(socket.inet_ntop(family, packed))
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return str(found), int(port, 16)


def inodes_of_processes(home: Path) -> Iterator[str]:
    """Yield the sockets of all processes that have this home."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"FUNDUS_GUI_HOME={home}".encode() not in (folder / "environ").read_bytes():
                continue
            for link in (folder / "fd").iterdir():
                target = str(link.readlink())
                if target.startswith("socket:["):
                    yield target[8:-1]
        except OSError:
            continue  # it has just ended


def sockets(home: Path) -> set[tuple[str, str, str]]:
    """Return protocol, own and other address of each socket that is bound or connected."""
    ours = set(inodes_of_processes(home))
    found = set()
    for protocol in ("tcp", "tcp6", "udp", "udp6"):
        for line in Path("/proc/net", protocol).read_text().splitlines()[1:]:
            cells = line.split()
            if cells[9] in ours:
                own, other = address(cells[1]), address(cells[2])
                found.add((protocol, own[0], other[0] if other[1] else ""))
    return found


@pytest.mark.slow
@pytest.mark.timeout(2 * SECONDS)
def test_a_cluster_of_this_machine_alone_listens_nowhere_else_and_calls_nobody(
    start: Start, home: Path, eyes: Path, tmp_path: Path
) -> None:
    running = start(*on_ray(eyes, tmp_path / "results"))
    seen: set[tuple[str, str, str]] = set()
    while running.poll() is None:
        seen |= sockets(home)
        time.sleep(0.2)
    ended(running, 3)
    own = {place for _, place, _ in seen}
    others = {place for _, _, place in seen if place}
    assert own | others
    assert all(ip_address(place).is_loopback for place in own | others), sorted(seen)


def test_what_is_not_of_this_machine_would_be_seen() -> None:
    assert address("0100007F:1F90") == ("127.0.0.1", 8080)
    assert address("00000000:0000") == ("0.0.0.0", 0)
    assert address("0000000000000000FFFF00000100007F:8357") == ("127.0.0.1", 33623)
    assert address("00000000000000000000000001000000:0001") == ("::1", 1)
    assert not ip_address("0.0.0.0").is_loopback
