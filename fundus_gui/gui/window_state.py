"""What the window offers and says at the moment, as the page that is shown has it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow, QToolBar, QToolButton

from fundus_gui.gui.actions import Actions
from fundus_gui.gui.classification_status import show_classification
from fundus_gui.gui.classify_page import ClassifyPage
from fundus_gui.gui.result_columns import Status
from fundus_gui.gui.status_bar import RunStatusBar

_MESSAGE_MS = 6000


def place_window(window: QMainWindow) -> None:
    """Give the window its first size, amid its screen."""
    window.setMinimumSize(1100, 700)
    room = window.screen().availableGeometry()
    window.resize(min(1440, room.width() - 64), min(900, room.height() - 64))
    window.move(room.center() - window.rect().center())


class WindowState(QObject):
    """Enables commands and fills title and status line; a message goes before them for a while.

    Args:
        window: whose title it is.
        classify_page: whose commands and counts these are.
    """

    def __init__(
        self,
        window: QMainWindow,
        commands: Actions,
        tool_bar: QToolBar,
        status: RunStatusBar,
        classify_page: ClassifyPage,
    ) -> None:
        super().__init__(window)
        self.has_models = False
        self.is_evaluating: Callable[[], bool] = lambda: False
        self._window = window
        self._commands = commands
        self._tool_bar = tool_bar
        self._status = status
        self._page = classify_page
        self._summary: Callable[[], str] | None = None
        self._message = QTimer(self)
        self._message.setSingleShot(True)
        self._message.setInterval(_MESSAGE_MS)
        self._message.timeout.connect(self.show)

    def show_page(self, summary: Callable[[], str] | None) -> None:
        """Speak for another page; None for the Classify page, which has more to say."""
        self._summary = summary
        self._message.stop()
        self.show()

    def tell(self, text: str) -> None:
        """Say something in passing."""
        self._status.show_text(text)
        self._message.start()

    def close(self) -> None:
        """Say nothing more by itself."""
        self._message.stop()

    def show(self) -> None:
        """Offer and say what is so now."""
        self._show_commands()
        if self._summary is None:
            self._show_classification()
            return
        self._window.setWindowTitle("")
        self._status.set_device("")
        if not self._message.isActive():
            self._status.show_text(self._summary())

    def _show_commands(self) -> None:
        state, model, commands = self._page.classification, self._page.model, self._commands
        waiting = model.count(Status.WAITING)
        can_run = not state.busy and waiting > 0 and state.spec is not None
        commands.run.setEnabled(can_run)
        commands.run.setIconText(  # the tool bar's words
            self.tr("Classify {count} waiting").format(count=f"{waiting:,}")
            if can_run
            else self.tr("Classify")
        )
        self._emphasise(commands.run, can_run)
        commands.cancel.setEnabled(state.busy)
        for action in commands.languages.values():  # another language needs another window
            action.setEnabled(not state.busy and not self.is_evaluating())
        has_results = waiting < model.total
        for action in (commands.export_all, commands.export_selection, commands.copy_rows):
            action.setEnabled(has_results)

    def _emphasise(self, action: QAction, on: bool) -> None:
        button = self._tool_bar.widgetForAction(action)
        if isinstance(button, QToolButton):
            font = button.font()
            font.setBold(on)
            button.setFont(font)

    def _show_classification(self) -> None:
        state = self._page.classification
        roots = state.roots[:3] if self._page.model.are_names_shown else ()
        self._window.setWindowTitle(", ".join(root.name for root in roots))
        ready = state.models_ready
        self._status.set_device(
            f"{ready.device_name}, {ready.number_format}" if ready is not None else ""
        )
        if self._message.isActive() and not state.busy:
            return
        if self.has_models or state.busy:
            show_classification(self._status, state, self._page.model)
        else:
            self._status.show_text(
                self.tr("No weights are installed: photographs can be looked at only.")
            )
