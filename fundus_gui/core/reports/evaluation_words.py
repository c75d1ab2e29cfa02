"""The sentences and numbers in the report of an evaluation."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from fundus_gui.core.evaluation import Interval
from fundus_gui.core.evaluation.metrics import CALIBRATION_BINS, LOWER_IS_BETTER
from fundus_gui.core.evaluation.records import Comparison
from fundus_gui.core.one_or_many import one_or_many
from fundus_gui.core.reports.evaluation_content import FIGURE_TITLES, ReportContent
from fundus_gui.core.reports.templates import figure_text

COMPARED = ("balanced_accuracy", "macro_auc", "accuracy", "log_loss")
_LEAST_P = 0.001  # that is written out


def interval_text(interval: Interval) -> str:
    """Return the ends of an interval, nothing where there are none."""
    if math.isnan(interval.low) or math.isnan(interval.high):
        return ""
    return f"{figure_text(interval.low)} to {figure_text(interval.high)}"


def p_text(p_value: float) -> str:
    """Return a p value as papers write it."""
    if math.isnan(p_value):
        return "–"
    return f"< {_LEAST_P}" if p_value < _LEAST_P else f"{p_value:.3f}"


def percent(share: float) -> str:
    """Return a share as per cent."""
    return "–" if math.isnan(share) else f"{100 * share:.1f} %"


def plural(number: int, one: str, many: str = "") -> str:
    """Return a number with what is counted."""
    return f"{number:,} {one_or_many(number, one, many)}".replace(",", "\u202f")


def level_text(content: ReportContent) -> str:
    """Return the confidence level, e.g. "95 %"."""
    return f"{100 * content.report.settings.bootstrap.level:g} %"


def in_words(names: Sequence[str]) -> str:
    """Join names as a sentence does."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def comparison_sentence(pair: Comparison, content: ReportContent) -> str:
    """Say in which of the main figures two models differ, and in which not."""
    first, second = content.title_of(pair.first), content.title_of(pair.second)
    known = {
        name: pair.differences[name]
        for name in COMPARED
        if not math.isnan(pair.differences[name].low)
    }
    if not known:
        return f"{first} and {second} cannot be compared: the patients are too few."
    apart = {name: difference for name, difference in known.items() if difference.excludes_zero}
    alike = [_figure_name(name) for name in known if name not in apart]
    if not apart:
        return (
            f"{first} is not significantly different from {second} in {in_words(alike)}: each "
            f"{level_text(content)} interval of the difference holds 0."
        )
    better = list(_named(apart, better=True))
    worse = list(_named(apart, better=False))
    verdicts = [f"significantly better in {in_words(better)}"] if better else []
    verdicts += [f"significantly worse in {in_words(worse)}"] if worse else []
    verdicts += [f"not significantly different in {in_words(alike)}"] if alike else []
    return f"Against {second}, {first} is {'; '.join(verdicts)}."


def _named(differences: dict[str, Interval], *, better: bool) -> Iterator[str]:
    for name, difference in differences.items():
        is_better = (difference.value < 0) == (name in LOWER_IS_BETTER)
        if is_better == better:
            signed = f"{'+' if difference.value > 0 else ''}{figure_text(difference.value)}"
            yield f"{_figure_name(name)} ({signed}, {interval_text(difference)})"


def _figure_name(name: str) -> str:
    title = FIGURE_TITLES[name].partition(" (")[0]
    return title[:1].lower() + title[1:]


def methods(content: ReportContent) -> list[str]:
    """Return how everything was measured, as the methods section of a paper tells it."""
    report, bootstrap = content.report, content.report.settings.bootstrap
    kind = {"percentile": "percentile", "bca": "bias-corrected and accelerated (BCa)"}
    intervals = (
        f"Intervals are {level_text(content)} {kind[bootstrap.method]} bootstrap intervals of "
        f"{plural(bootstrap.replicates, 'replicate')} (seed {bootstrap.seed}). A replicate draws "
        f"{plural(report.patients, 'patient')} with replacement and takes all images of each, "
        "since images of one person are alike."
    )
    figures = (
        "The answer is the most probable class. Macro figures are means over the classes that "
        "occur; AUC and average precision are of one class against the rest. Log-loss is in nats; "
        "the Brier score adds up over the classes, from 0 to 2; the expected calibration error "
        f"(ECE) takes {CALIBRATION_BINS} bins of the probability of the answer, of equal width or, "
        "as the adaptive one, of equal counts."
    )
    texts = [intervals, figures]
    if report.comparisons:
        texts.append(
            "Differences are paired: both models are measured on the same replicates. McNemar’s "
            "test compares which images are answered rightly and takes every image for another "
            "patient’s; DeLong’s test compares areas under ROC curves, with the images of a "
            "patient taken together (Obuchowski, 1997). No p value is corrected for the number of "
            "comparisons."
        )
    return texts + list(_fitting(content))


def _fitting(content: ReportContent) -> Iterator[str]:
    fitted, settings = content.report.fitted, content.report.settings
    if fitted is None:
        yield "Nothing was fitted for this evaluation: the ensemble is measured as it is stored."
        return
    yield (
        f"On {content.tuning or 'another part'} ({plural(fitted.images, 'image')} of "
        f"{plural(fitted.patients, 'patient')}) were fitted: the temperature, by the least "
        "log-loss; for each class the threshold of the highest sensitivity at a specificity of at "
        f"least {percent(settings.specificity)}; prediction sets, by split conformal prediction "
        "with every patient counting as one; and the thresholds of the referral. What they give "
        "is measured on the judged images, which are another part."
    )
