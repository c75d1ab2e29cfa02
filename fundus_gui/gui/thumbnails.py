"""Small pictures for the rows that are on the screen, made off the window's thread."""

from __future__ import annotations

import functools
from collections import OrderedDict
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap

from fundus_gui.gui.jobs import Thumbnail, make_thumbnails
from fundus_gui.gui.widgets.image_view import to_pixmap
from fundus_gui.gui.worker import JobSlot

THUMBNAIL_SIZE = 160  # px, longer side
_KEPT = 400  # pictures of at most 100 kB
_AT_ONCE = 8  # per job, so that the rows that came into view last do not wait long
_WANTED_AT_MOST = 96  # more than a screen shows; what was scrolled past is dropped


class Thumbnails(QObject):
    """Makes thumbnails on demand, the latest wish first, and keeps the last used.

    Signals:
        made: the path whose thumbnail `icon` now has.
    """

    made = Signal(object)

    def __init__(self, parent: QObject | None = None, *, kept: int = _KEPT) -> None:
        super().__init__(parent)
        self._kept = kept
        self._icons: OrderedDict[Path, QIcon] = OrderedDict()
        self._wanted: OrderedDict[Path, None] = OrderedDict()
        self._making: frozenset[Path] = frozenset()
        self._slot = JobSlot(self)
        self._slot.yielded.connect(self._on_made)
        self._slot.completed.connect(self._make_next)
        self._slot.failed.connect(self._on_failed)
        self._waiting = QIcon(_blank(QColor(128, 128, 128, 40)))
        self._unreadable = QIcon(_blank(QColor(128, 128, 128, 40), "?"))

    def __len__(self) -> int:
        return len(self._icons)

    def icon(self, path: Path) -> QIcon:
        """Return the thumbnail, or a blank one and have it made."""
        if path in self._icons:
            self._icons.move_to_end(path)
            return self._icons[path]
        if path not in self._making:
            self._wanted[path] = None
            self._wanted.move_to_end(path)
            if len(self._wanted) > _WANTED_AT_MOST:
                self._wanted.popitem(last=False)
            if not self._slot.busy:
                self._make_next()
        return self._waiting

    def clear(self) -> None:
        """Forget all wishes and pictures."""
        self._wanted.clear()
        self._icons.clear()

    def close(self) -> None:
        """Stop and wait for the thread."""
        self._wanted.clear()
        self._slot.close()

    def _make_next(self) -> None:
        count = min(_AT_ONCE, len(self._wanted))
        paths = tuple(self._wanted.popitem(last=True)[0] for _ in range(count))
        self._making = frozenset(paths)
        if paths:
            self._slot.start(functools.partial(make_thumbnails, paths, THUMBNAIL_SIZE))

    def _on_made(self, thumbnail: Thumbnail) -> None:
        pixels = thumbnail.pixels
        self._icons[thumbnail.path] = (
            self._unreadable if pixels is None else QIcon(_squared(to_pixmap(pixels)))
        )
        while len(self._icons) > self._kept:
            self._icons.popitem(last=False)
        self.made.emit(thumbnail.path)

    def _on_failed(self, error: BaseException) -> None:
        raise error


def _squared(picture: QPixmap) -> QPixmap:
    """Centre a picture on a transparent square, so that all rows and cells line up."""
    side = max(picture.width(), picture.height())
    square = QPixmap(side, side)
    square.fill(Qt.GlobalColor.transparent)
    painter = QPainter(square)
    painter.drawPixmap((side - picture.width()) // 2, (side - picture.height()) // 2, picture)
    painter.end()
    return square


def _blank(colour: QColor, text: str = "") -> QPixmap:
    pixmap = QPixmap(QSize(THUMBNAIL_SIZE, THUMBNAIL_SIZE))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(pixmap.rect(), 8, 8)
    if text:
        font = painter.font()
        font.setPixelSize(THUMBNAIL_SIZE // 2)
        painter.setFont(font)
        painter.setPen(QColor(128, 128, 128))
        painter.drawText(pixmap.rect(), Qt.AlignmentFlag.AlignCenter, text)
    painter.end()
    return pixmap
