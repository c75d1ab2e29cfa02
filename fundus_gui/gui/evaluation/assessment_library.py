"""The kept evaluations: listed, renamed and thrown away in threads."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from fundus_gui.core.assessments.folder import AssessmentSummary
from fundus_gui.gui.evaluation.assessment_jobs import (
    list_assessments,
    rename_assessment,
    trash_assessments,
)
from fundus_gui.gui.worker import Job, JobSlot


class AssessmentLibrary(QObject):
    """What lies in one folder.

    Signals:
        changed: `summaries` are others.
        renamed: the folder of an evaluation after it was given another name.
        failed: an error, when something could not be done.
    """

    changed = Signal()
    renamed = Signal(object)
    failed = Signal(object)

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.folder = folder
        self.summaries: tuple[AssessmentSummary, ...] = ()
        self._listing = JobSlot(self)
        self._listing.yielded.connect(self._on_listed)
        self._listing.failed.connect(self.failed)
        self._renaming = JobSlot(self)
        self._renaming.yielded.connect(self.renamed)
        self._trashing = JobSlot(self)
        for slot in (self._renaming, self._trashing):
            slot.completed.connect(self.look)
            slot.failed.connect(self._on_failed)

    def look(self) -> None:
        """See what there is by now."""
        self._listing.start(partial(list_assessments, self.folder))

    def rename(self, folder: Path, name: str) -> None:
        """Give an evaluation another name; `renamed` or `failed` follows."""
        self._begin(self._renaming, partial(rename_assessment, folder, name))

    def trash(self, folders: Sequence[Path]) -> None:
        """Put evaluations into the system's trash."""
        self._begin(self._trashing, partial(trash_assessments, tuple(folders)))

    def close(self) -> None:
        """Stop listing; what was to be renamed or thrown away still is."""
        self._listing.close()
        self._renaming.finish()
        self._trashing.finish()

    @staticmethod
    def _begin(slot: JobSlot, job: Job) -> None:
        if not slot.busy:  # a second click must not stop what the first has begun
            slot.start(job)

    def _on_listed(self, summaries: tuple[AssessmentSummary, ...]) -> None:
        if summaries != self.summaries:
            self.summaries = summaries
            self.changed.emit()

    def _on_failed(self, error: BaseException) -> None:
        self.look()
        self.failed.emit(error)
