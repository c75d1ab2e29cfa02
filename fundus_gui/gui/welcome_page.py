"""What the window shows before the first photograph: where to drop some, and what to press."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QAction, QIcon, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from fundus_gui.core.paths import resources_dir
from fundus_gui.gui.widgets.type_scale import DISPLAY, enlarge

_FRAME = QSize(1120, 720)  # px at most: on a large screen the words stay together
_EMBLEM = 96  # px


class WelcomePage(QWidget):
    """A framed area in the middle with buttons for the given actions.

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
        emblem = QLabel()
        icon = QIcon(str(resources_dir() / "icons" / "fundus.svg"))
        emblem.setPixmap(icon.pixmap(QSize(_EMBLEM, _EMBLEM), self.devicePixelRatioF()))
        title = QLabel(self.tr("Drop fundus photographs or a folder here"))
        enlarge(title, DISPLAY)
        self._notice = QLabel()
        self._notice.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.buttons: list[QPushButton] = []
        layout = QVBoxLayout(self)
        layout.setContentsMargins(48, 48, 48, 48)
        layout.setSpacing(16)
        layout.addStretch(1)
        for label in (emblem, title, self._notice):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(label is not emblem)
            layout.addWidget(label)
        layout.addSpacing(8)
        layout.addLayout(self._row(actions))
        if others:
            layout.addLayout(self._row(others, is_quiet=True))
        layout.addStretch(1)
        self.set_notice("")

    def _row(self, actions: Sequence[QAction], *, is_quiet: bool = False) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        for action in actions:
            button = QPushButton(action.icon(), action.text())
            button.setToolTip(action.toolTip())
            button.setEnabled(action.isEnabled())
            action.enabledChanged.connect(button.setEnabled)
            button.setFlat(is_quiet)
            button.setMinimumHeight(28 if is_quiet else 40)
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
        room = self.rect().adjusted(24, 24, -24, -24)
        frame = QRect(QPoint(), room.size().boundedTo(_FRAME))
        frame.moveCenter(room.center())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = self.palette().color(QPalette.ColorRole.PlaceholderText)
        painter.setPen(QPen(colour, 1.5, Qt.PenStyle.DashLine))
        painter.setBrush(self.palette().color(QPalette.ColorRole.Base))
        painter.drawRoundedRect(frame, 12, 12)
        painter.end()
