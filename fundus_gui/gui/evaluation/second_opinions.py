"""The marks of one data folder as the window shows them, read and written in a thread."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal

from fundus_gui.core.assessments.marks import Mark, Marks
from fundus_gui.core.errors import FundusError
from fundus_gui.gui.worker import JobSlot


class Change(NamedTuple):
    """A mark to write; to remove if None."""

    filename: str
    mark: Mark | None


Waiting = dict[Path, deque[Change]]


def save_and_read(folder: Path, waiting: Waiting) -> Generator[dict[str, Mark], None, None]:
    """Write what waits for a folder and yield its marks, then write what waits for others.

    Each change leaves its queue once it is on the disk.

    Raises:
        FundusError: a file of marks cannot be read or written.
    """
    _save(folder, waiting)
    yield Marks(folder).read()
    for other in tuple(waiting):
        _save(other, waiting)


def _save(folder: Path, waiting: Waiting) -> None:
    changes = waiting.get(folder)
    while changes:
        filename, mark = changes[0]
        if mark is None:
            Marks(folder).remove(filename)
        else:
            Marks(folder).put(mark)
        changes.popleft()


class SecondOpinions(QObject):
    """Shows a change at once and keeps it, whether it could be written or not.

    Attributes:
        problem: why marks could not be read or written, empty if they could.

    Signals:
        loaded: the marks of a folder were read for the first time since it is shown.
        changed: a mark or `problem` is another than before.
    """

    loaded = Signal()
    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.problem = ""
        self._folder: Path | None = None
        self._marks: dict[str, Mark] = {}
        self._waiting: Waiting = {}
        self._is_loaded = False
        self._slot = JobSlot(self)
        self._slot.yielded.connect(self._on_read)
        self._slot.failed.connect(self._on_failed)

    @property
    def busy(self) -> bool:
        """Whether files are read or written."""
        return self._slot.busy

    def show_folder(self, folder: Path) -> None:
        """Read the marks of a data folder, again if it is the same."""
        if folder != self._folder:
            self._folder, self.problem, self._is_loaded = folder, "", False
            self._marks = self._with_waiting({})
            self.changed.emit()
        self.save()

    def mark_of(self, filename: str) -> Mark | None:
        """Return what is thought of a photograph's label, None without an opinion."""
        return self._marks.get(filename)

    def put(self, mark: Mark) -> None:
        """Keep an opinion of now."""
        now = datetime.now().astimezone().isoformat(timespec="seconds")
        self._change(Change(mark.filename, replace(mark, date=now)))

    def remove(self, filename: str) -> None:
        """Drop an opinion."""
        if filename in self._marks:
            self._change(Change(filename, None))

    def save(self) -> None:
        """Write what is not written yet, and read what others wrote."""
        if self._folder is not None:
            self._slot.start(partial(save_and_read, self._folder, self._waiting))

    def close_thread(self) -> None:
        """Write what is not written yet and wait for it."""
        self._slot.finish()
        for folder in self._waiting:
            with suppress(FundusError):  # which was told when it came first
                _save(folder, self._waiting)

    def _change(self, change: Change) -> None:
        if self._folder is None:
            return
        self._waiting.setdefault(self._folder, deque()).append(change)
        self._marks = self._with_waiting(self._marks)
        self.changed.emit()
        self.save()

    def _with_waiting(self, marks: dict[str, Mark]) -> dict[str, Mark]:
        """Return the marks as they will be when everything is written."""
        after: dict[str, Mark | None] = dict(marks)
        if self._folder in self._waiting:
            after.update(tuple(self._waiting[self._folder]))
        return {name: mark for name, mark in after.items() if mark is not None}

    def _on_read(self, read: dict[str, Mark]) -> None:
        marks = self._with_waiting(read)
        is_other = marks != self._marks or bool(self.problem)
        self._marks, self.problem = marks, ""
        if is_other:
            self.changed.emit()
        if not self._is_loaded:
            self._is_loaded = True
            self.loaded.emit()

    def _on_failed(self, error: BaseException) -> None:
        if not isinstance(error, FundusError):
            raise error
        self.problem = str(error)
        self.changed.emit()
