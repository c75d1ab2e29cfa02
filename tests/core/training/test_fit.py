"""Training from photographs to weights: it learns, and what it writes is what was trained."""

from __future__ import annotations

import csv
import dataclasses
import itertools
import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from fundus_gui import __version__
from fundus_gui.core.catalogue import EnsembleSpec, read_catalogue
from fundus_gui.core.checkpoints import load_checkpoint
from fundus_gui.core.datasets import read_split
from fundus_gui.core.ensemble import load_ensemble
from fundus_gui.core.errors import (
    ConfigError,
    DatasetError,
    DeviceError,
    ExportError,
    FundusError,
    ImageError,
    UnknownNameError,
)
from fundus_gui.core.evaluation import measure
from fundus_gui.core.inference import predict_images
from fundus_gui.core.results import Prediction
from fundus_gui.core.runs import EpochReport, RunFolder, StepReport, TrainConfig, read_run
from fundus_gui.core.training import fit
from fundus_gui.core.training.learner import Learner

if TYPE_CHECKING:
    from conftest import Trained

Train = Callable[[TrainConfig, Path], "Trained"]


@pytest.fixture(scope="module")
def trained(config: TrainConfig, train: Train, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    return train(config, tmp_path_factory.mktemp("runs") / "deep" / "run")


def weights_of(path: Path) -> dict[str, Tensor]:
    return load_checkpoint(path).model.state_dict()


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


# Learning -----------------------------------------------------------------------------------------


def test_it_learns_what_can_be_learnt(trained: Trained) -> None:
    assert trained.epochs[-1].train_loss < 0.8 * trained.epochs[0].train_loss
    best = max(trained.epochs, key=lambda epoch: epoch.validation["macro_auc"])
    assert best.validation["macro_auc"] > 0.9
    assert best.validation["balanced_accuracy"] > 0.7


def test_every_step_and_epoch_is_told_in_order(trained: Trained) -> None:
    assert [(s.epoch, s.step, s.steps) for s in trained.steps] == [
        (epoch, step, 4) for epoch in range(1, 6) for step in range(1, 5)
    ]
    assert [epoch.epoch for epoch in trained.epochs] == [1, 2, 3, 4, 5]
    for epoch in trained.epochs:
        losses = [step.loss for step in trained.steps if step.epoch == epoch.epoch]
        assert epoch.train_loss == pytest.approx(np.mean(losses))
        assert np.sum(epoch.confusion) == epoch.validation["images"] == 12
        assert 0 <= epoch.waiting <= 1


def test_the_best_is_the_highest_macro_auc_so_far_and_of_equal_ones_the_surer(
    trained: Trained,
) -> None:
    scores = [(e.validation["macro_auc"], -e.validation["log_loss"]) for e in trained.epochs]
    assert [epoch.is_best for epoch in trained.epochs] == [
        score > max(scores[:number], default=(-1, 0)) for number, score in enumerate(scores)
    ]
    assert trained.ended.best_epoch == 1 + scores.index(max(scores))


@pytest.mark.parametrize(
    "changes",
    [
        {"balance": "none", "loss": "focal"},
        {"balance": "sampling", "balance_strength": 0.5, "precision": "bf16"},
        {"optimizer": "sgd", "schedule": "step", "layer_decay": 0.9},
        {"optimizer": "rmsprop", "schedule": "one-cycle", "learning_rate": 1e-3},
        {"policy": "randaugment", "zoom": 0.2, "colour": 0.5, "erasing": 1.0, "flips": "none"},
        {"policy": "trivialaugment", "flips": "horizontal"},
        {"accumulation": 2, "clip_norm": 0.0, "freeze_epochs": 1},
        {"normalisation": "measured", "contrast": "ben-graham", "test_time_augmentation": True},
        {"cache": "none", "workers": 1, "channels_last": False},
        {"duplicates": "join", "folds": 3, "fold": 2},
    ],
    ids=", ".join,
)
def test_every_recipe_trains(
    config: TrainConfig, train: Train, tmp_path: Path, changes: dict[str, object]
) -> None:
    run = train(config.changed(epochs=1, **changes), tmp_path / "run")

    assert run.ended.ending == "finished"
    assert all(math.isfinite(step.loss) for step in run.steps)
    load_checkpoint(tmp_path / "run" / "best.safetensors")


@pytest.mark.parametrize("mixing", ["mixup", "cutmix"])
def test_no_accuracy_is_told_where_labels_are_mixed(
    config: TrainConfig, train: Train, trained: Trained, tmp_path: Path, mixing: str
) -> None:
    mixed = train(config.changed(epochs=1, **{mixing: 0.4}), tmp_path / "run")

    assert mixed.epochs[0].train_accuracy is None
    assert trained.epochs[-1].train_accuracy == pytest.approx(1, abs=0.5)


def test_the_average_is_what_is_measured_and_saved(
    config: TrainConfig, train: Train, trained: Trained, tmp_path: Path
) -> None:
    averaged = train(config.changed(ema_decay=0.9), tmp_path / "run")

    assert [s.loss for s in averaged.steps] == [s.loss for s in trained.steps]
    own, plain = (weights_of(run.path / "last.safetensors") for run in (averaged, trained))
    assert not torch.equal(own["8.weight"], plain["8.weight"])
    assert own["3.num_batches_tracked"] == plain["3.num_batches_tracked"] == 20


def test_gradient_accumulation_is_the_larger_batch_in_parts(
    config: TrainConfig, train: Train, tmp_path: Path
) -> None:
    group = config.changed(epochs=2, model_arguments={"norm": "group"})
    whole = train(group, tmp_path / "whole")
    parts = train(group.changed(batch_size=4, accumulation=2), tmp_path / "parts")

    assert [step.loss for step in parts.steps] == pytest.approx(
        [step.loss for step in whole.steps], abs=1e-5
    )


def test_the_same_seed_gives_the_same_weights_and_another_seed_others(
    config: TrainConfig, train: Train, tmp_path: Path
) -> None:
    runs = [
        train(config.changed(epochs=1, seed=seed), tmp_path / name)
        for name, seed in (("one", 5), ("same", 5), ("other", 6))
    ]
    first, same, other = (weights_of(run.path / "last.safetensors") for run in runs)
    assert [step.loss for step in runs[0].steps] == [step.loss for step in runs[1].steps]
    assert all(torch.equal(first[name], same[name]) for name in first)
    assert not all(torch.equal(first[name], other[name]) for name in first)


def test_growing_photographs_end_at_the_input_size(
    config: TrainConfig, train: Train, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    forward = nn.Sequential.forward

    def noting(self: nn.Sequential, inputs: Tensor) -> Tensor:
        if self.training and inputs.shape[1] == 3:
            sizes.append(inputs.shape[-1])
        logits: Tensor = forward(self, inputs)
        return logits

    monkeypatch.setattr(nn.Sequential, "forward", noting)
    growing = config.changed(epochs=4, input_size=48, initial_size=32)
    run = train(growing, tmp_path / "run")
    assert sizes == sorted(sizes)
    assert (sizes[0], sizes[-1]) == (32, 48)
    assert load_checkpoint(run.path / "best.safetensors").card.preprocessing.size == 48


def test_frozen_epochs_move_the_classifier_alone(
    config: TrainConfig, train: Train, tmp_path: Path
) -> None:
    frozen = config.changed(epochs=1, freeze_epochs=1)
    short = train(frozen, tmp_path / "short")
    longer = train(frozen.changed(epochs=2, freeze_epochs=2), tmp_path / "longer")

    one, two = (weights_of(run.path / "last.safetensors") for run in (short, longer))
    assert torch.equal(one["0.weight"], two["0.weight"])
    assert torch.equal(one["3.running_mean"], two["3.running_mean"])
    assert not torch.equal(one["8.weight"], two["8.weight"])


def test_the_time_budget_ends_the_training_with_weights(
    config: TrainConfig, train: Train, tmp_path: Path
) -> None:
    run = train(config.changed(epochs=1000, max_minutes=0.01), tmp_path / "run")
    assert run.ended.ending == "finished"
    assert "time budget" in run.ended.reason
    assert len(run.epochs) < 1000
    load_checkpoint(run.path / "best.safetensors")


def test_patience_ends_a_training_that_no_longer_improves(
    config: TrainConfig, train: Train, tmp_path: Path
) -> None:
    run = train(config.changed(epochs=100, patience=3), tmp_path / "run")

    assert run.ended.reason == "No better result in 3 epochs."
    assert len(run.epochs) == run.ended.best_epoch + 3


def test_the_consumer_keeps_its_own_gradient_mode(config: TrainConfig, tmp_path: Path) -> None:
    for _ in fit(config.changed(epochs=1), tmp_path / "run"):
        assert torch.is_grad_enabled()
        assert not torch.is_inference_mode_enabled()


def test_without_a_compiler_the_training_goes_on_and_says_so(
    config: TrainConfig, train: Train, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: nn.Module) -> nn.Module:
        raise RuntimeError("no C++ compiler found")

    monkeypatch.setattr(torch, "compile", broken)
    run = train(config.changed(epochs=1, compile=True), tmp_path / "run")

    assert any("no C++ compiler found" in notice for notice in run.notices)
    assert run.ended.ending == "finished"


# The run folder -----------------------------------------------------------------------------------


def test_the_run_folder_holds_what_is_promised(trained: Trained) -> None:
    promised = {
        "config.toml", "split.csv", "environment.txt", "events.jsonl", "summary.csv",
        "best.safetensors", "last.safetensors", "state", "curves.png", "curves.svg",
        "confusion_matrix.png", "roc.png", "classification_report.csv", "report.html",
    }  # fmt: skip
    assert promised <= {entry.name for entry in trained.path.iterdir()}


def test_the_run_can_be_read_back(config: TrainConfig, trained: Trained) -> None:
    run = read_run(trained.path)

    assert run.config == config
    assert run.epochs == tuple(trained.epochs)
    assert run.ended == trained.ended


def test_the_split_is_read_back_as_the_same_data(eyes: Path, trained: Trained) -> None:
    split = read_split(eyes, trained.path / "split.csv")

    assert len(split.part("train")) == 36
    assert len(split.part("val")) == 12
    assert {image.path.parent.name for image in split.images} == set(split.class_names)


def test_the_summary_has_a_row_for_every_epoch(trained: Trained) -> None:
    rows = read_rows(trained.path / "summary.csv")
    assert [int(row["epoch"]) for row in rows] == [1, 2, 3, 4, 5]
    for row, epoch in zip(rows, trained.epochs, strict=True):
        assert float(row["train_loss"]) == pytest.approx(epoch.train_loss, rel=1e-4)
        assert float(row["eval_loss"]) == pytest.approx(epoch.validation["log_loss"], rel=1e-4)


def test_the_cards_say_what_was_trained_how_and_how_well(
    config: TrainConfig, train: Train, tmp_path: Path
) -> None:
    run = train(config.changed(epochs=2, duplicates="join"), tmp_path / "run")
    best = run.epochs[run.ended.best_epoch - 1]
    for name, epoch in (("last", run.epochs[-1]), ("best", best)):
        card = load_checkpoint(run.path / f"{name}.safetensors").card
        assert card.architecture == "tiny"
        assert card.class_names == ("blue", "green", "red")
        assert card.metrics["validation"] == epoch.validation
        assert card.training["epoch"] == epoch.epoch
        assert card.training["images"]["train"] == {"blue": 12, "green": 12, "red": 12}
        assert card.training["config"]["seed"] == 3
        assert "data" not in card.training["config"]
        assert card.training["command"] == "fundus-gui train ..."
        assert card.training["versions"]["fundus_gui"] == __version__
        assert len(card.training["split_sha256"]) == 64
        assert len(card.training["image_hashes"]) == 36
        assert all(len(pair.split(":")[0]) == 16 for pair in card.training["image_hashes"])


def test_the_engine_finds_the_figures_that_training_wrote(eyes: Path, trained: Trained) -> None:
    # Only if training and inference prepare the photographs alike do the numbers agree.
    catalogue = read_catalogue([trained.path])
    spec = EnsembleSpec(name="run", members=("best",), weights=(1.0,))
    ensemble = load_ensemble(spec, catalogue, device="cpu")
    data = read_split(eyes, trained.path / "split.csv")
    images = data.part("val")
    results = list(predict_images(ensemble, [image.path for image in images]))
    probabilities = [r.probabilities for r in results if isinstance(r, Prediction)]
    labels = [data.class_names.index(image.label) for image in images]
    told = ensemble.cards["best"].metrics["validation"]
    figures = {
        k: v for k, v in dataclasses.asdict(measure(probabilities, labels)).items() if k in told
    }
    assert figures == pytest.approx(told, abs=1e-5)


# Leaving and failing ------------------------------------------------------------------------------


def test_leaving_in_the_middle_leaves_weights_that_load(
    config: TrainConfig, tmp_path: Path
) -> None:
    events = fit(config, tmp_path / "run")
    for event in events:
        if isinstance(event, EpochReport):
            break
    steps = (event for event in events if isinstance(event, StepReport))
    assert len(list(itertools.islice(steps, 2))) == 2  # two into the second epoch
    events.close()
    for name in ("last", "best"):
        assert load_checkpoint(tmp_path / "run" / f"{name}.safetensors").card.training["epoch"] == 1
    assert len(read_rows(tmp_path / "run" / "summary.csv")) == 1
    assert not RunFolder(tmp_path / "run").is_alive()


def test_an_existing_run_is_never_written_into(config: TrainConfig, trained: Trained) -> None:
    before = {path: path.stat().st_mtime_ns for path in trained.path.rglob("*")}
    with pytest.raises(DatasetError, match=r"run exists already; choose a new one"):
        next(fit(config, trained.path))
    assert {path: path.stat().st_mtime_ns for path in trained.path.rglob("*")} == before


def test_a_run_folder_that_cannot_be_made_is_an_error(config: TrainConfig, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(ExportError, match="cannot be written"):
        next(fit(config, tmp_path / "file" / "run"))


@pytest.mark.parametrize(
    ("change", "error", "sentence"),
    [
        ({"model": "efficientnet_v2"}, UnknownNameError, "no architecture named"),
        ({"model_arguments": {"depth": 3}}, ConfigError, "'tiny' has no 'depth'"),
        ({"drop_path": 0.1}, ConfigError, "'tiny' has no 'drop_path_rate'"),
        (
            {"model": "timm:test_vit", "input_size": 64, "initial_size": 32},
            ConfigError,
            "cannot learn from photographs of 42 pixels.*Leave initial_size empty",
        ),
        ({"device": "gpu"}, DeviceError, "There is no device 'gpu'"),
        ({"precision": "fp16"}, ConfigError, "fp16 needs a GPU"),
    ],
)
def test_settings_that_cannot_work_leave_no_run_folder(
    config: TrainConfig,
    tmp_path: Path,
    change: dict[str, object],
    error: type[FundusError],
    sentence: str,
) -> None:
    with pytest.raises(error, match=sentence):
        next(fit(config.changed(**change), tmp_path / "run"))
    assert not list(tmp_path.iterdir())


def test_data_that_cannot_be_used_is_a_failed_run_that_can_be_tried_again(
    config: TrainConfig, eyes: Path, train: Train, tmp_path: Path
) -> None:
    with pytest.raises(DatasetError, match="There is no folder"):
        train(config.changed(data=str(tmp_path / "nowhere")), tmp_path / "run")
    run = read_run(tmp_path / "run")
    assert (run.status, run.can_resume) == ("failed", False)
    assert "There is no folder" in run.problem

    again = train(config.changed(epochs=1, data=str(eyes)), tmp_path / "run")
    assert again.ended.ending == "finished"


def test_a_photograph_that_cannot_be_read_is_named(
    config: TrainConfig, eyes: Path, train: Train, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    for photograph in eyes.rglob("*.png"):
        target = data / photograph.relative_to(eyes)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(photograph)
    (data / "red" / "torn.png").write_bytes((eyes / "red" / "0.png").read_bytes()[:200])

    with pytest.raises(ImageError, match=r"torn\.png"):
        train(config.changed(data=str(data)), tmp_path / "run")
    assert "torn.png" in read_run(tmp_path / "run").problem


def test_an_infinite_loss_ends_the_run_with_the_last_good_weights(
    config: TrainConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = fit(config, tmp_path / "run")
    for event in events:
        if isinstance(event, EpochReport):
            break
    gradients = Learner._gradients
    monkeypatch.setattr(
        Learner,
        "_gradients",
        lambda *args: dataclasses.replace(gradients(*args), loss=math.nan),
    )
    with pytest.raises(ConfigError, match=r"diverged in epoch 2: the loss was nan.*lower"):
        list(events)
    assert load_checkpoint(tmp_path / "run" / "last.safetensors").card.training["epoch"] == 1
    assert read_run(tmp_path / "run").can_resume


def test_too_little_memory_halves_the_batch_and_says_so(
    config: TrainConfig, train: Train, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forward = nn.Sequential.forward

    def greedy(self: nn.Sequential, inputs: Tensor) -> Tensor:
        if self.training and len(inputs) > 2:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB")
        logits: Tensor = forward(self, inputs)
        return logits

    group = config.changed(epochs=1, model_arguments={"norm": "group"})
    plain = train(group, tmp_path / "plain")
    monkeypatch.setattr(nn.Sequential, "forward", greedy)
    run = train(group, tmp_path / "run")

    assert len(run.notices) == 1
    assert "in 4 parts" in run.notices[0]
    assert [s.loss for s in run.steps] == pytest.approx([s.loss for s in plain.steps], abs=1e-5)


def test_too_little_memory_for_one_photograph_is_an_error(
    config: TrainConfig, train: Train, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> Tensor:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(nn.Sequential, "forward", never)
    with pytest.raises(DeviceError, match="too little free memory to train this network"):
        train(config, tmp_path / "run")


def test_names_that_look_like_patients_are_pointed_out_and_never_taken_for_granted(
    config: TrainConfig, eyes: Path, train: Train, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    for label in ("blue", "red"):
        (data / label).mkdir(parents=True)
        for number, photograph in enumerate(sorted((eyes / label).iterdir())):
            side = "left" if number % 2 else "right"
            (data / label / f"{label}{number // 2}_{side}.png").symlink_to(photograph)
    quick = config.changed(data=str(data), epochs=1)

    hint = next(text for text in train(quick, tmp_path / "run").notices if "patients" in text)
    pattern = hint.split("'")[1]
    told = train(quick.changed(patient_pattern=pattern), tmp_path / "grouped")

    assert not any("--patient-pattern" in text for text in told.notices)
    split = read_split(data, tmp_path / "grouped" / "split.csv")
    assert len({image.patient_id for image in split.images}) == 16
