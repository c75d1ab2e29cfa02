"""Runs any generator of the core in a thread, so that the window never waits for one."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, QThread, Signal

Job = Callable[[], Generator[Any, None, None]]


class Worker(QThread):
    """Iterates one generator; its end is exactly one of completed, cancelled and failed.

    A subclass rather than an object moved to a thread: the sender lives in the window's thread,
    so bound methods connected to it run there.
    """

    yielded = Signal(object)
    completed = Signal()
    cancelled = Signal()
    failed = Signal(object)

    def __init__(self, job: Job, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._job = job
        self._is_cancelled = False

    @property
    def is_cancelled(self) -> bool:
        """Whether it was cancelled; Qt forgets an interruption as soon as the thread has ended."""
        return self._is_cancelled

    def cancel(self) -> None:
        """Stop at the generator's next record; its `finally` blocks run."""
        self._is_cancelled = True
        self.requestInterruption()

    def run(self) -> None:
        """Iterate the generator in the thread."""
        try:
            with contextlib.closing(self._job()) as records:
                for record in records:
                    if self.isInterruptionRequested():
                        break
                    self.yielded.emit(record)
        except BaseException as error:  # noqa: BLE001 - nothing may be lost in a thread
            self.failed.emit(error)
            return
        if self.isInterruptionRequested():
            self.cancelled.emit()
        else:
            self.completed.emit()


class JobSlot(QObject):
    """A place for one job at a time, where the latest wins.

    Starting a job while another runs cancels that one; the new one starts as soon as the old
    thread has ended, and nothing more is heard of the old one. Two jobs never overlap.
    """

    yielded = Signal(object)
    completed = Signal()
    cancelled = Signal()
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker: Worker | None = None
        self._next: Job | None = None
        self._closed = False

    @property
    def busy(self) -> bool:
        """Whether a thread runs, a cancelled one included."""
        return self._worker is not None

    def start(self, job: Job) -> None:
        """Run the job, in place of the running one."""
        if self._closed:
            return
        if self._worker is not None:
            self._next = job
            self._worker.cancel()
            return
        worker = Worker(job, self)
        worker.yielded.connect(self._on_yielded)
        worker.completed.connect(self._on_completed)
        worker.cancelled.connect(self._on_cancelled)
        worker.failed.connect(self._on_failed)
        self._worker = worker
        worker.start()

    def cancel(self) -> None:
        """Ask the running job to stop; no further record comes, and soon `cancelled`."""
        self._next = None
        if self._worker is not None:
            self._worker.cancel()

    def close(self) -> None:
        """Cancel, wait for the thread and take no further job; no signal follows."""
        self._closed = True
        self._next = None
        if self._worker is not None:
            self._worker.cancel()
            self._worker.wait()
            self._worker = None

    def finish(self) -> None:
        """Wait until the running job has come to its own end and take no further job."""
        self._closed = True
        self._next = None
        if self._worker is not None:
            self._worker.wait()
            QCoreApplication.sendPostedEvents(self)  # so that its end, or its error, is told

    def _on_yielded(self, record: object) -> None:
        # Records may still be on their way after the cancelling; nobody wants them any more.
        if self._worker is not None and not self._worker.is_cancelled:
            self.yielded.emit(record)

    def _on_completed(self) -> None:
        if self._release_thread():
            self.completed.emit()

    def _on_cancelled(self) -> None:
        if self._release_thread():
            self.cancelled.emit()

    def _on_failed(self, error: BaseException) -> None:
        if self._release_thread():
            self.failed.emit(error)

    def _release_thread(self) -> bool:
        """Let go of the ended thread, start what waits; True if the end is news to anybody."""
        if self._worker is None:
            return False
        self._worker.wait()
        self._worker.deleteLater()
        self._worker = None
        if self._next is None:
            return True
        job, self._next = self._next, None
        self.start(job)
        return False
