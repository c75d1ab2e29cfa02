"""The four sizes of type that every page is set in, so that equal things look alike."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QWidget

# Of the size of running text, which is the system's; each about a fifth above the one before.
HEADING: Final = 1.2  # of a part of a page
TITLE: Final = 1.5  # of what is shown, or of what to do
DISPLAY: Final = 1.8  # figures that are read from afar


def enlarge(widget: QWidget, size: float, *, bold: bool = False) -> None:
    """Set a widget in one of the sizes above instead of the size of running text."""
    font = widget.font()
    font.setPointSizeF(font.pointSizeF() * size)
    font.setBold(bold)
    widget.setFont(font)
