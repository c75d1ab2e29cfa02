"""Figures and names stand in tables as people write them."""

from __future__ import annotations

import math

import pytest

from fundus_gui.cli import figure_table
from fundus_gui.cli.console import out
from fundus_gui.core.evaluation import Interval


def test_an_interval_stands_below_its_figure() -> None:
    assert figure_table.with_interval(Interval(0.5, 0.4, 0.6, 99)) == "0.500\n0.400–0.600"
    difference = Interval(-0.1, -0.25, 0.05, 99)
    assert figure_table.with_interval(difference, "+") == "-0.100\n-0.250 to +0.050"


def test_what_cannot_be_known_is_a_dash() -> None:
    assert figure_table.with_interval(Interval(math.nan, math.nan, math.nan, 0)) == "–"
    assert figure_table.with_interval(Interval(0.5, math.nan, math.nan, 0)) == "0.500"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("normal", "normal"),
        ("diabetic_retinopathy", "diabetic_\nretinopathy"),
        ("efficientnet_v2_s_simam", "efficientnet_\nv2_s_simam"),
        ("vit_ti_16 + densenet", "vit_ti_16 +\ndensenet"),
        ("pneumonoultramicroscopic", "pneumonoultramicroscopic"),
        ("", ""),
    ],
)
def test_long_names_break_between_words_on_a_narrow_terminal_only(
    name: str, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(out, "_width", 80)
    assert figure_table.folded(name) == shown
    monkeypatch.setattr(out, "_width", 160)
    assert figure_table.folded(name) == name
