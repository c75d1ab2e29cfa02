"""What the window shows before the first photograph: where to drop some, and what to press."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget


class WelcomePage(QWidget):
    """A large framed area with buttons for the given actions.

    It is a picture of where to drop only; the window takes what is dropped anywhere.

    Args:
        actions: what most people want, in a row of buttons.
        others: what else there is, in a quieter row below.
    """

    def __init__(
        self,
        actions: Sequence[QAction],
        others: Sequence[QAction] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        title = QLabel(self.tr("Drop fundus photographs or a folder here"))
        font = title.font()
        font.setPointSizeF(font.pointSizeF() * 1.7)
        title.setFont(font)
        self._notice = QLabel()
        self._notice.setWordWrap(True)
        self._notice.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.buttons: list[QPushButton] = []
        layout = QVBoxLayout(self)
        layout.setContentsMargins(48, 48, 48, 48)
        layout.setSpacing(16)
        layout.addStretch(1)
        layout.addWidget(title, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self._notice)
        layout.addLayout(self._row(actions))
        if others:
            layout.addLayout(self._row(others, is_quiet=True))
        layout.addStretch(1)
        for label in (title, self._notice):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.set_notice("")

    def _row(self, actions: Sequence[QAction], *, is_quiet: bool = False) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        for action in actions:
            button = QPushButton(action.icon(), action.text())
            button.setToolTip(action.toolTip())
            button.setEnabled(action.isEnabled())
            button.setFlat(is_quiet)
            button.setMinimumHeight(28 if is_quiet else 36)
            button.clicked.connect(action.trigger)
            row.addWidget(button)
            self.buttons.append(button)
        row.addStretch(1)
        return row

    def notice(self) -> str:
        """Return the sentence below the title."""
        return self._notice.text()

    def set_notice(self, text: str) -> None:
        """Say what is the matter; empty says what can be opened."""
        self._notice.setText(
            text
            or self.tr(
                "JPEG, PNG, TIFF, BMP, WebP and DICOM. Everything is classified on this computer; "
                "nothing is sent anywhere."
            )
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the frame of the drop area."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(self.palette().color(QPalette.ColorRole.Mid), 2, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.drawRoundedRect(self.rect().adjusted(24, 24, -24, -24), 12, 12)
        painter.end()
