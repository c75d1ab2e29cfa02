"""Several evaluations side by side: one row per figure, one column per evaluation."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from fundus_gui.core.assessments import Assessment
from fundus_gui.core.evaluation.metrics import LOWER_IS_BETTER
from fundus_gui.gui.evaluation.figure_table import (
    SORT_KEY,
    FigureItem,
    FigureTable,
    count_item,
    interval_item,
    text_item,
)
from fundus_gui.gui.evaluation.figure_titles import figure_title
from fundus_gui.gui.sentences import spoken
from fundus_gui.gui.training.notice_box import NoticeBox, Remark
from fundus_gui.gui.widgets.scroll_pane import ScrollPane
from fundus_gui.gui.widgets.type_scale import TITLE, enlarge


class AssessmentComparison(QWidget):
    """The best value of each figure is bold; what cannot be compared is said above."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = QLabel()
        enlarge(self.title, TITLE, bold=True)
        self.notices = NoticeBox()
        self.table = FigureTable(self.tr("Figures side by side"))
        hint = QLabel(self.tr("Figures of the vote with 95 % intervals; the best value is bold."))
        hint.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        for widget in (self.title, self.notices, hint, self.table):
            column.addWidget(widget)
        column.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(ScrollPane(content, self.table.accessibleName()))

    def show_assessments(self, assessments: Sequence[Assessment]) -> None:
        """Show these in their order."""
        self.title.setText(self.tr("%Ln evaluation(s)", None, len(assessments)))
        self.notices.show_remarks(self._remarks(assessments))
        names = dict.fromkeys(n for a in assessments for n in a.report.vote.figures)
        rows: list[list[FigureItem]] = [
            [text_item(self.tr("Models")), *(text_item(_ensemble(a)) for a in assessments)],
            [
                text_item(self.tr("Photographs")),
                *(text_item(a.judged.source.title) for a in assessments),
            ],
            [text_item(self.tr("Number")), *(count_item(a.report.images) for a in assessments)],
            [text_item(self.tr("Patients")), *(count_item(a.report.patients) for a in assessments)],
            *(_row(name, assessments) for name in names),
        ]
        for row in rows[:2]:
            for item in row[1:]:
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        titles = [self.tr("Figure"), *(a.name for a in assessments)]
        self.table.show_rows(titles, rows, is_sortable=False)

    def _remarks(self, assessments: Sequence[Assessment]) -> list[Remark]:
        remarks = [
            Remark("warning", f"{a.name}: {spoken(sentence)}")
            for a in assessments
            for sentence in a.warnings
        ]
        if len({frozenset(a.judged.image_sha256) for a in assessments}) > 1:
            words = self.tr(
                "They were measured on different photographs: a difference may be one of the "
                "photographs instead of the models."
            )
            remarks.insert(0, Remark("warning", words))
        return remarks


def _ensemble(assessment: Assessment) -> str:
    spec = assessment.report.ensemble
    return spec.title or spec.name


def _row(name: str, assessments: Sequence[Assessment]) -> list[FigureItem]:
    items = [interval_item(a.report.vote.figures.get(name)) for a in assessments]
    values = [item.data(SORT_KEY) for item in items if not math.isnan(item.data(SORT_KEY))]
    if values:
        best = min(values) if name in LOWER_IS_BETTER else max(values)
        for item in items:
            font = item.font()
            font.setBold(item.data(SORT_KEY) == best)
            item.setFont(font)
    return [text_item(figure_title(name)), *items]
