"""OpenVINO computes what torch computes, or torch does it; nobody sees an error or waits twice."""

from __future__ import annotations

import dataclasses
import logging
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import torch
from meta_networks import SMALL, slow_unless
from torch import Tensor, nn

from fundus_gui.core import ensemble, openvino_engine
from fundus_gui.core.cards import ModelCard
from fundus_gui.core.catalogue import Catalogue, read_catalogue
from fundus_gui.core.checkpoints import Checkpoint, load_checkpoint, save_checkpoint
from fundus_gui.core.devices import fast_dtype
from fundus_gui.core.ensemble import load_ensemble
from fundus_gui.core.errors import CheckpointError
from fundus_gui.core.inference import predict_images
from fundus_gui.core.models import create_model
from fundus_gui.core.openvino_engine import (
    ENGINE_VARIABLE,
    OpenVINONetwork,
    kept_network,
    openvino_network,
)
from fundus_gui.core.paths import cache_dir, samples_dir
from fundus_gui.core.preprocessing import Preprocessing

pytestmark = pytest.mark.skipif(
    find_spec("openvino") is None, reason="OpenVINO is not installed (the extra 'fast')."
)
needs_bfloat16 = pytest.mark.skipif(
    fast_dtype(torch.device("cpu")) is not torch.bfloat16,
    reason="This CPU does not compute in bfloat16.",
)
SIZE = 64
QUICK = ("tiny", "vit_ti_16", "timm:resnet18")
# Untrained ones blow up what float32 rounds away, so that they are left to torch.
UNSTABLE = {"efficientnet_v2_s", "efficientnet_v2_s_aihao"}
NAMES = sorted({*SMALL, *QUICK, "timm:tf_efficientnet_lite0"} - UNSTABLE)
CLASSES = ("a", "b", "c", "d")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let OpenVINO compute, on a machine that has converted nothing yet."""
    monkeypatch.setenv("FUNDUS_GUI_HOME", str(tmp_path / "home"))
    monkeypatch.delenv(ENGINE_VARIABLE, raising=False)


def trained(name: str, path: Path) -> Checkpoint:
    """Write and load a network whose statistics are those of what it has seen."""
    torch.manual_seed(0)
    model = create_model(name, num_classes=len(CLASSES), input_size=SIZE)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = None  # the plain average
    with torch.no_grad():
        model.train()(images(8))
    how = Preprocessing(size=SIZE)
    card = ModelCard(architecture=name, class_names=CLASSES, preprocessing=how)
    save_checkpoint(path, model.state_dict(), card)
    return load_checkpoint(path)


@pytest.fixture
def checkpoint(tmp_path: Path) -> Checkpoint:
    return trained("tiny", tmp_path / "tiny.safetensors")


def images(count: int) -> Tensor:
    return torch.randn(count, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(1))


@torch.inference_mode()
def probabilities(network: nn.Module, batch: Tensor) -> Tensor:
    logits: Tensor = network(batch)
    return logits.softmax(dim=1)


def kept() -> list[Path]:
    return sorted((cache_dir() / "openvino").glob("*"))


def refusing(*_: object) -> None:
    pytest.fail("what the cache holds was made again")


# The same answers ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", slow_unless(QUICK, NAMES))
def test_every_kind_of_network_answers_the_same(name: str, tmp_path: Path) -> None:
    checkpoint = trained(name, tmp_path / "model.safetensors")
    network = openvino_network("model", checkpoint)
    assert network is not None
    precise = load_checkpoint(tmp_path / "model.safetensors").model.double()
    for count in (1, 5):
        batch = images(count)
        truth = probabilities(precise, batch.double())
        rounding = float((probabilities(checkpoint.model, batch) - truth).abs().max())
        found = probabilities(network, batch.to(memory_format=torch.channels_last))
        np.testing.assert_allclose(found, truth, rtol=0, atol=max(1e-5, 4 * rounding))


@needs_bfloat16
@pytest.mark.parametrize(
    "name", slow_unless(QUICK, ["efficientnet_v2_s_simam", "densenet121_se", "vit_ti_16"])
)
def test_fast_answers_stay_within_the_limit(name: str, tmp_path: Path) -> None:
    checkpoint = trained(name, tmp_path / "model.safetensors")
    network = openvino_network("model", checkpoint, torch.bfloat16)
    assert network is not None
    truth = probabilities(checkpoint.model, images(5))
    np.testing.assert_allclose(probabilities(network, images(5)), truth, atol=0.05)


@needs_bfloat16
@pytest.mark.parametrize(("limit", "dtype"), [(1.0, torch.bfloat16), (0.0, torch.float32)])
def test_a_network_that_bfloat16_would_move_stays_exact(
    limit: float, dtype: torch.dtype, checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(openvino_engine._MAY_MOVE, torch.bfloat16, limit)
    network = openvino_network("tiny", checkpoint, torch.bfloat16)
    assert network is not None
    assert network.dtype is dtype


# The cache ----------------------------------------------------------------------------------------


def test_a_network_is_converted_once(
    checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = openvino_network("tiny", checkpoint)
    assert [checkpoint.sha256 in path.name for path in kept()] == [True]
    monkeypatch.setattr(openvino_engine, "_converted", refusing)
    again = openvino_network("tiny", checkpoint)
    assert first is not None
    assert again is not None
    np.testing.assert_array_equal(probabilities(first, images(2)), probabilities(again, images(2)))


@pytest.mark.parametrize("name", ["model.xml", "model.bin", "check.npz"])
@pytest.mark.parametrize("damage", ["gone", "empty", "short", "flipped"])
def test_a_damaged_cache_is_made_anew(
    name: str, damage: str, checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert openvino_network("tiny", checkpoint) is not None
    (folder,) = kept()
    content = (folder / name).read_bytes()
    middle = len(content) // 2
    flipped = content[:middle] + bytes([content[middle] ^ 255]) + content[middle + 1 :]
    (folder / name).unlink()
    if damage != "gone":
        forms = {"empty": b"", "short": content[:middle], "flipped": flipped}
        (folder / name).write_bytes(forms[damage])
    assert_computes(openvino_network("tiny", checkpoint), checkpoint)
    monkeypatch.setattr(openvino_engine, "_converted", refusing)
    assert_computes(openvino_network("tiny", checkpoint), checkpoint)


def test_a_kept_network_that_answers_otherwise_is_made_anew(checkpoint: Checkpoint) -> None:
    assert openvino_network("tiny", checkpoint) is not None
    (folder,) = kept()
    weights = folder / "model.bin"
    weights.write_bytes(bytes(weights.stat().st_size))
    with np.load(folder / "check.npz") as check:
        parts = {**check, "sha256": openvino_engine._sha256(folder)}
    np.savez(folder / "check.npz", **parts)
    assert_computes(openvino_network("tiny", checkpoint), checkpoint)


def assert_computes(network: OpenVINONetwork | None, checkpoint: Checkpoint) -> None:
    assert network is not None
    truth = probabilities(checkpoint.model, images(2))
    np.testing.assert_allclose(probabilities(network, images(2)), truth, atol=1e-5)


def test_what_another_version_has_converted_goes(checkpoint: Checkpoint) -> None:
    folder = cache_dir() / "openvino"
    folder.mkdir(parents=True)
    old, of_another = folder / f"{checkpoint.sha256}-2020.1", folder / "0-2020.1"
    old.mkdir()
    of_another.mkdir()
    assert openvino_network("tiny", checkpoint) is not None
    assert not old.exists()
    assert of_another.exists()


def test_without_a_place_to_keep_it_a_network_is_computed_all_the_same(
    checkpoint: Checkpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("FUNDUS_GUI_HOME", str(tmp_path / "file"))
    assert openvino_network("tiny", checkpoint) is not None


LOADING = """
import sys
from pathlib import Path
import torch
from fundus_gui.core.checkpoints import load_checkpoint
from fundus_gui.core.openvino_engine import openvino_network
torch.set_num_threads(1)
network = openvino_network("tiny", load_checkpoint(Path(sys.argv[1])))
print(network(torch.ones(1, 3, 64, 64)).tolist())
print("openvino_telemetry:", sys.modules["openvino_telemetry"])
"""


def loading(path: Path, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", LOADING, str(path)],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.usefixtures("checkpoint")
def test_two_processes_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    processes = [loading(tmp_path / "tiny.safetensors") for _ in range(2)]
    answers = [process.communicate()[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    assert answers[0] == answers[1] != ""
    assert len(kept()) == 1


@pytest.mark.usefixtures("checkpoint")
def test_nobody_is_told_of_its_use(tmp_path: Path) -> None:
    package = tmp_path / "openvino_telemetry.py"
    package.write_text("raise SystemExit('imported')")
    process = loading(tmp_path / "tiny.safetensors", PYTHONPATH=str(tmp_path))
    told, _ = process.communicate()
    assert process.returncode == 0
    assert "openvino_telemetry: None" in told


# Torch computes -----------------------------------------------------------------------------------


class _Undecided(nn.Module):
    """Goes another way for the images that are traced, which a trace does not see."""

    def forward(self, x: Tensor) -> Tensor:
        means = x.mean(dim=(2, 3))
        return means if len(x) == 3 else -means


class _Unknown(nn.Module):
    """Does what OpenVINO has no word for."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.special.bessel_j0(x).mean(dim=(2, 3))


@pytest.mark.parametrize("kind", [_Undecided, _Unknown])
def test_a_network_that_openvino_does_not_follow_is_left_to_torch_with_a_sentence(
    kind: type[nn.Module], checkpoint: Checkpoint, caplog: pytest.LogCaptureFixture
) -> None:
    other = Checkpoint(kind(), checkpoint.card, "0")
    with caplog.at_level(logging.WARNING):
        assert openvino_network("strange", other) is None
    (record,) = caplog.records
    assert record.message.startswith("OpenVINO cannot compute the model strange, PyTorch does it (")
    assert "()" not in record.message


@pytest.mark.parametrize("kind", [_Undecided, _Unknown])
def test_what_openvino_does_not_follow_is_tried_once_and_told_at_each_load(
    kind: type[nn.Module],
    checkpoint: Checkpoint,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = Checkpoint(kind(), checkpoint.card, "0")
    with caplog.at_level(logging.WARNING):
        assert openvino_network("strange", other) is None
        monkeypatch.setattr(openvino_engine, "_converted", refusing)
        assert openvino_network("strange", other) is None
    first, again = caplog.records
    assert again.message == first.message


def test_another_version_of_openvino_tries_again(
    checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Checkpoint(_Undecided(), checkpoint.card, checkpoint.sha256)
    assert openvino_network("tiny", other) is None
    (old,) = kept()
    monkeypatch.setattr(openvino_engine, "_version", lambda: "2099.1")
    assert openvino_network("tiny", checkpoint) is not None
    assert [path.name for path in kept()] == [f"{checkpoint.sha256}-2099.1"]
    assert not old.exists()


@needs_bfloat16
def test_what_is_refused_in_one_precision_may_be_computed_in_the_other(
    checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(openvino_engine._MAY_MOVE, torch.float32, -1.0)
    monkeypatch.setitem(openvino_engine._MAY_MOVE, torch.bfloat16, 1.0)
    for _ in range(2):
        assert openvino_network("tiny", checkpoint) is None
        assert openvino_network("tiny", checkpoint, torch.bfloat16) is not None
    monkeypatch.setattr(openvino_engine, "_converted", refusing)
    assert openvino_network("tiny", checkpoint) is None
    assert openvino_network("tiny", checkpoint, torch.bfloat16) is not None


def test_a_full_memory_is_not_remembered(
    checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> None:
        raise RuntimeError("DefaultCPUAllocator: not enough memory")

    with monkeypatch.context() as patch:
        patch.setattr(openvino_engine, "_converted", failing)
        assert openvino_network("tiny", checkpoint) is None
    assert openvino_network("tiny", checkpoint) is not None


def test_it_can_be_left_out(checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENGINE_VARIABLE, "torch")
    assert openvino_network("tiny", checkpoint) is None
    assert kept() == []


# The ensemble -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def catalogue(tiny_weights: Path) -> Catalogue:
    return read_catalogue([tiny_weights])


def test_an_ensemble_says_who_computes_and_gives_the_same_numbers(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    photographs = sorted(samples_dir().glob("*.jpg"))
    ours = load_ensemble(catalogue.ensemble("pair"), catalogue, device="cpu")
    monkeypatch.setenv(ENGINE_VARIABLE, "torch")
    plain = load_ensemble(catalogue.ensemble("pair"), catalogue, device="cpu")
    assert all(isinstance(member.model, OpenVINONetwork) for member in ours.members)
    assert ours.device_name.startswith(f"{plain.device_name}, OpenVINO 20")
    assert ours.number_format == plain.number_format == "float32"
    numbers = [
        [result.member_probabilities for result in predict_images(ensemble, photographs)]
        for ensemble in (ours, plain)
    ]
    np.testing.assert_allclose(numbers[0], numbers[1], atol=1e-5)


def test_an_ensemble_names_the_members_that_torch_computes(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "fundus_gui.core.ensemble.openvino_network",
        lambda name, checkpoint, dtype: (
            None if name == "tiny_b" else openvino_network(name, checkpoint, dtype)
        ),
    )
    pair = load_ensemble(catalogue.ensemble("pair"), catalogue, device="cpu")
    assert pair.device_name.endswith(" without tiny_b")


def test_a_run_can_be_stopped_and_begun_again(catalogue: Catalogue) -> None:
    photographs = sorted(samples_dir().glob("*.jpg"))
    pair = load_ensemble(catalogue.ensemble("pair"), catalogue, device="cpu")
    run = predict_images(pair, photographs, batch_size=1)
    first = next(run)
    run.close()
    again = next(iter(predict_images(pair, photographs[:1])))
    np.testing.assert_allclose(first.member_probabilities, again.member_probabilities, atol=1e-6)


def test_a_converted_member_is_loaded_without_its_network_in_torch(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = catalogue.ensemble("pair")
    first = load_ensemble(spec, catalogue, device="cpu")
    monkeypatch.setattr(ensemble, "load_checkpoint", refusing)
    again = load_ensemble(spec, catalogue, device="cpu")
    assert again.weights_sha256 == first.weights_sha256
    assert again.cards == first.cards
    photographs = sorted(samples_dir().glob("*.jpg"))
    for one, other in zip(
        predict_images(first, photographs), predict_images(again, photographs), strict=True
    ):
        np.testing.assert_allclose(one.member_probabilities, other.member_probabilities, atol=1e-6)


def test_a_card_of_other_weights_is_not_taken_for_those_that_were_converted(
    tmp_path: Path, checkpoint: Checkpoint
) -> None:
    path = tmp_path / "tiny.safetensors"
    assert openvino_network("tiny", checkpoint) is not None
    assert kept_network(path, checkpoint.card, torch.float32) is not None
    other = dataclasses.replace(checkpoint.card, temperature=2.0)
    assert kept_network(path, other, torch.float32) is None


def test_weights_replaced_after_the_start_are_refused_though_they_are_converted(
    tmp_path: Path, checkpoint: Checkpoint
) -> None:
    catalogue = read_catalogue([tmp_path])
    other = dataclasses.replace(checkpoint.card, temperature=2.0)
    path = tmp_path / "tiny.safetensors"
    save_checkpoint(path, checkpoint.model.state_dict(), other)
    assert openvino_network("tiny", load_checkpoint(path)) is not None
    with pytest.raises(CheckpointError, match="it was replaced"):
        ensemble.load_member("tiny", catalogue, torch.device("cpu"))
