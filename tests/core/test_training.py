"""Training from photographs to weights: it learns, and what it writes is what was trained."""

from __future__ import annotations

import csv
import dataclasses
import itertools
import math
import shutil
import tomllib
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_photographs import photograph
from tiny_results import names_in
from torch import Tensor, nn

from fundus_gui import __version__
from fundus_gui.core.catalogue import EnsembleSpec, read_catalogue
from fundus_gui.core.checkpoints import load_checkpoint
from fundus_gui.core.datasets import Dataset, read_dataset, with_validation
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
from fundus_gui.core.models import registry
from fundus_gui.core.results import Prediction
from fundus_gui.core.training import EpochReport, StepReport, TrainConfig, fit

COLOURS = {"blue": (60, 90, 200), "green": (60, 200, 90), "red": (210, 80, 60)}
EACH = 16
SETTINGS = TrainConfig(
    model="tiny",
    input_size=32,
    epochs=5,
    batch_size=8,
    learning_rate=0.03,
    augmentation=0.2,
    device="cpu",
    seed=3,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return class folders of separable colours."""
    folder = tmp_path_factory.mktemp("coloured eyes")
    for label, colour in COLOURS.items():
        (folder / label).mkdir()
        for number in range(EACH):
            photograph(100 * number + len(label), colour).save(folder / label / f"{number}.png")
    return folder


@pytest.fixture(scope="module")
def data(folder: Path) -> Dataset:
    return with_validation(read_dataset(folder), fraction=0.25)


@dataclasses.dataclass
class Trained:
    path: Path
    steps: list[StepReport]
    epochs: list[EpochReport]


@pytest.fixture(scope="module")
def trained(data: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    return train(data, tmp_path_factory.mktemp("runs") / "deep" / "run", SETTINGS)


def train(data: Dataset, out: Path, config: TrainConfig) -> Trained:
    reports = list(fit(data, config, out, command="fundus-gui train ..."))
    return Trained(
        out,
        [report for report in reports if isinstance(report, StepReport)],
        [report for report in reports if isinstance(report, EpochReport)],
    )


def weights_of(path: Path) -> dict[str, Tensor]:
    return load_checkpoint(path).model.state_dict()


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


# Learning -----------------------------------------------------------------------------------------


def test_it_learns_what_can_be_learnt(trained: Trained) -> None:
    assert trained.epochs[-1].train_loss < 0.8 * trained.epochs[0].train_loss
    best = max(trained.epochs, key=lambda epoch: epoch.validation.macro_auc)
    assert best.validation.macro_auc > 0.9
    assert best.validation.balanced_accuracy > 0.7


def test_every_step_and_epoch_is_reported_in_order(data: Dataset, trained: Trained) -> None:
    steps = len(data.part("train")) // SETTINGS.batch_size
    assert [(s.epoch, s.step, s.steps) for s in trained.steps] == [
        (epoch, step, steps) for epoch in range(1, 6) for step in range(1, steps + 1)
    ]
    assert [epoch.epoch for epoch in trained.epochs] == [1, 2, 3, 4, 5]
    assert all(math.isfinite(step.loss) and step.images_per_second > 0 for step in trained.steps)
    for epoch in trained.epochs:
        losses = [step.loss for step in trained.steps if step.epoch == epoch.epoch]
        assert epoch.train_loss == pytest.approx(np.mean(losses))
        assert epoch.validation.images == len(data.part("val"))


def test_the_best_is_the_highest_macro_auc_so_far(trained: Trained) -> None:
    areas = [epoch.validation.macro_auc for epoch in trained.epochs]
    highest = [max(areas[:n], default=-math.inf) for n in range(len(areas))]
    assert [epoch.is_best for epoch in trained.epochs] == [
        area > before for area, before in zip(areas, highest, strict=True)
    ]


@pytest.mark.parametrize("balance", ["none", "sampling"])
def test_the_other_answers_to_rare_classes_train_too(
    data: Dataset, tmp_path: Path, balance: str
) -> None:
    config = dataclasses.replace(SETTINGS, epochs=1, balance=balance, precision="bf16")
    assert len(train(data, tmp_path / "run", config).epochs) == 1


def test_the_same_seed_gives_the_same_weights_and_another_seed_others(
    data: Dataset, tmp_path: Path
) -> None:
    config = dataclasses.replace(SETTINGS, epochs=1)
    runs = [
        train(data, tmp_path / name, dataclasses.replace(config, seed=seed))
        for name, seed in (("one", 5), ("same", 5), ("other", 6))
    ]
    first, same, other = (weights_of(run.path / "last.safetensors") for run in runs)
    assert [step.loss for step in runs[0].steps] == [step.loss for step in runs[1].steps]
    assert all(torch.equal(first[name], same[name]) for name in first)
    assert not all(torch.equal(first[name], other[name]) for name in first)


def test_growing_photographs_end_at_the_input_size(
    data: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []

    class _Noting(nn.Sequential):
        def forward(self, inputs: Tensor) -> Tensor:
            if self.training:
                sizes.append(inputs.shape[-1])
            logits: Tensor = super().forward(inputs)
            return logits

    monkeypatch.setitem(
        registry._BUILDERS,
        "noting",
        lambda num_classes, input_size: _Noting(
            *registry.create_model("tiny", num_classes=num_classes, input_size=input_size)
        ),
    )
    config = dataclasses.replace(SETTINGS, model="noting", epochs=4, input_size=48, initial_size=32)
    run = train(data, tmp_path / "run", config)
    assert sizes == sorted(sizes)
    assert (sizes[0], sizes[-1]) == (32, 48)
    assert load_checkpoint(run.path / "best.safetensors").card.preprocessing.size == 48


def test_the_time_budget_ends_the_training_with_weights(data: Dataset, tmp_path: Path) -> None:
    config = dataclasses.replace(SETTINGS, epochs=1000, max_minutes=1e-6)
    run = train(data, tmp_path / "run", config)
    assert (len(run.steps), len(run.epochs)) == (1, 1)
    load_checkpoint(run.path / "best.safetensors")


def test_the_consumer_keeps_its_own_gradient_mode(data: Dataset, tmp_path: Path) -> None:
    for _ in fit(data, dataclasses.replace(SETTINGS, epochs=1), tmp_path / "run"):
        assert torch.is_grad_enabled()
        assert not torch.is_inference_mode_enabled()


# The run folder -----------------------------------------------------------------------------------


def test_the_run_folder_holds_these_files_and_no_others(trained: Trained) -> None:
    files = {"config.toml", "split.csv", "summary.csv", "last.safetensors", "best.safetensors"}
    assert names_in(trained.path) == files


def test_the_config_can_be_read_back(trained: Trained) -> None:
    settings = tomllib.loads((trained.path / "config.toml").read_text(encoding="utf-8"))
    assert TrainConfig(**settings) == SETTINGS


def test_the_split_is_a_manifest_of_the_same_data(
    folder: Path, data: Dataset, trained: Trained, tmp_path: Path
) -> None:
    shutil.copytree(folder, tmp_path / "copy")
    shutil.copy(trained.path / "split.csv", tmp_path / "copy" / "labels.csv")
    again = read_dataset(tmp_path / "copy")

    def told(dataset: Dataset) -> list[tuple[str, str, str, str | None]]:
        return [
            (
                image.path.relative_to(dataset.folder).as_posix(),
                image.label,
                image.patient_id,
                image.part,
            )
            for image in dataset.images
        ]

    assert told(again) == told(data)


def test_the_summary_has_a_row_for_every_epoch(trained: Trained) -> None:
    rows = read_rows(trained.path / "summary.csv")
    assert [int(row["epoch"]) for row in rows] == [1, 2, 3, 4, 5]
    for row, epoch in zip(rows, trained.epochs, strict=True):
        assert float(row["train_loss"]) == epoch.train_loss
        assert float(row["val_loss"]) == epoch.validation.log_loss
        assert float(row["val_accuracy"]) == epoch.validation.accuracy
        assert float(row["val_balanced_accuracy"]) == epoch.validation.balanced_accuracy
        assert float(row["val_macro_auc"]) == epoch.validation.macro_auc


def test_the_cards_say_what_was_trained_how_and_how_well(data: Dataset, trained: Trained) -> None:
    best = max(trained.epochs, key=lambda epoch: epoch.validation.macro_auc)
    for name, epoch in (("last", trained.epochs[-1]), ("best", best)):
        card = load_checkpoint(trained.path / f"{name}.safetensors").card
        assert card.architecture == "tiny"
        assert card.class_names == data.class_names == ("blue", "green", "red")
        assert card.metrics["validation"] == dataclasses.asdict(epoch.validation)
        assert card.training["epoch"] == epoch.epoch
        assert card.training["data"] == data.name
        assert card.training["images"]["train"] == dict.fromkeys(COLOURS, 12)
        assert card.training["config"]["seed"] == SETTINGS.seed
        assert card.training["command"] == "fundus-gui train ..."
        assert card.training["versions"]["fundus_gui"] == __version__
        assert len(card.training["split_sha256"]) == 64


def test_the_engine_finds_the_figures_that_training_wrote(data: Dataset, trained: Trained) -> None:
    # Only if training and inference prepare the photographs alike do the numbers agree.
    catalogue = read_catalogue([trained.path])
    spec = EnsembleSpec(name="run", members=("best",), weights=(1.0,))
    ensemble = load_ensemble(spec, catalogue, device="cpu")
    images = data.part("val")
    results = list(predict_images(ensemble, [image.path for image in images]))
    probabilities = [r.probabilities for r in results if isinstance(r, Prediction)]
    labels = [data.class_names.index(image.label) for image in images]
    figures = dataclasses.asdict(measure(probabilities, labels))
    assert figures == pytest.approx(ensemble.cards["best"].metrics["validation"], abs=1e-5)


# Leaving and failing ------------------------------------------------------------------------------


def test_leaving_in_the_middle_leaves_weights_that_load(data: Dataset, tmp_path: Path) -> None:
    reports = fit(data, SETTINGS, tmp_path / "run")
    for report in reports:
        if isinstance(report, EpochReport):
            break
    for _ in itertools.islice(reports, 2):  # two steps into the second epoch
        pass
    reports.close()
    for name in ("last", "best"):
        assert load_checkpoint(tmp_path / "run" / f"{name}.safetensors").card.training["epoch"] == 1
    assert len(read_rows(tmp_path / "run" / "summary.csv")) == 1


@pytest.mark.parametrize("kind", ["folder", "file", "link"])
def test_an_existing_run_is_never_written_into(data: Dataset, tmp_path: Path, kind: str) -> None:
    out = tmp_path / "run"
    if kind == "folder":
        out.mkdir()
    elif kind == "file":
        out.write_text("mine")
    else:
        out.symlink_to(tmp_path / "nowhere")
    with pytest.raises(DatasetError, match=r"run exists already; choose a new one"):
        next(fit(data, SETTINGS, out))
    assert names_in(tmp_path) == {"run"}
    assert kind != "folder" or not names_in(out)


def test_a_run_folder_that_cannot_be_made_is_an_error(data: Dataset, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(ExportError, match="cannot be written"):
        next(fit(data, SETTINGS, tmp_path / "file" / "run"))


@pytest.mark.parametrize(
    ("change", "error", "sentence"),
    [
        ({"model": "efficientnet_v2"}, UnknownNameError, "no architecture named"),
        ({"model_arguments": {"depth": 3}}, ConfigError, "'tiny' was given wrong arguments"),
        ({"device": "gpu"}, DeviceError, "There is no device 'gpu'"),
        ({"input_size": 8}, ConfigError, "input size must be 16 to 4096 pixels, not 8"),
    ],
)
def test_settings_that_cannot_work_leave_no_run_folder(
    data: Dataset,
    tmp_path: Path,
    change: dict[str, object],
    error: type[FundusError],
    sentence: str,
) -> None:
    with pytest.raises(error, match=sentence):
        next(fit(data, dataclasses.replace(SETTINGS, **change), tmp_path / "run"))
    assert not names_in(tmp_path)


def test_data_without_a_validation_part_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"The train part of .* has no image of blue"):
        next(fit(read_dataset(folder), SETTINGS, tmp_path / "run"))
    assert not names_in(tmp_path)


def test_a_photograph_that_cannot_be_read_is_named(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "copy")
    sick = with_validation(read_dataset(tmp_path / "copy"), fraction=0.25)
    sick.part("train")[0].path.write_bytes(b"")
    with pytest.raises(ImageError, match=f"{sick.part('train')[0].path.name}: the file is empty"):
        list(fit(sick, SETTINGS, tmp_path / "run"))


def test_a_loss_that_is_no_number_ends_the_training_and_good_weights_stay(
    data: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class _Diverging(nn.Sequential):
        steps = 0

        def forward(self, inputs: Tensor) -> Tensor:
            logits: Tensor = super().forward(inputs)
            type(self).steps += self.training
            return logits * (math.nan if self.training and self.steps > 6 else 1)

    monkeypatch.setitem(
        registry._BUILDERS,
        "diverging",
        lambda num_classes, input_size: _Diverging(
            *registry.create_model("tiny", num_classes=num_classes, input_size=input_size)
        ),
    )
    config = dataclasses.replace(SETTINGS, model="diverging")
    with pytest.raises(ConfigError, match="diverged: the loss was nan in step 3 of epoch 2"):
        list(fit(data, config, tmp_path / "run"))
    assert load_checkpoint(tmp_path / "run" / "last.safetensors").card.training["epoch"] == 1


def test_too_little_memory_is_an_error_with_advice(
    data: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class _Cramped(nn.Sequential):
        def forward(self, _: Tensor) -> Tensor:
            raise torch.OutOfMemoryError("CUDA out of memory.")

    monkeypatch.setitem(
        registry._BUILDERS, "cramped", lambda num_classes, **_: _Cramped(nn.Linear(2, num_classes))
    )
    config = dataclasses.replace(SETTINGS, model="cramped")
    with pytest.raises(DeviceError, match=r"for 8 images at once\. Choose a smaller batch size"):
        next(fit(data, config, tmp_path / "run"))
