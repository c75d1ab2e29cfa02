"""Photographs that a figure was clicked for, in the place of the figures until one goes back."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from fundus_gui.core.assessments import Assessment
from fundus_gui.core.assessments.answers import Answers
from fundus_gui.gui.evaluation.gallery import Gallery
from fundus_gui.gui.evaluation.second_opinions import SecondOpinions


class ChosenPhotographs(QWidget):
    """A gallery with the way back above it.

    Signals:
        closed: the figures are wanted again.
        photograph_requested: the path of a photograph to be opened on the Classify page.
    """

    closed = Signal()
    photograph_requested = Signal(object)

    def __init__(self, opinions: SecondOpinions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.back = QPushButton(self.tr("← &Back to the figures"))
        self.back.setShortcut(QKeySequence.StandardKey.Back)
        self.back.setToolTip(self.tr("Show the tabs again"))
        self.back.clicked.connect(self.closed)
        self.gallery = Gallery(opinions)
        self.gallery.photograph_requested.connect(self.photograph_requested)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.back, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.gallery, 1)

    def show_photographs(self, assessment: Assessment, numbers: Sequence[int], title: str) -> None:
        """Show photographs of an evaluation in this order."""
        self.gallery.show_photographs(Answers(assessment), numbers, title, select=True)

    def close_thread(self) -> None:
        """Stop and wait for the thread."""
        self.gallery.close_thread()
