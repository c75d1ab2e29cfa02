"""Whether a model computes here what it computed where it was made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tiny_photographs import photograph
from tiny_weights import write_tiny_model

from fundus_gui.core import selfcheck
from fundus_gui.core.catalogue import read_catalogue
from fundus_gui.core.ensemble import load_ensemble
from fundus_gui.core.inference import predict_images
from fundus_gui.core.results import Prediction
from fundus_gui.core.selfcheck import GoldenCheck, check_golden


@pytest.fixture(autouse=True)
def sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the only sample photograph."""
    monkeypatch.setattr(selfcheck, "samples_dir", lambda: tmp_path / "samples")
    path = tmp_path / "samples" / "golden.png"
    path.parent.mkdir()
    photograph(5).save(path)
    return path


def check(folder: Path, golden: dict[str, Any]) -> GoldenCheck:
    write_tiny_model(folder / "model.safetensors", golden=golden)
    return check_golden("model", read_catalogue([folder]), device="cpu")


@pytest.fixture
def probabilities(tmp_path: Path, sample: Path) -> list[float]:
    """Return what the model gives for the sample."""
    write_tiny_model(tmp_path / "model.safetensors")
    catalogue = read_catalogue([tmp_path])
    ensemble = load_ensemble(catalogue.of_models(["model"]), catalogue, device="cpu")
    (result,) = predict_images(ensemble, [sample])
    assert isinstance(result, Prediction)
    return list(result.probabilities)


def test_stored_numbers_are_reproduced(tmp_path: Path, probabilities: list[float]) -> None:
    rounded = [round(probability, 5) for probability in probabilities]
    result = check(tmp_path, {"image": "golden.png", "probabilities": rounded})
    assert result.problem == ""
    assert result.difference is not None
    assert result.difference < 1e-5


@pytest.mark.parametrize("which", [0, 1, 2])
def test_another_number_is_a_problem_with_its_size(
    tmp_path: Path, probabilities: list[float], which: int
) -> None:
    probabilities[which] -= 0.05
    result = check(tmp_path, {"image": "golden.png", "probabilities": probabilities})
    assert result.difference == pytest.approx(0.05, abs=1e-4)
    assert result.problem == "probabilities differ by up to 0.05 (allowed: 0.001)"


def test_weights_without_a_golden_image_are_neither_right_nor_wrong(tmp_path: Path) -> None:
    assert check(tmp_path, {}) == GoldenCheck("model", None)


@pytest.mark.parametrize(
    ("golden", "problem"),
    [
        ({"image": "gone.png", "probabilities": [1, 0, 0]}, "gone.png: the file does not exist"),
        (
            # Whatever folder a card names, only a sample is opened.
            {"image": "../../golden.png", "probabilities": [0.5, 0.5]},
            "its card's golden probabilities do not fit its classes",
        ),
        ({"image": "golden.png"}, "its card's golden probabilities do not fit its classes"),
        ({"probabilities": [1, 0, 0]}, "None: the file does not exist"),
    ],
)
def test_a_card_that_leads_nowhere_is_a_problem(
    tmp_path: Path, golden: dict[str, Any], problem: str
) -> None:
    assert check(tmp_path, golden) == GoldenCheck("model", None, problem)


def test_weights_that_do_not_load_are_a_problem(tmp_path: Path) -> None:
    write_tiny_model(tmp_path / "model.safetensors")
    content = bytearray((tmp_path / "model.safetensors").read_bytes())
    content[-1] ^= 4
    (tmp_path / "model.safetensors").write_bytes(content)
    result = check_golden("model", read_catalogue([tmp_path]), device="cpu")
    assert result.difference is None
    assert "model.safetensors was refused" in result.problem
