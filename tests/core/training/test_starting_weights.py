"""A training can start from other weights, and what it makes of them carries their terms."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch
from tiny_weights import write_tiny_model
from torch import nn

from fundus_gui.core.cards import ModelCard, read_card
from fundus_gui.core.checkpoints import load_checkpoint
from fundus_gui.core.errors import CheckpointError, ConfigError
from fundus_gui.core.models import create_model
from fundus_gui.core.preprocessing import Preprocessing
from fundus_gui.core.runs import RunEnded, RunFolder, TrainConfig, read_events
from fundus_gui.core.training import fit

if TYPE_CHECKING:
    from conftest import Trained

Train = Callable[[TrainConfig, Path], "Trained"]
GoOn = Callable[[Path], "Trained"]

MEAN, STD = (0.4, 0.3, 0.2), (0.3, 0.2, 0.1)
CLASSES = ("blue", "green", "red")  # of the data


def write_ours(path: Path, class_names: tuple[str, ...] = CLASSES) -> Path:
    write_tiny_model(
        path,
        class_names=class_names,
        preprocessing=Preprocessing(size=64, mean=MEAN, std=STD),
        licence="CC BY-NC 4.0",
        title="Eye weights",
    )
    return path


@pytest.fixture(autouse=True)
def _no_machine_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail whatever begins to download without having been asked."""

    def forbid(*arguments: object, **_settings: object) -> None:
        pytest.fail(f"a machine was looked up: {arguments}")

    monkeypatch.setattr(socket, "getaddrinfo", forbid)


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_ours(tmp_path_factory.mktemp("weights") / "ours.safetensors")


@pytest.fixture(scope="module")
def frozen(config: TrainConfig) -> TrainConfig:
    """Return a config that changes next to nothing, so that the start shows at the end."""
    return config.changed(epochs=1, learning_rate=1e-8, weight_decay=0.0)


@pytest.fixture(scope="module")
def run(
    frozen: TrainConfig, ours: Path, train: Train, tmp_path_factory: pytest.TempPathFactory
) -> Trained:
    """Return a run that started from a file of ours."""
    return train(frozen.changed(pretrained=str(ours)), tmp_path_factory.mktemp("runs") / "run")


def weights(path: Path) -> dict[str, torch.Tensor]:
    state = load_checkpoint(path).model.state_dict()
    return {n: tensor for n, tensor in state.items() if n.endswith((".weight", ".bias"))}


def same(left: dict[str, torch.Tensor], right: dict[str, torch.Tensor], *names: str) -> bool:
    return all(torch.allclose(left[name], right[name], atol=1e-6) for name in names or left)


def test_a_training_starts_from_a_file_of_ours_head_included(run: Trained, ours: Path) -> None:
    assert same(weights(run.path / "last.safetensors"), weights(ours))
    (told,) = [text for text in run.notices if text.startswith("Started from")]
    assert told == (
        "Started from Eye weights: 10 tensors fit, 0 are new, 0 were left out; its head included. "
        "Licence: CC BY-NC 4.0"
    )


def test_without_pretrained_weights_nothing_is_said_of_them(
    frozen: TrainConfig, ours: Path, train: Train, tmp_path: Path
) -> None:
    run = train(frozen, tmp_path / "run")
    assert not same(weights(run.path / "last.safetensors"), weights(ours), "0.weight")
    card = read_card(run.path / "last.safetensors")
    assert (card.licence, card.training["started_from"]) == ("", {})


def test_a_training_starts_from_a_foreign_file(
    frozen: TrainConfig, train: Train, tmp_path: Path
) -> None:
    torch.manual_seed(5)
    network = create_model("tiny", num_classes=1000)
    path = tmp_path / "best_model.pth"
    torch.save({"state_dict": network.state_dict(), "epoch": 3}, path)
    run = train(frozen.changed(pretrained=str(path)), tmp_path / "run")
    found = weights(run.path / "last.safetensors")
    state = network.state_dict()
    assert same(found, state, "0.weight", "2.weight")
    assert found["8.weight"].shape[0] == len(CLASSES)
    assert "the head is new" in run.notices[-1]
    assert read_card(run.path / "last.safetensors").licence.startswith("not known")


def test_licence_origin_and_colours_go_into_the_card(run: Trained, ours: Path) -> None:
    for name in ("best", "last"):
        card = read_card(run.path / f"{name}.safetensors")
        assert card.licence == "CC BY-NC 4.0"
        assert card.is_non_commercial
        assert card.preprocessing == Preprocessing(size=32, mean=MEAN, std=STD)
        assert card.training["started_from"]["title"] == "Eye weights"
        digest = hashlib.sha256(ours.read_bytes()).hexdigest()
        assert card.training["started_from"]["sha256"] == digest


def test_the_report_of_the_run_tells_origin_and_licence(run: Trained) -> None:
    page = (run.path / "report.html").read_text(encoding="utf-8")
    assert "<dt>Started from</dt><dd>Eye weights</dd>" in page
    assert "<dt>Licence</dt><dd>CC BY-NC 4.0</dd>" in page


def test_measured_colours_are_kept_when_they_are_wanted(
    frozen: TrainConfig, ours: Path, train: Train, tmp_path: Path
) -> None:
    config = frozen.changed(pretrained=str(ours), normalisation="measured")
    run = train(config, tmp_path / "run")
    assert read_card(run.path / "last.safetensors").preprocessing.mean != MEAN


def failed(config: TrainConfig, out: Path) -> str:
    """Train in vain; return the sentence, which the run's own events repeat."""
    with pytest.raises((CheckpointError, ConfigError)) as caught:
        list(fit(config, out))
    ended = read_events(RunFolder(out))[-1]
    assert ended == RunEnded(ending="failed", reason=str(caught.value))
    return str(caught.value)


def test_a_wrong_file_is_refused_before_the_data_are_read(
    frozen: TrainConfig, ours: Path, train: Train, tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong.pth"
    torch.save(nn.Linear(3, 3).state_dict(), wrong)
    config = frozen.changed(pretrained=str(wrong))
    assert "it holds 0 % of the network's backbone" in failed(config, tmp_path / "run")
    assert not RunFolder(tmp_path / "run").split_file.exists()
    # The folder is free for the next attempt.
    assert train(config.changed(pretrained=str(ours)), tmp_path / "run").ended.ending == "finished"


def test_a_file_that_is_not_there_is_named(frozen: TrainConfig, tmp_path: Path) -> None:
    sentence = failed(frozen.changed(pretrained=str(tmp_path / "no.pth")), tmp_path / "run")
    assert sentence.startswith("Weights file no.pth was refused")


def test_offline_a_training_offers_to_go_on_from_scratch(
    frozen: TrainConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object, **_settings: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    config = frozen.changed(model="efficientnet_v2_s", pretrained="hub:torchvision_densenet121")
    sentence = failed(config, tmp_path / "run")
    assert "cannot be reached. Go on from scratch by leaving the pretrained" in sentence


def test_a_network_of_timm_is_built_without_its_public_weights(
    frozen: TrainConfig, train: Train, tmp_path: Path
) -> None:
    config = frozen.changed(model="timm:test_resnet")
    assert train(config, tmp_path / "run").ended.ending == "finished"


def test_a_resumed_run_does_not_need_the_file_again(
    config: TrainConfig, train: Train, go_on: GoOn, tmp_path: Path
) -> None:
    ours = write_ours(tmp_path / "ours.safetensors")
    exact = config.changed(pretrained=str(ours), epochs=2, deterministic=True)
    whole = train(exact, tmp_path / "whole")
    path = tmp_path / "stopped"
    events = fit(exact, path, command="fundus-gui train ...")
    for event in events:
        if type(event).__name__ == "StepReport":
            RunFolder(path).ask("stop")
    assert not (path / "last.safetensors").exists()  # stopped in the first epoch
    ours.unlink()
    resumed = go_on(path)
    assert resumed.ended.ending == "finished"
    assert not [text for text in resumed.notices if text.startswith("Started from")]

    def card(run: Trained) -> ModelCard:
        return read_card(run.path / "last.safetensors")

    assert card(resumed).licence == "CC BY-NC 4.0"
    assert card(resumed).preprocessing == card(whole).preprocessing
    assert card(resumed).training["started_from"] == card(whole).training["started_from"]
    assert same(weights(path / "last.safetensors"), weights(whole.path / "last.safetensors"))
