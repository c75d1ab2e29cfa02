"""The parts of `weights/README.md` that are figures, rewritten between their markers."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from fundus_gui.core.assessments.calibrating import CalibratedModel, CrossValidated
from fundus_gui.core.assessments.fusing import FusedVote
from fundus_gui.core.cards import ModelCard
from fundus_gui.core.evaluation import EvaluationReport, Interval
from fundus_gui.core.evaluation.records import SubgroupEvaluation
from fundus_gui.core.fusion.comparison import ComparedVote
from fundus_gui.core.models import create_model
from fundus_gui.core.models.inspection import count_parameters
from fundus_gui.core.reports.templates import class_title, figure_text

FIGURES = {
    "accuracy": "accuracy",
    "balanced_accuracy": "balanced accuracy",
    "macro_auc": "macro-AUC",
    "macro_f1": "macro-F1",
    "log_loss": "log-loss",
    "calibration_error": "ECE",
}
CLASS_FIGURES = {
    "sensitivity": "sensitivity",
    "specificity": "specificity",
    "precision": "precision",
    "f1": "F1",
    "auc": "AUC",
    "average_precision": "average precision",
}
SUBGROUP_FIGURES = {name: FIGURES[name] for name in ("balanced_accuracy", "macro_auc")}
SUBGROUPS = ("sex", "age", "laterality")
CONFUSIONS = 6
HEADINGS = {
    "members": "Networks",
    "data": "Data",
    "recipe": "Recipe",
    "figures": "Figures of the validation part",
    "test": "Figures of the test part",
}


def rewritten(page: str, parts: Mapping[str, str]) -> str:
    """Return a page with new text between `<!-- generated:NAME -->` and `<!-- end -->`.

    A part that the page has no markers for is appended under a heading of its own.
    """
    for name, content in parts.items():
        block = f"<!-- generated:{name} -->\n{content.strip()}\n<!-- end -->"
        marked = re.compile(f"<!-- generated:{name} -->.*?<!-- end -->", re.DOTALL)
        if marked.search(page):
            page = marked.sub(block.replace("\\", r"\\"), page, count=1)
        else:
            page = f"{page.rstrip()}\n\n## {HEADINGS[name]}\n\n{block}\n"
    return page


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def with_ends(interval: Interval, digits: int = 3) -> str:
    """Return a figure with the ends of its interval."""
    if math.isnan(interval.value):
        return "–"
    if not interval.low <= interval.value <= interval.high:  # none, or bias beyond correction
        return f"{interval.value:.{digits}f}"
    value, low, high = (
        f"{number:.{digits}f}".replace("-", "−")
        for number in (interval.value, interval.low, interval.high)
    )
    return f"{value} ({low} – {high})"


# Where they come from -----------------------------------------------------------------------------


def members(files: Mapping[str, Path], cards: Mapping[str, ModelCard]) -> str:
    """Return the table of the files."""
    rows = []
    for name, path in files.items():
        card = cards[name]
        network = create_model(
            card.architecture,
            num_classes=len(card.class_names),
            input_size=card.preprocessing.size,
            **card.arguments,
        )
        parameters = f"{count_parameters(network) / 1e6:.1f} M parameters"
        size = f"{path.stat().st_size / 1e6:.0f} MB"
        pixels = f"{card.preprocessing.size} px"
        rows.append([f"`{path.name}`", f"{card.title}, {parameters}", pixels, size])
    return table(["file", "network", "input", "size"], rows)


def data(cards: Mapping[str, ModelCard], patients: int) -> str:
    """Return the counts of the parts that the members learnt from and were chosen by."""
    training = next(iter(cards.values())).training
    parts = {"train": "training", "val": "validation"}
    images: Mapping[str, Mapping[str, int]] = training["images"]
    rows = [
        [class_title(name), *(str(images[part].get(name, 0)) for part in parts)]
        for name in next(iter(cards.values())).class_names
    ]
    rows.append(["**all**", *(f"**{sum(images[part].values())}**" for part in parts)])
    counts = table(["photographs", *parts.values()], rows)
    split = training["split_sha256"]
    return (
        f"{counts}\n\nNo patient is in two parts; the validation part has {patients} patients. "
        f"SHA-256 of the split: `{split}`."
    )


def recipe(cards: Mapping[str, ModelCard], publish: str) -> str:
    """Return the commands that make all of it again, and when each member was at its best."""
    lines = [card.training["command"] for card in cards.values()]
    best = table(
        ["model", "best epoch", "of", "trained", "program", "torch"],
        [
            [
                name,
                str(card.training["epoch"]),
                str(card.training["config"]["epochs"]),
                card.training["date"],
                card.training["versions"]["fundus_gui"],
                card.training["versions"]["torch"],
            ]
            for name, card in cards.items()
        ],
    )
    return "```\n" + "\n".join([*lines, publish]) + f"\n```\n\n{best}"


# How good they are --------------------------------------------------------------------------------


def figures(report: EvaluationReport, title: str) -> str:
    """Return the tables that an evaluation of any part has."""
    origin = (
        f"{report.images} photographs of {report.patients} patients. In brackets 95 % intervals "
        f"of a bootstrap over the patients (BCa, {report.settings.bootstrap.replicates} drawings); "
        "none stands where the bootstrap's own bias exceeds it."
    )
    parts = [
        origin,
        _models(report),
        f"### {title}: each class, of the ensemble",
        _classes(report),
        f"### {title}: worst confusions of the ensemble",
        _confusions(report),
        f"### {title}: groups, of the ensemble",
        _subgroups(report.subgroups),
        *(f"- {note}" for note in report.notes),
    ]
    return "\n\n".join(part for part in parts if part)


def _models(report: EvaluationReport) -> str:
    rows = [
        [_bold(m.name, m is report.vote), *(with_ends(m.figures[name]) for name in FIGURES)]
        for m in report.models
    ]
    return table(["model", *FIGURES.values()], rows)


def _bold(text: str, is_bold: bool) -> str:
    return f"**{text}**" if is_bold else text


def _classes(report: EvaluationReport) -> str:
    rows = [
        [
            class_title(c.name),
            str(c.images),
            *(with_ends(c.figures[name], 2) for name in CLASS_FIGURES),
        ]
        for c in report.vote.classes
    ]
    return table(["class", "photographs", *CLASS_FIGURES.values()], rows)


def _confusions(report: EvaluationReport) -> str:
    counts = np.array(report.vote.confusion)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    wrong = np.where(np.eye(len(counts), dtype=bool), 0, shares)
    worst = np.argsort(-wrong, axis=None, kind="stable")[:CONFUSIONS]
    rows = []
    for true, answer in zip(*np.unravel_index(worst, wrong.shape), strict=True):
        if wrong[true, answer]:
            names = (class_title(report.class_names[index]) for index in (true, answer))
            of = f"{counts[true, answer]} of {counts[true].sum()}"
            rows.append([*names, f"{of} ({shares[true, answer]:.0%})"])
    return table(["true class", "called", "photographs"], rows) if rows else "None."


def _subgroups(groups: Sequence[SubgroupEvaluation]) -> str:
    shown = [g for column in SUBGROUPS for g in groups if g.column.lower() == column]
    if not shown:
        return "The data say neither sex nor age nor which eye it is."
    rows = [
        [
            group.column,
            group.group,
            f"{group.images} of {group.patients}",
            *(with_ends(group.figures[name]) for name in SUBGROUP_FIGURES),
        ]
        for group in shown
    ]
    return table(["", "group", "photographs of patients", *SUBGROUP_FIGURES.values()], rows)


def methods(compared: Sequence[ComparedVote], chosen: str) -> str:
    """Return every way to vote, judged on patients that its weights were not fitted on."""
    rows = [
        [
            _bold(vote.name, vote.kind == "method" and vote.name == chosen),
            " ".join(f"{weight:.2f}" for weight in vote.fit.weights),
            figure_text(vote.scores["balanced_accuracy"]),
            figure_text(vote.scores["macro_auc"]),
            figure_text(vote.scores["log_loss"]),
            with_ends(vote.against_equal),
        ]
        for vote in compared
    ]
    header = ["vote", "weights", "balanced accuracy", "macro-AUC", "log-loss", "against equal"]
    return table(header, rows)


def calibration(
    models: Mapping[str, CalibratedModel], vote: CrossValidated, temperature: float
) -> str:
    """Return what each temperature does to patients that it was not fitted on."""
    checks = {name: (model.card.temperature, model.check) for name, model in models.items()}
    checks["**ensemble**"] = (temperature, vote)
    rows = [
        [
            name,
            f"{value:.3f}",
            figure_text(check.before["calibration_error"]),
            figure_text(check.after["calibration_error"]),
            figure_text(check.before["log_loss"]),
            figure_text(check.after["log_loss"]),
        ]
        for name, (value, check) in checks.items()
    ]
    header = ["model", "temperature", "ECE before", "ECE after", "log-loss before", "after"]
    return table(header, rows)


def decision(fused: FusedVote) -> str:
    """Say what the ensemble stores besides its weights."""
    spec = fused.spec
    sentences = []
    if spec.prediction_sets is not None:
        coverage = spec.prediction_sets.coverage
        sentences.append(
            f"Prediction sets are made to hold the true class {coverage:.0%} of times."
        )
    if spec.referral is not None:
        confidence, agreement = spec.referral.confidence, spec.referral.agreement
        sentences.append(
            f"A photograph is referred to a person where the confidence is below {confidence:.2f}"
            + (f" or the agreement below {agreement:.2f}." if agreement else ".")
        )
    return " ".join([*sentences, *spec.notes])


def verdict(report: EvaluationReport) -> str:
    """Say whether the ensemble is worth its members, by log-loss and balanced accuracy."""
    vote, alone = report.vote, report.models[:-1]
    best = min(alone, key=lambda model: model.figures["log_loss"].value)
    pair = next(c for c in report.comparisons if {c.first, c.second} == {vote.name, best.name})
    sign = 1 if pair.first == vote.name else -1
    known = pair.differences["log_loss"]
    low, high = sorted((sign * known.low, sign * known.high))
    difference = Interval(sign * known.value, low, high, known.replicates)
    finding = (
        ("better than" if difference.value < 0 else "worse than")
        if difference.excludes_zero
        else "not significantly different from"
    )
    return (
        f"By log-loss the ensemble is {finding} its best member, {best.name}: difference "
        f"{with_ends(difference)}."
    )
