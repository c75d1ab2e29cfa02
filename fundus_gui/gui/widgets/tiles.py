"""A row of figures in large type, each below the word for it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QLabel, QWidget

from fundus_gui.gui.widgets.type_scale import enlarge

_BESIDE, _BETWEEN = 8, 24  # px: a figure and its note, two tiles


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
        self._captions: dict[str, QLabel] = {}
        self._rows: list[QBoxLayout] = []
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(_BETWEEN)
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
            note.hide()
            row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
            row.setSpacing(_BESIDE)
            row.addWidget(value, 0, Qt.AlignmentFlag.AlignBottom)
            row.addWidget(note, 1, Qt.AlignmentFlag.AlignBottom)
            grid.addWidget(caption, 0, column)
            grid.addLayout(row, 1, column)
            self._captions[name], self._values[name], self._notes[name] = caption, value, note
            self._rows.append(row)
        grid.setColumnStretch(len(captions), 1)

    def set_value(self, name: str, text: str, note: str = "") -> None:
        """Show a figure, and in small type beside it a note such as its interval."""
        self._values[name].setText(text)
        self._notes[name].setText(note)
        self._notes[name].setVisible(bool(note))
        self._place_notes()

    def value(self, name: str) -> str:
        """Return what is shown of a figure."""
        return f"{self._values[name].text()} {self._notes[name].text()}".strip()

    def explain(self, name: str, text: str) -> None:
        """Say in a tooltip what a figure is."""
        for label in (self._values[name], self._notes[name]):
            label.setToolTip(text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the notes below the figures where there is no room beside them."""
        super().resizeEvent(event)
        self._place_notes()

    def _place_notes(self) -> None:
        direction = QBoxLayout.Direction
        has_room = self._width_in_one_line() <= self.width()
        for row in self._rows:
            row.setDirection(direction.LeftToRight if has_room else direction.TopToBottom)

    def _width_in_one_line(self) -> int:
        figures = (
            value.sizeHint().width() + _BESIDE + self._notes[name].sizeHint().width()
            for name, value in self._values.items()
        )
        captions = (caption.sizeHint().width() for caption in self._captions.values())
        return sum(map(max, figures, captions)) + _BETWEEN * len(self._rows)
