"""Qt's own words, in the dialogs and menus that it brings, are Chinese in a Chinese window."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QDialog,
    QFileDialog,
    QInputDialog,
    QLineEdit,
    QMenu,
    QMessageBox,
    QPlainTextEdit,
    QTextBrowser,
    QWidget,
)
from pytestqt.qtbot import QtBot

from fundus_gui.gui.language import use_language

KEYS = re.compile(r"\(&?\w\)|\t.*|&")
ENGLISH = re.compile(r"[A-Za-z]{2,}")
NO_WORDS = {"CSV (*.csv)", "HTML(H)："}


@pytest.fixture(autouse=True)
def _chinese(qapp: QApplication) -> Iterator[None]:
    use_language(qapp, "zh_CN")
    yield
    use_language(qapp, "en")


def words(top: QWidget) -> set[str]:
    """Return all texts of a widget and of what is in it."""
    found: set[str] = set()
    for widget in (top, *top.findChildren(QWidget)):
        found |= {widget.toolTip(), widget.windowTitle()}
        for name in ("text", "title", "placeholderText"):
            if widget.metaObject().indexOfProperty(name) >= 0:
                found.add(str(widget.property(name)))
        if isinstance(widget, QAbstractItemView):
            model = widget.model()
            found |= {
                str(model.headerData(section, Qt.Orientation.Horizontal))
                for section in range(model.columnCount(widget.rootIndex()))
            }
    for action in top.findChildren(QAction):
        found |= {action.text(), action.toolTip()}
    return found


def english(top: QWidget) -> set[str]:
    return {text for text in words(top) - NO_WORDS if ENGLISH.search(KEYS.sub("", text))}


@pytest.mark.parametrize("mode", QFileDialog.FileMode)
@pytest.mark.parametrize("accept", QFileDialog.AcceptMode)
def test_choosing_a_file_or_folder(
    mode: QFileDialog.FileMode, accept: QFileDialog.AcceptMode, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "1").mkdir()
    (tmp_path / "2.3").touch()
    dialog = QFileDialog(None, "标题", str(tmp_path), "CSV (*.csv)")
    qtbot.addWidget(dialog)
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    dialog.setFileMode(mode)
    dialog.setAcceptMode(accept)
    dialog.setViewMode(QFileDialog.ViewMode.Detail)
    dialog.show()
    assert {text for text in english(dialog) if str(tmp_path) not in text} == set()


def test_the_kinds_of_files() -> None:
    kinds = ("File", "Folder", "File Folder", "Drive", "Shortcut", "Unknown")
    for kind in kinds:
        told = QCoreApplication.translate("QAbstractFileIconProvider", kind)
        assert not ENGLISH.search(told), kind


def test_every_button_of_a_message(qtbot: QtBot) -> None:
    message = QMessageBox()
    qtbot.addWidget(message)
    for button in QMessageBox.StandardButton:
        if button.value and button not in (
            QMessageBox.StandardButton.Default,
            QMessageBox.StandardButton.Escape,
            QMessageBox.StandardButton.FlagMask,
            QMessageBox.StandardButton.ButtonMask,
        ):
            message.addButton(button)
    message.setDetailedText("…")
    assert len(message.buttons()) > 15
    assert english(message) == set()


def test_asking_for_a_name(qtbot: QtBot) -> None:
    dialog: QDialog = QInputDialog()
    qtbot.addWidget(dialog)
    dialog.show()
    assert english(dialog) == set()


def _browser() -> QTextBrowser:
    browser = QTextBrowser()
    browser.setHtml('<a href="1">一二三</a>')
    browser.selectAll()
    return browser


def _menu_of_link(browser: QTextBrowser) -> QMenu:
    return browser.createStandardContextMenu(QPoint(12, 12))


@pytest.mark.parametrize(
    ("make", "menu_of"),
    [
        (QLineEdit, QLineEdit.createStandardContextMenu),
        (QPlainTextEdit, QPlainTextEdit.createStandardContextMenu),
        (_browser, _menu_of_link),
    ],
)
def test_the_menu_at_the_mouse(
    make: Callable[[], QWidget], menu_of: Callable[[QWidget], QMenu], qtbot: QtBot
) -> None:
    widget = make()
    qtbot.addWidget(widget)
    menu = menu_of(widget)
    qtbot.addWidget(menu)
    assert len(menu.actions()) >= 3
    assert english(menu) == set()
