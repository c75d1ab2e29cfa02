"""A part of a page under a heading of its own."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from fundus_gui.gui.widgets.type_scale import HEADING, enlarge


def section(title: str, *contents: QWidget) -> QWidget:
    """Return widgets below a heading, with the room that is left at their foot."""
    heading = QLabel(title)
    enlarge(heading, HEADING, bold=True)
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(8)
    column.addWidget(heading)
    for content in contents:
        column.addWidget(content)
    column.addStretch(1)
    return made
