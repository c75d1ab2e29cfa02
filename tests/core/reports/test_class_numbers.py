from __future__ import annotations

import itertools
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_runs import answers
from matplotlib.figure import Figure

from fundus_gui.core.reports.roc import draw_roc
from fundus_gui.core.reports.style import DARK, LIGHT, OKABE_ITO, Style, class_numbers

SHIPPED = ("amd", "cataract", "diabetic_retinopathy", "glaucoma", "normal", "pathologic_myopia")
NAMES = st.lists(st.text(), unique=True, max_size=20)


def test_the_shipped_classes_follow_the_colours_one_after_the_other() -> None:
    assert class_numbers(SHIPPED) == (0, 1, 2, 3, 4, 5)


@pytest.mark.parametrize("few", list(itertools.combinations(reversed(SHIPPED), 3)))
def test_a_known_class_has_its_colour_in_every_list(few: tuple[str, ...]) -> None:
    whole = dict(zip(SHIPPED, class_numbers(SHIPPED), strict=True))
    others = ("drusen", "normal_variant")
    assert class_numbers((*others, *few))[2:] == tuple(whole[name] for name in few)


def test_a_class_of_another_name_keeps_its_colour_from_list_to_list_and_start_to_start() -> None:
    assert class_numbers(["coats_disease"]) == (5,)
    assert class_numbers(["normal", "coats_disease", "amd"]) == (4, 5, 0)
    assert class_numbers(["coats_disease", "pathologic_myopia"]) == (6, 5)


@given(NAMES)
def test_no_two_classes_look_alike_and_the_palette_is_used_up_first(names: list[str]) -> None:
    numbers = class_numbers(names)
    assert len(set(numbers)) == len(names)
    if len(names) <= len(OKABE_ITO):
        assert all(number < len(OKABE_ITO) for number in numbers)


@given(NAMES, st.randoms(use_true_random=False))
def test_the_order_of_a_list_changes_no_colour(names: list[str], random: Random) -> None:
    mixed = sorted(names, key=lambda _: random.random())
    assert dict(zip(mixed, class_numbers(mixed), strict=True)) == dict(
        zip(names, class_numbers(names), strict=True)
    )


def test_two_models_draw_a_class_in_one_colour_whatever_it_is_called() -> None:
    def colours(titles: dict[str, str]) -> dict[str, object]:
        axes = Figure().subplots()
        draw_roc(axes, *answers(len(titles)), titles, LIGHT)
        drawn = axes.get_lines()[: len(titles)]
        return dict(zip(titles, (line.get_color() for line in drawn), strict=True))

    ensemble = colours({name: name.title() for name in SHIPPED})
    three = colours({"glaucoma": "青光眼", "normal": "正常", "amd": "年龄相关性黄斑变性"})
    assert three == {name: ensemble[name] for name in three}


@pytest.mark.parametrize("style", [LIGHT, DARK])
def test_the_colours_of_a_style_are_all_different(style: Style) -> None:
    assert len(np.unique(style.cycle)) == len(OKABE_ITO)
