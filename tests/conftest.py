"""What every test relies on: no screen, no network, the user's own data out of reach."""

from __future__ import annotations

import os
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

THREAD_GRACE_SECONDS = 5.0

if "FUNDUS_TEST_DISPLAY" not in os.environ:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"


def pytest_configure(config: pytest.Config) -> None:
    # Before collection, because a test module may already list the installed models.
    home = tempfile.TemporaryDirectory(prefix="fundus-gui-tests-", ignore_cleanup_errors=True)
    config.add_cleanup(home.cleanup)
    os.environ["FUNDUS_GUI_HOME"] = str(Path(home.name) / "data")
    os.environ["FUNDUS_GUI_ENGINE"] = "torch"  # OpenVINO takes seconds, and has tests of its own
    os.environ["XDG_CONFIG_HOME"] = str(Path(home.name) / "config")  # where QSettings writes


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """Fail whatever tries to connect to another machine; the program works offline."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, _refusing(getattr(socket.socket, name)))
        yield


def _refusing(connect: Any) -> Any:
    def connect_locally(self: socket.socket, address: Any) -> int | None:
        if self.family != getattr(socket, "AF_UNIX", None):
            pytest.fail(f"a test tried to reach the network: {address}")
        result: int | None = connect(self, address)
        return result

    return connect_locally


@pytest.fixture(autouse=True)
def _no_stray_threads() -> Iterator[None]:
    """Fail a test that leaves behind a thread that would keep the program from ending."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + THREAD_GRACE_SECONDS
    started = [t for t in threading.enumerate() if t not in before and not t.daemon]
    for thread in started:
        thread.join(max(0.0, deadline - time.monotonic()))
    stray = [thread.name for thread in started if thread.is_alive()]
    assert not stray, f"threads still run after the test: {', '.join(stray)}"


@pytest.fixture(scope="session")
def fundus_data() -> Path:
    """Return the folder of real labelled photographs that FUNDUS_DATA names."""
    folder = os.environ.get("FUNDUS_DATA")
    if not folder:
        pytest.skip("FUNDUS_DATA names no folder of real photographs.")
    return Path(folder)
