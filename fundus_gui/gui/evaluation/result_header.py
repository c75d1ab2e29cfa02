"""What an evaluation measured, and the few figures that everybody asks for first."""

from __future__ import annotations

from PySide6.QtCore import QDateTime, QLocale, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from fundus_gui.core.assessments import Assessment
from fundus_gui.gui.evaluation.figure_titles import ends, figure_title, number

_KEY_FIGURES = ("balanced_accuracy", "macro_auc", "log_loss", "calibration_error")


class ResultHeader(QWidget):
    """Name and buttons, a line of facts, and large figures with their intervals."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = QLabel()
        self.name.setTextFormat(Qt.TextFormat.PlainText)
        self.name.setWordWrap(True)
        self.name.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        _enlarge(self.name, 1.5)
        self.report = QPushButton(self.tr("Open &report"))
        self.report.setToolTip(self.tr("Open the page with all figures in the browser"))
        self.pdf = QPushButton(self.tr("Save as &PDF…"))
        self.pdf.setToolTip(self.tr("Write the report as a PDF file"))
        self.folder = QPushButton(self.tr("Open &folder"))
        self.folder.setToolTip(self.tr("Show the evaluation's files: tables, predictions, report"))
        self.facts = QLabel()
        self.facts.setTextFormat(Qt.TextFormat.PlainText)
        self.facts.setWordWrap(True)
        self._values: dict[str, QLabel] = {}
        self._ends: dict[str, QLabel] = {}
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
        layout.addLayout(self._make_tiles())

    def show_assessment(self, assessment: Assessment) -> None:
        """Show what was measured."""
        self.name.setText(assessment.name)
        self.facts.setText(" · ".join(self._facts(assessment)))
        self.facts.setToolTip(str(assessment.judged.source.folder))
        figures = assessment.report.vote.figures
        for name in _KEY_FIGURES:
            self._values[name].setText(number(figures[name].value))
            self._ends[name].setText(ends(figures[name]))

    def value(self, name: str) -> str:
        """Return what is shown of a figure, e.g. balanced_accuracy."""
        return f"{self._values[name].text()} {self._ends[name].text()}".strip()

    def _facts(self, assessment: Assessment) -> list[str]:
        report, spec = assessment.report, assessment.report.ensemble
        moment = QDateTime.fromString(assessment.date, Qt.DateFormat.ISODate).toLocalTime()
        facts = [
            spec.title or spec.name,
            assessment.judged.source.title,
            self.tr("{count} photographs").format(count=f"{report.images:,}"),
        ]
        if assessment.judged.predictions.patients:
            facts.append(self.tr("{count} patients").format(count=f"{report.patients:,}"))
        if assessment.tuning is not None:
            words = self.tr("thresholds fitted on {part}")
            facts.append(words.format(part=assessment.tuning.source.title))
        facts.append(QLocale().toString(moment, QLocale.FormatType.ShortFormat))
        return facts

    def _make_tiles(self) -> QGridLayout:
        tiles = QGridLayout()
        tiles.setContentsMargins(0, 0, 0, 0)
        tiles.setHorizontalSpacing(32)
        tiles.setVerticalSpacing(0)
        for column, name in enumerate(_KEY_FIGURES):
            value, interval, caption = QLabel("–"), QLabel(), QLabel(figure_title(name))
            _enlarge(value, 1.7)
            value.setAccessibleName(figure_title(name))
            interval.setToolTip(self.tr("95 % interval, drawn anew by patients"))
            for label in (interval, caption):
                label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
            for label in (value, interval):
                label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            row = QHBoxLayout()
            row.setSpacing(8)
            row.addWidget(value)
            row.addWidget(interval, 1, Qt.AlignmentFlag.AlignBottom)
            tiles.addWidget(caption, 0, column)
            tiles.addLayout(row, 1, column)
            self._values[name], self._ends[name] = value, interval
        tiles.setColumnStretch(len(_KEY_FIGURES), 1)
        return tiles


def _enlarge(label: QLabel, factor: float) -> None:
    font = label.font()
    font.setPointSizeF(font.pointSizeF() * factor)
    font.setBold(True)
    label.setFont(font)
