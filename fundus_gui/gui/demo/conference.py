"""Conference mode: the show, a visitor's turn at the window, and the show again."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from fundus_gui.core.catalogue import Catalogue, EnsembleSpec
from fundus_gui.core.errors import ImageError
from fundus_gui.core.paths import samples_dir
from fundus_gui.gui.demo.demo_window import DemoWindow
from fundus_gui.gui.demo.idle import IdleWatch
from fundus_gui.gui.demo.loop import DemoLoop
from fundus_gui.gui.demo.scene import Scene
from fundus_gui.gui.model_colours import appearance_of
from fundus_gui.gui.sentences import spoken

if TYPE_CHECKING:
    from fundus_gui.core.assessments import Classify

_log = logging.getLogger(__name__)

PATIENCE_SECONDS = 60.0


class Visited(Protocol):
    """What conference mode wants of the window that visitors use."""

    @property
    def opened(self) -> tuple[Path, ...]:
        """The files and folders that are open."""

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Open others in their place."""

    def start_afresh(self) -> None:
        """Forget what a visitor has changed: page, weights, view, filters."""

    def show_photograph(self, path: Path) -> None:
        """Select one of the open photographs."""


class ConferenceMode(QObject):
    """Shows photographs over the whole screen; a touch hands over, a minute's rest takes back.

    Args:
        window: what visitors use.
        visited: the same, as conference mode drives it.
        classify: yields ModelsReady and one result per path; iterated in a thread.
        show_names: whether file names may be seen by the audience.
        patience_seconds: without a touch, until the show begins again.

    Signals:
        ended: the mode is over.
    """

    ended = Signal()

    def __init__(
        self,
        window: QWidget,
        visited: Visited,
        classify: Classify,
        *,
        show_names: bool = False,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        super().__init__(window)
        self._window, self._visited = window, visited
        self._show_names = show_names
        self._paths: tuple[Path, ...] = ()
        self._geometry = window.saveGeometry()
        self.show_window = DemoWindow()
        self.show_window.touched.connect(self.hand_over)
        self.show_window.closed.connect(self.end)
        self._loop = DemoLoop(classify, self._caption, self)
        self._loop.scene_ready.connect(self._on_scene_ready)
        self._loop.nothing_to_show.connect(self._on_nothing_to_show)
        self._loop.failed.connect(self._on_failed)
        self._idle = IdleWatch(patience_seconds, self)
        self._idle.idle.connect(self._on_idle)

    def start(
        self, catalogue: Catalogue, spec: EnsembleSpec | None, paths: Sequence[Path] = ()
    ) -> None:
        """Begin the show with these photographs, else those that are open, else the samples."""
        self._paths = tuple(paths) or self._visited.opened or (samples_dir(),)
        stage = self.show_window.stage
        stage.set_appearance(appearance_of(catalogue.models))
        if spec is None:
            stage.say(self.tr("No weights are installed: there is nothing to show."))
        else:
            stage.say(self.tr("One moment: the models are being loaded…"))
            self._loop.start(spec, self._paths)
        self._cover_screen()

    def hand_over(self) -> None:
        """Give the window to a visitor, with the photograph that was shown."""
        if not self.show_window.isVisible():
            return
        current = self._loop.current
        self._loop.pause()
        if self._visited.opened != self._paths:
            self._visited.open_paths(self._paths)
        if current is not None:
            self._visited.show_photograph(current)
        self._window.showMaximized()
        self._window.activateWindow()
        self.show_window.hide()
        self._idle.start()

    def end(self) -> None:
        """Stop the show and leave the window to its owner, as it was before."""
        self._window.restoreGeometry(self._geometry)
        self._window.show()
        self.stop()
        self.ended.emit()
        self.deleteLater()

    def stop(self) -> None:
        """Stop the show, its threads and the watch."""
        self._idle.stop()
        self._loop.close()
        self.show_window.closed.disconnect(self.end)
        self.show_window.close()
        self.show_window.deleteLater()

    def _on_idle(self) -> None:
        while (menu := QApplication.activePopupWidget()) is not None and menu.close():
            pass
        for widget in QApplication.topLevelWidgets():
            if isinstance(widget, QDialog) and widget.isVisible():
                widget.reject()
        self._visited.start_afresh()
        self._cover_screen()
        self._loop.resume()

    def _cover_screen(self) -> None:
        """Show the stage on the screen on which the window is."""
        self.show_window.setGeometry(self._window.screen().geometry())
        self.show_window.showFullScreen()

    def _on_scene_ready(self, scene: Scene) -> None:
        self.show_window.stage.tell(scene)

    def _on_nothing_to_show(self) -> None:
        self.show_window.stage.say(self.tr("There is no photograph here that can be classified."))

    def _on_failed(self, error: BaseException) -> None:
        _log.error("%s", error, exc_info=error)
        if isinstance(error, ImageError) and not self._show_names:  # its sentence names the file
            self._on_nothing_to_show()
        else:
            self.show_window.stage.say(spoken(str(error)))

    def _caption(self, path: Path) -> str:
        if self._show_names:
            return path.name
        return self.tr("Synthetic photograph") if path.is_relative_to(samples_dir()) else ""
