from __future__ import annotations

import re
from pathlib import Path

import pytest
from tiny_assessments import assessment

from fundus_gui.core.assessments.reporting import report_content
from fundus_gui.core.reports.evaluation_pictures import evaluation_pictures
from fundus_gui.core.reports.pictures import Picture, rendered
from fundus_gui.core.reports.style import DARK, LIGHT

NAMES = ("confusion_matrix", "precision_recall", "referral", "reliability", "roc")


def without_what_is_random(svg: bytes) -> str:
    """Leave out the date and the names that matplotlib makes up anew for every file."""
    text = re.sub(r"<dc:date>.*?</dc:date>", "", svg.decode())
    return re.sub(r"[0-9a-f]{10}\b", "", text)


@pytest.mark.parametrize("name", NAMES)
def test_for_dark_pages_a_picture_looks_as_if_drawn_in_dark_colours(name: str) -> None:
    draw = evaluation_pictures(report_content(assessment(Path("odir"))))[name]
    picture = Picture.drawn(draw)
    drawn = rendered(draw, DARK, "svg")
    assert without_what_is_random(picture.dark) == without_what_is_random(drawn)
    assert LIGHT.background.encode() in picture.light
    assert LIGHT.background.encode() not in picture.dark


def test_no_two_colours_of_the_light_style_are_the_same() -> None:
    assert len(set(LIGHT.colours())) == len(LIGHT.colours()) == len(DARK.colours())
