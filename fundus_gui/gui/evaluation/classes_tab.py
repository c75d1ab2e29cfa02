"""The figures of an evaluation: of each class, of all models side by side, of each pair."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from fundus_gui.core.assessments import Assessment
from fundus_gui.core.evaluation import EvaluationReport
from fundus_gui.core.evaluation.comparison import DeLong
from fundus_gui.core.evaluation.metrics import LOWER_IS_BETTER
from fundus_gui.core.evaluation.records import Comparison, ModelEvaluation
from fundus_gui.gui.evaluation.empty_state import EmptyState
from fundus_gui.gui.evaluation.figure_delegate import IS_MUTED, SECOND_LINE
from fundus_gui.gui.evaluation.figure_table import (
    COPIED,
    SORT_KEY,
    FigureItem,
    FigureTable,
    count_item,
    interval_item,
    text_item,
)
from fundus_gui.gui.evaluation.figure_titles import figure_title, probability
from fundus_gui.gui.evaluation.model_choice import ModelChoice
from fundus_gui.gui.labels import class_title
from fundus_gui.gui.widgets.appearance import Appearance
from fundus_gui.gui.widgets.scroll_pane import ScrollPane

_CLASS_FIGURES = ("sensitivity", "specificity", "precision", "f1", "auc", "average_precision")
_MEAN_FIGURES = (  # of all classes, in the place of each of the above
    "balanced_accuracy",
    "macro_specificity",
    "macro_precision",
    "macro_f1",
    "macro_auc",
    "macro_average_precision",
)
_OVERALL_FIGURES = (
    "accuracy",
    "balanced_accuracy",
    "macro_auc",
    "mcc",
    "kappa",
    "quadratic_kappa",
    "log_loss",
    "brier",
    "calibration_error",
)
_COMPARED_FIGURES = ("accuracy", "balanced_accuracy", "macro_auc", "log_loss")
_SIGNIFICANT = 0.05


class ClassesTab(QWidget):
    """Three tables below each other, each to be sorted and copied."""

    message = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._report: EvaluationReport | None = None
        self._appearance = Appearance()
        self.model = ModelChoice()
        self.model.currentIndexChanged.connect(self._show_classes)
        self.classes = FigureTable(self.tr("Figures of each class"))
        self.models = FigureTable(self.tr("Models side by side"))
        self.pairs = FigureTable(self.tr("Models compared in pairs"))
        self.empty = EmptyState(self.tr("Choose an evaluation on the left to see its figures."))
        self._content = QWidget()
        rows = QVBoxLayout(self._content)
        rows.setContentsMargins(8, 8, 8, 8)
        rows.setSpacing(8)
        rows.addLayout(self._heading(self.tr("Each class"), self.classes, self.model))
        rows.addWidget(self.classes)
        rows.addLayout(self._heading(self.tr("All classes together"), self.models))
        rows.addWidget(self.models)
        self._pairs_box = QWidget()
        below = QVBoxLayout(self._pairs_box)
        below.setContentsMargins(0, 0, 0, 0)
        below.addLayout(self._heading(self.tr("Differences between models"), self.pairs))
        below.addWidget(self.pairs)
        rows.addWidget(self._pairs_box)
        self._legend = QLabel()
        self._legend.setWordWrap(True)
        self._legend.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        rows.addWidget(self._legend)
        rows.addStretch(1)
        self._scroll = ScrollPane(self._content)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.empty)
        layout.addWidget(self._scroll)
        self.show_assessment(None)

    def set_appearance(self, appearance: Appearance) -> None:
        """Say how models are called and coloured, in the assessments to come."""
        self._appearance = appearance

    def show_assessment(self, assessment: Assessment | None) -> None:
        """Show the figures of an evaluation, the vote's first."""
        self._report = None if assessment is None else assessment.report
        self.empty.setVisible(self._report is None)
        self._scroll.setVisible(self._report is not None)
        if self._report is not None:
            self.model.set_report(self._report)
            self._legend.setText(self._legend_text(self._report))
            self._show_classes()
            self._show_models(self._report)
            self._show_pairs(self._report)

    def _show_classes(self) -> None:
        report = self._report
        if report is None:
            return
        evaluated = report.models[self.model.place]
        rows = [
            [
                text_item(class_title(found.name), tooltip=found.name),
                count_item(found.images),
                *(interval_item(found.figures.get(name)) for name in _CLASS_FIGURES),
            ]
            for found in evaluated.classes
        ]
        mean = [
            text_item(self.tr("Mean"), tooltip=self.tr("Mean of the classes")),
            count_item(report.images),
            *(interval_item(evaluated.figures.get(name)) for name in _MEAN_FIGURES),
        ]
        for item in mean:
            _embolden(item)
        titles = [self.tr("Class"), self.tr("Images"), *map(figure_title, _CLASS_FIGURES)]
        self.classes.show_rows(titles, [*rows, mean])

    def _show_models(self, report: EvaluationReport) -> None:
        names = [name for name in _OVERALL_FIGURES if name in report.vote.figures]
        rows = []
        for evaluated in (report.vote, *report.models[:-1]):
            is_member = evaluated.name in report.ensemble.members
            icon = self._appearance.swatch(evaluated.name) if is_member else None
            title = text_item(self._title(evaluated, report), icon=icon)
            rows.append([title, *(interval_item(evaluated.figures[name]) for name in names)])
        if len(rows) > 1:
            for column, name in enumerate(names, start=1):
                _embolden_best([row[column] for row in rows], is_loss=name in LOWER_IS_BETTER)
        self.models.show_rows([self.tr("Model"), *map(figure_title, names)], rows)

    def _show_pairs(self, report: EvaluationReport) -> None:
        self._pairs_box.setVisible(bool(report.comparisons))
        names = {evaluated.name: self._title(evaluated, report) for evaluated in report.models}
        titles = [
            self.tr("Pair"),
            *map(figure_title, _COMPARED_FIGURES),
            self.tr("McNemar p"),
            self.tr("DeLong p"),
        ]
        rows = [
            [
                text_item(f"{names[pair.first]} − {names[pair.second]}"),
                *(_difference_item(pair, name) for name in _COMPARED_FIGURES),
                self._mcnemar_item(pair, names),
                self._delong_item(pair, report.class_names),
            ]
            for pair in report.comparisons
        ]
        self.pairs.show_rows(titles, rows)

    def _mcnemar_item(self, pair: Comparison, names: Mapping[str, str]) -> FigureItem:
        test = pair.mcnemar
        item = _p_item(test.p_value)
        item.setData(SECOND_LINE, f"{test.only_first} : {test.only_second}")
        kind = self.tr("exact") if test.is_exact else self.tr("chi-squared")
        item.setToolTip(
            self.tr(
                "{first} alone is right on %Ln image(s), {second} alone on {b}; {kind} test, which "
                "takes images for independent",
                None,
                test.only_first,
            ).format(
                first=names[pair.first],
                second=names[pair.second],
                b=test.only_second,
                kind=kind,
            )
        )
        return item

    def _delong_item(self, pair: Comparison, class_names: Sequence[str]) -> FigureItem:
        """Show the least p of the classes, and how many of them differ."""
        known = [test.p_value for test in pair.delong if not math.isnan(test.p_value)]
        item = _p_item(min(known, default=math.nan))
        differing = sum(p < _SIGNIFICANT for p in known)
        item.setData(
            SECOND_LINE,
            self.tr("{count} of {all} classes").format(count=differing, all=len(known)),
        )
        item.setToolTip("\n".join(map(_delong_line, class_names, pair.delong)))
        return item

    def _title(self, evaluated: ModelEvaluation, report: EvaluationReport) -> str:
        if evaluated is report.vote and len(report.models) > 1:
            return report.ensemble.title or evaluated.name
        return self._appearance.model_title(evaluated.name)

    def _legend_text(self, report: EvaluationReport) -> str:
        level = f"{report.settings.bootstrap.level:.0%}".replace("%", " %")
        return self.tr(
            "Below each figure its {level} interval, found by drawing patients. Muted differences "
            "are not significant: the interval holds 0, or p is 0.05 or more. Bold is the best of "
            "a column. McNemar: images that only the first : only the second gets right. DeLong: "
            "the least p of all classes, not corrected for their number."
        ).format(level=level)

    def _heading(
        self, text: str, table: FigureTable, chooser: QComboBox | None = None
    ) -> QHBoxLayout:
        title = QLabel(text)
        font = title.font()
        font.setBold(True)
        title.setFont(font)
        copy = QPushButton(self.tr("Copy table"))
        copy.setToolTip(self.tr("Copy all figures and intervals, for a spreadsheet"))
        copy.clicked.connect(lambda: self._copy(table))
        row = QHBoxLayout()
        row.addWidget(title)
        if chooser is not None:
            row.addWidget(chooser)
        row.addStretch(1)
        row.addWidget(copy)
        return row

    def _copy(self, table: FigureTable) -> None:
        table.copy()
        self.message.emit(self.tr("The table is on the clipboard."))


def _difference_item(pair: Comparison, name: str) -> FigureItem:
    difference = pair.differences[name]
    item = interval_item(difference, is_signed=True)
    item.setData(IS_MUTED, not difference.excludes_zero)
    return item


def _p_item(p_value: float) -> FigureItem:
    item = FigureItem(probability(p_value))
    item.setData(SORT_KEY, p_value)
    item.setData(COPIED, [f"{p_value:.6g}"])
    item.setData(IS_MUTED, not p_value < _SIGNIFICANT)
    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return item


def _delong_line(name: str, test: DeLong) -> str:
    return f"{class_title(name)}: {test.difference:+.3f}, p {probability(test.p_value)}"


def _embolden_best(items: Sequence[FigureItem], *, is_loss: bool) -> None:
    known = [item for item in items if not math.isnan(item.data(SORT_KEY))]
    if known:
        best = (min if is_loss else max)(item.data(SORT_KEY) for item in known)
        for item in known:
            if item.data(SORT_KEY) == best:
                _embolden(item)


def _embolden(item: FigureItem) -> None:
    font = item.font()
    font.setBold(True)
    item.setFont(font)
