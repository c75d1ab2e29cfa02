"""The button that makes a user's ensemble of the chosen way to vote."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMessageBox, QPushButton, QWidget

from fundus_gui.core.assessments import Assessment
from fundus_gui.core.assessments.fusing import FusionRequest
from fundus_gui.core.catalogue import EnsembleSpec
from fundus_gui.core.errors import FundusError
from fundus_gui.core.fusion.comparison import ComparedVote, ComparisonSettings
from fundus_gui.gui.evaluation.save_dialog import SaveDialog, free_name
from fundus_gui.gui.evaluation.weights_jobs import Compared, save_ensemble
from fundus_gui.gui.worker import JobSlot


class EnsembleSaver(QPushButton):
    """Asks for a name, writes the ensemble in a thread.

    Signals:
        saved: name of the ensemble that is installed now.
        refused: why it could not be written.
    """

    saved = Signal(str)
    refused = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(self.tr("&Save as ensemble…"))
        self.setToolTip(self.tr("Choose a method in the table; a single model is no ensemble"))
        self._slot = JobSlot(self)
        self._slot.yielded.connect(self._on_written)
        self._slot.completed.connect(self._on_end)
        self._slot.failed.connect(self._on_failed)
        self._assessment: Assessment | None = None
        self._votes: tuple[ComparedVote, ...] = ()
        self._chosen: ComparedVote | None = None
        self._settings = ComparisonSettings()
        self._compared: Compared | None = None
        self.clicked.connect(self._on_clicked)
        self.forget()

    def forget(self) -> None:
        """Have nothing to save."""
        self._compared, self._votes = None, ()
        self._enable()

    def offer(
        self,
        assessment: Assessment,
        votes: tuple[ComparedVote, ...],
        settings: ComparisonSettings,
        compared: Compared,
    ) -> None:
        """Let one of these be saved; `choose` says which."""
        self._assessment, self._votes = assessment, votes
        self._settings, self._compared = settings, compared
        self._enable()

    def choose(self, vote: ComparedVote | None) -> None:
        """Save this one; None is nothing that can be saved."""
        self._chosen = vote
        self._enable()

    def close_thread(self) -> None:
        """Wait until what is being written is written."""
        self._slot.finish()

    def _enable(self) -> None:
        is_ready = self._compared is not None and self._chosen is not None
        self.setEnabled(is_ready and not self._slot.busy)

    def _on_clicked(self) -> None:
        if self._compared is None or self._chosen is None:
            return
        if self._compared.leaks and not self._is_wanted_all_the_same():
            return
        catalogue = self._compared.catalogue
        dialog = SaveDialog(catalogue, free_name(self._chosen.name, catalogue), self)
        dialog.named.connect(self.save)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def save(self, name: str, title: str = "") -> None:
        """Write the chosen way to vote under a name."""
        part = self._assessment.tuning if self._assessment is not None else None
        if self._assessment is None or part is None or self._chosen is None:
            return
        request = FusionRequest(
            name=name,
            title=title,
            method=self._chosen.name,
            comparison=self._settings,
            evaluation=self._assessment.report.settings,
            warnings=self._compared.warnings if self._compared is not None else (),
        )
        self._slot.start(partial(save_ensemble, part, self._votes, request))
        self._enable()

    def _is_wanted_all_the_same(self) -> bool:
        question = self.tr(
            "A model was trained on some of these photographs, so its weight is too high. This is "
            "written into the ensemble. Save it all the same?"
        )
        title = self.tr("Save as ensemble")
        return QMessageBox.question(self, title, question) == QMessageBox.StandardButton.Yes

    def _on_written(self, spec: EnsembleSpec) -> None:
        self.saved.emit(spec.name)

    def _on_end(self) -> None:
        self._enable()

    def _on_failed(self, error: BaseException) -> None:
        self._enable()
        if not isinstance(error, FundusError):
            raise error
        self.refused.emit(str(error))
