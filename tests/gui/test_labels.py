from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from fakes import installed_model
from PySide6.QtWidgets import QApplication

from fundus_gui import RESEARCH_USE_ONLY
from fundus_gui.gui.labels import class_title, research_use_only, use_class_titles
from fundus_gui.gui.language import use_language
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


@pytest.mark.usefixtures("qapp")
def test_the_window_and_the_files_say_the_same_of_their_purpose() -> None:
    assert research_use_only() == RESEARCH_USE_ONLY


def test_a_model_s_colour_follows_from_its_place_alone() -> None:
    names = [f"model{n}" for n in range(9)]
    colours = model_colours(names)
    assert [colours[name] for name in names] == [*OKABE_ITO, *OKABE_ITO[:2]]
    assert len(set(OKABE_ITO)) == 7
