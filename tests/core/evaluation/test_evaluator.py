"""One call measures an ensemble, its members and everything that was fitted for it."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest
from made_predictions import made_labels, made_probabilities

from fundus_gui.core.catalogue import EnsembleSpec
from fundus_gui.core.decision import with_temperature
from fundus_gui.core.errors import ConfigError, DatasetError, EnsembleError
from fundus_gui.core.evaluation import (
    Bootstrap,
    EvaluationReport,
    EvaluationSettings,
    EvaluationStep,
    LabelledPredictions,
    bootstrap_difference,
    bootstrap_interval,
    evaluate,
    evaluation_steps,
    fit_vote,
    measure,
    report_from_json,
    report_tables,
    report_to_json,
)
from fundus_gui.core.evaluation.metrics import accuracy, macro_auc
from fundus_gui.core.vote import soft_vote

CLASSES = ("healthy", "mild", "severe")
ENSEMBLE = EnsembleSpec(name="both", members=("cnn", "vit"), weights=(0.6, 0.4))
FEW = Bootstrap(replicates=60)
SETTINGS = EvaluationSettings(bootstrap=FEW, class_order=CLASSES)


def predictions(
    images: int = 120,
    seed: int = 0,
    members: Sequence[str] = ENSEMBLE.members,
    columns: Mapping[str, Sequence[str]] | None = None,
) -> LabelledPredictions:
    """Return made predictions of two photographs a patient, of the same class."""
    labels = made_labels(images // 2, 3, seed).repeat(2)
    seeds = range(seed + 1, seed + 1 + len(members))
    return LabelledPredictions(
        class_names=CLASSES,
        member_names=tuple(members),
        probabilities=np.stack([made_probabilities(labels, 3, s) for s in seeds]),
        labels=labels,
        patients=tuple(f"{seed}-{image // 2}" for image in range(images)),
        columns=columns or {},
    )


TEST = predictions(columns={"camera": ["A", "B", ""] * 40, "remark": [f"r{n}" for n in range(120)]})
TUNING = predictions(200, seed=50)


@pytest.fixture(scope="module")
def report() -> EvaluationReport:
    return evaluate(TEST, ENSEMBLE, SETTINGS, TUNING)


def test_members_and_vote_have_the_figures_that_the_training_measures() -> None:
    plain = evaluate(TEST, ENSEMBLE, SETTINGS)
    vote = soft_vote(TEST.probabilities, ENSEMBLE.weights)
    assert [model.name for model in plain.models] == ["cnn", "vit", "both"]
    for model, values in zip(plain.models, [*TEST.probabilities, vote], strict=True):
        for name, value in measure(values, TEST.labels).by_name().items():
            if name != "images":
                assert model.figures[name].value == pytest.approx(value), name
    assert np.array(plain.vote.confusion).sum() == 120
    assert sum(bar.images for bar in plain.vote.reliability) == 120


def test_intervals_are_those_of_each_figure_by_itself(report: EvaluationReport) -> None:
    drawing = (TEST.labels, TEST.patients, FEW)
    alone = bootstrap_interval(macro_auc, TEST.probabilities[0], *drawing)
    assert report.models[0].figures["macro_auc"] == alone
    pair = next(c for c in report.comparisons if (c.first, c.second) == ("vit", "cnn"))
    difference = bootstrap_difference(accuracy, *TEST.probabilities[::-1], *drawing)
    assert pair.differences["accuracy"] == difference


def test_every_pair_is_compared_with_the_vote_first(report: EvaluationReport) -> None:
    pairs = [(pair.first, pair.second) for pair in report.comparisons]
    assert pairs == [("both", "vit"), ("both", "cnn"), ("vit", "cnn")]
    best = report.comparisons[0]
    areas = [model.classes[1].figures["auc"].value for model in report.models]
    assert (best.delong[1].first_auc, best.delong[1].second_auc) == pytest.approx(
        (areas[2], areas[1])
    )
    hits = best.mcnemar.only_first - best.mcnemar.only_second
    assert hits / 120 == pytest.approx(best.differences["accuracy"].value)


def test_what_is_measured_has_what_was_fitted_on_the_other_part(report: EvaluationReport) -> None:
    fitted = fit_vote(TUNING, ENSEMBLE, SETTINGS)
    assert report.fitted == fitted
    assert report.ensemble == fitted.ensemble
    assert report.ensemble.temperature == fitted.temperature.temperature != 1
    assert fitted.conformal is not None
    assert (fitted.conformal.images, fitted.conformal.patients) == (200, 100)
    assert report.sets is not None
    assert 0.75 < report.sets.coverage <= 1
    assert report.referral is not None
    assert report.referral.error_rate < 1 - report.vote.figures["accuracy"].value
    wanted = report.vote.figures["macro_specificity_at_threshold"]
    assert 0.85 < wanted.value <= 1


def test_temperatures_are_measured_before_and_after(report: EvaluationReport) -> None:
    assert [model.name for model in report.calibrations] == ["cnn", "vit", "both"]
    vote = report.calibrations[-1]
    assert vote.after["log_loss"] == pytest.approx(report.vote.figures["log_loss"].value)
    plain = evaluate(TEST, ENSEMBLE, SETTINGS).vote
    assert vote.before["log_loss"] == pytest.approx(plain.figures["log_loss"].value)
    before, after = (
        [bar.images for bar in bars] for bars in (vote.reliability_before, vote.reliability_after)
    )
    assert before == [bar.images for bar in plain.reliability]
    assert after == [bar.images for bar in report.vote.reliability]


def test_an_ensemble_that_stores_sets_and_referral_is_measured_with_them() -> None:
    stored = fit_vote(TUNING, ENSEMBLE, SETTINGS).ensemble
    later = evaluate(TEST, stored, SETTINGS)
    at_once = evaluate(TEST, ENSEMBLE, SETTINGS, TUNING)
    assert (later.sets, later.referral) == (at_once.sets, at_once.referral)
    assert later.vote.figures["brier"] == at_once.vote.figures["brier"]
    assert later.fitted is None
    assert later.calibrations == ()


def test_subgroups_are_measured_on_their_own_images(report: EvaluationReport) -> None:
    groups = {group.group: group for group in report.subgroups}
    assert list(groups) == ["A", "B", "not given"]
    assert groups["A"].images == 40
    votes, _ = TEST.vote(report.ensemble)
    alone = bootstrap_interval(accuracy, votes[::3], TEST.labels[::3], TEST.patients[::3], FEW)
    assert groups["A"].figures["accuracy"] == alone


def test_a_column_of_remarks_is_left_out_with_a_sentence(report: EvaluationReport) -> None:
    assert any("'remark' has 120 different texts" in note for note in report.notes)


def test_patients_are_judged_by_the_mean_of_their_photographs(report: EvaluationReport) -> None:
    assert report.patients == 60
    assert report.by_patient is not None
    assert (report.by_patient.patients, report.by_patient.left_out) == (60, 0)
    votes, _ = TEST.vote(report.ensemble)
    means = votes.reshape(60, 2, 3).mean(axis=1)
    expected = (means.argmax(axis=1) == TEST.labels[::2]).mean()
    assert report.by_patient.evaluation.figures["accuracy"].value == pytest.approx(expected)


def test_one_photograph_each_needs_no_table_of_patients() -> None:
    alone = evaluate(replace(TEST, patients=(), columns={}), ENSEMBLE, SETTINGS)
    assert alone.by_patient is None
    assert alone.patients == 120
    assert any("every image counts as another patient's" in note for note in alone.notes)


def test_a_model_by_itself_is_its_own_vote() -> None:
    single = EnsembleSpec(name="cnn", members=("cnn",), weights=(1.0,))
    found = evaluate(predictions(members=["cnn"]), single, SETTINGS, predictions(200, 9, ["cnn"]))
    assert [model.name for model in found.models] == ["cnn"]
    assert [model.name for model in found.calibrations] == ["cnn"]
    assert found.comparisons == ()


def test_steps_come_before_the_report_and_count_up() -> None:
    *steps, last = evaluation_steps(TEST, ENSEMBLE, SETTINGS)
    assert isinstance(last, EvaluationReport)
    assert all(isinstance(step, EvaluationStep) for step in steps)
    assert [step.done for step in steps] == list(range(steps[0].steps))


def test_too_little_to_fit_on_is_said_and_the_rest_measured() -> None:
    found = evaluate(TEST, ENSEMBLE, replace(SETTINGS, coverage=0.99), predictions(40, seed=8))
    assert found.sets is None
    assert found.ensemble.prediction_sets is None
    assert any("coverage of 99% need" in note for note in found.notes)
    assert found.referral is not None


def test_an_error_rate_out_of_reach_is_said_and_the_rest_measured() -> None:
    wrong = replace(TUNING, labels=(TUNING.labels + 1) % 3)
    found = evaluate(TEST, ENSEMBLE, replace(SETTINGS, referral_rate=0.0), wrong)
    assert found.referral is None
    assert any("No thresholds keep the error" in note for note in found.notes)


def test_patients_of_both_parts_are_said() -> None:
    found = evaluate(TEST, ENSEMBLE, SETTINGS, TEST)
    assert "60 patients are also in the part" in found.notes[0]


def test_a_class_without_images_is_said_and_left_out() -> None:
    is_kept = TEST.labels != 1
    kept = replace(
        TEST,
        probabilities=TEST.probabilities[:, is_kept],
        labels=TEST.labels[is_kept],
        patients=(),
        columns={},
    )
    found = evaluate(kept, ENSEMBLE, SETTINGS)
    assert any("No image is of the class mild" in note for note in found.notes)
    assert math.isnan(found.vote.classes[1].figures["auc"].value)
    assert math.isfinite(found.vote.figures["macro_auc"].value)


def test_replicates_without_a_rare_class_are_said() -> None:
    labels = np.array([0, 1] * 20 + [2])
    rare = LabelledPredictions(
        class_names=CLASSES,
        member_names=("cnn", "vit"),
        probabilities=np.stack([made_probabilities(labels, 3, seed) for seed in (1, 2)]),
        labels=labels,
    )
    found = evaluate(rare, ENSEMBLE, SETTINGS)
    assert any("replicates a class had no image" in note for note in found.notes)
    assert found.vote.classes[2].figures["auc"].replicates < 60


def test_the_accelerated_interval_is_there_for_every_figure() -> None:
    bca = replace(SETTINGS, bootstrap=Bootstrap(replicates=60, method="bca"))
    found = evaluate(replace(TEST, columns={}), ENSEMBLE, bca)
    drawing = (TEST.labels, TEST.patients, bca.bootstrap)
    alone = bootstrap_interval(macro_auc, TEST.probabilities[0], *drawing)
    assert found.models[0].figures["macro_auc"] == alone
    difference = bootstrap_difference(accuracy, *TEST.probabilities[::-1], *drawing)
    assert found.comparisons[-1].differences["accuracy"] == difference


def test_the_order_of_the_classes_must_name_them_all() -> None:
    with pytest.raises(ConfigError, match="healthy, severe"):
        evaluate(TEST, ENSEMBLE, replace(SETTINGS, class_order=("healthy", "severe")))
    unordered = evaluate(replace(TEST, columns={}), ENSEMBLE, EvaluationSettings(bootstrap=FEW))
    assert "quadratic_kappa" not in unordered.vote.figures


# --- what is evaluated ---------------------------------------------------------------------------


def test_the_vote_is_the_one_of_the_engine() -> None:
    tempered = replace(ENSEMBLE, temperature=0.7)
    votes, agreements = TEST.vote(tempered)
    assert votes == pytest.approx(
        with_temperature(soft_vote(TEST.probabilities, ENSEMBLE.weights), 0.7)
    )
    answers = votes.argmax(axis=1)
    agree = (TEST.probabilities.argmax(axis=2) == answers).T @ np.array(ENSEMBLE.weights)
    assert agreements == pytest.approx(agree)


def test_a_rule_that_weighs_image_by_image_is_followed() -> None:
    by_entropy = TEST.vote(replace(ENSEMBLE, rule="entropy"))[0]
    assert by_entropy.sum(axis=1) == pytest.approx(np.ones(120))
    assert not np.allclose(by_entropy, TEST.vote(ENSEMBLE)[0])


def test_predictions_of_other_members_are_refused() -> None:
    with pytest.raises(EnsembleError, match=r"of vit, cnn, but .* are cnn, vit"):
        evaluate(replace(TEST, member_names=("vit", "cnn")), ENSEMBLE, SETTINGS)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"labels": TEST.labels[:-1]}, "119 labelled images"),
        ({"labels": TEST.labels + 1}, "indices below 3"),
        ({"patients": ("a",)}, "'patients' has 1 entries for 120 images"),
        ({"columns": {"age": ["50"]}}, "'age' has 1 entries"),
        ({"probabilities": TEST.probabilities * 2}, "add up to 1"),
        ({"probabilities": TEST.probabilities * np.nan}, "add up to 1"),
        ({"class_names": ("a", "b")}, "2 classes"),
    ],
)
def test_predictions_that_do_not_fit_together_are_refused(
    change: Mapping[str, object], message: str
) -> None:
    with pytest.raises(DatasetError, match=message):
        replace(TEST, **change)


# --- kept and set side by side -------------------------------------------------------------------


def test_a_report_is_the_same_after_it_was_kept(report: EvaluationReport) -> None:
    text = report_to_json(report)
    assert "NaN" not in text
    again = report_from_json(text)
    assert report_to_json(again) == text
    assert again.ensemble == report.ensemble
    assert again.settings == report.settings
    assert again.fitted == report.fitted
    assert again.vote.figures == report.vote.figures


@pytest.mark.parametrize("change", [{"format_version": 2}, {"models": 3}, {"class_names": [7]}])
def test_a_report_of_another_kind_is_refused(
    report: EvaluationReport, change: Mapping[str, object]
) -> None:
    values = json.loads(report_to_json(report)) | change
    with pytest.raises(ConfigError):
        report_from_json(json.dumps(values))


def test_text_that_is_no_report_is_refused() -> None:
    for text in ("", "[]", "{}", "null"):
        with pytest.raises(ConfigError):
            report_from_json(text)


def test_tables_have_the_same_columns_in_every_row(report: EvaluationReport) -> None:
    tables = report_tables(report)
    for name, rows in tables.items():
        assert {tuple(row) for row in rows} == {tuple(rows[0])}, name
        text = io.StringIO()
        csv.DictWriter(text, list(rows[0])).writerows(rows)
        assert text.getvalue().count("\n") == len(rows)
    assert len(tables["confusion"]) == 3 * 3 * 3
    assert {row["figure"] for row in tables["models"]} >= {"accuracy", "quadratic_kappa"}
    assert tables["referral_curve"][0]["referral_rate"] == 0


def test_tables_of_what_was_not_measured_are_left_out() -> None:
    plain = evaluate(replace(TEST, patients=(), columns={}), ENSEMBLE, SETTINGS)
    missing = {"patients", "subgroups", "temperatures", "thresholds", "prediction_sets", "referral"}
    assert not missing & set(report_tables(plain))
