"""What an evaluation measured, and the few figures that everybody asks for first."""

from __future__ import annotations

from PySide6.QtCore import QDateTime, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from fundus_gui.core.assessments import Assessment
from fundus_gui.gui.evaluation.figure_titles import ends, figure_title, number
from fundus_gui.gui.labels import Counts, day_and_time
from fundus_gui.gui.widgets.tiles import Tiles
from fundus_gui.gui.widgets.type_scale import DISPLAY, TITLE, enlarge

_KEY_FIGURES = ("balanced_accuracy", "macro_auc", "log_loss", "calibration_error")


class ResultHeader(QWidget):
    """Name and buttons, a line of facts, and large figures with their intervals."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = QLabel()
        self.name.setTextFormat(Qt.TextFormat.PlainText)
        self.name.setWordWrap(True)
        self.name.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        enlarge(self.name, TITLE, bold=True)
        self.report = QPushButton(self.tr("Open &report"))
        self.report.setToolTip(self.tr("Open the page with all figures in the browser"))
        self.pdf = QPushButton(self.tr("Save as &PDF…"))
        self.pdf.setToolTip(self.tr("Write the report as a PDF file"))
        self.folder = QPushButton(self.tr("Open &folder"))
        self.folder.setToolTip(self.tr("Show the evaluation's files: tables, predictions, report"))
        self.facts = QLabel()
        self.facts.setTextFormat(Qt.TextFormat.PlainText)
        self.facts.setWordWrap(True)
        self._tiles = Tiles({name: figure_title(name) for name in _KEY_FIGURES}, DISPLAY)
        for name in _KEY_FIGURES:
            self._tiles.explain(name, self.tr("95 % interval, drawn anew by patients"))
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.name, 1)
        for button in (self.report, self.pdf, self.folder):
            top.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addWidget(self.facts)
        layout.addWidget(self._tiles)

    def show_assessment(self, assessment: Assessment) -> None:
        """Show what was measured."""
        self.name.setText(assessment.name)
        self.facts.setText(" · ".join(self._facts(assessment)))
        self.facts.setToolTip(str(assessment.judged.source.folder))
        figures = assessment.report.vote.figures
        for name in _KEY_FIGURES:
            self._tiles.set_value(name, number(figures[name].value), ends(figures[name]))

    def value(self, name: str) -> str:
        """Return what is shown of a figure, e.g. balanced_accuracy."""
        return self._tiles.value(name)

    def _facts(self, assessment: Assessment) -> list[str]:
        report, spec = assessment.report, assessment.report.ensemble
        moment = QDateTime.fromString(assessment.date, Qt.DateFormat.ISODate).toLocalTime()
        facts = [
            spec.title or spec.name,
            assessment.judged.source.title,
            Counts().photographs(report.images),
        ]
        if assessment.judged.predictions.patients:
            facts.append(Counts().patients(report.patients))
        if assessment.tuning is not None:
            words = self.tr("thresholds fitted on {part}")
            facts.append(words.format(part=assessment.tuning.source.title))
        facts.append(day_and_time(moment))
        return facts
