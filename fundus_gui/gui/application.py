"""The application, which macOS tells which files it is to open."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

_TOGETHER_MS = 200  # several files opened at once come as one event each


class Application(QApplication):
    """Hears of files that are dropped on its icon or opened with it.

    A filter would do, but would see every event of every widget.

    Signals:
        files_opened: their paths, those that came shortly after each other together.
    """

    files_opened = Signal(object)

    def __init__(self, arguments: list[str]) -> None:
        super().__init__(arguments)
        self._paths: list[Path] = []
        self._together = QTimer(self)
        self._together.setSingleShot(True)
        self._together.setInterval(_TOGETHER_MS)
        self._together.timeout.connect(self._on_all_heard)

    def event(self, event: QEvent) -> bool:
        """Keep the file until no other one follows."""
        if not isinstance(event, QFileOpenEvent):
            return super().event(event)
        if event.file():  # empty for what is no file
            self._paths.append(Path(event.file()))
            self._together.start()
        return True

    def _on_all_heard(self) -> None:
        paths, self._paths = tuple(dict.fromkeys(self._paths)), []
        self.files_opened.emit(paths)
