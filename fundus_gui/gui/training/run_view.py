"""One run as it goes on: its figures, curves, confusion matrix and log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QFontDatabase, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QLabel,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from fundus_gui.gui.training.live_run import LiveRun
from fundus_gui.gui.training.problem_box import ProblemBox
from fundus_gui.gui.training.run_buttons import RunButtons
from fundus_gui.gui.training.run_control import RunControl
from fundus_gui.gui.training.run_header import RunHeader
from fundus_gui.gui.widgets.curves import ConfusionView, CurvesView
from fundus_gui.gui.widgets.focus_frame import FocusFrame
from fundus_gui.gui.widgets.scroll_pane import ScrollPane

if TYPE_CHECKING:
    from fundus_gui.core.reports.curves import Curve

_SIDE_BY_SIDE = 900  # px, from which the matrix stands beside the curves
_LOG_LINES = 6


class RunView(QWidget):
    """Shows a LiveRun; header and buttons stay while the rest scrolls in a low window."""

    message = Signal(str)

    def __init__(self, control: RunControl, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._control = control
        self._live: LiveRun | None = None
        self.header = RunHeader()
        self.buttons = RunButtons(control)
        self.buttons.message.connect(self.message)
        self.problem = ProblemBox()
        self.curves = CurvesView()
        self.confusion = ConfusionView()
        self.log = _make_log()
        self.log.setAccessibleName(self.tr("Notices and log of the training"))
        self._charts = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._charts.setSpacing(8)
        self._charts.addWidget(self.curves, 3)
        self._charts.addWidget(self.confusion, 2)
        content = QWidget()
        rows = QVBoxLayout(content)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(8)
        rows.addWidget(self.problem)
        rows.addLayout(self._charts, 1)
        self._log_title = QLabel(self.tr("Log"))
        self._log_title.setBuddy(self.log)
        rows.addWidget(self._log_title)
        rows.addWidget(self.log)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(8)
        layout.addWidget(self.header)
        layout.addWidget(self.buttons)
        layout.addWidget(ScrollPane(content, self.tr("Curves, confusion matrix and log")), 1)
        control.runs_changed.connect(self._on_runs_changed)

    def show_run(self, live: LiveRun) -> None:
        """Show the run as far as it has come."""
        is_other = self._live is None or self._live.run.folder != live.run.folder
        self._live = live
        self._show_state()
        self.problem.show_run(live)
        self.curves.set_curves((curve_of(live),))
        classes = live.run.started.class_names if live.run.started is not None else ()
        epochs = live.run.epochs
        self.confusion.set_matrix(epochs[-1].confusion if epochs else (), classes)
        self.confusion.setVisible(bool(epochs and classes))
        # What a process in the background prints begins with the notices.
        self._show_log(live.log or "\n".join(live.notices), follow=is_other)

    def close_thread(self) -> None:
        """Stop drawing and wait for it."""
        self.curves.close_thread()
        self.confusion.close_thread()

    def _show_state(self) -> None:
        if self._live is not None:
            path = self._live.run.folder.path
            self.header.show_run(self._live, is_resuming=self._control.is_resuming(path))
            self.buttons.show_run(self._live)

    def _show_log(self, text: str, *, follow: bool) -> None:
        """Show the log; its end stays in view unless the user has scrolled up."""
        if text == self.log.toPlainText():
            return
        bar = self.log.verticalScrollBar()
        place, at_end = bar.value(), bar.value() >= bar.maximum()
        self.log.setPlainText(text)
        bar.setValue(bar.maximum() if follow or at_end else place)

    def _on_runs_changed(self) -> None:
        self._show_state()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the matrix below the curves where there is no room beside them."""
        super().resizeEvent(event)
        is_wide = self.width() >= _SIDE_BY_SIDE
        direction = QBoxLayout.Direction
        self._charts.setDirection(direction.LeftToRight if is_wide else direction.TopToBottom)


def curve_of(live: LiveRun) -> Curve:
    """Return what is drawn of a run."""
    from fundus_gui.core.reports.curves import Curve

    return Curve(live.run.name, live.run.epochs, live.steps)


def _make_log() -> QPlainTextEdit:
    log = QPlainTextEdit()
    log.setReadOnly(True)
    FocusFrame(log)
    log.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
    log.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    log.setTabChangesFocus(True)
    log.setFixedHeight(log.fontMetrics().lineSpacing() * _LOG_LINES + 24)
    return log
