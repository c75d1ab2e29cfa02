from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from fundus_gui.gui.thumbnails import Thumbnails
from fundus_gui.gui.widgets.image_view import to_pixmap


def test_a_wish_is_answered_blank_at_once_and_with_the_picture_later(
    qtbot: QtBot, photographs: Callable[..., Path]
) -> None:
    path = photographs(1) / "eye0.png"
    thumbnails = Thumbnails()
    blank = thumbnails.icon(path)
    with qtbot.waitSignal(thumbnails.made) as made:
        pass
    assert made.args == [path]
    picture = thumbnails.icon(path)
    assert picture.cacheKey() != blank.cacheKey()
    colour = picture.pixmap(20, 20).toImage().pixelColor(10, 7)
    assert (colour.red(), colour.green(), colour.blue()) == (200, 80, 30)
    thumbnails.close()


def test_what_cannot_be_read_gets_a_mark_and_is_not_tried_again(
    qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "missing.png"
    thumbnails = Thumbnails()
    with qtbot.waitSignal(thumbnails.made):
        blank = thumbnails.icon(path)
    mark = thumbnails.icon(path)
    assert mark.cacheKey() != blank.cacheKey()
    assert thumbnails.icon(path).cacheKey() == mark.cacheKey()
    thumbnails.close()


def test_the_latest_wishes_come_first_and_old_ones_are_dropped(
    qtbot: QtBot, tmp_path: Path
) -> None:
    thumbnails = Thumbnails(kept=30)
    made: list[int] = []

    def on_made(path: Path) -> None:
        made.append(int(path.stem))

    thumbnails.made.connect(on_made)
    for number in range(1000):
        thumbnails.icon(tmp_path / f"{number}.png")
    qtbot.waitUntil(lambda: len(made) == 97)
    qtbot.wait(50)
    assert made[:2] == [0, 999]  # the first was begun before the others were wished for
    assert min(made[1:]) == 904
    assert len(thumbnails) == 30
    thumbnails.close()


@pytest.mark.usefixtures("qapp")
def test_closing_while_pictures_are_made_leaves_no_thread(photographs: Callable[..., Path]) -> None:
    thumbnails = Thumbnails()
    for path in photographs(20).iterdir():
        thumbnails.icon(path)
    thumbnails.close()
    assert thumbnails.icon(Path("later.png")) is not None


@pytest.mark.usefixtures("qapp")
def test_pixels_become_a_picture_whatever_their_width() -> None:
    pixels = np.zeros((2, 5, 3), np.uint8)  # 15 bytes a row, not a multiple of four
    pixels[1, 4] = (255, 128, 0)
    image = to_pixmap(pixels).toImage()
    assert image.pixelColor(4, 1) == QColor(255, 128, 0)
    assert image.pixelColor(3, 1) == QColor(0, 0, 0)
