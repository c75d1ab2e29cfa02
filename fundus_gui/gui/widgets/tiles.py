"""A row of figures in large type, each below the word for it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QWidget

from fundus_gui.gui.widgets.type_scale import enlarge


class Tiles(QWidget):
    """What is most asked for, at a glance.

    Args:
        captions: the words, by the name of the figure.
        size: of the figures, from the type scale.
    """

    def __init__(
        self, captions: Mapping[str, str], size: float, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._values: dict[str, QLabel] = {}
        self._notes: dict[str, QLabel] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(0)
        for column, (name, word) in enumerate(captions.items()):
            caption, value, note = QLabel(word), QLabel("–"), QLabel()
            enlarge(value, size, bold=True)
            value.setAccessibleName(word)
            note.setAccessibleName(word)
            for label in (caption, note):
                label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
            for label in (value, note):
                label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            row = QHBoxLayout()
            row.setSpacing(8)
            row.addWidget(value, 0, Qt.AlignmentFlag.AlignBottom)
            row.addWidget(note, 1, Qt.AlignmentFlag.AlignBottom)
            grid.addWidget(caption, 0, column)
            grid.addLayout(row, 1, column)
            self._values[name], self._notes[name] = value, note
        grid.setColumnStretch(len(captions), 1)

    def set_value(self, name: str, text: str, note: str = "") -> None:
        """Show a figure, and in small type beside it a note such as its interval."""
        self._values[name].setText(text)
        self._notes[name].setText(note)

    def value(self, name: str) -> str:
        """Return what is shown of a figure."""
        return f"{self._values[name].text()} {self._notes[name].text()}".strip()

    def explain(self, name: str, text: str) -> None:
        """Say in a tooltip what a figure is."""
        for label in (self._values[name], self._notes[name]):
            label.setToolTip(text)
