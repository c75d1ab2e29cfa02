from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from fundus_gui.gui.classify_panes import ClassifyPanes


@pytest.fixture
def panes(qtbot: QtBot) -> ClassifyPanes:
    vote = QWidget()
    vote.setMinimumWidth(360)
    shown = ClassifyPanes(QWidget(), QWidget(), vote)
    qtbot.addWidget(shown)
    return shown


def widths(panes: ClassifyPanes, width: int) -> tuple[int, int, int]:
    panes.resize(width, 600)
    panes.show()
    QApplication.processEvents()
    first, second, third = panes.sizes()
    return first, second, third


def test_the_photograph_gets_what_the_sides_can_do_without(panes: ClassifyPanes) -> None:
    earlier = (0, 0, 0)
    for width in (1100, 1440, 1920, 2560, 3840, 7680):
        now = widths(panes, width)
        assert all(after >= before for before, after in zip(earlier, now, strict=True))
        assert now[0] >= 390
        assert max(now[0], now[2]) <= 640
        earlier = now
    assert earlier[1] > 6000
    assert widths(panes, 1100)[0] >= 390  # and back


def test_a_border_that_was_moved_stays_where_it_is(panes: ClassifyPanes, qtbot: QtBot) -> None:
    widths(panes, 1440)
    assert panes.arrangement() == b""
    panes.moveSplitter(600, 1)
    moved = panes.sizes()
    again = ClassifyPanes(QWidget(), QWidget(), QWidget())
    qtbot.addWidget(again)
    again.arrange(panes.arrangement())
    assert widths(again, 1440) == tuple(moved)
    assert again.arrangement() == panes.arrangement()


def test_panes_that_nobody_had_arranged_go_back(panes: ClassifyPanes) -> None:
    before, untouched = widths(panes, 1440), panes.arrangement()
    panes.moveSplitter(600, 1)
    panes.arrange(untouched)
    assert tuple(panes.sizes()) == before
    assert panes.arrangement() == b""


def test_large_letters_leave_the_photograph_its_share_where_there_is_room(
    panes: ClassifyPanes,
) -> None:
    font = panes.font()
    font.setPointSizeF(2 * font.pointSizeF())
    panes.setFont(font)
    for width in (1440, 1920, 2560):
        left, photograph, right = widths(panes, width)
        assert photograph >= 0.29 * width
        assert min(left, right) >= 360


def test_a_vote_that_comes_to_need_more_width_gets_it(panes: ClassifyPanes) -> None:
    widths(panes, 1100)
    vote = panes.widget(2)
    assert vote is not None
    vote.setMinimumWidth(500)
    QApplication.processEvents()
    assert panes.sizes()[2] >= 500
