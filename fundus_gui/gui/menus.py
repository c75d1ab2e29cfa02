"""Where each command stands in the menus and on the tool bar."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow, QMenu, QSizePolicy, QToolBar, QWidget

from fundus_gui.gui.actions import Actions
from fundus_gui.gui.widgets.page_switch import PageSwitch


class RecentMenu(QMenu):
    """Offers what was opened lately.

    Args:
        recent: paths, newest first, at the moment.

    Signals:
        chosen: one of the paths.
    """

    chosen = Signal(object)

    def __init__(self, recent: Callable[[], Sequence[str]], parent: QWidget) -> None:
        super().__init__(self.tr("Open &recent"), parent)
        self._recent = recent
        self.aboutToShow.connect(self._fill)
        self.triggered.connect(self._on_triggered)

    def _fill(self) -> None:
        self.clear()
        for number, path in enumerate(self._recent(), 1):
            self.addAction(f"&{number}  {path.replace('&', '&&')}").setData(path)
        if self.isEmpty():
            self.addAction(self.tr("Nothing opened yet")).setEnabled(False)

    def _on_triggered(self, action: QAction) -> None:
        self.chosen.emit(Path(action.data()))


def fill_menu_bar(window: QMainWindow, actions: Actions, recent: QMenu, sort: QMenu) -> None:
    """Give the window its menus."""
    a, bar = actions, window.menuBar()

    def add(title: str, *groups: tuple[object, ...]) -> None:
        menu = bar.addMenu(title)
        menu.setToolTipsVisible(True)  # they also tell why a command is not to be had
        for number, group in enumerate(groups):
            if number:
                menu.addSeparator()
            for entry in group:
                if isinstance(entry, QMenu):
                    menu.addMenu(entry)
                else:
                    menu.addAction(entry)  # type: ignore[call-overload]

    translate = QCoreApplication.translate
    languages = QMenu(translate("Menus", "&Language"), window)
    languages.addActions(list(a.languages.values()))
    add(
        translate("Menus", "&File"),
        (a.open_images, a.open_folder, recent, a.open_samples, a.paste),
        (a.new_training, a.choose_data, a.open_run),
        (a.new_evaluation, a.choose_labelled),
        (a.export_all, a.export_selection, a.continue_table, a.save_chart),
        (a.pseudonyms,),
        (a.quit,),
    )
    add(translate("Menus", "&Edit"), (a.copy_rows, a.copy_chart), (a.find,))
    add(
        translate("Menus", "&Classify"),
        (a.run, a.cancel, a.auto_run, a.fast),
        (a.reset_weights,),
    )
    add(translate("Menus", "&Train"), (a.start_training,))
    add(
        translate("Menus", "Eva&luate"),
        (a.start_evaluation, a.cancel_evaluation),
        a.of_evaluation,
    )
    add(
        translate("Menus", "&View"),
        tuple(a.pages.values()),
        (languages, a.conference, a.conference_names),
        (a.grid, sort, a.sort_bars),
        (a.fit, a.actual_size, a.zoom_in, a.zoom_out, a.seen_by_model),
        (a.next, a.previous),
    )
    add(translate("Menus", "&Help"), (a.guide, a.shortcuts), (a.diagnostics,), (a.about,))


def hide_unused(window: QMainWindow, bar: QToolBar) -> None:
    """Hide the menus whose commands are all hidden, and separators before hidden commands."""
    for entry in window.menuBar().actions():
        menu = entry.menu()
        if isinstance(menu, QMenu):
            entry.setVisible(any(a.isVisible() and not a.isSeparator() for a in menu.actions()))
    for entry, following in pairwise(bar.actions()):
        if entry.isSeparator():
            entry.setVisible(following.isVisible())


def fill_tool_bar(bar: QToolBar, actions: Actions) -> None:
    """Put the commands of every day on the tool bar."""
    bar.setMovable(False)
    bar.setFloatable(False)
    bar.setIconSize(QSize(18, 18))
    bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
    bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    bar.addWidget(PageSwitch(list(actions.pages.values())))
    bar.addActions([actions.open_images, actions.open_folder])
    bar.addSeparator()
    bar.addActions([actions.run, actions.cancel])
    bar.addSeparator()
    bar.addActions([actions.export_all, actions.new_training, actions.choose_data])
    bar.addActions([actions.new_evaluation, actions.choose_labelled])
    spacer = QWidget()
    spacer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    bar.addWidget(spacer)
    bar.addAction(actions.grid)
