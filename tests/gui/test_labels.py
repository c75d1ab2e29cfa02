from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from fakes import installed_model
from PySide6.QtCore import QDateTime, QLocale
from PySide6.QtWidgets import QApplication

from fundus_gui import RESEARCH_USE_ONLY
from fundus_gui.gui.labels import (
    class_title,
    day_and_month,
    research_use_only,
    use_class_titles,
    without_key,
)
from fundus_gui.gui.language import LANGUAGES, use_language
from fundus_gui.gui.model_colours import OKABE_ITO, model_colours


@pytest.fixture
def speak(qapp: QApplication) -> Iterator[Callable[[str], None]]:
    yield lambda language: use_language(qapp, language)
    use_language(qapp, "en")
    use_class_titles([])


def test_classes_are_called_in_the_language_of_the_window(speak: Callable[[str], None]) -> None:
    speak("en")
    assert class_title("pathologic_myopia") == "Pathologic myopia"
    speak("zh_CN")
    assert class_title("pathologic_myopia") == "病理性近视"
    assert class_title("something_else") == "Something else"


def test_a_model_card_says_what_its_classes_are_called(speak: Callable[[str], None]) -> None:
    own = {"zh_CN": ("轻度", "重度"), "en": ("Mild NPDR", "Severe NPDR")}
    cards = [
        replace(installed_model(name, ("mild", "severe")).card, class_titles=titles)
        for name, titles in (("grader", own), ("later", {"zh_CN": ("甲", "乙")}))
    ]
    use_class_titles(cards)
    speak("zh_CN")
    assert (class_title("mild"), class_title("severe")) == ("轻度", "重度")
    speak("en")
    assert class_title("mild") == "Mild NPDR"
    use_class_titles([])
    assert class_title("mild") == "Mild"


@pytest.mark.parametrize(("language", "day"), [("en", "22 Nov"), ("zh_CN", "11月22日")])
def test_a_day_is_written_as_the_language_does(
    language: str, day: str, speak: Callable[[str], None]
) -> None:
    speak(language)
    assert day_and_month(QDateTime(2026, 11, 22, 9, 30, 0)) == day


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_are_written_alike_by_every_language_and_by_python(
    language: str, speak: Callable[[str], None]
) -> None:
    """The window formats most numbers with `format`; a language with other marks needs more."""
    speak(language)
    locale = QLocale()
    assert locale.toString(1234567) == f"{1234567:,}"
    assert locale.toString(1234.25, "f", 2) == f"{1234.25:,.2f}"
    assert f"99.5{locale.percent()}" == f"{0.995:.1%}"


@pytest.mark.parametrize(
    ("text", "words"),
    [("&Open images…", "Open images…"), ("打开图像(&O)…", "打开图像…"), ("100 %", "100 %")],
)
def test_words_of_a_command_lose_the_key_of_the_menu(text: str, words: str) -> None:
    assert without_key(text) == words


@pytest.mark.usefixtures("qapp")
def test_the_window_and_the_files_say_the_same_of_their_purpose() -> None:
    assert research_use_only() == RESEARCH_USE_ONLY


def test_a_model_s_colour_follows_from_its_place_alone() -> None:
    names = [f"model{n}" for n in range(9)]
    colours = model_colours(names)
    assert [colours[name] for name in names] == [*OKABE_ITO, *OKABE_ITO[:2]]
    assert len(set(OKABE_ITO)) == 7
