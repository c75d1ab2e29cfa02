"""Thirty seconds of the real window as a moving picture: open, look, ask what if, see the grid."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    from PySide6.QtGui import QPixmap

    from fundus_gui.gui.main_window import MainWindow

Wait = Callable[[int], None]

_SIZE = (1200, 750)  # px, as wide as a README is shown
_QUALITY = 82  # of WebP: letters stay clean
_SLIDER_STEPS = 8
_FRAMES_OF_WORK = 3
_PATIENCE = 150  # tenths of a second


class Tour:
    """Frames of a window, each with the time that it stays.

    Args:
        wait: lets the window work for milliseconds.
    """

    def __init__(self, window: MainWindow, wait: Wait) -> None:
        self._window = window
        self._wait = wait
        self._frames: list[Image.Image] = []
        self._stays_ms: list[int] = []

    def frame(self, stays_ms: int, settle_ms: int = 700) -> None:
        """Add the window as it looks once it has settled."""
        self._wait(settle_ms)
        wait_for_photograph(self._window, self._wait)
        whole = to_image(self._window.grab())
        self._frames.append(whole.resize(_SIZE, Image.Resampling.LANCZOS))
        self._stays_ms.append(stays_ms)

    def take(self, photographs: Sequence[Path], shown: Path | None) -> None:
        """Open photographs on the Classify page and look at one of them, or at the first."""
        window, page = self._window, self._window.page
        self.frame(2500)
        page.open_paths(list(photographs))
        for _ in range(_FRAMES_OF_WORK):
            self.frame(600)
        while page.classification.busy:
            self._wait(100)
        show(window, shown)
        self.frame(5000, settle_ms=1500)
        window.commands.seen_by_model.trigger()
        self.frame(3500, settle_ms=1500)
        window.commands.seen_by_model.trigger()
        self._ask_what_if()
        window.commands.reset_weights.trigger()
        self.frame(1500)
        window.commands.grid.setChecked(True)
        self.frame(5000, settle_ms=2500)
        window.commands.grid.setChecked(False)

    def save(self, path: Path) -> None:
        """Write the frames as an animated WebP that goes round for ever."""
        first, *others = self._frames
        first.save(
            path,
            save_all=True,
            append_images=others,
            duration=self._stays_ms,
            loop=0,
            quality=_QUALITY,
            method=6,
        )

    def _ask_what_if(self) -> None:
        """Give the last model more and more of the vote."""
        from PySide6.QtWidgets import QSlider

        slider = self._window.page.vote.sliders.findChildren(QSlider)[-1]
        start, end = slider.value(), slider.maximum() - 5
        for step in range(1, _SLIDER_STEPS + 1):
            slider.setValue(start + (end - start) * step // _SLIDER_STEPS)
            self.frame(4500 if step == _SLIDER_STEPS else 300, settle_ms=150)


def show(window: MainWindow, path: Path | None) -> None:
    """Select a photograph, or the first one."""
    window.page.results.select_first()
    if path is not None:
        window.page.results.select(path)


def wait_for_photograph(window: MainWindow, wait: Wait) -> None:
    """Wait until the photograph, which is read in a thread, is there; but not for ever."""
    from fundus_gui.gui.widgets.image_view import ImageView

    for _ in range(_PATIENCE):
        if all(view.zoom for view in window.page.findChildren(ImageView) if view.isVisible()):
            return
        wait(100)


def to_image(pixmap: QPixmap) -> Image.Image:
    """Turn what was grabbed into a picture without transparency."""
    from PySide6.QtGui import QImage

    grabbed = pixmap.toImage().convertToFormat(QImage.Format.Format_RGB888)
    size, stride = (grabbed.width(), grabbed.height()), grabbed.bytesPerLine()
    return Image.frombuffer("RGB", size, bytes(grabbed.constBits()), "raw", "RGB", stride)
