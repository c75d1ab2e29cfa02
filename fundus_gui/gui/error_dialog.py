"""The one place where the window shows errors: foreseen ones in a box, others in full detail."""

from __future__ import annotations

import logging
import platform
import sys
import threading
import traceback
from collections.abc import Callable
from types import TracebackType

import PySide6
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QMessageBox,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from fundus_gui import __version__
from fundus_gui.core.errors import FundusError
from fundus_gui.gui.sentences import spoken

_log = logging.getLogger(__name__)

_LINES_AT_MOST = 500
ShowMessage = Callable[[QWidget | None, str, str], object]


class CrashDialog(QDialog):
    """Shows an unforeseen error with details that can be copied into a report."""

    def __init__(self, error: BaseException, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Unexpected error"))
        self.resize(720, 440)
        explanation = QLabel(
            self.tr(
                "Something went wrong that the program did not foresee. Your photographs and "
                "saved results are untouched. Please send these details to whoever gave you "
                "the program, then go on or start it again."
            )
        )
        explanation.setWordWrap(True)
        self.details = QPlainTextEdit(_details(error))
        self.details.setReadOnly(True)
        self.details.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.details.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.details.setAccessibleName(self.tr("Details of the error"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = buttons.addButton(self.tr("&Copy details"), QDialogButtonBox.ButtonRole.ActionRole)
        copy.clicked.connect(self.copy_details)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(explanation)
        layout.addWidget(self.details, 1)
        layout.addWidget(buttons)

    def add(self, error: BaseException) -> None:
        """Append another error's details; where one repeats itself, enough is enough."""
        if self.details.blockCount() < _LINES_AT_MOST:
            self.details.appendPlainText(f"\n{_details(error)}")

    def copy_details(self) -> None:
        """Put the details on the clipboard."""
        QGuiApplication.clipboard().setText(self.details.toPlainText())


def _details(error: BaseException) -> str:
    versions = (
        f"fundus-gui {__version__}, Python {platform.python_version()}, "
        f"PySide6 {PySide6.__version__}, {platform.platform()}"
    )
    return f"{versions}\n\n{''.join(traceback.format_exception(error))}"


def show_crash(parent: QWidget | None, error: BaseException) -> None:
    """Show the details in one dialog, however many errors come while it is open."""
    shown = parent.findChild(CrashDialog) if parent is not None else None
    if shown is not None and shown.isVisible():
        shown.add(error)
        return
    dialog = CrashDialog(error, parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()


class ErrorReporter(QObject):
    """Takes errors from any thread and shows them in the window's.

    Args:
        window: parent of what is shown.
        show_message: shows a foreseen error (parent, title, sentence).
        show_crash: shows any other.
    """

    _reported = Signal(object)

    def __init__(
        self,
        window: QWidget | None = None,
        *,
        show_message: ShowMessage = QMessageBox.warning,
        show_crash: Callable[[QWidget | None, BaseException], object] = show_crash,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._show_message = show_message
        self._show_crash = show_crash
        self._reported.connect(self._on_reported)

    def report(self, error: BaseException) -> None:
        """Log the error and show it, at once or when the window's thread comes to it."""
        _log.error("%s", error, exc_info=error)
        self._reported.emit(error)

    def tell(self, title: str, sentence: str) -> None:
        """Show a sentence that is no error of the program's."""
        self._show_message(self._window, title, spoken(sentence))

    def install_hooks(self) -> None:
        """Report what nobody caught, in every thread; Ctrl+C still ends the program."""
        sys.excepthook = self._on_uncaught
        threading.excepthook = self._on_uncaught_in_thread

    def _on_uncaught(
        self,
        kind: type[BaseException],
        error: BaseException,
        trace: TracebackType | None,
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
        else:
            self.report(error)

    def _on_uncaught_in_thread(self, uncaught: threading.ExceptHookArgs) -> None:
        if uncaught.exc_value is not None:
            self.report(uncaught.exc_value)

    def _on_reported(self, error: BaseException) -> None:
        if isinstance(error, FundusError):
            self._show_message(self._window, self.tr("That did not work"), spoken(str(error)))
        else:
            self._show_crash(self._window, error)
