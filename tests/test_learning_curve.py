"""The learning curve's shares are nested, whole patients of every class; its law is the truth's."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from repository import script

from fundus_gui.core.datasets import Dataset, LabelledImage, read_dataset

curve = script("learning_curve", "benchmarks")
FRACTIONS = (0.1, 0.25, 0.5, 1.0)


def two_eyes(label: str, number: int, part: str) -> list[LabelledImage]:
    """Return the eyes of a patient, of whom every fifth has one that is normal."""
    name = f"{label}{number}{part}"
    labels = (label, "normal" if number % 5 == 0 else label)
    return [
        LabelledImage(path=Path(f"{name}{eye}.png"), label=found, patient_id=name, part=part)
        for eye, found in enumerate(labels)
    ]


@pytest.fixture
def data() -> Dataset:
    sizes = {"normal": 60, "glaucoma": 25, "amd": 4}
    images = [
        image
        for part in ("train", "val", "test")
        for label, patients in sizes.items()
        for number in range(patients)
        for image in two_eyes(label, number, part)
    ]
    return Dataset("eyes", tuple(images))


def patients(share: Dataset) -> set[str]:
    return {image.patient_id for image in share.part("train")}


def test_shares_are_nested_and_hold_whole_patients_of_every_class(data: Dataset) -> None:
    shares = list(curve.nested_shares(data, FRACTIONS, seed=1).values())
    for smaller, larger in itertools.pairwise(shares):
        assert patients(smaller) < patients(larger)
    for fraction, share in zip(FRACTIONS, shares, strict=True):
        assert {image.label for image in share.part("train")} == {"amd", "glaucoma", "normal"}
        assert len(share.part("train")) == 2 * len(patients(share))
        assert len(patients(share)) / 89 == pytest.approx(fraction, abs=0.02)
        assert share.part("val") == data.part("val")
        assert not share.part("test")


def test_another_seed_takes_other_patients(data: Dataset) -> None:
    one, other = (curve.nested_shares(data, (0.25,), seed=seed)[0.25] for seed in (1, 2))
    assert patients(one) != patients(other)


def test_a_written_share_is_read_back(data: Dataset, tmp_path: Path) -> None:
    share = curve.nested_shares(data, (0.1,), seed=1)[0.1]
    for image in share.images:
        (tmp_path / image.path.name).touch()
    images = tuple(curve.dataclasses.replace(i, path=tmp_path / i.path.name) for i in share.images)
    curve.write_share(curve.dataclasses.replace(share, images=images), tmp_path / "share")
    assert read_dataset(tmp_path / "share").images == images


@pytest.mark.parametrize(("figure", "sign"), [("log_loss", 1), ("macro_auc", -1)])
def test_a_power_law_is_found_again(figure: str, sign: int) -> None:
    images = np.array([250.0, 500, 1000, 2000])
    missing = 0.1 + 0.2 * (images / 2000) ** -0.6
    values = missing if sign > 0 else 1 - missing
    noise = np.random.default_rng(0).normal(0, 1e-4, (4, 300))
    points = [
        curve.Point(n / 2000, n, n, {figure: [v]}, {figure: v + drawn})
        for n, v, drawn in zip(images, values, noise, strict=True)
    ]
    value, low, high = curve.power_law(points, figure).at(np.array([8000.0]))
    expected = 0.1 + 0.2 * 4**-0.6
    assert value[0] == pytest.approx(expected if sign > 0 else 1 - expected, abs=2e-3)
    assert low[0] <= value[0] <= high[0]
    assert curve.power_law(points[:3], figure) is None
