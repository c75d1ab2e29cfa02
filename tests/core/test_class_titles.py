"""What classes are called for people: the card first, then what the program knows."""

from __future__ import annotations

import pytest

from fundus_gui.core.class_titles import class_title, known_titles, titles_of


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("diabetic_retinopathy", "Diabetic retinopathy"),
        ("amd", "AMD"),
        ("dme", "Diabetic macular oedema"),
        ("rop", "ROP"),
        ("mild", "Mild"),
        ("retinal_detachment", "Retinal detachment"),
        ("IOL", "IOL"),
        ("No", "No"),
        ("", ""),
    ],
)
def test_classes_have_names_for_people(name: str, title: str) -> None:
    assert class_title(name) == title


def test_titles_of_a_card_go_before_the_known_ones() -> None:
    own = {"zh_CN": {"amd": "黄斑变性"}}
    assert class_title("amd", "zh_CN", own) == "黄斑变性"
    assert class_title("amd", "en", own) == "AMD"
    assert class_title("glaucoma", "zh_CN", own) == "青光眼"


def test_every_language_knows_the_same_classes() -> None:
    assert len({frozenset(known) for known in known_titles().values()}) == 1


def test_a_card_gets_the_titles_of_classes_that_are_all_known() -> None:
    assert titles_of(("normal", "amd")) == {
        "en": ("Normal", "AMD"),
        "zh_CN": ("正常", "年龄相关性黄斑变性"),
    }
    assert titles_of(("normal", "unheard_of")) == {}
