"""Charts of reliability, prediction sets and referral show what was measured, without a warning."""

from __future__ import annotations

import math

import numpy as np
import pytest
from made_runs import answers
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from fundus_gui.core.evaluation.calibration import ReliabilityBin, reliability
from fundus_gui.core.evaluation.conformal import SetFigures
from fundus_gui.core.evaluation.referral import ReferralFigures, referral_curve
from fundus_gui.core.reports.prediction_sets import draw_set_coverage, draw_set_sizes
from fundus_gui.core.reports.referral import draw_referral_curve
from fundus_gui.core.reports.reliability import draw_reliability
from fundus_gui.core.reports.style import DARK

BINS = (
    ReliabilityBin(0.0, 0.5, 0, math.nan, math.nan),
    ReliabilityBin(0.5, 1.0, 40, 0.8, 0.75),
)


def empty() -> Axes:
    return Figure(layout="constrained").subplots()


def finish(axes: Axes) -> Axes:
    """Draw as a window would; a warning fails the test."""
    FigureCanvasAgg(axes.figure).draw()  # type: ignore[arg-type]
    return axes


def words(axes: Axes) -> list[str]:
    legend = axes.get_legend()
    assert legend is not None
    return [text.get_text() for text in legend.get_texts()]


def test_a_bar_ends_at_the_share_of_right_answers_and_its_gap_at_the_confidence() -> None:
    axes = empty()
    draw_reliability(axes, BINS, DARK, title="After $x$")
    bar, gap = finish(axes).patches
    assert bar.get_height() == 0.75  # type: ignore[attr-defined]
    assert gap.get_y() + gap.get_height() == pytest.approx(0.8)  # type: ignore[attr-defined]
    (counts,) = axes.child_axes
    assert [text.get_text() for text in counts.texts] == ["40"]
    legend = axes.get_legend()
    assert legend is not None
    assert legend.get_title().get_text() == r"After \$x\$"


def test_the_interval_is_that_of_wilson() -> None:
    axes = empty()
    draw_reliability(axes, BINS)
    ((_, low), (_, high)) = axes.containers[-1].lines[2][0].get_segments()[0]  # type: ignore[attr-defined]
    # Newcombe, Statistics in Medicine 17:857, 1998, method 3, for 30 of 40.
    assert (low, high) == (pytest.approx(0.5981, abs=5e-4), pytest.approx(0.8581, abs=5e-4))


def test_no_images_at_all_can_be_drawn() -> None:
    axes = empty()
    draw_reliability(axes, BINS[:1])
    finish(axes)


@pytest.mark.parametrize("classes", [2, 20])
def test_measured_bins_can_be_drawn(classes: int) -> None:
    axes = empty()
    draw_reliability(axes, reliability(*answers(classes)))
    finish(axes)


def test_a_class_below_the_promised_coverage_is_seen() -> None:
    axes = empty()
    figures = SetFigures(0.9, (0.8, 1.0, math.nan), 1.5, (5, 5, 0))
    draw_set_coverage(axes, figures, ["AMD", "Normal", "Rare"], 0.9)
    finish(axes)
    assert [text.get_text() for text in axes.texts] == ["80%", "100%", "–", "90%"]
    assert axes.get_xlim()[0] < 0.8
    assert words(axes)[0] == "Promised: 90%"
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names == ["AMD", "Normal", "Rare", "All images"]


def test_sizes_end_with_the_largest_set() -> None:
    axes = empty()
    draw_set_sizes(axes, SetFigures(0.9, (0.9, 0.9, 0.9), 1.5, (5, 5, 0)))
    finish(axes)
    assert [text.get_text() for text in axes.texts] == ["5", "5"]


def test_the_referral_curve_begins_with_nobody_referred() -> None:
    probabilities, labels = answers(3)
    hits = probabilities.argmax(axis=1) == labels
    axes = empty()
    curve = referral_curve(hits, probabilities.max(axis=1))
    figures = ReferralFigures(images=100, reported=80, errors=4, caught=6)
    draw_referral_curve(axes, curve, DARK, figures=figures)
    finish(axes)
    line, level, point = axes.get_lines()
    assert np.asarray(line.get_ydata())[0] == pytest.approx(1 - hits.mean())
    assert np.asarray(level.get_ydata())[0] == pytest.approx(1 - hits.mean())
    assert (point.get_xdata()[0], point.get_ydata()[0]) == (pytest.approx(0.2), 0.05)  # type: ignore[index]
    assert words(axes)[-1] == "Fitted thresholds: 20.0% referred, 5.0% wrong"


def test_a_vote_without_errors_has_a_curve() -> None:
    axes = empty()
    draw_referral_curve(axes, referral_curve([True] * 5, [0.5, 0.6, 0.7, 0.8, 0.9]))
    finish(axes)
    assert axes.get_ylim()[1] > 0
