"""The page of a run, `report.html`: one file that needs nothing else and loads nothing."""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Any

from fundus_gui import RESEARCH_USE_ONLY, __version__
from fundus_gui.core.evaluation import Metrics
from fundus_gui.core.paths import resources_dir
from fundus_gui.core.reports.environment import environment_text
from fundus_gui.core.reports.tables import ClassFigures
from fundus_gui.core.runs import (
    Event,
    Notice,
    Run,
    RunStarted,
    TrainConfig,
    WeightsLoaded,
    train_settings,
)

_FOLDER, _TEMPLATE = "report", "run.html"  # in the resources
_FIGURES = {
    "macro_auc": "Macro-AUC",
    "balanced_accuracy": "Balanced accuracy",
    "accuracy": "Accuracy",
    "top_5_accuracy": "Top-5 accuracy",
    "macro_f1": "Macro-F1",
    "log_loss": "Log loss (nats)",
}
_MEANS = {"macro avg": "Mean over classes", "weighted avg": "Mean over photographs"}
_LONGEST_ABBREVIATION = 3  # letters, as in AMD
_PARTS = {"train": "Training", "val": "Validation", "test": "Test"}


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure as SVG, for light and for dark pages."""

    light: bytes
    dark: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """What the best weights make of the validation part."""

    metrics: Metrics
    classes: Sequence[ClassFigures]


def class_title(name: str) -> str:
    """Return a class's name for people."""
    spaced = name.replace("_", " ").strip()
    is_abbreviation = len(spaced) <= _LONGEST_ABBREVIATION
    return spaced.upper() if is_abbreviation else spaced[:1].upper() + spaced[1:]


def report_page(
    run: Run,
    started: RunStarted,
    events: Sequence[Event],
    validation: Validation,
    pictures: Mapping[str, Picture],
) -> str:
    """Return the page as HTML; `pictures` are curves, confusion_matrix and roc."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    figures = validation.metrics.by_name()
    environment = Environment(
        loader=FileSystemLoader(resources_dir() / _FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["class_title"] = class_title
    environment.filters["figure"] = _figure
    return environment.get_template(_TEMPLATE).render(
        name=run.name,
        notice=RESEARCH_USE_ONLY,
        version=__version__,
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
            name: {"light": _data_uri(picture.light), "dark": _data_uri(picture.dark)}
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
        score = _figure(best.validation.get("macro_auc"))
        facts["Best epoch"] = f"{best.epoch}, with a macro-AUC of {score} in validation"
    loaded = next((event for event in events if isinstance(event, WeightsLoaded)), None)
    if loaded is not None:
        facts["Started from"] = loaded.title
        facts["Licence"] = loaded.licence
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


def _figure(value: float | None) -> str:
    return "–" if value is None or math.isnan(value) else f"{value:.3f}"


def _data_uri(svg: bytes) -> str:
    """Return an image's address that is the image: a stranger to the page's ids and styles."""
    return f"data:image/svg+xml;base64,{base64.b64encode(svg).decode()}"
