"""The door to Ray: connects quietly, or says in one sentence why not."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from fundus_gui.core.errors import ClusterError, DeviceError

LEAST_RAY = (2, 50)  # as in pyproject.toml; older ones lack options that are used here

# A network gains little from more cores than these, and each worker has a copy of it.
_MOST_CORES = 4
_MOST_CORES_BESIDE_A_GPU = 8

_SETTINGS = {
    "RAY_USAGE_STATS_ENABLED": "0",  # Ray would tell its makers of each cluster
    "RAY_DATA_LOG_LEVEL": "CRITICAL",
    "RAY_BACKEND_LOG_LEVEL": "fatal",
    "RAY_DEDUP_LOGS_SKIP_REGEX": ".*",  # what becomes of lost workers is told in our words
    # As it is going to be; else Ray warns of the change.
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
}
# Read when Ray is imported: all of a cluster of this machine alone listens on 127.0.0.1 only, as
# Ray does by itself on Windows and macOS. Else whoever reaches a port could run code.
_LISTEN_HERE_ONLY = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}


@dataclass(frozen=True, slots=True)
class Workers:
    """How the work is spread: `count` workers, each with `cores` and `gpus`."""

    count: int
    cores: int
    gpus: int

    @property
    def device(self) -> str:
        """What computes, as `resolve_device` takes it."""
        return "cuda" if self.gpus else "cpu"


@contextmanager
def connected(address: str | None) -> Iterator[None]:
    """Join a cluster, or start one of this machine alone and end it afterwards.

    One of this machine alone cannot be reached from elsewhere. What the user has set in Ray's
    environment variables holds.

    Args:
        address: "auto" for the cluster that this machine belongs to, HOST:PORT, or None for
            RAY_ADDRESS if that is set, else for this machine alone.

    Raises:
        ClusterError: Ray is not installed or too old, or no cluster answers.
    """
    address = address or os.environ.get("RAY_ADDRESS")
    # For a cluster that is elsewhere: else it waits for 15 minutes.
    more = _LISTEN_HERE_ONLY if address is None else {"RAY_NUM_REDIS_GET_RETRIES": "1"}
    for name, value in {**_SETTINGS, **more}.items():
        os.environ.setdefault(name, value)
    try:
        import ray
        import ray.data
    except ImportError:
        raise ClusterError(
            "Ray is not installed. Install it by pip install 'fundus-gui[ray]', or use "
            "--engine local."
        ) from None
    check_version(ray.__version__)
    started_here = {} if address is not None else {"include_dashboard": False}
    try:
        with _without_chatter():
            ray.init(
                address=address or "local",
                log_to_driver=False,
                logging_level="CRITICAL",
                **started_here,
            )
    except (ConnectionError, RuntimeError, ValueError, TimeoutError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
        where = "can be started here" if address is None else f"answers at {address}"
        raise ClusterError(
            f"No Ray cluster {where} ({reason}). Start one by ray start --head, or leave out "
            "--address to use this machine alone."
        ) from error
    try:
        yield
    finally:
        ray.shutdown()


def check_version(version: str) -> None:
    """Refuse a Ray that is too old.

    Raises:
        ClusterError: it is.
    """
    numbers = [int(number) for number in re.findall(r"\d+", version)[:2]]
    if tuple(numbers) < LEAST_RAY:
        least = ".".join(map(str, LEAST_RAY))
        raise ClusterError(
            f"Ray {version} is installed, but {least} or newer is needed. Install it by "
            "pip install --upgrade 'fundus-gui[ray]' on all nodes, or use --engine local."
        )


@contextmanager
def _without_chatter() -> Iterator[None]:
    """Keep what Ray's native code says of its settings from standard error."""
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def plan_workers(device: str, cores: int | None = None) -> Workers:
    """Spread the work over the cluster that is connected.

    Args:
        device: auto (GPUs if there are any), cpu or cuda.
        cores: of each worker; None for up to 4, on a GPU for an equal share, up to 8.

    Raises:
        DeviceError: there are no such devices.
    """
    import ray

    return spread([node["Resources"] for node in ray.nodes() if node["Alive"]], device, cores)


def spread(nodes: Sequence[Mapping[str, Any]], device: str, cores: int | None = None) -> Workers:
    """Spread the work over nodes, of which each has so many "CPU" and "GPU"."""
    if device not in ("auto", "cpu", "cuda"):
        raise DeviceError(f"On a cluster the device is auto, cpu or cuda, not '{device}'.")
    with_gpus = [node for node in nodes if node.get("GPU", 0) >= 1]
    if device == "cuda" and not with_gpus:
        raise DeviceError("'cuda' was asked for, but no node of the cluster has a GPU. Use cpu.")
    if with_gpus and device != "cpu":
        each = cores or min(
            _MOST_CORES_BESIDE_A_GPU,
            *(max(1, int(node.get("CPU", 0) / node["GPU"])) for node in with_gpus),
        )
        places = [min(node["GPU"], node.get("CPU", 0) // each) for node in with_gpus]
    else:
        processors = [int(node["CPU"]) for node in nodes if node.get("CPU", 0) >= 1]
        each = cores or min([_MOST_CORES, *processors])
        places = [count // each for count in processors]
    if sum(places) < 1:
        raise DeviceError(f"No node of the cluster has {each} cores for a worker. Use fewer.")
    return Workers(int(sum(places)), each, int(with_gpus != [] and device != "cpu"))
