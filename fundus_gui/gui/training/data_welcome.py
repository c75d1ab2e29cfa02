"""What the Train page shows before there is data: where to drop it, and how it may be laid out."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontDatabase, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from fundus_gui.gui.widgets.type_scale import TITLE, enlarge

_CLASS_FOLDERS = "photographs\n├ glaucoma\n│ ├ 001.jpg\n│ └ 002.jpg\n└ normal\n   └ 003.jpg"
_PART_FOLDERS = "photographs\n├ train\n│ ├ glaucoma\n│ └ normal\n├ val\n└ test"
_TABLE = "photographs\n├ labels.csv\n├ 001.jpg\n├ 002.jpg\n└ 003.jpg\n "


class DataWelcome(QWidget):
    """A framed area that invites to drop a folder, with the three layouts that can be read.

    Signals:
        choose_requested: the user wants to be asked for a folder.
    """

    choose_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = QLabel(self.tr("Drop a folder of labelled photographs here"))
        enlarge(title, TITLE)
        self.choose = QPushButton(self.tr("Choose &folder…"))
        self.choose.setToolTip(self.tr("Choose the folder that holds the labelled photographs"))
        self.choose.setMinimumHeight(36)
        self.choose.clicked.connect(self.choose_requested)
        layouts = QHBoxLayout()
        layouts.setSpacing(32)
        layouts.addStretch(1)
        for words, tree in (
            (self.tr("a folder for each class"), _CLASS_FOLDERS),
            (self.tr("parts of class folders"), _PART_FOLDERS),
            (self.tr("a table with filename, label,\nand if known patient_id, split"), _TABLE),
        ):
            layouts.addWidget(_drawn(words, tree), 0, Qt.AlignmentFlag.AlignTop)
        layouts.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(16)
        layout.addStretch(1)
        layout.addWidget(title, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self.choose, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addSpacing(8)
        layout.addLayout(layouts)
        layout.addStretch(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the frame of the drop area."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = self.palette().color(QPalette.ColorRole.PlaceholderText)
        painter.setPen(QPen(colour, 1.5, Qt.PenStyle.DashLine))
        painter.setBrush(self.palette().color(QPalette.ColorRole.Base))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 12, 12)
        painter.end()


def _drawn(words: str, tree: str) -> QWidget:
    """Return a folder tree with its name below."""
    drawing = QLabel(tree)
    drawing.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
    drawing.setTextFormat(Qt.TextFormat.PlainText)
    below = QLabel(words)
    below.setForegroundRole(QPalette.ColorRole.PlaceholderText)
    card = QWidget()
    column = QVBoxLayout(card)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(8)
    column.addWidget(drawing)
    column.addWidget(below)
    return card
