"""The vote taken apart: what each model says, whether they agree, and what would change it."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from fundus_gui.core.results import Prediction
from fundus_gui.core.vote import FlipPoint
from fundus_gui.gui.widgets.appearance import Appearance
from fundus_gui.gui.widgets.text_width import least_width

_SENTENCES = 3  # flip points in words; the others are in the tooltip
_YES, _NO = "✓", "✗"
_NARROW = 73  # letters of average width
_LEAST_AT_MOST = 46  # of them, however long the words are
_MODEL, _WEIGHT, _CLASS, _PROBABILITY, _AGREES = range(5)
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_ALIGNMENTS = (_LEFT, _RIGHT, _LEFT, _RIGHT, Qt.AlignmentFlag.AlignCenter)


class VoteBreakdown(QWidget):
    """A row per model, and below the table the vote in words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._prediction: Prediction | None = None
        self._appearance = Appearance()
        self._table = _VoteTable(self)
        self._table.setAccessibleName(self.tr("Votes of the models"))
        self._words = QLabel()
        self._words.setWordWrap(True)
        self._words.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._words.setAccessibleName(self.tr("The vote in words"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._table)
        layout.addWidget(self._words)
        layout.addStretch(1)
        self._show()

    def set_prediction(self, prediction: Prediction | None) -> None:
        """Show a prediction, or nothing."""
        earlier, self._prediction = self._prediction, prediction
        same_photograph = earlier and prediction and earlier.path == prediction.path
        # While weights are tried out the text may grow, but not make what is below it jump.
        self._words.setMinimumHeight(self._words.height() if same_photograph else 0)
        self._show()

    def set_appearance(self, appearance: Appearance) -> None:
        """Say how classes and models are called and coloured."""
        self._appearance = appearance
        self._show()

    def text(self) -> str:
        """Return the sentences below the table, as shown (rich text)."""
        return self._words.text()

    def _show(self) -> None:
        prediction = self._prediction
        self._table.setVisible(prediction is not None)
        self._words.setToolTip("")
        self._words.clear()
        if prediction is None:
            return
        self._fill_table(prediction)
        if len(prediction.member_names) == 1:
            self._words.setText(
                self.tr("One model, so there is no vote: its probabilities are the answer.")
            )
            return
        flips = self._flip_sentences(prediction)
        said = [self._agreement_sentence(prediction), *flips[:_SENTENCES]]
        if prediction.decision.rule == "entropy":
            said.append(
                self.tr("On each photograph the surer models weigh more than is set below.")
            )
        self._words.setText(" ".join(said))
        if len(flips) > _SENTENCES:
            self._words.setToolTip("<br>".join(flips))

    def _fill_table(self, prediction: Prediction) -> None:
        appearance = self._appearance
        self._table.setRowCount(len(prediction.member_names))
        self._table.setColumnHidden(_AGREES, len(prediction.member_names) == 1)
        for row, name in enumerate(prediction.member_names):
            own = prediction.member_probabilities[row]
            top = own.index(max(own))
            agrees = top == prediction.label_index
            texts = (
                appearance.model_title(name),
                f"{prediction.image_weights[row]:.2f}",
                appearance.class_title(prediction.class_names[top]),
                f"{own[top]:.1%}",
                _YES if agrees else _NO,
            )
            every = "\n".join(
                f"{appearance.class_title(label)}: {value:.1%}"
                for label, value in zip(prediction.class_names, own, strict=True)
            )
            self._table.set_row(row, texts, f"{texts[0]}\n{every}", appearance.swatch(name))
        self._table.set_classes(map(appearance.class_title, prediction.class_names))

    def _class(self, prediction: Prediction, index: int) -> str:
        return f"<b>{escape(self._appearance.class_title(prediction.class_names[index]))}</b>"

    def _model(self, prediction: Prediction, index: int) -> str:
        return escape(self._appearance.model_title(prediction.member_names[index]))

    def _agreement_sentence(self, prediction: Prediction) -> str:
        label = self._class(prediction, prediction.label_index)
        tops = [own.index(max(own)) for own in prediction.member_probabilities]
        agreeing = tops.count(prediction.label_index)
        if agreeing == len(tops):
            if agreeing == 2:
                return self.tr("Both models say {label}.").format(label=label)
            return self.tr("All {count} models say {label}.").format(count=agreeing, label=label)
        if agreeing == 0:
            return self.tr("No model puts {label} first, but their votes together do.").format(
                label=label
            )
        if agreeing == 1:
            return self.tr("Only {model}, with {weight} of the vote weight, says {label}.").format(
                model=self._model(prediction, tops.index(prediction.label_index)),
                weight=f"{prediction.agreement:.0%}",
                label=label,
            )
        return self.tr(
            "{agreeing} of {count} models, with {weight} of the vote weight, say {label}."
        ).format(
            agreeing=agreeing,
            count=len(tops),
            weight=f"{prediction.agreement:.0%}",
            label=label,
        )

    def _flip_sentences(self, prediction: Prediction) -> list[str]:
        """Say what would change the answer, the smallest change first, and what cannot."""
        points = prediction.flip_points
        points.sort(key=lambda point: abs(point.weight - prediction.weights[point.member]))
        movable = {point.member for point in points}
        if not points:
            return [self.tr("No weights change the answer.")]
        if len(prediction.member_names) == 2:
            # One model's gain is the other's loss: say each turn once, as a gain.
            points = [point for point in points if point.direction == "above"] or points
        powerless = [
            self.tr("No weight of {model} changes the answer.").format(
                model=self._model(prediction, member)
            )
            for member in range(len(prediction.member_names))
            if member not in movable
        ]
        return [self._flip_sentence(prediction, point) for point in points] + powerless

    def _flip_sentence(self, prediction: Prediction, point: FlipPoint) -> str:
        sentence = (
            self.tr("Becomes {label} if the weight of {model} exceeds {weight}.")
            if point.direction == "above"
            else self.tr("Becomes {label} if the weight of {model} falls below {weight}.")
        )
        return sentence.format(
            label=self._class(prediction, point.class_index),
            model=self._model(prediction, point.member),
            weight=_weight_text(point.weight, prediction.weights[point.member]),
        )


class _VoteTable(QTableWidget):
    """As high as its rows."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(0, 5, parent)
        self.verticalHeader().hide()
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setShowGrid(False)
        self.setWordWrap(True)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._classes: tuple[str, ...] = ()
        self._least_width = 0
        self.setAlternatingRowColors(True)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(_MODEL, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(_CLASS, QHeaderView.ResizeMode.Fixed)
        header.setMinimumSectionSize(24)
        header.setHighlightSections(False)
        self.fit_columns()

    def set_row(self, row: int, texts: tuple[str, ...], tooltip: str, swatch: QIcon) -> None:
        """Show one model."""
        for column, text in enumerate(texts):
            item = QTableWidgetItem(text)
            item.setToolTip(tooltip)
            item.setTextAlignment(_ALIGNMENTS[column])
            if column == _MODEL:
                item.setIcon(swatch)
            elif column == _AGREES:
                spoken = self.tr("agrees") if text == _YES else self.tr("disagrees")
                item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)
            self.setItem(row, column, item)

    def set_classes(self, titles: Iterable[str]) -> None:
        """Leave room for the longest word of any of these, lest the table grow with every vote."""
        self._classes = tuple(titles)
        self.fit_columns()

    def fit_columns(self) -> None:
        """Shorten the headings where space is short; share what is left by model and class."""
        self._show_headings()
        header = self.horizontalHeader()
        fixed = (_WEIGHT, _PROBABILITY, *(() if self.isColumnHidden(_AGREES) else (_AGREES,)))
        taken = sum(max(header.sectionSizeHint(c), self.sizeHintForColumn(c)) for c in fixed)
        left = self.viewport().width() - taken
        least_model, _ = self._range(_MODEL)
        least_class, best_class = self._range(_CLASS)
        # What does not fit is wrapped, the models' names first.
        self.setColumnWidth(_CLASS, max(least_class, min(best_class, left - least_model)))
        self._least_width = taken + least_model + least_class + 2 * self.frameWidth()
        self.resizeRowsToContents()
        self.updateGeometry()

    def _range(self, column: int) -> tuple[int, int]:
        """Return the width below which a word is cut, and that in which nothing is wrapped."""
        cells = [self.item(row, column) for row in range(self.rowCount())]
        texts = [cell.text() for cell in cells if cell is not None]
        heading = self.horizontalHeader().sectionSizeHint(column)
        if not texts:
            return heading, heading
        metrics, best = self.fontMetrics(), self.sizeHintForColumn(column)
        around = best - max(map(metrics.horizontalAdvance, texts))  # margins and swatch
        every = (*texts, *(self._classes if column == _CLASS else ()))
        least = max(least_width(text, self.font()) for text in every) + around
        best = max(best, max(map(metrics.horizontalAdvance, every)) + around)
        return max(least, heading), max(best, heading)

    def _show_headings(self) -> None:
        narrow = self.width() < _NARROW * self.fontMetrics().averageCharWidth()
        headings = (
            (self.tr("Model"), ""),
            (self.tr("Weight"), self.tr("Of the model in the vote")),
            (self.tr("Top class"), self.tr("The model's most probable class")),
            (
                self.tr("Prob.") if narrow else self.tr("Probability"),
                self.tr("Of the model's most probable class"),
            ),
            (_YES if narrow else self.tr("Agrees"), self.tr("Agrees with the ensemble")),
        )
        for column, (heading, tooltip) in enumerate(headings):
            item = QTableWidgetItem(heading)
            item.setToolTip(tooltip)
            item.setTextAlignment(_ALIGNMENTS[column])
            self.setHorizontalHeaderItem(column, item)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the new width."""
        super().resizeEvent(event)
        self.fit_columns()

    def sizeHint(self) -> QSize:
        """Return the height of the header and all rows."""
        rows = sum(self.rowHeight(row) for row in range(self.rowCount()))
        height = self.horizontalHeader().sizeHint().height() + rows + 2 * self.frameWidth()
        return QSize(320, height)

    def minimumSizeHint(self) -> QSize:
        """Never be lower than the rows, or so narrow that a word is cut."""
        most = _LEAST_AT_MOST * self.fontMetrics().averageCharWidth()
        return QSize(max(160, min(self._least_width, most)), self.sizeHint().height())


def _weight_text(weight: float, present: float) -> str:
    """Write a weight with as many digits as keep it apart from 0, 1 and the present one."""
    for digits in (2, 3):
        text = f"{weight:.{digits}f}"
        if text not in {f"{value:.{digits}f}" for value in (0, 1, present)}:
            return text
    return f"{weight:.4f}"
