"""What people need who see less well, or not at all, on every tab of an evaluation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from focus_stops import focus_stops
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QFont
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from fundus_gui.gui.evaluate_page import EvaluatePage
from fundus_gui.gui.evaluation.confusion_matrix import ConfusionMatrix
from fundus_gui.gui.evaluation.figure_table import FigureTable
from fundus_gui.gui.evaluation.operating_curve import OperatingCurveView
from fundus_gui.gui.widgets.figure_view import FigureView
from fundus_gui.gui.widgets.scroll_pane import ScrollPane
from fundus_gui.gui.worker import JobSlot

PATIENCE_MS = 20_000


@pytest.fixture
def twice_as_large(qapp: QApplication) -> Iterator[None]:
    before = QApplication.font()
    larger = QFont(before)
    larger.setPointSizeF(2 * before.pointSizeF())
    qapp.setFont(larger)
    yield
    qapp.setFont(before)


@pytest.fixture
def shown(page: EvaluatePage, keep: Callable[..., Path], qtbot: QtBot) -> EvaluatePage:
    folder = keep("made up")
    page.library.look()
    qtbot.waitUntil(lambda: page.list.folders() != () or bool(page.library.summaries))
    page.list.select(folder)
    qtbot.waitUntil(lambda: page.right.currentWidget() is page.result, timeout=PATIENCE_MS)
    return page


def each_tab(page: EvaluatePage) -> Iterator[str]:
    """Show one tab after the other and name it."""
    tabs = page.result.tabs
    for index in range(tabs.count()):
        tabs.setCurrentIndex(index)
        QApplication.processEvents()
        yield tabs.tabText(index)


def visible(page: EvaluatePage) -> list[QWidget]:
    return [widget for widget in page.result.findChildren(QWidget) if widget.isVisible()]


def name_of(widget: QWidget) -> str:
    interface = QAccessible.queryAccessibleInterface(widget)
    assert interface is not None
    return str(interface.text(QAccessible.Text.Name))


def test_whatever_takes_the_focus_has_a_name(shown: EvaluatePage) -> None:
    nameless = [
        f"{type(widget).__name__} on {tab}"
        for tab in each_tab(shown)
        for widget in visible(shown)
        if widget.isEnabled()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.focusProxy() is None
        and not name_of(widget).strip()
    ]
    assert nameless == []


def test_one_sees_where_the_focus_is(shown: EvaluatePage, qtbot: QtBot) -> None:
    stops: dict[QWidget, bool] = {}
    for _ in each_tab(shown):
        qtbot.waitUntil(lambda: not is_busy(shown), timeout=PATIENCE_MS)  # points are on curves
        stops |= focus_stops(shown, qtbot)
    assert {name_of(widget) for widget, is_marked in stops.items() if not is_marked} == set()
    assert {type(widget) for widget in stops} >= {ScrollPane, FigureTable, ConfusionMatrix}


def is_busy(page: EvaluatePage) -> bool:
    return any(slot.busy for slot in page.result.findChildren(JobSlot))


def test_every_chart_says_its_figures(shown: EvaluatePage, qtbot: QtBot) -> None:
    kinds = (FigureView, ConfusionMatrix, OperatingCurveView)
    seen = 0
    for _ in each_tab(shown):
        for chart in (widget for widget in visible(shown) if isinstance(widget, kinds)):
            qtbot.waitUntil(partial(_says_figures, chart), timeout=PATIENCE_MS)  # of threads
            seen += 1
    assert seen >= 5


def _says_figures(chart: QWidget) -> bool:
    return any(map(str.isdigit, chart.accessibleDescription()))


@pytest.mark.usefixtures("twice_as_large")
def test_text_of_twice_the_size_is_not_cut_on_a_tab(shown: EvaluatePage, qtbot: QtBot) -> None:
    shown.resize(1920, 1200)
    qtbot.wait(50)
    cut = [
        f"{widget.text()} on {tab}"
        for tab in each_tab(shown)
        for widget in visible(shown)
        if isinstance(widget, QLabel | QAbstractButton)
        and widget.text()
        and not (isinstance(widget, QLabel) and widget.wordWrap())
        and not _scrolls(widget)
        and widget.minimumSizeHint().width() > widget.width()
    ]
    assert cut == []


def _scrolls(widget: QWidget) -> bool:
    parent = widget.parentWidget()
    while parent is not None and not isinstance(parent, QAbstractScrollArea):
        parent = parent.parentWidget()
    return parent is not None
