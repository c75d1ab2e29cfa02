"""The vote on groups of photographs: by what `labels.csv` says of them, and by patient."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby

from PySide6.QtCore import Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from fundus_gui.core.assessments import Assessment
from fundus_gui.core.evaluation import EvaluationReport, Interval
from fundus_gui.core.evaluation.subgroups import FEW_PATIENTS, NOT_GIVEN
from fundus_gui.gui.evaluation.empty_state import EmptyState
from fundus_gui.gui.evaluation.figure_delegate import IS_MUTED, SECOND_LINE
from fundus_gui.gui.evaluation.figure_table import (
    FigureItem,
    FigureTable,
    count_item,
    interval_item,
    text_item,
)
from fundus_gui.gui.evaluation.figure_titles import figure_title
from fundus_gui.gui.evaluation.forest_delegate import ForestDelegate, forest_item
from fundus_gui.gui.widgets.scroll_pane import ScrollPane

_DRAWN = ("balanced_accuracy", "macro_auc")
_WRITTEN = ("accuracy", "log_loss")
_FIRST_DRAWN = 3  # column

Row = list[FigureItem]
Figures = Mapping[str, Interval]


class SubgroupsTab(QWidget):
    """All photographs, patients, then the groups of each column, on one scale."""

    message = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.empty = EmptyState(self.tr("Choose an evaluation on the left to see its groups."))
        self.table = FigureTable(self.tr("Figures of groups of photographs"))
        self._forests = [ForestDelegate(self.table) for _ in _DRAWN]
        for column, delegate in enumerate(self._forests, start=_FIRST_DRAWN):
            self.table.setItemDelegateForColumn(column, delegate)
        self.table.set_stretched([_FIRST_DRAWN + n for n in range(len(_DRAWN))])
        self.note = QLabel()
        self.note.setWordWrap(True)
        self.note.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        copy = QPushButton(self.tr("Copy table"))
        copy.setToolTip(self.tr("Copy all figures and intervals, for a spreadsheet"))
        copy.clicked.connect(self._copy)
        title = QLabel(self.tr("The vote on groups of photographs"))
        font = title.font()
        font.setBold(True)
        title.setFont(font)
        heading = QHBoxLayout()
        heading.addWidget(title)
        heading.addStretch(1)
        heading.addWidget(copy)
        content = QWidget()
        rows = QVBoxLayout(content)
        rows.setContentsMargins(8, 8, 8, 8)
        rows.setSpacing(8)
        rows.addLayout(heading)
        rows.addWidget(self.table)
        rows.addWidget(self.note)
        rows.addStretch(1)
        self._scroll = ScrollPane(content)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.empty)
        layout.addWidget(self._scroll)
        self.show_assessment(None)

    def show_assessment(self, assessment: Assessment | None) -> None:
        """Show the groups of an evaluation."""
        self.empty.setVisible(assessment is None)
        self._scroll.setVisible(assessment is not None)
        if assessment is not None:
            self._show_report(assessment.report)

    def _show_report(self, report: EvaluationReport) -> None:
        for name, delegate in zip(_DRAWN, self._forests, strict=True):
            drawn = [group.figures[name] for group in report.subgroups]
            if report.by_patient is not None:
                drawn.append(report.by_patient.evaluation.figures[name])
            delegate.set_scale(report.vote.figures[name], drawn)
        titles = [
            self.tr("Group"),
            self.tr("Images"),
            self.tr("Patients"),
            *map(figure_title, (*_DRAWN, *_WRITTEN)),
        ]
        self.table.show_rows(titles, list(self._rows(report)), is_sortable=False)
        self.note.setText(self._note(report))

    def _rows(self, report: EvaluationReport) -> Iterator[Row]:
        title = text_item(self.tr("All photographs"))
        _embolden(title)
        yield self._row(title, report.images, report.patients, report.vote.figures)
        if report.by_patient is not None:
            title = text_item(self.tr("By patient"))
            title.setData(SECOND_LINE, self.tr("mean of each patient's photographs"))
            found = report.by_patient
            row = self._row(title, found.patients, found.patients, found.evaluation.figures)
            row[1] = text_item("")
            yield row
        for column, groups in groupby(report.subgroups, key=lambda group: group.column):
            heading = text_item(_column_title(column), tooltip=column)
            _embolden(heading)
            yield [heading, *(text_item("") for _ in range(2 + len(_DRAWN) + len(_WRITTEN)))]
            for group in groups:
                is_given = group.group != NOT_GIVEN
                title = text_item("    " + (group.group if is_given else self.tr("not given")))
                is_small = group.patients < FEW_PATIENTS
                if is_small:
                    title.setData(SECOND_LINE, "    " + self.tr("few patients"))
                yield self._row(
                    title, group.images, group.patients, group.figures, is_muted=is_small
                )

    def _row(
        self,
        title: FigureItem,
        images: int,
        patients: int,
        figures: Figures,
        *,
        is_muted: bool = False,
    ) -> Row:
        row = [
            title,
            count_item(images),
            count_item(patients),
            *(forest_item(figures[name], is_muted=is_muted) for name in _DRAWN),
            *(interval_item(figures[name]) for name in _WRITTEN),
        ]
        for item in row:
            item.setData(IS_MUTED, is_muted)
        return row

    def _note(self, report: EvaluationReport) -> str:
        sentences = [
            self.tr(
                "Dots are the figures, lines their intervals, the dotted line is that of all "
                "photographs. Groups of fewer than {few} patients are muted: they say little."
            ).format(few=FEW_PATIENTS)
        ]
        if not report.subgroups:
            sentences.append(
                self.tr(
                    "There are no groups: labels.csv has no further columns, such as laterality, "
                    "camera, sex or age."
                )
            )
        found = report.by_patient
        if found is None:
            sentences.append(self.tr("Every patient has one photograph."))
        elif found.left_out:
            sentences.append(
                self.tr(
                    "%Ln patient(s) left out by patient, since their photographs are of "
                    "different classes.",
                    None,
                    found.left_out,
                )
            )
        return " ".join(sentences)

    def _copy(self) -> None:
        self.table.copy()
        self.message.emit(self.tr("The table is on the clipboard."))


def _column_title(column: str) -> str:
    spaced = column.replace("_", " ").strip()
    return spaced[:1].upper() + spaced[1:]


def _embolden(item: FigureItem) -> None:
    font = item.font()
    font.setBold(True)
    item.setFont(font)
