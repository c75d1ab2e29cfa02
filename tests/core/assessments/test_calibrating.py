"""Calibrated models and ensembles say what they were calibrated on, and whether it helped."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tiny_assessments import SPEC, judged_part

from fundus_gui.core.assessments import JudgedPart
from fundus_gui.core.assessments.calibrating import calibrate_ensemble, calibrate_model
from fundus_gui.core.assessments.fusing import images_digest
from fundus_gui.core.cards import ModelCard
from fundus_gui.core.decision import with_temperature
from fundus_gui.core.evaluation import EvaluationSettings, LabelledPredictions
from fundus_gui.core.preprocessing import Preprocessing

GOLDEN = (0.7, 0.2, 0.1)
CARD = ModelCard(
    architecture="tiny",
    class_names=("amd", "diabetic_retinopathy", "normal"),
    preprocessing=Preprocessing(size=32),
    temperature=2.0,
    training={"data": "eyes"},
    metrics={"validation": {"accuracy": 0.8, "log_loss": 0.5}},
    golden={"image": "a.png", "probabilities": list(GOLDEN)},
)


@pytest.fixture(scope="module")
def part(tmp_path_factory: pytest.TempPathFactory) -> JudgedPart:
    return judged_part(tmp_path_factory.mktemp("eyes"), "val", images=400)


def too_sure(part: JudgedPart, by: float) -> JudgedPart:
    """Return the part judged by its first member alone, its logits multiplied."""
    predictions = part.predictions
    return replace(
        part,
        predictions=LabelledPredictions(
            class_names=predictions.class_names,
            member_names=("cnn",),
            probabilities=with_temperature(predictions.probabilities[:1], 1 / by),
            labels=predictions.labels,
            patients=predictions.patients,
        ),
    )


def test_a_temperature_undoes_what_made_the_model_too_sure(part: JudgedPart) -> None:
    plain = calibrate_model(too_sure(part, 1), CARD)
    found = calibrate_model(too_sure(part, 3), CARD)
    assert found.fit.temperature == pytest.approx(3 * plain.fit.temperature, rel=1e-3)
    assert found.card.temperature == pytest.approx(2 * found.fit.temperature)
    assert found.check.after["log_loss"] < found.check.before["log_loss"]
    assert found.check.after["calibration_error"] < found.check.before["calibration_error"]


def test_the_card_stays_true_of_its_file(part: JudgedPart) -> None:
    found = calibrate_model(too_sure(part, 3), CARD, ("cnn may know some.",))
    expected = with_temperature(GOLDEN, found.fit.temperature)
    np.testing.assert_allclose(found.card.golden["probabilities"], expected)
    assert found.card.metrics["validation"] == {"accuracy": 0.8}
    assert found.card.metrics["calibration, cross-validated"]["images"] == 400
    origin = found.card.training["calibration"]
    assert origin["former_temperature"] == 2.0
    assert origin["images_sha256"] == images_digest(part.image_sha256)
    assert origin["warnings"] == ["cnn may know some."]
    assert found.card.training["data"] == "eyes"
    assert ModelCard.from_json(found.card.to_json()) == found.card


def test_a_card_without_a_golden_image_gets_none(part: JudgedPart) -> None:
    assert not calibrate_model(too_sure(part, 2), replace(CARD, golden={})).card.golden


def test_an_ensemble_keeps_its_weights_and_gets_the_rest(part: JudgedPart) -> None:
    former = replace(SPEC, temperature=5.0, notes=("An old note.",))
    found = calibrate_ensemble(part, former, EvaluationSettings(coverage=0.8), ("Beware.",))
    spec = found.fitted.ensemble
    assert (spec.members, spec.weights) == (SPEC.members, SPEC.weights)
    assert 0 < spec.temperature < 5
    assert spec.prediction_sets is not None
    assert spec.prediction_sets.coverage == 0.8
    assert spec.notes[:2] == ("An old note.", "Beware.")
    assert any(note.startswith("Calibrated on") for note in spec.notes)


def test_calibrating_on_the_photographs_of_the_weights_is_noted(part: JudgedPart) -> None:
    same = replace(SPEC, images_sha256=images_digest(part.image_sha256))
    notes = calibrate_ensemble(part, same, EvaluationSettings()).fitted.ensemble.notes
    assert any("fitted on the same photographs" in note for note in notes)
    others = calibrate_ensemble(part, SPEC, EvaluationSettings()).fitted.ensemble.notes
    assert not any("fitted on the same photographs" in note for note in others)


def test_the_folder_does_not_matter(part: JudgedPart, tmp_path: Path) -> None:
    moved = replace(part, source=replace(part.source, folder=tmp_path))
    first, second = (calibrate_ensemble(p, SPEC, EvaluationSettings()) for p in (part, moved))
    assert first.fitted.ensemble.temperature == second.fitted.ensemble.temperature
