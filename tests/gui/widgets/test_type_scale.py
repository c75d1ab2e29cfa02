from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

import fundus_gui.gui
from fundus_gui.gui.widgets.tiles import Tiles
from fundus_gui.gui.widgets.type_scale import DISPLAY, HEADING, TITLE, enlarge

SOURCES = sorted(Path(fundus_gui.gui.__file__).parent.rglob("*.py"))
SPACINGS = {0, 4, 8, 16, 24, 32, 48}
SPACED = re.compile(
    r"\.(?:set(?:Horizontal|Vertical)?Spacing|addSpacing|setContentsMargins)\(([\d, ]+)\)"
)


def test_each_size_is_clearly_larger_than_the_one_before() -> None:
    assert HEADING > 1.15
    assert TITLE > 1.15 * HEADING
    assert DISPLAY > 1.15 * TITLE


def test_a_text_is_set_larger_than_running_text(qtbot: QtBot) -> None:
    plain, title = QLabel("a"), QLabel("a")
    for label in (plain, title):
        qtbot.addWidget(label)
    enlarge(title, TITLE, bold=True)
    assert title.font().pointSizeF() == pytest.approx(TITLE * plain.font().pointSizeF())
    assert title.font().bold()


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_what_stands_apart_does_so_by_a_step_of_one_scale(source: Path) -> None:
    found = {int(n) for call in SPACED.findall(source.read_text("utf-8")) for n in call.split(",")}
    assert found <= SPACINGS


def test_a_tile_shows_a_figure_with_its_note_and_tells_what_it_is(qtbot: QtBot) -> None:
    tiles = Tiles({"auc": "Macro-AUC", "epoch": "Epoch"}, DISPLAY)
    qtbot.addWidget(tiles)
    tiles.set_value("auc", "0.91", "0.88 – 0.94")
    assert tiles.value("auc") == "0.91 0.88 – 0.94"
    assert tiles.value("epoch") == "–"
    tiles.explain("auc", "Of the vote")
    value = next(label for label in tiles.findChildren(QLabel) if label.text() == "0.91")
    assert (value.accessibleName(), value.toolTip()) == ("Macro-AUC", "Of the vote")
