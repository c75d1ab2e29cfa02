"""The Help menu: guide, keys, a report for whoever helps, and what the program is."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QDialog, QWidget

from fundus_gui.core.catalogue import Catalogue
from fundus_gui.core.paths import user_data_dir
from fundus_gui.gui.about_dialog import AboutDialog, ShortcutsDialog
from fundus_gui.gui.actions import Actions
from fundus_gui.gui.diagnostics import LOG_FILE, facts_of_the_window, write_diagnostics
from fundus_gui.gui.error_dialog import ErrorReporter
from fundus_gui.gui.file_dialogs import FileDialogs
from fundus_gui.gui.guide_dialog import GuideDialog
from fundus_gui.gui.settings import AppSettings
from fundus_gui.gui.worker import JobSlot


class Help(QObject):
    """Opens the dialogs of the Help menu over a window.

    Args:
        window: their parent.
        commands: whose commands of the Help menu these are.
        catalogue: the installed models at the moment.
        settings: what the window remembers at the moment.
        tell: says something in passing.
    """

    def __init__(
        self,
        window: QWidget,
        commands: Actions,
        errors: ErrorReporter,
        dialogs: FileDialogs,
        *,
        catalogue: Callable[[], Catalogue],
        settings: Callable[[], AppSettings],
        tell: Callable[[str], None],
    ) -> None:
        super().__init__(window)
        self._window, self._commands = window, commands
        self._dialogs, self._tell = dialogs, tell
        self._catalogue, self._settings = catalogue, settings
        self._writing = JobSlot(self)
        self._writing.yielded.connect(self._on_written)
        self._writing.failed.connect(errors.report)
        commands.guide.triggered.connect(self._on_guide)
        commands.shortcuts.triggered.connect(self._on_shortcuts)
        commands.diagnostics.triggered.connect(self._on_diagnostics)
        commands.about.triggered.connect(self._on_about)

    def close(self) -> None:
        """Wait for a report that is being written."""
        self._writing.finish()

    def _on_guide(self) -> None:
        guide = GuideDialog(self._window)
        guide.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        guide.show()

    def _on_shortcuts(self) -> None:
        _open(ShortcutsDialog(self._commands, self._window))

    def _on_about(self) -> None:
        _open(AboutDialog(self._catalogue(), self._window))

    def _on_diagnostics(self) -> None:
        out = self._dialogs.save_as(
            self._window,
            self.tr("Save a diagnostic report"),
            Path.home() / "fundus-gui-report.txt",
            self.tr("Text (*.txt)"),
        )
        if out is not None:
            facts = facts_of_the_window(self._catalogue(), self._settings())
            log = user_data_dir() / LOG_FILE
            self._writing.start(functools.partial(write_diagnostics, facts, log, out))

    def _on_written(self, path: Path) -> None:
        self._tell(self.tr("Report saved as {path}. It holds no photograph.").format(path=path))


def _open(dialog: QDialog) -> None:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
