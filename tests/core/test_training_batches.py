"""The settings of a training, its schedules, and the batches that it draws."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tiny_photographs import write_photographs

from fundus_gui.core.datasets import LabelledImage
from fundus_gui.core.errors import ConfigError
from fundus_gui.core.images import load_image
from fundus_gui.core.preprocessing import Preprocessing
from fundus_gui.core.training import TrainConfig
from fundus_gui.core.training.batches import (
    PhotographDataset,
    augmentation,
    normalise,
    training_batches,
)
from fundus_gui.core.training.config import learning_rate, training_size

HOW = Preprocessing(size=32)


def dataset(folder: Path, labels: str, **options: Any) -> PhotographDataset:
    """Make one photograph for each letter."""
    paths = write_photographs(folder, len(labels))
    images = tuple(
        LabelledImage(path=path, label=label, patient_id=path.name)
        for path, label in zip(paths, labels, strict=True)
    )
    return PhotographDataset(images, tuple(sorted(set(labels))), HOW, **options)


# Settings -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("epochs", 0, "epochs must be at least 1, not 0"),
        ("batch_size", 1, "batch_size must be at least 2, not 1"),
        ("learning_rate", 0.0, "learning_rate must be above 0, not 0.0"),
        ("learning_rate", math.nan, "learning_rate must be above 0, not nan"),
        ("max_minutes", -1.0, "max_minutes must be above 0, not -1.0"),
        ("warmup_fraction", 1.5, "warmup_fraction must be 0 to 1, not 1.5"),
        ("label_smoothing", -0.1, "label_smoothing must be 0 to 1"),
        ("augmentation", math.nan, "augmentation must be 0 to 1"),
        ("weight_decay", 2, "weight_decay must be 0 to 1"),
        ("balance", "both", "balance must be one of .*sampling, not 'both'"),
        ("precision", "fp16", "precision must be one of .*bf16, not 'fp16'"),
        ("initial_size", 500, r"initial_size must be 32 to 224 \(the input size\), not 500"),
    ],
)
def test_a_setting_out_of_its_range_is_refused(name: str, value: object, sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence):
        TrainConfig(model="tiny", **{name: value})  # type: ignore[arg-type]


def test_the_learning_rate_rises_then_falls_to_zero() -> None:
    config = TrainConfig(model="tiny", learning_rate=0.1, warmup_fraction=0.2)
    rates = [learning_rate(progress, config) for progress in np.linspace(0, 1, 101)]
    assert rates[0] == pytest.approx(0.001)
    assert rates[20] == pytest.approx(0.1) == max(rates)
    assert rates[60] == pytest.approx(0.05)
    assert rates[100] == pytest.approx(0, abs=1e-9)
    assert rates[:21] == sorted(rates[:21])
    assert rates[20:] == sorted(rates[20:], reverse=True)


@pytest.mark.parametrize("warmup", [0.0, 1.0])
def test_the_schedule_has_no_gap_at_its_ends(warmup: float) -> None:
    config = TrainConfig(model="tiny", warmup_fraction=warmup)
    for progress in (0.0, 0.5, 1.0, 1.7):  # a step may end after the time budget
        assert 0 <= learning_rate(progress, config) <= config.learning_rate


def test_the_size_grows_in_four_steps() -> None:
    config = TrainConfig(model="tiny", input_size=224, initial_size=128)
    assert [training_size(p, config) for p in (0, 0.24, 0.26, 0.51, 0.76, 1, 1.2)] == [
        *(128, 128, 160, 192, 224, 224, 224)
    ]
    assert training_size(0.0, TrainConfig(model="tiny", input_size=96)) == 96


# Photographs --------------------------------------------------------------------------------------


def test_photographs_are_what_the_preprocessing_makes_of_them(tmp_path: Path) -> None:
    photographs = dataset(tmp_path, "abab")
    assert len(photographs) == 4
    for index, path in enumerate(sorted(tmp_path.iterdir())):
        view, label = photographs[index]
        np.testing.assert_array_equal(view.permute(1, 2, 0), HOW.view(load_image(path)))
        assert label == index % 2


def test_the_network_is_fed_what_inference_feeds_it(tmp_path: Path) -> None:
    (path,) = write_photographs(tmp_path, 1)
    view = HOW.view(load_image(path))
    fed = normalise(torch.from_numpy(view.transpose(2, 0, 1).copy())[None], HOW)
    np.testing.assert_allclose(fed[0], HOW.apply(load_image(path)), atol=1e-6)


def test_each_photograph_is_decoded_only_once(tmp_path: Path) -> None:
    photographs = dataset(tmp_path, "ab")
    before = [photographs[index][0] for index in range(2)]
    for path in tmp_path.iterdir():
        path.unlink()
    assert all(torch.equal(photographs[index][0], before[index]) for index in range(2))


def test_augmentation_changes_what_is_drawn_but_not_what_is_kept(tmp_path: Path) -> None:
    plain = dataset(tmp_path, "ab")[0][0]
    photographs = dataset(tmp_path, "ab", augment=augmentation(1.0))
    drawn = [photographs[0][0] for _ in range(8)]
    assert not all(torch.equal(view, drawn[0]) for view in drawn)
    assert {(view.shape, view.dtype) for view in drawn} == {((3, 32, 32), torch.uint8)}
    photographs._augment = None
    assert torch.equal(photographs[0][0], plain)


def test_no_augmentation_only_mirrors(tmp_path: Path) -> None:
    plain = dataset(tmp_path, "ab")[0][0]
    mirrored = [plain.flip(axes) for axes in ([], [1], [2], [1, 2])]
    augment = augmentation(0.0)
    drawn = [augment(plain) for _ in range(40)]
    found = {n for n, view in enumerate(mirrored) for d in drawn if torch.equal(view, d)}
    assert found == {0, 1, 2, 3}
    assert all(any(torch.equal(view, d) for view in mirrored) for d in drawn)


# Batches ------------------------------------------------------------------------------------------


def test_class_weights_make_the_classes_count_alike(tmp_path: Path) -> None:
    weights = dataset(tmp_path, "a" * 6 + "b" * 3 + "c").class_weights()
    torch.testing.assert_close(weights * torch.tensor([6, 3, 1]), torch.full((3,), 10 / 3))


def epoch_of(photographs: PhotographDataset, epoch: int, **settings: Any) -> list[list[int]]:
    config = TrainConfig(model="tiny", **settings)
    return [labels.tolist() for _, labels in training_batches(photographs, config, epoch)]


def test_every_epoch_is_shuffled_anew_by_the_seed(tmp_path: Path) -> None:
    photographs = dataset(tmp_path, "abcdefgh")
    first = epoch_of(photographs, 1, batch_size=4)
    assert sorted(label for batch in first for label in batch) == list(range(8))
    assert first == epoch_of(photographs, 1, batch_size=4)
    assert first != epoch_of(photographs, 2, batch_size=4)
    assert first != epoch_of(photographs, 1, batch_size=4, seed=1)


@pytest.mark.parametrize(("count", "sizes"), [(9, [4, 4]), (8, [4, 4]), (3, [3])])
def test_no_batch_is_left_too_small_for_batch_normalisation(
    tmp_path: Path, count: int, sizes: list[int]
) -> None:
    photographs = dataset(tmp_path, "abcdefghi"[:count])
    assert [len(batch) for batch in epoch_of(photographs, 1, batch_size=4)] == sizes


def test_even_drawing_shows_rare_classes_as_often(tmp_path: Path) -> None:
    photographs = dataset(tmp_path, "a" * 36 + "b" * 4)
    drawn: Counter[int] = Counter()
    for epoch in range(10):
        for batch in epoch_of(photographs, epoch, batch_size=8, balance="sampling"):
            drawn.update(batch)
    assert sum(drawn.values()) == 400
    assert 150 < drawn[1] < 250
