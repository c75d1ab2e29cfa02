"""The ways to vote beside each other: what each is worth, and the weights that it finds."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from fundus_gui.core.fusion import Score
from fundus_gui.core.fusion.comparison import ComparedVote
from fundus_gui.gui.evaluation.figure_delegate import (
    IS_MUTED,
    SECOND_LINE,
    row_height,
    text_colours,
)
from fundus_gui.gui.evaluation.figure_table import (
    COPIED,
    FigureItem,
    FigureTable,
    interval_item,
    text_item,
)
from fundus_gui.gui.evaluation.figure_titles import figure_title
from fundus_gui.gui.sentences import spoken
from fundus_gui.gui.widgets.appearance import Appearance

_VOTE = Qt.ItemDataRole.UserRole + 20
_WEIGHTS = Qt.ItemDataRole.UserRole + 21  # list of (weight, colour)
_WEIGHTS_COLUMN = 4
_PAD, _GAP, _BAR, _WIDTH = 4, 5, 7, 132  # px


def method_title(name: str) -> str:
    """Return the display name of a method of `core.fusion`."""
    known = {
        "fixed": QCoreApplication.translate("FitMethod", "Fixed, 0.6 and 0.4"),
        "equal": QCoreApplication.translate("FitMethod", "Equal weights"),
        "grid": QCoreApplication.translate("FitMethod", "Grid search"),
        "inverse_variance": QCoreApplication.translate("FitMethod", "Adaptive"),
        "min_variance_cov": QCoreApplication.translate("FitMethod", "Least variance"),
        "accuracy": QCoreApplication.translate("FitMethod", "Accuracy"),
        "log_odds": QCoreApplication.translate("FitMethod", "Log-odds"),
        "entropy": QCoreApplication.translate("FitMethod", "Entropy"),
        "simplex_nll": QCoreApplication.translate("FitMethod", "Greatest likelihood"),
        "caruana": QCoreApplication.translate("FitMethod", "Greedy selection"),
    }
    return known.get(name, name.replace("_", " "))


def method_remark(name: str) -> str:
    """Return what a method does, in a few words."""
    known = {
        "fixed": QCoreApplication.translate("FitMethod", "those of Yuan et al. 2022"),
        "equal": QCoreApplication.translate("FitMethod", "the plain mean"),
        "grid": QCoreApplication.translate("FitMethod", "best of all weights in small steps"),
        "inverse_variance": QCoreApplication.translate("FitMethod", "inverse of the Brier scores"),
        "min_variance_cov": QCoreApplication.translate("FitMethod", "with correlated errors"),
        "accuracy": QCoreApplication.translate("FitMethod", "by share of right answers"),
        "log_odds": QCoreApplication.translate("FitMethod", "by odds of right answers"),
        "entropy": QCoreApplication.translate("FitMethod", "who is sure counts more, by image"),
        "simplex_nll": QCoreApplication.translate("FitMethod", "least log-loss of the vote"),
        "caruana": QCoreApplication.translate("FitMethod", "Caruana et al. 2004"),
    }
    return known.get(name, "")


class WeightsTable(FigureTable):
    """A row for each member, then for each method; the chosen method is `chosen`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(QCoreApplication.translate("WeightsTable", "Ways to vote"), parent)
        self._appearance = Appearance()
        self.setItemDelegateForColumn(_WEIGHTS_COLUMN, _WeightsDelegate(self))

    def show_votes(
        self,
        votes: Sequence[ComparedVote],
        score: Score,
        members: Sequence[str],
        appearance: Appearance,
    ) -> None:
        """Show these of an ensemble's members; what was chosen stays so."""
        self._appearance = appearance
        colours = [appearance.model_colour(name) for name in members]
        chosen = self.chosen
        titles = [
            self.tr("Way to vote"),
            figure_title(score),
            self.tr("Less equal weights"),
            self.tr("Less best member"),
            self.tr("Weights"),
        ]
        self.show_rows(titles, [self._row(vote, colours) for vote in votes])
        for row in range(self.rowCount()):
            vote = self._vote(row)
            if chosen is not None and vote is not None and vote.name == chosen.name:
                self.selectRow(row)

    def choose(self, name: str) -> None:
        """Select a method."""
        for row in range(self.rowCount()):
            vote = self._vote(row)
            if vote is not None and vote.kind == "method" and vote.name == name:
                self.selectRow(row)

    @property
    def chosen(self) -> ComparedVote | None:
        """The selected method; None if there is none or it is a member."""
        rows = self.selectionModel().selectedRows() if self.rowCount() else []
        vote = self._vote(rows[0].row()) if rows else None
        return vote if vote is not None and vote.kind == "method" else None

    def _vote(self, row: int) -> ComparedVote | None:
        item = self.item(row, 0)
        vote: ComparedVote | None = item.data(_VOTE) if item is not None else None
        return vote

    def _row(self, vote: ComparedVote, colours: Sequence[str]) -> list[FigureItem]:
        is_member = vote.kind == "member"
        title = text_item(
            self._appearance.model_title(vote.name) if is_member else method_title(vote.name),
            icon=self._appearance.swatch(vote.name) if is_member else None,
            tooltip="\n".join((vote.name, *map(spoken, vote.fit.notes))),
        )
        remark = self.tr("alone") if is_member else method_remark(vote.name)
        title.setData(SECOND_LINE, remark)
        title.setData(_VOTE, vote)
        return [
            title,
            interval_item(vote.interval),
            self._difference(vote, is_self=vote.name == "equal", against_equal=True),
            self._difference(vote, is_self=False, against_equal=False),
            _weights_item(vote, colours),
        ]

    def _difference(self, vote: ComparedVote, *, is_self: bool, against_equal: bool) -> FigureItem:
        difference = vote.against_equal if against_equal else vote.against_best_member
        item = interval_item(difference, is_signed=True)
        if is_self or difference.low == difference.high == 0:
            item.setText("=")
            item.setData(SECOND_LINE, "")
        elif not difference.excludes_zero:
            item.setToolTip(self.tr("Not significantly different: the interval holds 0"))
        item.setData(IS_MUTED, not difference.excludes_zero)
        return item


def _weights_item(vote: ComparedVote, colours: Sequence[str]) -> FigureItem:
    weights = vote.fit.weights
    item = FigureItem(" : ".join(f"{weight:.2f}" for weight in weights))
    item.setData(COPIED, [", ".join(f"{weight:.6g}" for weight in weights)])
    item.setData(_WEIGHTS, list(zip(weights, colours, strict=True)))
    if vote.fit.rule != "constant":
        item.setText(QCoreApplication.translate("WeightsTable", "by image"))
        item.setData(_WEIGHTS, [])
    item.setToolTip(item.text())
    return item


class _WeightsDelegate(QStyledItemDelegate):
    """The weights as numbers above one bar that the members share in their colours."""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        words = option.fontMetrics.horizontalAdvance(str(index.data())) + 2 * _PAD
        return QSize(max(_WIDTH, words), row_height(option.fontMetrics))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        shown = QStyleOptionViewItem(option)
        self.initStyleOption(shown, index)
        words, shown.text = shown.text, ""
        style = shown.widget.style()
        style.drawControl(style.ControlElement.CE_ItemViewItem, shown, painter, shown.widget)
        shares = index.data(_WEIGHTS)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(shown.rect).adjusted(_PAD, 3, -_PAD, -_GAP)
        upper = QRectF(box.left(), box.top(), box.width(), box.height() - (_BAR + _GAP))
        text, muted = text_colours(shown)
        painter.setPen(text if shares else muted)
        painter.drawText(upper if shares else box, Qt.AlignmentFlag.AlignVCenter, words)
        painter.setPen(Qt.PenStyle.NoPen)
        if shares:  # a frame, so that no colour is lost on that of the selection
            bar = QRectF(box.left(), box.bottom() - _BAR, box.width() - 1, _BAR)
            painter.fillRect(bar.adjusted(-1, -1, 1, 1), shown.palette.base())
        left = box.left()
        for weight, colour in shares:
            width = weight * box.width()
            painter.setBrush(QColor(colour))
            painter.drawRect(QRectF(left, box.bottom() - _BAR, max(width - 1, 0), _BAR))
            left += width
        painter.restore()
