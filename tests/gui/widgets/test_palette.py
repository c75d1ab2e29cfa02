from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from fundus_gui.gui.evaluation.gallery_model import BADGES
from fundus_gui.gui.evaluation.warning_banner import LEAK_COLOURS, WARNING_COLOURS
from fundus_gui.gui.training.status_icon import STATUS_COLOURS, status_colour
from fundus_gui.gui.widgets.appearance import WHAT_IF_BACKGROUND, WHAT_IF_TEXT
from fundus_gui.gui.widgets.palette import LEAST_CONTRAST, contrast, legible, use_legible_colours

Role = QPalette.ColorRole
GROUNDS = (Role.Window, Role.Base, Role.AlternateBase)


def fusion(theme: str) -> QPalette:
    """Return the colours of Qt's Fusion style under a light or dark system."""
    if theme == "light":
        return QApplication.style().standardPalette()
    palette = QPalette(QColor(50, 50, 50), QColor(50, 50, 50))
    for role in (Role.WindowText, Role.Text, Role.ButtonText):
        palette.setColor(role, QColor(240, 240, 240))
    palette.setColor(Role.Base, QColor(36, 36, 36))
    palette.setColor(Role.AlternateBase, QColor(43, 43, 43))
    palette.setColor(Role.PlaceholderText, QColor(240, 240, 240, 128))
    palette.setColor(Role.Highlight, QColor(48, 140, 198))
    palette.setColor(Role.Link, QColor(48, 140, 198))
    return palette


@pytest.fixture(params=["light", "dark"])
def palette(request: pytest.FixtureRequest, qapp: QApplication) -> QPalette:
    del qapp
    return legible(fusion(request.param))


@pytest.fixture
def _palette_afterwards(qapp: QApplication) -> Iterator[None]:
    before = qapp.palette()
    yield
    qapp.setPalette(before)


def test_contrast_is_that_of_wcag() -> None:
    assert contrast(QColor("#000000"), QColor("#ffffff")) == pytest.approx(21)
    assert contrast(QColor("#777777"), QColor("#ffffff")) == pytest.approx(4.478, abs=0.001)
    assert contrast(QColor("#ff0000"), QColor("#ff0000")) == pytest.approx(1)


@pytest.mark.parametrize(
    "role", [Role.WindowText, Role.Text, Role.PlaceholderText, Role.Link, Role.LinkVisited]
)
@pytest.mark.parametrize("ground", GROUNDS)
def test_whatever_is_written_can_be_read(
    palette: QPalette, role: QPalette.ColorRole, ground: QPalette.ColorRole
) -> None:
    assert contrast(palette.color(role), palette.color(ground)) >= LEAST_CONTRAST


def test_buttons_and_selected_rows_can_be_read(palette: QPalette) -> None:
    for text, ground in ((Role.ButtonText, Role.Button), (Role.HighlightedText, Role.Highlight)):
        assert contrast(palette.color(text), palette.color(ground)) >= LEAST_CONTRAST


def test_quiet_text_is_quieter_than_text(palette: QPalette) -> None:
    ground = palette.color(Role.Window)
    quiet = contrast(palette.color(Role.PlaceholderText), ground)
    assert quiet < 0.6 * contrast(palette.color(Role.WindowText), ground)


def test_a_legible_palette_stays_as_it_is(palette: QPalette) -> None:
    again = legible(palette)
    for role in (Role.PlaceholderText, Role.Link, Role.Highlight):
        assert again.color(role) == palette.color(role)


@pytest.mark.parametrize("status", STATUS_COLOURS)
def test_the_colour_of_a_status_can_be_read(palette: QPalette, status: str) -> None:
    colour = status_colour(status, palette)  # type: ignore[arg-type]
    for ground in GROUNDS:
        assert contrast(colour, palette.color(ground)) >= LEAST_CONTRAST


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        (WHAT_IF_TEXT, WHAT_IF_BACKGROUND),
        tuple(reversed(LEAK_COLOURS)),
        tuple(reversed(WARNING_COLOURS)),
    ],
)
def test_marks_can_be_read(text: str, ground: str) -> None:
    assert contrast(QColor(text), QColor(ground)) >= LEAST_CONTRAST


@pytest.mark.parametrize("badge", BADGES)
def test_the_sign_on_a_badge_can_be_seen(badge: str) -> None:
    colour, _sign = BADGES[badge]
    assert contrast(QColor(colour), QColor("#ffffff")) >= 3  # WCAG's for what is no text


@pytest.mark.usefixtures("_palette_afterwards")
def test_the_program_starts_with_legible_colours(qapp: QApplication) -> None:
    use_legible_colours(qapp)
    shown = qapp.palette()
    for ground in GROUNDS:
        quiet = contrast(shown.color(Role.PlaceholderText), shown.color(ground))
        assert quiet >= LEAST_CONTRAST
