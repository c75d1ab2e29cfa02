"""One photograph of an evaluation, large, with its label and what was answered."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from fundus_gui.core.assessments.answers import Answers
from fundus_gui.core.errors import ImageError
from fundus_gui.gui.evaluation.vote_bars import VoteBars
from fundus_gui.gui.jobs import LoadedView, load_view
from fundus_gui.gui.labels import class_title
from fundus_gui.gui.widgets.image_view import ImageView
from fundus_gui.gui.worker import JobSlot


class PhotographPreview(QWidget):
    """Reads photographs in a thread; the latest choice wins."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._path: Path | None = None
        self._slot = JobSlot(self)
        self._slot.yielded.connect(self._on_loaded)
        self._slot.failed.connect(self._on_failed)
        self.view = ImageView()
        self.view.setAccessibleName(self.tr("Photograph"))
        self.caption = QLabel()
        self.caption.setTextFormat(Qt.TextFormat.PlainText)
        self.caption.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.caption.setWordWrap(True)
        self.bars = VoteBars()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.caption)
        layout.addWidget(self.bars)
        self.clear()

    def show_photograph(self, answers: Answers, number: int) -> None:
        """Show one photograph of an evaluation."""
        image = answers.images[number]
        titles = [class_title(name) for name in answers.class_names]
        self.bars.show_vote(titles, answers.probabilities[number], int(answers.labels[number]))
        details = [answers.filename(number)]
        if image.patient_id and image.patient_id != image.path.name:
            details.append(self.tr("patient {patient}").format(patient=image.patient_id))
        details += [value for value in (image.laterality,) if value]
        self.caption.setText(" · ".join(details))
        if image.path != self._path:
            self._path = image.path
            self.view.show_message(self.tr("Loading…"))
            self._slot.start(partial(load_view, image.path, None, None))

    def clear(self) -> None:
        """Show nothing."""
        self._path = None
        self._slot.cancel()
        self.bars.clear()
        self.caption.clear()
        self.view.show_message(self.tr("Select a photograph to see it here."))

    def close_thread(self) -> None:
        """Stop reading and wait for the thread."""
        self._slot.close()

    def _on_loaded(self, loaded: LoadedView) -> None:
        if loaded.photograph.path == self._path:
            self.view.set_pixels(loaded.pixels)

    def _on_failed(self, error: BaseException) -> None:
        if not isinstance(error, ImageError):
            raise error
        self.view.show_message(str(error))
