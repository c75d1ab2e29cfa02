"""Sentences about the data that must be read, in place instead of in a box that interrupts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QStyle, QWidget

from fundus_gui.gui.sentences import spoken

Weight = Literal["error", "warning", "good"]

_ICONS: dict[Weight, QStyle.StandardPixmap] = {
    "error": QStyle.StandardPixmap.SP_MessageBoxCritical,
    "warning": QStyle.StandardPixmap.SP_MessageBoxWarning,
    "good": QStyle.StandardPixmap.SP_DialogApplyButton,
}
_ICON = 16  # px


class Remark(NamedTuple):
    """A sentence and how grave it is."""

    weight: Weight
    text: str


class NoticeBox(QFrame):
    """Hidden while there is nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(8, 8, 8, 8)
        self._layout.setHorizontalSpacing(8)
        self._layout.setVerticalSpacing(8)
        self._layout.setColumnStretch(1, 1)
        self._remarks: tuple[Remark, ...] = ()
        self._labels: list[QLabel] = []
        self.hide()

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """What is said."""
        return self._remarks

    def show_remarks(self, remarks: Sequence[Remark]) -> None:
        """Say these instead of what was said before."""
        if tuple(remarks) == self._remarks:
            return
        self._remarks = tuple(remarks)
        for label in self._labels:
            label.deleteLater()
        self._labels.clear()
        for row, remark in enumerate(remarks):
            icon = QLabel()
            drawn = self.style().standardIcon(_ICONS[remark.weight])
            icon.setPixmap(drawn.pixmap(QSize(_ICON, _ICON), self.devicePixelRatioF()))
            icon.setAccessibleName(self._title(remark.weight))
            text = QLabel(spoken(remark.text))
            text.setTextFormat(Qt.TextFormat.PlainText)
            text.setWordWrap(True)
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._layout.addWidget(icon, row, 0, Qt.AlignmentFlag.AlignTop)
            self._layout.addWidget(text, row, 1)
            self._labels += [icon, text]
        self.setVisible(bool(remarks))

    def _title(self, weight: Weight) -> str:
        titles: dict[Weight, str] = {
            "error": self.tr("Error"),
            "warning": self.tr("Warning"),
            "good": self.tr("In order"),
        }
        return titles[weight]
