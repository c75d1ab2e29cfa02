"""How narrow a text can be laid, by the rules of its script for breaking lines."""

from __future__ import annotations

import math

from PySide6.QtGui import QFont, QTextLayout


def least_width(text: str, font: QFont) -> int:
    """Return the width in pixels of the widest part of a text that cannot be broken."""
    layout = QTextLayout(text, font)
    layout.beginLayout()
    line = layout.createLine()
    while line.isValid():
        line.setLineWidth(1)
        line = layout.createLine()
    layout.endLayout()
    return math.ceil(layout.minimumWidth())
