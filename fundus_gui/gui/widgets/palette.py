"""Makes the system's colours legible: what is written can be read by people who see less well.

Qt's own palettes fall short: quiet text has a contrast of 3.9 in light, selected rows have 3.7.
"""

from __future__ import annotations

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from fundus_gui.gui.widgets.appearance import blend

LEAST_CONTRAST = 4.5  # WCAG 2.2, success criterion 1.4.3, for text of the usual size
_QUIET = 0.55  # opacity of quiet text, where that is legible
_ON_SELECTION = QColor("#ffffff")
_STEPS = 20
_Role = QPalette.ColorRole
_GROUNDS = (_Role.Window, _Role.Base, _Role.AlternateBase)


def contrast(one: QColor, other: QColor) -> float:
    """Return the contrast ratio of two opaque colours, 1 to 21 (WCAG 2.2)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def legible(palette: QPalette) -> QPalette:
    """Return `palette` with quiet text, links and selections of at least `LEAST_CONTRAST`."""
    made = QPalette(palette)
    text = palette.color(_Role.WindowText)
    grounds = [palette.color(role) for role in _GROUNDS]
    quiet = QColor(blend(text, palette.color(_Role.Window), _QUIET))
    links = {role: palette.color(role) for role in (_Role.Link, _Role.LinkVisited)}
    for group in (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive):
        for role, colour in {_Role.PlaceholderText: quiet, **links}.items():
            made.setColor(group, role, _moved(colour, text, grounds))
        selection = palette.color(group, _Role.Highlight)
        made.setColor(group, _Role.Highlight, _moved(selection, QColor("#000000"), [_ON_SELECTION]))
        made.setColor(group, _Role.HighlightedText, _ON_SELECTION)
    return made


def use_legible_colours(app: QApplication) -> None:
    """Make the colours legible, now and whenever the system turns light or dark."""

    def follow() -> None:
        app.setPalette(QPalette())  # the system's own, without what was set before
        app.setPalette(legible(app.palette()))

    follow()
    app.styleHints().colorSchemeChanged.connect(follow)


def _moved(colour: QColor, towards: QColor, others: list[QColor]) -> QColor:
    """Return the colour, as far towards another as it takes to stand out from `others`."""
    for step in range(_STEPS + 1):
        moved = QColor(blend(towards, colour, step / _STEPS))
        if min(contrast(moved, other) for other in others) >= LEAST_CONTRAST:
            return moved
    return QColor(towards)


def _luminance(colour: QColor) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (colour.redF(), colour.greenF(), colour.blueF())
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
