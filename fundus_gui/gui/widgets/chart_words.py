"""What the core writes into charts, in the language of the window; in reports it stays English."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def translate_figure(figure: Figure) -> None:
    """Translate all words of a drawn figure; names of classes, models and runs stay."""
    from matplotlib.text import Text

    words = _words()
    for text in figure.findobj(Text):
        assert isinstance(text, Text)
        text.set_text(_translated(text.get_text(), words))
    for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)):
        labels = [label.get_text() for label in axis.get_ticklabels()]  # made anew at each drawing
        if (told := [_translated(label, words) for label in labels]) != labels:
            axis.set_ticklabels(told)


def _words() -> dict[str, str]:
    """Return the translations by what the core writes, `{name}` for what it fills in."""
    translate = QCoreApplication.translate
    return {
        "Training": translate("Chart", "Training"),
        "Validation": translate("Chart", "Validation"),
        "Loss": translate("Chart", "Loss"),
        "Loss (training dashed)": translate("Chart", "Loss (training dashed)"),
        "Scores": translate("Chart", "Scores"),
        "Scores (training dashed)": translate("Chart", "Scores (training dashed)"),
        "Macro-AUC in validation": translate("Chart", "Macro-AUC in validation"),
        "Epoch": translate("Chart", "Epoch"),
        "best: epoch {epoch}, {value}": translate("Chart", "best: epoch {epoch}, {value}"),
        "No epoch is done yet": translate("Chart", "No epoch is done yet"),
        "Accuracy": translate("Chart", "Accuracy"),
        "Balanced accuracy": translate("Chart", "Balanced accuracy"),
        "Macro-AUC": translate("Chart", "Macro-AUC"),
        "Log-loss": translate("Chart", "Log-loss"),
        "Brier score": translate("Chart", "Brier score"),
        "Predicted class": translate("Chart", "Predicted class"),
        "True class": translate("Chart", "True class"),
        "Images": translate("Chart", "Images"),
        "Right answers": translate("Chart", "Right answers"),
        "Gap to confidence": translate("Chart", "Gap to confidence"),
        "Share of right answers": translate("Chart", "Share of right answers"),
        "Confidence (probability of the answer)": translate(
            "Chart", "Confidence (probability of the answer)"
        ),
        "All images": translate("Chart", "All images"),
        "Coverage": translate("Chart", "Coverage"),
        "Reached": translate("Chart", "Reached"),
        "Promised: {share}": translate("Chart", "Promised: {share}"),
        "Sets that hold the true class": translate("Chart", "Sets that hold the true class"),
        "Classes in the set": translate("Chart", "Classes in the set"),
        "Sizes, mean {size}": translate("Chart", "Sizes, mean {size}"),
        "Score at the weights of": translate("Chart", "Score at the weights of"),
        "Weight of {first}, the rest for {second}": translate(
            "Chart", "Weight of {first}, the rest for {second}"
        ),
    }


def _translated(text: str, words: dict[str, str]) -> str:
    if text in words:
        return words[text]
    for source, translation in words.items():
        if "{" in source and (match := _pattern(source).fullmatch(text)):
            return translation.format(**match.groupdict())
    return text


@cache
def _pattern(source: str) -> re.Pattern[str]:
    """Return what matches `source` with its places filled in, each a group of its name."""
    words = re.split(r"\{(\w+)\}", source)  # by turns what is written and the name of a place
    parts = (f"(?P<{part}>.+)" if n % 2 else re.escape(part) for n, part in enumerate(words))
    return re.compile("".join(parts))
