"""How classes and models are called and coloured, alike in every widget that shows a vote."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPalette, QPixmap

WHAT_IF_BACKGROUND = "#ffd166"
WHAT_IF_TEXT = "#2b1d00"
_UNKNOWN_MODEL = "#8a8a8a"


@dataclass(frozen=True, slots=True)
class Appearance:
    """Titles and colours by class and model name; a name without an entry speaks for itself."""

    class_title: Callable[[str], str] = str
    model_titles: Mapping[str, str] = field(default_factory=dict)
    model_colours: Mapping[str, str] = field(default_factory=dict)

    def model_title(self, name: str) -> str:
        """Return the model's name for people."""
        return self.model_titles.get(name, name)

    def model_colour(self, name: str) -> str:
        """Return the model's colour as #rrggbb."""
        return self.model_colours.get(name, _UNKNOWN_MODEL)

    def swatch(self, name: str) -> QIcon:
        """Return a small square of the model's colour; it stays so when selected or disabled."""
        pixmap = QPixmap(24, 24)
        pixmap.setDevicePixelRatio(2)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.model_colour(name)))
        painter.drawRoundedRect(QRectF(0, 0, 12, 12), 2, 2)
        painter.end()
        icon = QIcon()
        for mode in (QIcon.Mode.Normal, QIcon.Mode.Disabled, QIcon.Mode.Selected):
            icon.addPixmap(pixmap, mode)
        return icon


def what_if_palette(palette: QPalette) -> QPalette:
    """Return `palette` in the colours of the what-if mark, the same in light and dark."""
    marked = QPalette(palette)
    marked.setColor(QPalette.ColorRole.Window, QColor(WHAT_IF_BACKGROUND))
    marked.setColor(QPalette.ColorRole.WindowText, QColor(WHAT_IF_TEXT))
    return marked


def blend(over: QColor, under: QColor, opacity: float) -> str:
    """Return the colour, as #rrggbb, of `over` laid on `under`; opacity 1 hides `under`."""

    def mix(a: float, b: float) -> float:
        return opacity * a + (1 - opacity) * b

    return QColor.fromRgbF(
        mix(over.redF(), under.redF()),
        mix(over.greenF(), under.greenF()),
        mix(over.blueF(), under.blueF()),
    ).name()
