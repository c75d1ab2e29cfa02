"""Core's words as they are shown on the screen; those in weights and files stay as they are."""

from __future__ import annotations

import re
from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale, QObject

from fundus_gui.core import class_titles
from fundus_gui.core.cards import ModelCard
from fundus_gui.gui.language import locale_of_dates

_MENU_KEY = re.compile(r"\(&\w\)|&")


class Counts(QObject):
    """How many there are of something, in words; an object, since only `tr` knows plurals."""

    def photographs(self, count: int) -> str:
        """Return e.g. "1 photograph"."""
        return self.tr("%Ln photograph(s)", None, count)

    def patients(self, count: int) -> str:
        """Return e.g. "2 patients"."""
        return self.tr("%Ln patient(s)", None, count)

    def epochs_done(self, done: int, total: int) -> str:
        """Return e.g. "1 of 30 epochs"."""
        return self.tr("{done} of %Ln epoch(s)", None, total).format(done=done)


_titles_of_cards: dict[str, dict[str, str]] = {}  # by language, as Qt's own translations are


def use_class_titles(cards: Iterable[ModelCard]) -> None:
    """Call classes from now on as these model cards do; of two that differ the first counts."""
    _titles_of_cards.clear()
    for card in cards:
        for language, titles in card.class_titles.items():
            known = _titles_of_cards.setdefault(language, {})
            for name, title in zip(card.class_names, titles, strict=True):
                known.setdefault(name, title)


def class_title(name: str) -> str:
    """Return the display name of a class in the language of the window."""
    locale = QLocale()
    is_english = locale.language() == QLocale.Language.English
    return class_titles.class_title(name, "en" if is_english else locale.name(), _titles_of_cards)


def day_and_month(moment: QDateTime) -> str:
    """Return a day without its year, as the language of the window writes it."""
    return QLocale().toString(moment, QCoreApplication.translate("Dates", "d MMM"))


def day_and_time(moment: QDateTime) -> str:
    """Return a moment as short as the user's country writes it."""
    return locale_of_dates().toString(moment, QLocale.FormatType.ShortFormat)


def without_key(text: str) -> str:
    """Return the words of a command without the key of the menu, `&Open` or `打开(&O)`."""
    return _MENU_KEY.sub("", text)


def research_use_only() -> str:
    """Return `fundus_gui.RESEARCH_USE_ONLY`, spelt out so that translators get to see it."""
    return QCoreApplication.translate(
        "Notice", "Research use only. Not a medical device; not for diagnosis or treatment."
    )
