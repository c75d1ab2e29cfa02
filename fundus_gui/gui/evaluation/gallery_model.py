"""The photographs of a gallery as rows, and how one of them is painted."""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFont, QIcon, QPainter, QPalette
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from fundus_gui.core.assessments.answers import Answers
from fundus_gui.core.assessments.marks import Mark
from fundus_gui.gui.labels import class_title
from fundus_gui.gui.thumbnails import Thumbnails
from fundus_gui.gui.widgets.appearance import blend

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()

_PICTURE = 128  # px
_PAD = 6
_LINES = 3
_BADGE = 22
_MUTED = 0.68
# Of a mark, by its verdict: colour and sign. Both verdicts can be told apart without the colour.
BADGES = {"wrong": ("#d55e00", "✗"), "right": ("#00795a", "✓")}


class Role(enum.IntEnum):
    """What a row can be asked for besides its picture and texts."""

    NUMBER = Qt.ItemDataRole.UserRole + 1  # of the photograph in the evaluation
    PATH = Qt.ItemDataRole.UserRole + 2
    LINES = Qt.ItemDataRole.UserRole + 3  # label, answer, and confidence with file name
    MARK = Qt.ItemDataRole.UserRole + 4  # Mark, or None


class GalleryModel(QAbstractListModel):
    """One row per photograph.

    Args:
        mark_of: what somebody thinks of the label of a file.
    """

    def __init__(
        self, mark_of: Callable[[str], Mark | None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.thumbnails = Thumbnails(self)
        self._mark_of = mark_of
        self._answers: Answers | None = None
        self._numbers: tuple[int, ...] = ()
        self._readers: dict[int, Callable[[Answers, int], Any]] = {
            Qt.ItemDataRole.DisplayRole: lambda answers, n: "\n".join(_lines(answers, n)),
            Qt.ItemDataRole.DecorationRole: self._picture,
            Qt.ItemDataRole.ToolTipRole: self._tooltip,
            Role.NUMBER: lambda _answers, n: n,
            Role.PATH: lambda answers, n: answers.images[n].path,
            Role.LINES: _lines,
            Role.MARK: lambda answers, n: self._mark_of(answers.filename(n)),
        }

    @property
    def answers(self) -> Answers | None:
        """Whose photographs are shown."""
        return self._answers

    def show_photographs(self, answers: Answers | None, numbers: Sequence[int]) -> None:
        """Show these photographs of an evaluation in this order."""
        self.beginResetModel()
        self._answers = answers
        self._numbers = tuple(map(int, numbers)) if answers is not None else ()
        self.endResetModel()

    def refresh(self) -> None:
        """Have all marks drawn anew."""
        if self._numbers:
            last = self.index(len(self._numbers) - 1)
            self.dataChanged.emit(self.index(0), last, [Role.MARK, Qt.ItemDataRole.ToolTipRole])

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return the number of photographs."""
        return 0 if parent.isValid() else len(self._numbers)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a text, a picture or one of `Role`."""
        read = self._readers.get(role)
        if read is None or self._answers is None or not index.isValid():
            return None
        return read(self._answers, self._numbers[index.row()])

    def _picture(self, answers: Answers, number: int) -> QIcon:
        return self.thumbnails.icon(answers.images[number].path)

    def _tooltip(self, answers: Answers, number: int) -> str:
        image = answers.images[number]
        label, answer = _class_titles(answers, number)
        lines = [
            str(image.path),
            self.tr("Label: {label}").format(label=label),
            self.tr("Answer: {answer}, {confidence}").format(
                answer=answer, confidence=f"{answers.confidence(number):.1%}"
            ),
        ]
        if patient := answers.patient(number):
            lines.append(self.tr("Patient: {patient}").format(patient=patient))
        lines += [f"{name}: {value}" for name, value in image.extra.items() if value]
        mark = self._mark_of(answers.filename(number))
        if mark is not None:
            lines.append(self._opinion(mark))
        return "\n".join(lines)

    def _opinion(self, mark: Mark) -> str:
        if mark.verdict == "right":
            words = self.tr("Second opinion: the label looks right")
        elif mark.suggested_label:
            words = self.tr("Second opinion: the label looks wrong, rather {label}").format(
                label=class_title(mark.suggested_label)
            )
        else:
            words = self.tr("Second opinion: the label looks wrong")
        return f"{words}. {mark.note}" if mark.note else words


def _class_titles(answers: Answers, number: int) -> tuple[str, str]:
    """Return the titles of label and answer."""
    names = answers.class_names
    return class_title(names[answers.labels[number]]), class_title(names[answers.answers[number]])


def _lines(answers: Answers, number: int) -> tuple[str, str, str]:
    label, answer = _class_titles(answers, number)
    name = answers.images[number].path.name
    return label, f"→ {answer}", f"{answers.confidence(number):.0%} · {name}"


class GalleryDelegate(QStyledItemDelegate):
    """A picture with a badge if it is marked, and three lines below it."""

    def sizeHint(self, option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Return the same size for all."""
        line = option.fontMetrics.height()
        return QSize(_PICTURE + 3 * _PAD, _PICTURE + _LINES * line + 4 * _PAD)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a photograph."""
        painter.save()
        style = QApplication.style() if option.widget is None else option.widget.style()
        style.drawPrimitive(
            QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, option.widget
        )
        picture = QRect(0, 0, _PICTURE, _PICTURE)
        picture.moveCenter(option.rect.center())
        picture.moveTop(option.rect.top() + _PAD)
        icon: QIcon = index.data(Qt.ItemDataRole.DecorationRole)
        icon.paint(painter, picture)
        mark: Mark | None = index.data(Role.MARK)
        if mark is not None:
            _paint_badge(painter, picture, mark)
        _paint_lines(painter, option, picture.bottom() + _PAD, index.data(Role.LINES))
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(option.palette.color(QPalette.ColorRole.Text))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(option.rect.adjusted(1, 1, -2, -2))
        painter.restore()


def _paint_lines(
    painter: QPainter, option: QStyleOptionViewItem, top: int, lines: Sequence[str]
) -> None:
    is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
    role = QPalette.ColorRole.HighlightedText if is_selected else QPalette.ColorRole.Text
    text = option.palette.color(role)
    base = option.palette.color(QPalette.ColorRole.Base)
    muted = text if is_selected else QColor(blend(text, base, _MUTED))
    box = option.rect.adjusted(_PAD // 2, 0, -_PAD // 2, 0)
    for number, words in enumerate(lines):
        font = QFont(option.font)
        font.setBold(number == 0)
        painter.setFont(font)
        painter.setPen(muted if number == _LINES - 1 else text)
        line = painter.fontMetrics().height()
        elided = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideMiddle, box.width())
        place = QRect(box.left(), top + number * line, box.width(), line)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, elided)


def _paint_badge(painter: QPainter, picture: QRect, mark: Mark) -> None:
    colour, sign = BADGES[mark.verdict]
    box = QRect(picture.right() - _BADGE - 3, picture.top() + 4, _BADGE, _BADGE)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QColor("#ffffff"))
    painter.setBrush(QColor(colour))
    painter.drawEllipse(box)
    font = painter.font()
    font.setBold(True)
    painter.setFont(font)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, sign)
    painter.restore()
