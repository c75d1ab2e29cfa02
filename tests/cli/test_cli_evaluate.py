"""`evaluate` prints what must be known first, figures with intervals, and writes the folder."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tiny_photographs import photograph
from tiny_weights import CLASS_NAMES, write_tiny_model

from fundus_gui.core.assessments.folder import read_assessment
from fundus_gui.core.datasets import LabelledImage, hash_images

Run = Callable[..., Any]
PER_PART = 12


@pytest.fixture(scope="module")
def eyes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data") / "eyes"
    folder.mkdir()
    with (folder / "labels.csv").open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("filename", "label", "patient_id", "split"))
        for number in range(2 * PER_PART):
            photograph(number).save(folder / f"{number}.png")
            part = ("val", "test")[number // PER_PART]
            label = CLASS_NAMES[number % len(CLASS_NAMES)]
            writer.writerow((f"{number}.png", label, f"p{number // 2}", part))
    return folder


FAST = ("--replicates", "20", "--device", "cpu")


def test_figures_are_printed_and_kept_where_the_window_finds_them(
    run: Run, eyes: Path, tmp_path: Path
) -> None:
    fitted = ("--tune-on", "val", "--coverage", "0.5", "--referral-rate", "0.5")
    done = run("evaluate", "--data", eyes, *fitted, *FAST)
    assert done.code == 0
    assert "eyes, test: 12 photographs of 6 patients, 3 classes" in done.out
    assert "fitted on eyes, val" in done.out
    for word in ("tiny_a", "tiny_b", "pair", "macro-AUC", "sensitivity", "McNemar"):
        assert word in done.out
    for sentence in ("Temperature of the vote", "Prediction sets hold", "Referral: "):
        assert sentence in done.out
    folder = tmp_path / "home" / "evaluations" / "pair on eyes, test"
    assert str(folder) in done.out
    made = read_assessment(folder)
    settings = made.report.settings
    assert (settings.coverage, settings.referral_aim, settings.referral_rate) == (
        0.5,
        "referral",
        0.5,
    )
    assert made.tuning is not None
    assert (folder / "report.html").is_file()


def test_grades_and_patients_have_their_figures(run: Run, eyes: Path) -> None:
    done = run("evaluate", "--data", eyes, "--class-order", ",".join(CLASS_NAMES), *FAST)
    assert done.code == 0
    assert re.search(r"Quadratic-weighted kappa of the vote: -?\d\.\d{3} \(", done.out)
    assert re.search(r"By the mean of each patient's photographs: .* of 6 patients\.", done.out)


def test_leaks_are_printed_first_and_unreadable_photographs_answered_with_code_3(
    run: Run, eyes: Path, weights: Path, tmp_path: Path
) -> None:
    image = LabelledImage(path=eyes / "13.png", label="", patient_id="")
    ((_, found),) = hash_images([image])
    assert found is not None
    entry = f"{found.sha256[:16]}:{found.perceptual}"
    leaky = weights / "leaky.safetensors"
    write_tiny_model(leaky, training={"image_hashes": [entry]})
    folder = shutil.copytree(eyes, tmp_path / "eyes")
    (folder / "20.png").write_bytes(b"")
    shutil.copy(eyes / "labels.csv", tmp_path / "split.csv")
    try:
        done = run(
            *("evaluate", "--data", folder, "--part", "all", "--split", tmp_path / "split.csv"),
            *("--model", "leaky", "--out", tmp_path / "out", *FAST),
        )
    finally:
        leaky.unlink()
    assert done.code == 3
    leak, unreadable, listed, *_ = done.out.splitlines()
    assert (
        listed
        == f"All photographs that a model knows are listed in {tmp_path / 'out' / 'leaks.csv'}."
    )
    assert leak.startswith("WARNING: leaky was trained on 1 of these 23 photographs")
    assert unreadable.startswith("WARNING: 1 of the 24 photographs")
    assert unreadable.endswith("a table says which and why.")
    made = read_assessment(tmp_path / "out")
    assert [path.name for path in made.leaks["leaky"]] == ["13.png"]
    assert [found.path.name for found in made.judged.unreadable] == ["20.png"]


def test_an_existing_folder_is_refused_before_anything_is_computed(
    run: Run, eyes: Path, tmp_path: Path
) -> None:
    done = run("evaluate", "--data", eyes, "--out", tmp_path)
    assert done.code == 1
    assert "exists already" in done.err
    assert "Classifying" not in done.err


def test_a_place_that_cannot_be_written_is_refused_before_anything_is_computed(
    run: Run, eyes: Path
) -> None:
    done = run("evaluate", "--data", eyes, "--out", f"{__file__}/new")
    assert done.code == 1
    assert "Nothing can be written into" in done.err
    assert "Classifying" not in done.err


def test_a_missing_part_is_one_sentence(run: Run, eyes: Path) -> None:
    done = run("evaluate", "--data", eyes, "--part", "train")
    assert done.code == 1
    assert "eyes has no part 'train'" in done.err


@pytest.mark.parametrize(
    "options",
    [
        ("--coverage", "1"),
        ("--specificity", "0"),
        ("--referral-rate", "2"),
        ("--referral-error", "0.1", "--referral-rate", "0.1"),
        ("--tune-on", "val", "--tuning-data", "x"),
        ("--tuning-part", "val"),
        ("--model", "tiny_a", "--ensemble", "pair"),
        ("--part", "first"),
    ],
)
def test_options_that_make_no_sense_are_wrong_usage(
    options: tuple[str, ...], run: Run, eyes: Path
) -> None:
    done = run("evaluate", "--data", eyes, *options)
    assert done.code == 2
    assert not done.out
