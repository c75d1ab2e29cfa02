from __future__ import annotations

import pytest

from fundus_gui import RESEARCH_USE_ONLY
from fundus_gui.gui.labels import class_title, research_use_only
from fundus_gui.gui.model_colours import OKABE_ITO, model_colours


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("diabetic_retinopathy", "Diabetic retinopathy"),
        ("amd", "AMD"),
        ("retinal_detachment", "Retinal detachment"),
        ("IOL", "IOL"),
        ("", ""),
    ],
)
@pytest.mark.usefixtures("qapp")
def test_classes_have_names_for_people(name: str, title: str) -> None:
    assert class_title(name) == title


@pytest.mark.usefixtures("qapp")
def test_the_window_and_the_files_say_the_same_of_their_purpose() -> None:
    assert research_use_only() == RESEARCH_USE_ONLY


def test_a_model_s_colour_follows_from_its_place_alone() -> None:
    names = [f"model{n}" for n in range(9)]
    colours = model_colours(names)
    assert [colours[name] for name in names] == [*OKABE_ITO, *OKABE_ITO[:2]]
    assert len(set(OKABE_ITO)) == 7
