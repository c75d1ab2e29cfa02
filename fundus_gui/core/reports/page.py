"""The page of a run, `report.html`: one file that needs nothing else and loads nothing."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Any

from fundus_gui.core.evaluation import Metrics
from fundus_gui.core.reports.environment import environment_text
from fundus_gui.core.reports.pictures import Picture
from fundus_gui.core.reports.tables import ClassFigures
from fundus_gui.core.reports.templates import figure_text, rendered_page, svg_address
from fundus_gui.core.runs import (
    Event,
    Notice,
    Run,
    RunStarted,
    TeacherLoaded,
    TrainConfig,
    WeightsLoaded,
    terms,
    train_settings,
)

_FIGURES = {
    "macro_auc": "Macro-AUC",
    "balanced_accuracy": "Balanced accuracy",
    "accuracy": "Accuracy",
    "top_5_accuracy": "Top-5 accuracy",
    "macro_f1": "Macro-F1",
    "log_loss": "Log loss (nats)",
}
_MEANS = {"macro avg": "Mean over classes", "weighted avg": "Mean over photographs"}
_PARTS = {"train": "Training", "val": "Validation", "test": "Test"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """What the best weights make of the validation part."""

    metrics: Metrics
    classes: Sequence[ClassFigures]


def report_page(
    run: Run,
    started: RunStarted,
    events: Sequence[Event],
    validation: Validation,
    pictures: Mapping[str, Picture],
) -> str:
    """Return the page as HTML; `pictures` are curves, confusion_matrix and roc."""
    figures = validation.metrics.by_name()
    return rendered_page(
        "run.html",
        name=run.name,
        facts=_facts(run, started, events),
        figures={title: figures[key] for key, title in _FIGURES.items() if key in figures},
        images=validation.metrics.images,
        classes=validation.classes[: len(started.class_names)],
        means={_MEANS[row.name]: row for row in validation.classes[-len(_MEANS) :]},
        class_names=started.class_names,
        counts={_PARTS.get(part, part): counts for part, counts in started.counts.items()},
        notices=list(dict.fromkeys(e.text for e in events if isinstance(e, Notice))),
        settings=_settings(run.config),
        pictures={
            name: {"light": svg_address(picture.light), "dark": svg_address(picture.dark)}
            for name, picture in pictures.items()
        },
        environment=environment_text(),
    )


def _facts(run: Run, started: RunStarted, events: Sequence[Event]) -> dict[str, str]:
    seconds = sum(epoch.seconds for epoch in run.epochs)
    first = next((event for event in events if isinstance(event, RunStarted)), started)
    best = run.best
    config = run.config or TrainConfig()
    facts = {
        "Network": f"{config.model}, {started.parameters / 1e6:.1f} million parameters",
        "Input": f"{config.input_size} × {config.input_size} pixels",
        "Data": _value(config.data),
        "Begun": f"{datetime.fromisoformat(first.date):%Y-%m-%d %H:%M %Z}",
        "Computed on": started.device,
        "Epochs": f"{len(run.epochs)} of {started.epochs} in {timedelta(seconds=round(seconds))}",
    }
    if best is not None:
        score = figure_text(best.validation.get("macro_auc"))
        facts["Best epoch"] = f"{best.epoch}, with a macro-AUC of {score} in validation"
    loaded = next((event for event in events if isinstance(event, WeightsLoaded)), None)
    if loaded is not None:
        facts["Started from"] = loaded.title
    teachers = [event for event in events if isinstance(event, TeacherLoaded)]
    if teachers:
        facts["Taught by"] = "; ".join(f"{t.title} ({t.sha256[:12]})" for t in teachers)
    licence = terms([loaded, *teachers] if loaded is not None else teachers)
    if licence:
        facts["Licence"] = licence
    return facts


def _settings(config: TrainConfig | None) -> list[tuple[str, str, str]]:
    """Return name, value and default of the settings that differ."""
    if config is None:
        return []
    described = train_settings()
    return [
        (name, _value(value), _value(described[name].default))
        for name, value in config.differing().items()
    ]


def _value(value: Any) -> str:
    """Return a setting in words; of a folder only the name, since a page gets passed on."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key} = {_value(item)}" for key, item in value.items()) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None or value == "":
        return "not set"
    if isinstance(value, float):
        return "no limit" if math.isinf(value) else f"{value:g}"
    return PurePath(value).name if PurePath(str(value)).is_absolute() else str(value)
