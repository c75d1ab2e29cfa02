"""Line icons in the colour of the text, so that they suit light and dark."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer

from fundus_gui.core.paths import resources_dir

_SIZE = 64  # px, scaled down where it is shown


def line_icon(name: str, palette: QPalette) -> QIcon:
    """Return the icon `resources/icons/NAME.svg`; an empty one if it is missing."""
    path = resources_dir() / "icons" / f"{name}.svg"
    icon = QIcon()
    if not path.is_file():
        return icon
    drawing = path.read_text(encoding="utf-8")
    for mode, group in (
        (QIcon.Mode.Normal, QPalette.ColorGroup.Active),
        (QIcon.Mode.Disabled, QPalette.ColorGroup.Disabled),
    ):
        colour = palette.color(group, QPalette.ColorRole.ButtonText).name()
        icon.addPixmap(_rendered(drawing.replace("currentColor", colour)), mode)
    return icon


def _rendered(drawing: str) -> QPixmap:
    pixmap = QPixmap(_SIZE, _SIZE)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(drawing.encode())).render(painter)
    painter.end()
    return pixmap
