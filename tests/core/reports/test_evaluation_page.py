from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from tiny_assessments import CLASSES, FAST, SPEC, assessment, judged_part

from fundus_gui import RESEARCH_USE_ONLY
from fundus_gui.core.catalogue import EnsembleSpec
from fundus_gui.core.class_titles import class_title
from fundus_gui.core.evaluation import Interval, LabelledPredictions, evaluate, report_tables
from fundus_gui.core.evaluation.comparison import McNemar
from fundus_gui.core.evaluation.metrics import OVERALL_FIGURES
from fundus_gui.core.evaluation.records import Comparison
from fundus_gui.core.paths import resources_dir
from fundus_gui.core.reports.checklist import filled_checklist
from fundus_gui.core.reports.evaluation_answers import checklist_answers
from fundus_gui.core.reports.evaluation_content import FIGURE_TITLES, ReportContent
from fundus_gui.core.reports.evaluation_page import evaluation_page, evaluation_print
from fundus_gui.core.reports.evaluation_pictures import evaluation_pictures
from fundus_gui.core.reports.evaluation_words import comparison_sentence, interval_text, p_text
from fundus_gui.core.reports.pictures import Picture, rendered
from fundus_gui.core.reports.style import DARK
from fundus_gui.core.reports.templates import figure_text

HOSTILE = '<script>alert("&")</script>'


def made_content(*, has_tuning: bool = True, **changes: Any) -> ReportContent:
    made = assessment(Path("odir"), has_tuning=has_tuning)
    content = ReportContent(
        name=made.name,
        date=made.date,
        data="odir, test",
        tuning="odir, val" if has_tuning else "",
        report=made.report,
        votes=made.votes,
        labels=made.labels,
        class_titles=tuple(map(class_title, CLASSES)),
        warnings=made.warnings,
        leaks={"cnn": ("test_0.png",)},
        unreadable=1,
        weights_sha256=made.weights_sha256,
        licences={"cnn": "MIT"},
        device="Test device",
        version="0.1.0",
        command="fundus-gui evaluate --data odir",
    )
    return replace(content, **changes)


def of_predictions(
    predictions: LabelledPredictions, spec: EnsembleSpec = SPEC, tuning: Any = None
) -> ReportContent:
    report = evaluate(predictions, spec, FAST, tuning)
    votes, _ = predictions.vote(report.ensemble)
    return made_content(report=report, votes=votes, labels=predictions.labels, warnings=())


def page_of(content: ReportContent) -> str:
    """Return the page with empty pictures, which take long to draw."""
    return evaluation_page(content, dict.fromkeys(evaluation_pictures(content), Picture(b"", b"")))


@pytest.fixture(scope="module")
def content() -> ReportContent:
    return made_content()


@pytest.fixture(scope="module")
def page(content: ReportContent) -> str:
    return page_of(content)


def test_the_page_needs_nothing_else(page: str) -> None:
    assert not re.search(r'(?:src|srcset|href)="(?!data:image/svg\+xml;base64,)', page)
    assert "<script" not in page
    assert not re.search(r"https?://|url\(|@import", page)
    assert "default-src 'none'" in page


@pytest.mark.parametrize("variant", [page_of, evaluation_print])
def test_tags_are_closed_in_order(content: ReportContent, variant: Any) -> None:
    body = re.sub(r"<!DOCTYPE[^>]*>|<style>.*?</style>", "", variant(content), flags=re.DOTALL)
    body = re.sub(r"<(meta|img|source|br)\b([^>]*)>", r"<\1\2/>", body)
    assert ET.fromstring(body).tag == "html"


def test_warnings_stand_before_any_figure(page: str, content: ReportContent) -> None:
    warning, figure = page.index(content.warnings[0]), page.index('<dl class="figures">')
    assert page.index(RESEARCH_USE_ONLY) < warning < figure
    assert page.index("test_0.png") < figure


def test_a_page_without_warnings_has_no_box_for_them() -> None:
    assert "Read this before" not in page_of(made_content(warnings=(), leaks={}))


def test_long_lists_of_leaks_are_cut_and_counted() -> None:
    files = tuple(f"leak{number}.png" for number in range(100))
    page = page_of(made_content(leaks={"cnn": files}))
    assert "leak19.png and 80 more" in page
    assert "leak20.png" not in page


def intervals(content: ReportContent) -> Iterable[Interval]:
    """Yield every figure that the page has to tell."""
    report = content.report
    for model in report.models:
        yield from model.figures.values()
        for class_ in model.classes:
            yield from class_.figures.values()
    assert report.by_patient is not None
    yield from report.by_patient.evaluation.figures.values()
    for pair in report.comparisons:
        yield from (pair.differences[name] for name in ("macro_auc", "log_loss"))
    for group in report.subgroups:
        yield group.figures["balanced_accuracy"]


def test_every_figure_stands_with_its_interval(page: str, content: ReportContent) -> None:
    for interval in intervals(content):
        assert figure_text(interval.value) in page
        assert interval_text(interval) in page


def test_comparisons_thresholds_and_fits_are_told(page: str, content: ReportContent) -> None:
    report = content.report
    assert report.fitted is not None
    assert report.sets is not None
    told = [f"p {p_text(test.p_value)}" for pair in report.comparisons for test in pair.delong]
    told += [p_text(pair.mcnemar.p_value) for pair in report.comparisons]
    told += [figure_text(threshold) for threshold in report.fitted.thresholds]
    told += [f"{100 * report.sets.coverage:.1f} %", figure_text(report.ensemble.temperature)]
    for text in told:
        assert text.replace("<", "&lt;") in page


def test_provenance_is_told(page: str, content: ReportContent) -> None:
    for text in (
        "cd" * 32,
        "odir, test",
        "odir, val",
        "60 photographs of 30 patients",
        "Test device",
        "50 replicates",
        "2026-11-22 10:00 UTC",
        "fundus-gui evaluate --data odir",
        "MIT",
        "Python",
    ):
        assert text in page
    for name in report_tables(content.report):
        assert f"tables/{name}.csv" in page


def test_every_figure_that_is_measured_has_a_title() -> None:
    assert OVERALL_FIGURES.keys() < FIGURE_TITLES.keys()


@pytest.mark.parametrize("variant", [page_of, evaluation_print])
def test_names_are_text_and_never_markup(variant: Any) -> None:
    made = made_content()
    hostile = replace(
        made,
        name=HOSTILE,
        data=HOSTILE,
        class_titles=(HOSTILE,) * 3,
        warnings=(HOSTILE,),
        leaks={HOSTILE: (HOSTILE,)},
        licences={"cnn": HOSTILE},
        command=HOSTILE,
        report=replace(made.report, ensemble=replace(made.report.ensemble, title=HOSTILE)),
    )
    page = variant(hostile)
    assert "<script" not in page
    assert page.count("&lt;script&gt;alert(&#34;&amp;&#34;)&lt;/script&gt;") > 10


def test_without_a_tuning_part_the_page_says_that_nothing_was_fitted() -> None:
    page = page_of(made_content(has_tuning=False))
    assert "no tuning part was given" in page
    assert "without a tuning part no temperature was fitted" in page
    assert "At thresholds" not in page


def test_one_model_is_no_vote() -> None:
    part, tuning = (judged_part(Path("odir"), seed=seed).predictions for seed in (0, 1))
    alone = EnsembleSpec(name="cnn", members=("cnn",), weights=(1.0,))
    first, second = (
        replace(p, member_names=("cnn",), probabilities=p.probabilities[:1]) for p in (part, tuning)
    )
    page = page_of(of_predictions(first, alone, second))
    assert "All figures" in page
    assert "Comparisons" not in page
    assert "One model, cnn." in page


def test_one_class_alone_is_told_without_figures_that_it_cannot_have() -> None:
    part = judged_part(Path("odir")).predictions
    content = of_predictions(replace(part, labels=np.zeros_like(part.labels), patients=()))
    page = page_of(content)
    assert math.isnan(content.report.vote.figures["macro_auc"].value)
    assert "No image is of the classes diabetic_retinopathy, normal" in page
    assert not re.search(r"\bnan\b", page)


def comparison(**differences: tuple[float, float, float]) -> Comparison:
    unknown = (math.nan, math.nan, math.nan)
    names = ("balanced_accuracy", "macro_auc", "accuracy", "log_loss")
    return Comparison(
        first="pair",
        second="cnn",
        differences={
            name: Interval(*differences.get(name, unknown), replicates=50) for name in names
        },
        mcnemar=McNemar(1, 2, 0.0, 1.0, is_exact=True),
        delong=(),
    )


def test_models_that_do_not_differ_are_said_not_to(content: ReportContent) -> None:
    sentence = comparison_sentence(comparison(macro_auc=(0.01, -0.02, 0.03)), content)
    assert sentence == (
        "Pair is not significantly different from cnn in macro-AUC: each 95 % interval of the "
        "difference holds 0."
    )


def test_a_lower_loss_is_better_and_a_lower_accuracy_worse(content: ReportContent) -> None:
    pair = comparison(
        log_loss=(-0.1, -0.2, -0.05), accuracy=(-0.1, -0.2, -0.05), macro_auc=(0.0, -0.1, 0.1)
    )
    assert comparison_sentence(pair, content) == (
        "Against cnn, Pair is significantly better in log-loss (−0.100, −0.200 to −0.050); "
        "significantly worse in accuracy (−0.100, −0.200 to −0.050); not significantly different "
        "in macro-AUC."
    )


def test_too_few_patients_cannot_be_compared(content: ReportContent) -> None:
    assert "cannot be compared" in comparison_sentence(comparison(), content)


def test_the_checklist_answers_what_the_program_knows_and_leaves_the_rest(page: str) -> None:
    answers = checklist_answers(made_content())
    claim, tripod = filled_checklist(answers)
    listed = (resources_dir() / "report" / "checklist.toml").read_text(encoding="utf-8")
    used = {
        item["answer"]
        for guideline in tomllib.loads(listed)["guideline"]
        for item in guideline["items"]
        if "answer" in item
    }
    assert answers.keys() == used
    for guideline in (claim, tripod):
        assert all(item.answer or item.author for item in guideline.items)
        numbers = [item.number for item in guideline.items]
        assert len(set(numbers)) == len(numbers)
        assert 0 < guideline.answered < len(guideline.items)
        assert guideline.citation in page
    assert page.count('class="field"') == sum(
        bool(item.author) for guideline in (claim, tripod) for item in guideline.items
    )


def test_leaks_are_admitted_in_the_checklist() -> None:
    assert checklist_answers(made_content())["disjoint"].startswith("Not disjoint: 1 photograph")
    assert "No judged photograph" in checklist_answers(made_content(leaks={}))["disjoint"]


def test_pictures_are_drawn_without_a_tuning_part_too() -> None:
    for draw in evaluation_pictures(made_content(has_tuning=False)).values():
        assert rendered(draw, DARK, "png").startswith(b"\x89PNG")
