"""The work is spread over what the cluster has, and a machine that does not fit is refused."""

from __future__ import annotations

import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from tiny_results import run_record

from fundus_gui.core.distributed import ClusterSettings, Workers
from fundus_gui.core.distributed.cluster import LEAST_RAY, check_version, connected, spread
from fundus_gui.core.distributed.worker import Job, PartWorker, check_folders
from fundus_gui.core.errors import ClusterError, ConfigError, DeviceError

ROOT = Path(__file__).resolve().parents[3]
BIG, SMALL, GPUS = {"CPU": 64.0}, {"CPU": 2.0}, {"CPU": 32.0, "GPU": 4.0}


@pytest.mark.parametrize(
    ("nodes", "device", "cores", "expected"),
    [
        ([BIG], "auto", None, Workers(16, 4, 0)),
        ([BIG, SMALL], "auto", None, Workers(33, 2, 0)),
        ([SMALL, SMALL], "cpu", 1, Workers(4, 1, 0)),
        ([SMALL, BIG], "cpu", 8, Workers(8, 8, 0)),
        ([GPUS, BIG], "auto", None, Workers(4, 8, 1)),
        ([GPUS, GPUS], "cuda", 2, Workers(8, 2, 1)),
        ([GPUS], "cpu", None, Workers(8, 4, 0)),
        ([{"memory": 1.0}, SMALL], "auto", None, Workers(1, 2, 0)),
    ],
)
def test_workers_get_a_gpu_or_a_group_of_cores(
    nodes: list[dict[str, float]], device: str, cores: int | None, expected: Workers
) -> None:
    assert spread(nodes, device, cores) == expected


@pytest.mark.parametrize(
    ("nodes", "device", "sentence"),
    [
        ([BIG], "cuda", "no node of the cluster has a GPU"),
        ([BIG], "mps", "not 'mps'"),
        ([GPUS], "cuda:1", "not 'cuda:1'"),
        ([{"memory": 1.0}], "auto", "No node of the cluster has 4 cores"),
    ],
)
def test_devices_that_are_not_there_are_refused(
    nodes: list[dict[str, float]], device: str, sentence: str
) -> None:
    with pytest.raises(DeviceError, match=sentence):
        spread(nodes, device)


@pytest.mark.parametrize("node", [SMALL, {"CPU": 2.0, "GPU": 1.0}])
def test_a_worker_that_fits_nowhere_is_refused_since_it_would_wait_for_ever(
    node: dict[str, float],
) -> None:
    with pytest.raises(DeviceError, match="No node of the cluster has 8 cores"):
        spread([node], "auto", 8)


@pytest.mark.parametrize("setting", ["batch_size", "part_size", "cores"])
def test_impossible_settings_are_refused(setting: str) -> None:
    with pytest.raises(ConfigError, match="at least 1"):
        ClusterSettings(**{setting: 0})


def test_without_ray_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ClusterError, match=r"pip install 'fundus-gui\[ray\]'"), connected(None):
        pass


@pytest.mark.parametrize("version", ["2.9.3", "2.49.2", "1.99"])
def test_a_ray_that_is_too_old_is_refused(version: str) -> None:
    with pytest.raises(ClusterError, match=rf"Ray {version} is installed, but 2\.50 or newer"):
        check_version(version)


@pytest.mark.parametrize("version", ["2.50.0", "2.100.1", "3.0.0.dev0"])
def test_a_newer_ray_is_welcome(version: str) -> None:
    check_version(version)


def test_the_least_version_is_the_one_that_is_installed_with_the_program() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    least = ".".join(map(str, LEAST_RAY))
    assert f"ray[data]>={least}" in extras["optional-dependencies"]["ray"]


def a_job(root: Path, **changes: str) -> Job:
    return replace(
        Job(
            run=replace(run_record(), roots=(root,)),
            roots=(str(root),),
            device="cpu",
            precision="exact",
            batch_size=1,
            threads=1,
        ),
        **changes,
    )


def test_a_machine_that_does_not_see_the_photographs_is_refused(tmp_path: Path) -> None:
    lost = [str(tmp_path / "elsewhere" / name) for name in ("a.jpg", "b.jpg")]
    with pytest.raises(ClusterError, match=r"does not see .*elsewhere"):
        check_folders(lost)
    check_folders([*lost, str(tmp_path / "a file that is gone.jpg")])
    check_folders(["s3://bucket/a.jpg"])


def test_a_machine_with_another_version_is_refused(tmp_path: Path) -> None:
    worker = PartWorker(a_job(tmp_path, version="0.0.0"), {}, None)
    with pytest.raises(ClusterError, match="Install the same version on all nodes"):
        worker._check_version()
