"""The label always has a bar, however unlikely the vote finds it."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from fundus_gui.gui.evaluation.vote_bars import VoteBars


def test_the_most_probable_classes_come_first_and_the_label_is_among_them(qtbot: QtBot) -> None:
    bars = VoteBars()
    qtbot.addWidget(bars)
    probabilities = [0.02, 0.3, 0.2, 0.16, 0.12, 0.11, 0.09]
    bars.show_vote("ABCDEFG", probabilities, label=0)
    assert bars.shown() == (1, 2, 3, 4, 5, 0)
    assert bars.accessibleDescription().startswith("B 30.0% answer, C 20.0%")
    assert bars.accessibleDescription().endswith("A 2.0% label")
    bars.show_vote("ABCDEFG", probabilities, label=1)
    assert bars.shown() == (1, 2, 3, 4, 5, 6)
    assert bars.accessibleDescription().startswith("B 30.0% label")


def test_nothing_is_drawn_of_nothing(qtbot: QtBot) -> None:
    bars = VoteBars()
    qtbot.addWidget(bars)
    bars.clear()
    assert bars.shown() == ()
    bars.resize(200, 40)
    assert not bars.grab().isNull()
