"""Why a training failed and what can be done, in plain sight."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFontDatabase, QPalette
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from fundus_gui.gui.sentences import spoken
from fundus_gui.gui.training.live_run import LiveRun
from fundus_gui.gui.training.status_icon import status_colour

_LINES_AT_MOST = 8  # of the log, which is also shown in full


class ProblemBox(QFrame):
    """Hidden unless the run has failed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAutoFillBackground(True)
        self.reason = _text()
        self.details = _text()
        self.details.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.advice = _text()
        font = self.reason.font()
        font.setBold(True)
        self.reason.setFont(font)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 8, 16, 8)
        layout.setSpacing(8)
        for label in (self.reason, self.details, self.advice):
            layout.addWidget(label)
        self.hide()

    def show_run(self, live: LiveRun) -> None:
        """Show the problem of a failed run."""
        self.setVisible(live.run.status == "failed")
        self._paint_reason()
        reason, _, details = live.run.problem.partition("\n")
        reason = spoken(reason)
        self.reason.setText(reason)
        lines = [line for line in details.splitlines() if line.strip()]
        self.details.setText("\n".join(lines[-_LINES_AT_MOST:]))
        self.details.setVisible(bool(lines))
        if live.can_resume:
            self.advice.setText(
                self.tr("Everything up to the last saved state is kept: Resume goes on from there.")
            )
        elif live.has_weights:
            self.advice.setText(self.tr("The best weights so far are kept and can be used."))
        else:
            self.advice.setText(
                self.tr("Nothing is lost: start a new training when the reason is dealt with.")
            )

    def changeEvent(self, event: QEvent) -> None:
        """Follow light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._paint_reason()

    def _paint_reason(self) -> None:
        palette = QPalette(self.palette())
        palette.setColor(QPalette.ColorRole.WindowText, status_colour("failed", palette))
        self.reason.setPalette(palette)


def _text() -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
