"""Goes round a folder of photographs without end, each shown when its vote is known."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from fundus_gui.core.catalogue import EnsembleSpec
from fundus_gui.core.results import Prediction
from fundus_gui.gui.demo.scene import Scene
from fundus_gui.gui.jobs import Thumbnail, list_images, make_thumbnails
from fundus_gui.gui.widgets.image_view import to_pixmap
from fundus_gui.gui.worker import JobSlot

if TYPE_CHECKING:
    from fundus_gui.core.assessments import Classify

SECONDS_EACH = 12.0
_PICTURE_PX = 1600
_PHOTOGRAPHS_AT_MOST = 1000  # more than a day's talks show; their votes stay in memory


class DemoLoop(QObject):
    """Lists, classifies and shows photographs one after another, round and round.

    Args:
        classify: yields ModelsReady and one result per path; iterated in a thread.
        caption: what is written below a photograph.
        seconds_each: for which a photograph is shown.

    Signals:
        scene_ready: a `Scene`, time and again.
        nothing_to_show: no photograph could be classified.
        failed: the exception that ended the classifying.
    """

    scene_ready = Signal(object)
    nothing_to_show = Signal()
    failed = Signal(object)

    def __init__(
        self,
        classify: Classify,
        caption: Callable[[Path], str],
        parent: QObject | None = None,
        *,
        seconds_each: float = SECONDS_EACH,
    ) -> None:
        super().__init__(parent)
        self._classify, self._caption = classify, caption
        self._spec: EnsembleSpec | None = None
        self._paths: list[Path] = []
        self._predictions: dict[Path, Prediction] = {}
        self._order: list[Path] = []  # of those that can be shown
        self._next = 0
        self._current: Path | None = None
        self._is_running = False
        self._listing, self._classifying, self._picture = (JobSlot(self) for _ in range(3))
        self._listing.yielded.connect(self._on_listed)
        self._listing.completed.connect(self._on_all_listed)
        self._classifying.yielded.connect(self._on_result)
        self._classifying.completed.connect(self._on_all_classified)
        self._picture.yielded.connect(self._on_picture)
        for slot in (self._listing, self._classifying, self._picture):
            slot.failed.connect(self.failed)
        self._hold = QTimer(self)
        self._hold.setSingleShot(True)
        self._hold.setInterval(round(1000 * seconds_each))
        self._hold.timeout.connect(self._show_next)

    @property
    def current(self) -> Path | None:
        """The photograph that is shown."""
        return self._current

    def start(self, spec: EnsembleSpec, paths: Sequence[Path]) -> None:
        """Begin, or begin again, with the photographs below these files and folders."""
        self._spec = spec
        self._paths, self._predictions, self._order = [], {}, []
        self._next, self._current, self._is_running = 0, None, True
        self._listing.start(functools.partial(list_images, tuple(paths)))

    def pause(self) -> None:
        """Show nothing further; what is known stays known."""
        self._is_running = False
        self._hold.stop()
        self._picture.cancel()

    def resume(self) -> None:
        """Go on with the next photograph."""
        self._is_running = True
        self._show_next()

    def close(self) -> None:
        """Stop and wait for the threads."""
        self._is_running = False
        self._hold.stop()
        for slot in (self._listing, self._classifying, self._picture):
            slot.close()

    def _on_listed(self, paths: tuple[Path, ...]) -> None:
        self._paths += paths
        if len(self._paths) >= _PHOTOGRAPHS_AT_MOST:
            self._listing.cancel()
            self._on_all_listed()

    def _on_all_listed(self) -> None:
        paths = tuple(self._paths[:_PHOTOGRAPHS_AT_MOST])
        if self._spec is not None and paths:
            self._classifying.start(functools.partial(self._classify, self._spec, paths))
        else:
            self.nothing_to_show.emit()

    def _on_result(self, result: object) -> None:
        if not isinstance(result, Prediction):
            return
        self._predictions[result.path] = result
        self._order.append(result.path)
        if self._current is None and not self._picture.busy:
            self._show_next()

    def _on_all_classified(self) -> None:
        if not self._order:
            self.nothing_to_show.emit()

    def _show_next(self) -> None:
        if self._is_running and self._order:
            position = self._next if self._next < len(self._order) else 0
            path = self._order[position]
            self._next = position + 1
            self._picture.start(functools.partial(make_thumbnails, (path,), _PICTURE_PX))

    def _on_picture(self, picture: Thumbnail) -> None:
        if not self._is_running:
            return
        if picture.pixels is None:  # it has gone since
            self._hold.start()
            return
        self._current = picture.path
        prediction = self._predictions[picture.path]
        caption = self._caption(picture.path)
        self.scene_ready.emit(Scene(to_pixmap(picture.pixels), prediction, caption))
        self._hold.start()
