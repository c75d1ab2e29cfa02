"""Drawings keep their promises: repeatable, the right way round, and showing what they name."""

from __future__ import annotations

import csv
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from fundus_gui.core.errors import ConfigError, ExportError
from fundus_gui.core.preprocessing import find_field_of_view
from fundus_gui.core.synthetic import CONDITIONS, FundusSpec, draw_fundus, write_samples

NORMAL = FundusSpec(size=512, seed=3)


def yellow(pixels: np.ndarray) -> np.ndarray:
    """Return where a picture is bright yellow, as exudates and drusen are."""
    red, green, blue = (pixels[..., channel].astype(int) for channel in range(3))
    return (green > 150) & (red > 190) & (red - blue > 60)


def brightest_column(pixels: np.ndarray) -> float:
    """Return where across the picture the brightest 32 px patch lies, 0 left to 1 right."""
    grey = pixels.mean(axis=2)
    rows, columns = (length // 32 for length in grey.shape)
    patches = grey[: rows * 32, : columns * 32].reshape(rows, 32, columns, 32).mean(axis=(1, 3))
    return (int(patches.argmax()) % columns + 0.5) / columns


def test_the_same_spec_gives_the_same_pixels() -> None:
    np.testing.assert_array_equal(draw_fundus(NORMAL), draw_fundus(NORMAL))


def test_another_seed_gives_another_eye() -> None:
    assert (draw_fundus(NORMAL) != draw_fundus(replace(NORMAL, seed=4))).mean() > 0.5


@pytest.mark.parametrize("seed", range(3))
def test_the_optic_disc_lies_on_the_nasal_side(seed: int) -> None:
    right = brightest_column(draw_fundus(replace(NORMAL, laterality="OD", seed=seed)))
    left = brightest_column(draw_fundus(replace(NORMAL, laterality="OS", seed=seed)))
    assert right > 0.6
    assert left < 0.4


@pytest.mark.parametrize(
    ("framing", "shape"),
    [("full_disc", (512, 512, 3)), ("cut", (512, 768, 3)), ("fills_frame", (512, 683, 3))],
)
def test_framings_have_their_shapes(framing: str, shape: tuple[int, ...]) -> None:
    assert draw_fundus(replace(NORMAL, framing=framing)).shape == shape


def test_the_field_of_view_of_each_framing_is_found() -> None:
    full = find_field_of_view(draw_fundus(NORMAL))
    assert full.width == pytest.approx(2 * 0.485 * 512, abs=8)
    assert full.height == pytest.approx(2 * 0.485 * 512, abs=8)
    cut = find_field_of_view(draw_fundus(replace(NORMAL, framing="cut")))
    assert (cut.top, cut.bottom) == (0, 512)
    assert cut.width == pytest.approx(2 * 0.66 * 512, abs=16)
    whole = find_field_of_view(draw_fundus(replace(NORMAL, framing="fills_frame")))
    assert (whole.left, whole.top, whole.right, whole.bottom) == (0, 0, 683, 512)


@pytest.mark.parametrize("condition", ["amd", "diabetic_retinopathy", "pathologic_myopia"])
def test_deposits_and_atrophy_show_as_yellow(condition: str) -> None:
    ill = draw_fundus(replace(NORMAL, condition=condition, severity=1.0))
    assert yellow(ill).sum() > 1.3 * yellow(draw_fundus(NORMAL)).sum()


def test_more_severe_retinopathy_bleeds_more() -> None:
    def dark(severity: float) -> int:
        spec = replace(NORMAL, condition="diabetic_retinopathy", severity=severity)
        pixels = draw_fundus(spec)[128:384, 128:384]
        return int((pixels[..., 0] < 110).sum())

    assert dark(1.0) > dark(0.0)


def test_glaucoma_enlarges_the_bright_cup() -> None:
    def bright(condition: str) -> int:
        return int((draw_fundus(replace(NORMAL, condition=condition))[..., 2] > 140).sum())

    assert bright("glaucoma") > 2 * bright("normal")


def test_cataract_takes_away_contrast_and_detail() -> None:
    def detail(condition: str) -> float:
        centre = draw_fundus(replace(NORMAL, condition=condition))[100:400, 100:400, 1]
        return float(np.abs(np.diff(centre.astype(float), n=2, axis=1)).mean())

    def contrast(condition: str) -> float:
        centre = draw_fundus(replace(NORMAL, condition=condition))[100:400, 100:400, 1]
        return float(centre.std())

    assert contrast("cataract") < 0.7 * contrast("normal")
    assert detail("cataract") <= detail("normal")


def test_three_thousand_pixels_can_be_drawn() -> None:
    assert draw_fundus(replace(NORMAL, size=3000)).shape == (3000, 3000, 3)


@pytest.mark.parametrize(
    "wrong",
    [
        {"condition": "measles"},
        {"size": 511},
        {"size": 3001},
        {"severity": 1.1},
        {"laterality": "left"},
        {"framing": "square"},
        {"seed": -1},
    ],
)
def test_a_spec_refuses_what_cannot_be_drawn(wrong: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        FundusSpec(**wrong)


@pytest.mark.parametrize("class_folders", [False, True])
def test_samples_come_with_their_labels(tmp_path, class_folders: bool) -> None:
    written = list(write_samples(tmp_path, size=512, class_folders=class_folders))
    assert len(written) == len(CONDITIONS)
    with (tmp_path / "labels.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [tmp_path / row["filename"] for row in rows] == written
    for row, path in zip(rows, written, strict=True):
        assert row["label"] in path.name
        assert row["laterality"] in path.name
        assert (path.parent.name == row["label"]) == class_folders
        with Image.open(path) as image:
            assert image.height == 512


def test_samples_never_overwrite(tmp_path) -> None:
    precious = tmp_path / "labels.csv"
    precious.write_text("mine")
    with pytest.raises(ExportError, match="exists already"):
        list(write_samples(tmp_path, size=512))
    assert precious.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [precious]


def test_the_shipped_samples_are_the_ones_the_readme_makes(tmp_path) -> None:
    from fundus_gui.core.paths import samples_dir

    made = {path.name for path in write_samples(tmp_path)}
    assert made == {path.name for path in samples_dir().glob("*.jpg")}
    assert (tmp_path / "labels.csv").read_text() == (samples_dir() / "labels.csv").read_text()
