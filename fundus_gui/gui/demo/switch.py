"""Turns conference mode on and off over the program's window."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from fundus_gui.gui.actions import Page
from fundus_gui.gui.demo.conference import ConferenceMode
from fundus_gui.gui.settings import AppSettings

if TYPE_CHECKING:
    from fundus_gui.core.assessments import Classify
    from fundus_gui.gui.main_window import MainWindow


class ConferenceSwitch(QObject):
    """Follows the command of conference mode; drives the window that visitors use.

    Args:
        window: what visitors use.
        classify: yields ModelsReady and one result per path; iterated in a thread.
    """

    def __init__(self, window: MainWindow, classify: Classify) -> None:
        super().__init__(window)
        self._window, self._classify = window, classify
        self._mode: ConferenceMode | None = None
        self._choices = AppSettings()
        self._page: Page = "classify"
        self._owned: tuple[Path, ...] = ()
        window.retired.connect(self._on_retired)
        self._commands = window.commands
        self._commands.conference.triggered.connect(self._on_triggered)

    @property
    def opened(self) -> tuple[Path, ...]:
        """The files and folders that are open."""
        return self._window.page.classification.roots

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Open others in their place, without remembering them."""
        self._window.page.open_paths(paths)

    def show_photograph(self, path: Path) -> None:
        """Select one of the open photographs."""
        self._window.page.results.select(path)

    def start_afresh(self) -> None:
        """Forget what a visitor has changed: page, models, weights, filters, view."""
        self._window.show_page("classify")
        self._window.page.results.clear_filters()
        self._window.page.restore(self._choices)
        self._commands.seen_by_model.setChecked(False)
        self._commands.reset_weights.trigger()
        self._commands.fit.trigger()

    def start(self, paths: Sequence[Path] = (), *, show_names: bool = False) -> None:
        """Begin the show with these photographs, else those that are open, else the samples."""
        self._commands.conference.setChecked(True)
        self._commands.conference_names.setChecked(show_names)
        self._window.kept = self._window.remembered()
        self._choices = self._window.page.choices(AppSettings())
        self._page = self._commands.chosen_page()
        self._owned = tuple(paths) or self.opened
        self._show_all(False, names=show_names)
        mode = ConferenceMode(self._window, self, self._classify, show_names=show_names)
        mode.ended.connect(self._on_ended)
        self._mode = mode
        mode.start(self._window.catalogue, self._window.page.classification.spec, paths)

    def _on_triggered(self, on: bool) -> None:
        if on:
            self.start(show_names=self._commands.conference_names.isChecked())
        elif self._mode is not None:
            self._mode.end()

    def _on_ended(self) -> None:
        self._mode = None
        self._window.kept = None
        self._commands.conference.setChecked(False)
        self._show_all(True, names=True)
        self._give_back()

    def _give_back(self) -> None:
        """Leave the owner with the choices, photographs and page from before the visitors."""
        page = self._window.page
        if page.choices(AppSettings()) != self._choices:
            page.restore(self._choices)
        if self.opened and self.opened != self._owned:
            page.open_paths(self._owned)
        self._window.show_page(self._page)

    def _show_all(self, on: bool, *, names: bool) -> None:
        """Offer everything, or only what is for visitors.

        Another language needs another window; where one trains and evaluates, files are written
        and names are seen, which are in the folders from which something is opened, too.
        """
        commands = self._commands
        for action in (*commands.languages.values(), commands.conference_names):
            action.setVisible(on)
        for page, action in commands.pages.items():
            action.setVisible(on or page == "classify")
        # Barred, not hidden: the page decides which are to be seen.
        barred = self.tr("Not in conference mode: it would show names of files")
        commands.set_allowed(commands.naming, "" if names else barred)
        private = self.tr("Not in conference mode: it is for the owner of this computer")
        commands.set_allowed(commands.saving, "" if on else private)
        self._window.setAcceptDrops(names)
        self._window.recent_menu.setEnabled(names)
        self._window.page.show_names(names)
        if not on:
            self._window.show_page("classify")

    def _on_retired(self) -> None:
        if self._mode is not None:
            self._mode.stop()
            self._mode = None
