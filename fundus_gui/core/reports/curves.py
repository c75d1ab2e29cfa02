"""How a training went, over its epochs; drawn alike by the report and, live, by the window."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fundus_gui.core.reports.style import LIGHT, Style, elided, font, legend, plain, prepare
from fundus_gui.core.runs import EpochReport, Event, StepReport

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

Floats = NDArray[np.float64]

_SOLID, _DASHED = "-", (0, (4, 2))
_MOST_MARKED = 25  # epochs, that each is marked by a dot
_MOST_STEPS = 1000  # points of a curve over updates
_LONGEST_NAME = 34  # letters
_UPDATES = "updates"  # names their line, whose outliers do not count
_DECIDING = "macro_auc"  # the figure by which the best epoch is chosen
_SCORES = {
    _DECIDING: "Macro-AUC",
    "balanced_accuracy": "Balanced accuracy",
    "accuracy": "Accuracy",
}


@dataclass(frozen=True, slots=True)
class Curve:
    """What is drawn of one run.

    Attributes:
        name: of the run.
        epochs: completed, in order.
        steps: updates so far, or a part of them; may be empty.
    """

    name: str
    epochs: Sequence[EpochReport]
    steps: Sequence[StepReport] = ()

    @property
    def best(self) -> EpochReport | None:
        """The epoch whose weights are kept as best."""
        return next((epoch for epoch in reversed(self.epochs) if epoch.is_best), None)


def updates(events: Iterable[Event]) -> tuple[StepReport, ...]:
    """Return the reports of updates in order, each once: a resumed run repeats some."""
    reports = {(e.epoch, e.step): e for e in events if isinstance(e, StepReport)}
    return tuple(reports[place] for place in sorted(reports))


def draw_loss(axes: Axes, runs: Sequence[Curve], style: Style = LIGHT) -> None:
    """Draw the loss in training (dashed; of each update, faint) and in validation (solid)."""
    prepare(axes, style)
    is_single = len(runs) == 1
    for index, run in enumerate(runs):
        colour = style.colour(index)
        dashed = style.colour(1) if is_single else colour
        if is_single and run.steps:
            x, y = _over_updates(run, "loss")
            axes.plot(x, y, color=dashed, alpha=0.3, linewidth=0.7, gid=_UPDATES)
        training = [epoch.train_loss for epoch in run.epochs]
        label = "Training" if is_single else ""
        _draw(axes, run, training, dashed, label=label, is_dashed=True)
        label = "Validation" if is_single else _name(run)
        _draw(axes, run, _validation(run, "log_loss"), colour, label=label)
        _mark_best(axes, run, "log_loss", style)
    _finish(axes, runs, style)
    _keep_outliers_out(axes)
    _legend(axes, style, "Loss" if is_single else "Loss (training dashed)", runs)


def draw_scores(axes: Axes, runs: Sequence[Curve], style: Style = LIGHT) -> None:
    """Draw how good the answers are: all figures of one run, of several their macro-AUC."""
    prepare(axes, style)
    if len(runs) == 1:
        title = _draw_all_scores(axes, runs[0], style)
    else:
        title = "Macro-AUC in validation"
        for index, run in enumerate(runs):
            scores = _validation(run, _DECIDING)
            _draw(axes, run, scores, style.colour(index), label=_name(run))
            _mark_best(axes, run, _DECIDING, style)
    _finish(axes, runs, style)
    low, high = axes.get_ylim()
    digits = 2 if high - low > 0.05 else 3
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:.{digits}f}" if value <= 1 else "")
    _legend(axes, style, title, runs)


def _draw_all_scores(axes: Axes, run: Curve, style: Style) -> str:
    """Draw the scores of a run, name the best epoch; return the title."""
    for number, (figure, label) in enumerate(_SCORES.items()):
        _draw(axes, run, _validation(run, figure), style.colour(number), label=label)
        if figure == _DECIDING:
            _mark_best(axes, run, figure, style, is_named=True)
    training = [_number(epoch.train_accuracy) for epoch in run.epochs]
    colour = style.colour(list(_SCORES).index("accuracy"))
    _draw(axes, run, training, colour, label="", is_dashed=True)
    return "Scores (training dashed)" if any(map(math.isfinite, training)) else "Scores"


def draw_learning_rate(axes: Axes, runs: Sequence[Curve], style: Style = LIGHT) -> None:
    """Draw the learning rate, of each update where the updates are given."""
    prepare(axes, style)
    for index, run in enumerate(runs):
        rates = [epoch.learning_rate for epoch in run.epochs]
        x, y = _over_updates(run, "learning_rate")
        label = _name(run) if len(runs) > 1 else f"highest {max([*rates, *y], default=0):.2g}"
        if run.steps:
            axes.plot(x, y, color=style.colour(index), linewidth=1.9, label=label)
        else:
            _draw(axes, run, rates, style.colour(index), label=label)
    _finish(axes, runs, style)
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    _legend(axes, style, "Learning rate", runs)


def _draw(
    axes: Axes,
    run: Curve,
    values: Sequence[float],
    colour: str,
    *,
    label: str,
    is_dashed: bool = False,
) -> None:
    if not any(map(math.isfinite, values)):
        return
    size = 6.0 if len(values) == 1 else 3.2 if len(values) <= _MOST_MARKED else 0.0
    axes.plot(
        [epoch.epoch for epoch in run.epochs],
        values,
        color=colour,
        linestyle=_DASHED if is_dashed else _SOLID,
        linewidth=1.4 if is_dashed else 1.9,
        marker="o" if size else "",
        markersize=size,
        markerfacecolor=axes.get_facecolor() if is_dashed else colour,
        label=label or None,
    )


def _over_updates(run: Curve, name: str) -> tuple[Floats, Floats]:
    """Return epochs done, and the values of the updates, thinned out to what a screen shows."""
    kept = run.steps[:: math.ceil(len(run.steps) / _MOST_STEPS) or 1]
    x = np.array([step.epoch - 1 + step.step / step.steps for step in kept])
    return x, np.array([getattr(step, name) for step in kept])


def _mark_best(
    axes: Axes, run: Curve, figure: str, style: Style, *, is_named: bool = False
) -> None:
    """Put a ring around the best epoch; name it where there is but one run."""
    best = run.best
    value = math.nan if best is None else _number(best.validation.get(figure))
    if best is None or not math.isfinite(value):
        return
    axes.plot(
        [best.epoch],
        [value],
        linestyle="",
        marker="o",
        markersize=9.5,
        markerfacecolor="none",
        markeredgecolor=style.text,
        markeredgewidth=1.3,
        zorder=5,
        clip_on=False,
    )
    if is_named:
        _name_best(axes, run, best, value, style)


def _name_best(axes: Axes, run: Curve, best: EpochReport, value: float, style: Style) -> None:
    from matplotlib.patheffects import withStroke

    first, last = run.epochs[0].epoch, run.epochs[-1].epoch
    is_right = best.epoch > (first + last) / 2
    axes.annotate(
        f"best: epoch {best.epoch}, {value:.3f}",
        (best.epoch, value),
        xytext=(4 if is_right else -4, 9),
        textcoords="offset points",
        ha="right" if is_right else "left",
        color=style.text,
        path_effects=[withStroke(linewidth=3, foreground=style.background)],
        zorder=6,
        **font(style, 0.92),
    )


def _finish(axes: Axes, runs: Sequence[Curve], style: Style) -> None:
    from matplotlib.ticker import MaxNLocator

    epochs = [epoch.epoch for run in runs for epoch in run.epochs]
    under_way = [step.epoch for run in runs for step in run.steps[-1:]]
    last = max([*epochs, *under_way], default=1)
    first = 0 if under_way else min(epochs, default=0)
    pad = max(0.02 * (last - first), 0.5 if last == first else 0.1)
    axes.set_xlim(first - pad, last + pad)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=8, integer=True, min_n_ticks=1))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=7, steps=[1, 2, 5, 10]))
    axes.set_xlabel("Epoch", color=style.muted, **font(style, 0.92))
    axes.grid(visible=True, color=style.grid, linewidth=0.8)
    axes.margins(y=0.16)  # room for what is written above the best
    axes.autoscale_view(scalex=False)
    if not axes.get_lines():
        axes.set(xticks=[], yticks=[])
        axes.annotate(
            "No epoch is done yet",
            (0.5, 0.5),
            xycoords="axes fraction",
            ha="center",
            va="center",
            color=style.muted,
            **font(style),
        )


def _keep_outliers_out(axes: Axes) -> None:
    """Let the losses of epochs decide the height, and of the updates all but the wildest."""
    shown: list[Floats] = []
    for line in axes.get_lines():
        values = _finite(line)
        if line.get_gid() == _UPDATES and len(values):
            values = np.quantile(values, [0.01, 0.98])
        shown.append(values)
    every = np.concatenate(shown) if shown else np.array([])
    if len(every):
        pad = 0.08 * (every.max() - every.min()) or 0.1
        axes.set_ylim(max(every.min() - pad, 0.0), every.max() + pad)


def _finite(line: Line2D) -> Floats:
    values = np.asarray(line.get_ydata(), dtype=np.float64)
    finite: Floats = values[np.isfinite(values)]
    return finite


def _legend(axes: Axes, style: Style, title: str, runs: Sequence[Curve]) -> None:
    has_long_names = len(runs) > 1 and max(len(run.name) for run in runs) > _LONGEST_NAME // 2
    legend(axes, style, title, ncols=1 if has_long_names else 3)


def _validation(run: Curve, figure: str) -> list[float]:
    return [_number(epoch.validation.get(figure)) for epoch in run.epochs]


def _number(value: float | None) -> float:
    return math.nan if value is None else value


def _name(run: Curve) -> str:
    name = plain(elided(run.name, _LONGEST_NAME))
    return f" {name}" if name.startswith("_") else name  # matplotlib would leave it out
