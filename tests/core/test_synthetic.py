"""Drawings keep their promises: repeatable, the right way round, and showing what they name."""

from __future__ import annotations

import csv
import functools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from fundus_gui.core.errors import ConfigError, ExportError
from fundus_gui.core.paths import samples_dir
from fundus_gui.core.preprocessing import find_field_of_view
from fundus_gui.core.synthetic import CONDITIONS, FundusSpec, draw_fundus, write_samples

NORMAL = FundusSpec(size=512, seed=3)
drawn = functools.cache(draw_fundus)


def of(condition: str, severity: float = 0.7) -> NDArray[np.uint8]:
    """Return the eye of `NORMAL` with a condition."""
    return drawn(replace(NORMAL, condition=condition, severity=severity))


def yellow(pixels: NDArray[np.uint8]) -> int:
    """Count bright yellow pixels, as of exudates, drusen and bare sclera."""
    red, green, blue = (pixels[..., channel].astype(int) for channel in range(3))
    return int(((green > 150) & (red > 190) & (red - blue > 60)).sum())


def darkened(pixels: NDArray[np.uint8]) -> int:
    """Count the pixels that are much darker green than in the same eye without a condition."""
    return int((of("normal")[..., 1].astype(int) - pixels[..., 1] > 30).sum())


def disc_column(pixels: NDArray[np.uint8]) -> float:
    """Return where across the picture its brightest 32 px patch lies, 0 left to 1 right."""
    grey = ndimage.uniform_filter(pixels.mean(axis=2), 32)
    return float(np.unravel_index(grey.argmax(), grey.shape)[1] / grey.shape[1])


def test_the_same_spec_gives_the_same_pixels() -> None:
    np.testing.assert_array_equal(draw_fundus(NORMAL), drawn(NORMAL))


def test_another_seed_gives_another_eye() -> None:
    assert (drawn(NORMAL) != drawn(replace(NORMAL, seed=4))).mean() > 0.5


def test_the_eye_does_not_change_with_the_size_of_its_picture() -> None:
    large = Image.fromarray(draw_fundus(replace(NORMAL, size=1024)))
    small = np.asarray(large.resize((512, 512), Image.Resampling.BOX))
    assert np.abs(small.astype(int) - drawn(NORMAL)).mean() < 4


def test_a_condition_changes_the_same_eye() -> None:
    difference = np.abs(of("diabetic_retinopathy").astype(int) - of("normal")).max(axis=2)
    assert 0 < (difference > 20).mean() < 0.2


@pytest.mark.parametrize("seed", [3, 4])
def test_the_optic_disc_lies_on_the_nasal_side(seed: int) -> None:
    assert disc_column(drawn(replace(NORMAL, laterality="OD", seed=seed))) > 0.6
    assert disc_column(drawn(replace(NORMAL, laterality="OS", seed=seed))) < 0.4


@pytest.mark.parametrize(
    ("framing", "shape"),
    [("full_disc", (512, 512, 3)), ("cut", (512, 768, 3)), ("fills_frame", (512, 683, 3))],
)
def test_framings_have_their_shapes(framing: str, shape: tuple[int, ...]) -> None:
    assert drawn(replace(NORMAL, framing=framing)).shape == shape


def test_the_field_of_view_of_each_framing_is_found() -> None:
    full = find_field_of_view(drawn(NORMAL))
    assert full.width == pytest.approx(2 * 0.485 * 512, abs=8)
    assert full.height == pytest.approx(2 * 0.485 * 512, abs=8)
    cut = find_field_of_view(drawn(replace(NORMAL, framing="cut")))
    assert (cut.top, cut.bottom) == (0, 512)
    assert cut.width == pytest.approx(2 * 0.66 * 512, abs=16)
    whole = find_field_of_view(drawn(replace(NORMAL, framing="fills_frame")))
    assert (whole.left, whole.top, whole.right, whole.bottom) == (0, 0, 683, 512)


def test_the_surround_is_black_and_the_aperture_crisp() -> None:
    grey = drawn(NORMAL).max(axis=2)
    assert grey[:64, :64].max() < 12
    middle_row = grey[256]
    edge = int(np.argmax(middle_row > 30))
    assert middle_row[: edge - 2].max() < 12
    assert middle_row[edge + 3] > 30


@pytest.mark.parametrize("condition", ["amd", "diabetic_retinopathy", "pathologic_myopia"])
def test_deposits_and_atrophy_show_as_yellow(condition: str) -> None:
    assert yellow(of(condition, 1.0)) > 1.3 * yellow(of("normal"))


@pytest.mark.parametrize("condition", ["amd", "diabetic_retinopathy"])
def test_what_is_severe_bleeds_more(condition: str) -> None:
    assert darkened(of(condition, 1.0)) > 2 * darkened(of(condition, 0.0)) + 50


def test_glaucoma_enlarges_the_bright_cup() -> None:
    def cup(pixels: NDArray[np.uint8]) -> int:
        return int((pixels[..., 2] > 140).sum())

    assert cup(of("glaucoma")) > 2 * cup(of("normal"))
    assert cup(of("glaucoma", 1.0)) > cup(of("glaucoma", 0.0))


def test_myopic_atrophy_grows_with_severity() -> None:
    assert yellow(of("pathologic_myopia", 1.0)) > 1.5 * yellow(of("pathologic_myopia", 0.2))


def test_cataract_takes_away_contrast_and_detail() -> None:
    def green(condition: str) -> NDArray[np.float64]:
        return of(condition)[100:400, 100:400, 1].astype(float)

    def detail(plane: NDArray[np.float64]) -> float:
        fine = ndimage.gaussian_filter(plane, 1) - ndimage.gaussian_filter(plane, 4)
        return float(fine.std())

    assert green("cataract").std() < 0.7 * green("normal").std()
    assert detail(green("cataract")) < 0.4 * detail(green("normal"))


def test_three_thousand_pixels_can_be_drawn() -> None:
    assert draw_fundus(replace(NORMAL, size=3000)).shape == (3000, 3000, 3)


@pytest.mark.parametrize(
    "wrong",
    [
        {"condition": "measles"},
        {"size": 511},
        {"size": 3001},
        {"severity": 1.1},
        {"severity": float("nan")},
        {"laterality": "left"},
        {"framing": "square"},
        {"seed": -1},
    ],
)
def test_a_spec_refuses_what_cannot_be_drawn(wrong: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        FundusSpec(**wrong)


def test_samples_come_with_their_labels(tmp_path: Path) -> None:
    written = list(write_samples(tmp_path, size=512))
    assert len(written) == len(CONDITIONS)
    with (tmp_path / "labels.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [tmp_path / row["filename"] for row in rows] == written
    assert {row["laterality"] for row in rows} == {"OD", "OS"}
    for row, path in zip(rows, written, strict=True):
        assert row["label"] in path.name
        assert row["laterality"] in path.name
        with Image.open(path) as image:
            assert image.height == 512
            assert b"Synthetic" in image.info["comment"]


def test_samples_can_be_sorted_into_a_folder_for_each_class(tmp_path: Path) -> None:
    first = next(write_samples(tmp_path, size=512, class_folders=True))
    assert first.parent == tmp_path / CONDITIONS[0]


def test_samples_never_overwrite(tmp_path: Path) -> None:
    precious = tmp_path / "labels.csv"
    precious.write_text("mine")
    with pytest.raises(ExportError, match="exists already"):
        write_samples(tmp_path, size=512)
    assert precious.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [precious]


def test_samples_stopped_halfway_leave_whole_files(tmp_path: Path) -> None:
    first = next(write_samples(tmp_path, size=512))
    assert list(tmp_path.iterdir()) == [first]
    with Image.open(first) as image:
        image.load()


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    occupied = tmp_path / "file"
    occupied.write_text("not a folder")
    with pytest.raises(ExportError, match="cannot be written"):
        next(write_samples(occupied / "samples", size=512))


@pytest.mark.parametrize("wrong", [{"per_class": 0}, {"size": 100}, {"seed": -1}])
def test_samples_refuse_what_cannot_be_drawn(tmp_path: Path, wrong: dict[str, int]) -> None:
    with pytest.raises(ConfigError):
        write_samples(tmp_path, **wrong)


def test_the_shipped_samples_are_the_ones_the_readme_makes(tmp_path: Path) -> None:
    with (samples_dir() / "labels.csv").open(newline="") as stream:
        shipped = [row["filename"] for row in csv.DictReader(stream)]
    assert set(shipped) == {path.name for path in samples_dir().glob("*.jpg")}
    made = list(write_samples(tmp_path))
    assert [path.name for path in made] == shipped
    for path in made:
        with Image.open(path) as now, Image.open(samples_dir() / path.name) as then:
            difference = np.asarray(now).astype(int) - np.asarray(then)
        assert np.abs(difference).mean() < 1, path.name
