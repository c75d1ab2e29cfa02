from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from focus_stops import focus_stops
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QFont
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QLabel,
    QWidget,
)
from pytestqt.qtbot import QtBot

from fundus_gui.gui.main_window import MainWindow
from fundus_gui.gui.result_columns import Status

PAGES = ("classify", "train", "evaluate")
Photographs = Callable[..., Path]


def reached_by_tab(window: QWidget) -> list[QWidget]:
    return [
        widget
        for widget in window.findChildren(QWidget)
        if widget.isVisible()
        and widget.isEnabled()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.focusProxy() is None
    ]


def accessible_name(widget: QWidget) -> str:
    interface = QAccessible.queryAccessibleInterface(widget)
    assert interface is not None, widget
    name: str = interface.text(QAccessible.Text.Name)
    return name


def described(widget: QWidget) -> str:
    path = [f"{type(widget).__name__}({widget.objectName()})"]
    parent = widget.parentWidget()
    while parent is not None and len(path) < 4:
        path.append(type(parent).__name__)
        parent = parent.parentWidget()
    return " in ".join(path)


def classify(window: MainWindow, folder: Path, qtbot: QtBot) -> None:
    window.open_paths([folder])
    qtbot.waitUntil(lambda: window.page.model.count(Status.CLASSIFIED) == 3, timeout=20_000)


@pytest.mark.parametrize("page", PAGES)
def test_whatever_takes_the_focus_tells_a_screen_reader_its_name(
    page: str, open_window: Callable[[], MainWindow], photographs: Photographs, qtbot: QtBot
) -> None:
    window = open_window()
    if page == "classify":
        classify(window, photographs(3), qtbot)
    window.show_page(page)
    nameless = [described(w) for w in reached_by_tab(window) if not accessible_name(w).strip()]
    assert nameless == []


@pytest.mark.parametrize("page", PAGES)
def test_every_widget_can_be_reached_by_the_tab_key(
    page: str, open_window: Callable[[], MainWindow], qtbot: QtBot
) -> None:
    window = open_window()
    window.show_page(page)
    wanted = {described(widget) for widget in reached_by_tab(window)}
    reached = set()
    start = window.nextInFocusChain()
    widget = start
    while True:
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            reached.add(described(widget))
        widget = widget.nextInFocusChain()
        if widget is start:
            break
    assert wanted <= reached
    qtbot.keyClick(window, Qt.Key.Key_Tab)


@pytest.mark.parametrize("page", PAGES)
def test_whatever_is_reached_by_the_tab_key_shows_that_it_is(
    page: str, open_window: Callable[[], MainWindow], photographs: Photographs, qtbot: QtBot
) -> None:
    window = open_window()
    if page == "classify":
        classify(window, photographs(3), qtbot)
    window.show_page(page)
    stops = focus_stops(window, qtbot)
    assert len(stops) > 3
    assert [described(widget) for widget, is_marked in stops.items() if not is_marked] == []


def test_every_command_has_a_key_or_stands_in_a_menu(open_window: Callable[[], MainWindow]) -> None:
    window = open_window()
    in_menus = {
        action
        for entry in window.menuBar().actions()
        if entry.menu() is not None
        for action in entry.menu().actions()
    }
    alone = [
        a.text() for a in window.commands.all() if a not in in_menus and a.shortcut().isEmpty()
    ]
    assert alone == []


@pytest.fixture
def twice_as_large(qapp: QApplication) -> Iterator[None]:
    before = QApplication.font()
    larger = QFont(before)
    larger.setPointSizeF(2 * before.pointSizeF())
    qapp.setFont(larger)
    yield
    qapp.setFont(before)


@pytest.mark.usefixtures("twice_as_large")
@pytest.mark.parametrize("page", PAGES)
def test_text_of_twice_the_size_is_not_cut(
    page: str, open_window: Callable[[], MainWindow], photographs: Photographs, qtbot: QtBot
) -> None:
    window = open_window()
    if page == "classify":
        classify(window, photographs(3), qtbot)
    window.resize(1920, 1200)
    window.show_page(page)
    qtbot.wait(50)
    cut = [
        (described(widget), widget.text())
        for widget in window.findChildren(QWidget)
        if isinstance(widget, QLabel | QAbstractButton)
        and widget.isVisible()
        and widget.text()
        and not (isinstance(widget, QLabel) and widget.wordWrap())
        and not _scrolls(widget)
        and widget.minimumSizeHint().width() > widget.width()
    ]
    assert cut == []


def _scrolls(widget: QWidget) -> bool:
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QAbstractScrollArea):
            return True
        parent = parent.parentWidget()
    return False
