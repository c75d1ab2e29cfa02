"""What must be read before any figure, so that it cannot be overlooked."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from fundus_gui.gui.sentences import spoken
from fundus_gui.gui.widgets.type_scale import DISPLAY, HEADING, enlarge

LEAK_COLOURS = ("#9b1c1c", "#ffffff")  # background, text: the same in light and dark
WARNING_COLOURS = ("#ffd166", "#2b1d00")


class WarningBanner(QFrame):
    """Hidden while there is nothing to warn of; red where a model knew the photographs.

    Signals:
        photographs_requested: the photographs that a model was trained on are to be seen.
    """

    photographs_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAutoFillBackground(True)
        self._icon = QLabel("⚠")
        self._icon.setAccessibleName(self.tr("Warning"))
        self.heading = QLabel()
        enlarge(self.heading, HEADING, bold=True)
        enlarge(self._icon, DISPLAY, bold=True)
        self.text = QLabel()
        for label in (self.heading, self.text):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.show_photographs = QPushButton(self.tr("&Show the photographs"))
        self.show_photographs.setToolTip(self.tr("Photographs that a model was trained on"))
        self.show_photographs.clicked.connect(self.photographs_requested)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.heading, 1)
        top.addWidget(self.show_photographs)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addLayout(top)
        words.addWidget(self.text)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 8, 16, 8)
        layout.setSpacing(16)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(words, 1)
        self.hide()

    def show_warnings(self, sentences: Sequence[str], *, is_leak: bool) -> None:
        """Say these; `is_leak` if a model was trained on some of the photographs."""
        self.heading.setText(
            self.tr("A model was trained on photographs that it is measured on here.")
            if is_leak
            else self.tr("Read this before the figures.")
        )
        self.text.setText("\n".join(map(spoken, sentences)))
        self.text.setVisible(bool(sentences))
        self.show_photographs.setVisible(is_leak)
        self._paint(*(LEAK_COLOURS if is_leak else WARNING_COLOURS))
        self.setVisible(bool(sentences) or is_leak)

    def _paint(self, background: str, text: str) -> None:
        palette = QPalette(self.palette())
        palette.setColor(QPalette.ColorRole.Window, QColor(background))
        palette.setColor(QPalette.ColorRole.WindowText, QColor(text))
        self.setPalette(palette)
        for label in (self._icon, self.heading, self.text):
            label.setPalette(palette)
