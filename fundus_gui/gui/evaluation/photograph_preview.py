"""One photograph of an evaluation, large, with its label and what was answered."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QLabel, QVBoxLayout, QWidget

from fundus_gui.core.assessments.answers import Answers
from fundus_gui.core.errors import ImageError
from fundus_gui.gui.evaluation.vote_bars import VoteBars
from fundus_gui.gui.jobs import LoadedView, load_view
from fundus_gui.gui.labels import class_title
from fundus_gui.gui.sentences import spoken
from fundus_gui.gui.widgets.image_view import ImageView
from fundus_gui.gui.worker import JobSlot

_LOW = 380  # px of height, below which the words stand beside the photograph


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
        words = QVBoxLayout()
        words.setSpacing(8)
        words.addWidget(self.caption)
        words.addWidget(self.bars)
        words.addStretch(0)
        self._halves = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._halves.setContentsMargins(0, 0, 0, 0)
        self._halves.setSpacing(8)
        self._halves.addWidget(self.view, 2)
        self._halves.addLayout(words)
        self.clear()

    def show_photograph(self, answers: Answers, number: int) -> None:
        """Show one photograph of an evaluation."""
        image = answers.images[number]
        titles = [class_title(name) for name in answers.class_names]
        self.bars.show_vote(titles, answers.probabilities[number], int(answers.labels[number]))
        details = [answers.filename(number)]
        if patient := answers.patient(number):
            details.append(self.tr("patient {patient}").format(patient=patient))
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
        self.view.show_message(spoken(str(error)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the words beside the photograph where there is no room below it."""
        super().resizeEvent(event)
        is_low, direction = self.height() < _LOW, QBoxLayout.Direction
        self._halves.setDirection(direction.LeftToRight if is_low else direction.TopToBottom)
        self._halves.setStretch(1, 3 if is_low else 0)
