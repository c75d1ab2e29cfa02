"""`fuse` and `calibrate` fit on photographs that no model knows, and keep what they found."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tiny_photographs import photograph
from tiny_weights import CLASS_NAMES, write_tiny_model

from fundus_gui.core.cards import read_card
from fundus_gui.core.catalogue import EnsembleSpec
from fundus_gui.core.catalogue.ensembles_file import read_entries
from fundus_gui.core.datasets import LabelledImage, hash_images
from fundus_gui.core.fusion import FIT_METHODS

if TYPE_CHECKING:
    from command_runs import Done

Run = Callable[..., "Done"]
FAST = ("--replicates", "10", "--device", "cpu", "--coverage", "0.5")
BOTH = ("--models", "tiny_a,tiny_b")


@pytest.fixture(scope="module")
def eyes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data") / "eyes"
    folder.mkdir()
    with (folder / "labels.csv").open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("filename", "label", "patient_id", "split"))
        for number in range(20):
            photograph(number).save(folder / f"{number}.png")
            label = CLASS_NAMES[number % len(CLASS_NAMES)]
            part = "test" if number >= 18 else "val"
            writer.writerow((f"{number}.png", label, f"p{number // 2}", part))
    return folder


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """The folder of the user's weights, as `run` sets it."""
    return tmp_path / "home" / "weights"


@pytest.fixture
def leaky(weights: Path, eyes: Path) -> Iterator[str]:
    """A model that was trained on one of the photographs."""
    ((_, found),) = hash_images([LabelledImage(path=eyes / "3.png", label="", patient_id="")])
    assert found is not None
    path = weights / "leaky.safetensors"
    write_tiny_model(path, training={"image_hashes": [f"{found.sha256[:16]}:{found.perceptual}"]})
    yield path.stem
    path.unlink()


def test_all_methods_are_printed_and_the_chosen_one_is_kept(
    run: Run, eyes: Path, own: Path, tmp_path: Path
) -> None:
    plot = tmp_path / "weights.svg"
    done = run("fuse", "--data", eyes, *BOTH, "--name", "mine", "--plot", plot, *FAST)
    assert done.code == 0, done.err
    for word in (*FIT_METHODS, "tiny_a", "alone", "chosen", "n.s."):
        assert word in done.out
    spec = EnsembleSpec.from_table("mine", read_entries(own)["mine"])
    assert spec.members == ("tiny_a", "tiny_b")
    assert spec.method == "inverse_variance"
    assert spec.fitted_on == "eyes, val: 18 photographs of 9 patients"
    assert any("not say which photographs" in note for note in spec.notes)
    assert "WARNING: tiny_a and tiny_b do not say" in done.err
    assert b"<svg" in plot.read_bytes()


def test_the_ensemble_can_be_used_at_once(run: Run, eyes: Path) -> None:
    wanted = ("--method", "fixed", "--fixed", "1,3", "--referral-rate", "0.4")
    done = run("fuse", "--data", eyes, "--model", "tiny_a", "--model", "tiny_b", *wanted, *FAST)
    assert done.code == 0, done.err
    assert "tiny_a: weight 0.250" in done.out
    assert "refers photographs below" in done.out
    used = run("classify", eyes / "0.png", "--ensemble", "tiny_a+tiny_b fixed", "--device", "cpu")
    assert used.code == 0, used.err


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--part", "test"), "cannot be measured on it"),
        (("--name", "tiny_a"), "A model is named 'tiny_a' already"),
        (("--name", "pair"), "An ensemble is named 'pair' already"),
        (("--name", "a/b"), "cannot be a name"),
        (("--method", "adaptiv"), "Did you mean 'adaptive'?"),
        (("--part", "train"), "has no part 'train'"),
        (("--fixed", "1,2,3"), "2 models need 2 vote weights"),
        (("--out", __file__), "Nothing can be written into"),
        (("--plot", f"{__file__}/weights.png"), "Nothing can be written into"),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_sentence(
    run: Run, eyes: Path, own: Path, options: tuple[str, str], sentence: str
) -> None:
    done = run("fuse", "--data", eyes, *BOTH, *options, *FAST)
    assert done.code == 1
    assert sentence in done.err
    assert not own.exists()


@pytest.mark.parametrize(
    "options",
    [
        ("--models", "tiny_a"),
        ("--models", "tiny_a,tiny_a"),
        (*BOTH, "--plot", "weights.txt"),
        (*BOTH, "--fixed", "much,little"),
        (*BOTH, "--referral-rate", "2"),
    ],
)
def test_wrong_options_are_wrong_usage(run: Run, eyes: Path, options: tuple[str, ...]) -> None:
    assert run("fuse", "--data", eyes, *options, *FAST).code == 2


def test_photographs_that_a_model_knows_are_refused_unless_allowed(
    run: Run, eyes: Path, own: Path, leaky: str
) -> None:
    models = ("--models", f"tiny_a,{leaky}", "--name", "mine", "--method", "equal")
    refused = run("fuse", "--data", eyes, *models, *FAST)
    assert refused.code == 1
    assert "leaky was trained on 1 of these 18 photographs" in refused.err
    assert not own.exists()
    done = run("fuse", "--data", eyes, *models, "--allow-overlap", *FAST)
    assert done.code == 0, done.err
    assert any("leaky was trained on 1" in note for note in read_entries(own)["mine"]["notes"])


def test_a_shipped_model_is_copied_and_the_copy_calibrated_in_place(
    run: Run, eyes: Path, own: Path, weights: Path
) -> None:
    shipped = (weights / "tiny_a.safetensors").read_bytes()
    calibrate = ("calibrate", "--data", eyes, "--device", "cpu")
    refused = run(*calibrate, "--model", "tiny_a")
    assert refused.code == 1
    assert "came with the program" in refused.err
    done = run(*calibrate, "--model", "tiny_a", "--name", "mine")
    assert done.code == 0, done.err
    for word in ("temperature", "log-loss", "ECE", "before", "after"):
        assert word in done.out
    assert (weights / "tiny_a.safetensors").read_bytes() == shipped
    first = read_card(own / "mine.safetensors")
    assert first.temperature != 1.0
    assert run(*calibrate, "--model", "mine").code == 0
    again = read_card(own / "mine.safetensors")
    assert again.training["calibration"]["former_temperature"] == first.temperature


def test_an_ensemble_is_calibrated_under_a_new_name(run: Run, eyes: Path, own: Path) -> None:
    calibrate = ("calibrate", "--data", eyes, "--ensemble", "pair", "--device", "cpu")
    assert "came with the program" in run(*calibrate).err
    done = run(*calibrate, "--name", "calm pair", "--coverage", "0.5")
    assert done.code == 0, done.err
    spec = EnsembleSpec.from_table("calm pair", read_entries(own)["calm pair"])
    assert spec.weights == (0.6, 0.4)
    assert spec.temperature != 1.0
    assert spec.prediction_sets is not None


def test_calibrate_wants_a_model_or_an_ensemble(run: Run, eyes: Path) -> None:
    assert run("calibrate", "--data", eyes).code == 2
    assert run("calibrate", "--data", eyes, "--model", "tiny_a", "--ensemble", "pair").code == 2
