"""How probable each class is by one answer, the label and a wrong answer set apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget

from fundus_gui.gui.widgets.appearance import blend

_MOST = 6  # classes; the least probable beyond are left out
_PAD = 6  # px
_BAR = 0.55  # of a row's height
_DARK_BELOW = 128  # lightness
# On light and on dark, after Okabe and Ito.
_LABEL = ("#00795a", "#2fbf94")
_WRONG = ("#b84a00", "#f58a4b")


class _Bar(NamedTuple):
    title: str
    remark: str
    probability: float
    colour: QColor
    is_answer: bool


class VoteBars(QWidget):
    """Bars, the most probable class first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._titles: tuple[str, ...] = ()
        self._probabilities: tuple[float, ...] = ()
        self._label = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Probabilities of the classes"))

    def show_vote(self, titles: Sequence[str], probabilities: Sequence[float], label: int) -> None:
        """Show K probabilities; `label` is the index of the true class."""
        self._titles, self._probabilities = tuple(titles), tuple(map(float, probabilities))
        self._label = label
        self.setAccessibleDescription(
            ", ".join(
                f"{titles[n]} {self._probabilities[n]:.1%} {self._remark(n)}".strip()
                for n in self.shown()
            )
        )
        self.updateGeometry()
        self.update()

    def clear(self) -> None:
        """Show nothing."""
        self.show_vote((), (), 0)

    def shown(self) -> tuple[int, ...]:
        """Return the classes that have a bar; the label always has one."""
        classes = range(len(self._titles))
        order = sorted(classes, key=lambda n: -self._probabilities[n])
        if self._label in order[_MOST:]:
            return (*order[: _MOST - 1], self._label)
        return tuple(order[:_MOST])

    def sizeHint(self) -> QSize:
        """Ask for a line and a half a class."""
        return QSize(320, round(self._row_height() * len(self.shown())))

    def minimumSizeHint(self) -> QSize:
        """Ask for the height of all bars."""
        return QSize(200, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the bars."""
        bars = [self._bar(n) for n in self.shown()]
        if not bars:
            return
        with QPainter(self) as painter:
            self._paint_bars(painter, bars)

    def _paint_bars(self, painter: QPainter, bars: Sequence[_Bar]) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bold = self.font()
        bold.setBold(True)
        painter.setFont(bold)
        width = painter.fontMetrics().horizontalAdvance
        words = max(width(bar.title) + width(f"  {bar.remark}") for bar in bars)
        left = min(words, self.width() * 0.5)
        right = width("100.0%") + _PAD
        for row, bar in enumerate(bars):
            top, height = row * self._row_height(), self._row_height()
            bold.setBold(bar.is_answer)
            painter.setFont(bold)
            self._paint_words(painter, QRectF(0, top, left, height), bar)
            track = QRectF(left + 2 * _PAD, top, self.width() - left - 2 * _PAD - right, height)
            self._paint_bar(painter, track, bar)
            painter.setPen(self._colour(1.0))
            number = QRectF(self.width() - right, top, right, height)
            aligned = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(number, aligned, f"{bar.probability:.1%}")

    def _paint_words(self, painter: QPainter, box: QRectF, bar: _Bar) -> None:
        metrics = painter.fontMetrics()
        middle = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        remark = f"  {bar.remark}" if bar.remark else ""
        room = int(box.width()) - metrics.horizontalAdvance(remark)
        title = metrics.elidedText(bar.title, Qt.TextElideMode.ElideRight, room)
        painter.setPen(self._colour(1.0))
        painter.drawText(box, middle, title)
        painter.setPen(bar.colour)
        painter.drawText(box.adjusted(metrics.horizontalAdvance(title), 0, _PAD, 0), middle, remark)

    def _paint_bar(self, painter: QPainter, box: QRectF, bar: _Bar) -> None:
        inset = box.height() * (1 - _BAR) / 2
        track = box.adjusted(0, inset, 0, -inset)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._colour(0.08))
        painter.drawRoundedRect(track, 2, 2)
        track.setWidth(track.width() * bar.probability)
        painter.setBrush(bar.colour)
        painter.drawRoundedRect(track, 2, 2)

    def _bar(self, number: int) -> _Bar:
        is_dark = self.palette().color(QPalette.ColorRole.Base).lightness() < _DARK_BELOW
        is_answer = number == self._answer()
        colour = self._colour(0.45)
        if number == self._label:
            colour = QColor(_LABEL[is_dark])
        elif is_answer:
            colour = QColor(_WRONG[is_dark])
        title, probability = self._titles[number], self._probabilities[number]
        return _Bar(title, self._remark(number), probability, colour, is_answer)

    def _answer(self) -> int:
        return self._probabilities.index(max(self._probabilities))

    def _remark(self, number: int) -> str:
        if number == self._label:
            return self.tr("label")
        return self.tr("answer") if number == self._answer() else ""

    def _row_height(self) -> float:
        return self.fontMetrics().height() * 1.45

    def _colour(self, opacity: float) -> QColor:
        palette = self.palette()
        text = palette.color(QPalette.ColorRole.WindowText)
        return QColor(blend(text, palette.color(QPalette.ColorRole.Window), opacity))
