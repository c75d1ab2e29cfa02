"""Whether the probabilities mean what they say, and what temperature and prediction sets do."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from fundus_gui.core.assessments import Assessment
from fundus_gui.core.evaluation.records import CalibrationEvaluation, EvaluationReport
from fundus_gui.gui.evaluation.calibration_views import ReliabilityView, SetsView
from fundus_gui.gui.evaluation.calibration_words import calibration_words, sets_words
from fundus_gui.gui.evaluation.empty_state import EmptyState
from fundus_gui.gui.evaluation.model_choice import ModelChoice
from fundus_gui.gui.labels import class_title
from fundus_gui.gui.widgets.scroll_pane import ScrollPane

_FIGURES = ("calibration_error", "adaptive_calibration_error", "log_loss", "brier")
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class CalibrationTab(QWidget):
    """Diagrams and figures before and after the temperature; below, the prediction sets."""

    message = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._report: EvaluationReport | None = None
        self.model = ModelChoice()
        self.model.currentIndexChanged.connect(self._show_model)
        self.words = _words()
        self.words.setAccessibleName(self.tr("The calibration in words"))
        self.diagrams = ReliabilityView()
        self.table = self._make_table()
        self.sets_title = QLabel(self.tr("Prediction sets"))
        font = self.sets_title.font()
        font.setBold(True)
        self.sets_title.setFont(font)
        self.sets_words = _words()
        self.sets_words.setAccessibleName(self.tr("The prediction sets in words"))
        self.sets = SetsView()
        self._rule = _rule()
        self._lay_out()
        self.show_assessment(None)

    def show_assessment(self, assessment: Assessment | None) -> None:
        """Show the vote's calibration; None shows what to do."""
        self._report = None if assessment is None else assessment.report
        self._whole.setCurrentIndex(int(self._report is not None))
        if self._report is None:
            return
        self.model.set_report(self._report)
        self._show_model()
        self._show_sets(self._report)

    def close_thread(self) -> None:
        """Stop drawing and wait for it."""
        self.diagrams.close_thread()
        self.sets.close_thread()

    def _show_model(self) -> None:
        report = self._report
        if report is None:
            return
        place = self.model.place
        calibration = report.calibrations[place] if report.calibrations else None
        self.words.setText(calibration_words(report, calibration, is_vote=self.model.is_vote))
        self.table.setVisible(calibration is not None)
        if calibration is None:
            title = self.tr("As measured")
            self.diagrams.set_diagrams([(title, report.models[place].reliability)])
            return
        after = self.tr("With temperature {value}").format(
            value=f"{calibration.fit.temperature:.2f}"
        )
        self.diagrams.set_diagrams(
            [
                (self.tr("Before"), calibration.reliability_before),
                (after, calibration.reliability_after),
            ]
        )
        self._fill_table(calibration)

    def _show_sets(self, report: EvaluationReport) -> None:
        sets = report.ensemble.prediction_sets
        words = sets_words(report)
        self.sets_words.setText(words)
        for widget in (self._rule, self.sets_title, self.sets_words):
            widget.setVisible(bool(words))
        self.sets.setVisible(sets is not None and report.sets is not None)
        if sets is not None and report.sets is not None:
            titles = [class_title(name) for name in report.class_names]
            self.sets.set_sets(report.sets, titles, sets.coverage)

    def _fill_table(self, calibration: CalibrationEvaluation) -> None:
        before, after = calibration.before, calibration.after
        self._set_cells(0, "1", f"{calibration.fit.temperature:.3f}", is_better=False)
        for column, name in enumerate(_FIGURES, 1):
            earlier, later = before[name], after[name]
            self._set_cells(column, f"{earlier:.4f}", f"{later:.4f}", is_better=later < earlier)

    def _set_cells(self, column: int, before: str, after: str, *, is_better: bool) -> None:
        for row, text in enumerate((before, after)):
            item = QTableWidgetItem(text)
            item.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
            font = item.font()
            font.setBold(is_better and row == 1)
            item.setFont(font)
            self.table.setItem(row, column, item)

    def _make_table(self) -> QTableWidget:
        columns = (
            (
                self.tr("Temperature"),
                self.tr("Divides the logits; above 1 makes answers less sure"),
            ),
            (self.tr("ECE"), self.tr("Expected calibration error, bins of equal width")),
            (self.tr("Adaptive ECE"), self.tr("Calibration error, bins with as many images each")),
            (self.tr("Log-loss"), self.tr("Mean negative log-likelihood in nats")),
            (self.tr("Brier score"), self.tr("Mean squared distance from the true class")),
        )
        table = QTableWidget(2, len(columns))
        table.setVerticalHeaderLabels((self.tr("Before"), self.tr("After")))
        for column, (name, meaning) in enumerate(columns):
            heading = QTableWidgetItem(name)
            heading.setToolTip(meaning)
            table.setHorizontalHeaderItem(column, heading)
        table.setAccessibleName(self.tr("Figures before and after the temperature"))
        table.setToolTip(self.tr("Bold: better than before; of all these figures less is better"))
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        table.horizontalHeader().setSectionsClickable(False)
        table.verticalHeader().setSectionsClickable(False)
        header = table.horizontalHeader().sizeHint().height()
        table.setFixedHeight(header + 2 * table.verticalHeader().defaultSectionSize() + 2)
        return table

    def _lay_out(self) -> None:
        choice = QHBoxLayout()
        label = QLabel(self.tr("Model:"))
        label.setBuddy(self.model)
        choice.addWidget(label)
        choice.addWidget(self.model)
        choice.addStretch(1)
        content = QWidget()
        rows = QVBoxLayout(content)
        rows.setContentsMargins(8, 8, 8, 8)
        rows.setSpacing(8)
        rows.addLayout(choice)
        rows.addWidget(self.words)
        rows.addWidget(self.diagrams, 3)
        rows.addWidget(self.table)
        for widget in (self._rule, self.sets_title, self.sets_words):
            rows.addWidget(widget)
        rows.addWidget(self.sets, 2)
        self._whole = QStackedWidget()
        self._whole.addWidget(EmptyState(self.tr("Choose an evaluation to see its calibration.")))
        self._whole.addWidget(ScrollPane(content))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._whole)


def _words() -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def _rule() -> QFrame:
    rule = QFrame()
    rule.setFrameShape(QFrame.Shape.HLine)
    rule.setFrameShadow(QFrame.Shadow.Sunken)
    return rule
