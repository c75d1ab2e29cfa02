"""Cells can be read, reached and chosen, from two classes to twenty."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from fundus_gui.gui.evaluation.confusion_matrix import ConfusionMatrix
from fundus_gui.gui.evaluation.matrix_painter import Cell, readable_on

COUNTS = ((8, 2, 0), (1, 5, 4), (0, 0, 0))


@pytest.fixture
def matrix(qtbot: QtBot) -> ConfusionMatrix:
    shown = ConfusionMatrix()
    qtbot.addWidget(shown)
    shown.set_matrix(COUNTS, ("AMD", "Glaucoma", "Normal"))
    shown.resize(520, 420)
    shown.show()
    return shown


def middle(matrix: ConfusionMatrix, cell: Cell) -> QPoint:
    return matrix.cell_rect(cell).center().toPoint()


def fill(picture: QImage, matrix: ConfusionMatrix, cell: Cell) -> QColor:
    corner = matrix.cell_rect(cell).topLeft().toPoint()
    return picture.pixelColor(corner + QPoint(10, 10))


def test_a_click_chooses_the_cell_under_it(qtbot: QtBot, matrix: ConfusionMatrix) -> None:
    with qtbot.waitSignal(matrix.cell_chosen) as chosen:
        qtbot.mouseClick(matrix, Qt.MouseButton.LeftButton, pos=middle(matrix, Cell(1, 2)))
    assert chosen.args == [1, 2]
    assert matrix.chosen == Cell(1, 2)


def test_a_click_beside_the_cells_chooses_nothing(qtbot: QtBot, matrix: ConfusionMatrix) -> None:
    with qtbot.assertNotEmitted(matrix.cell_chosen):
        for place in (QPoint(2, 2), QPoint(matrix.width() - 2, matrix.height() - 2)):
            qtbot.mouseClick(matrix, Qt.MouseButton.LeftButton, pos=place)
    assert matrix.chosen is None


def test_arrows_go_from_cell_to_cell_and_enter_chooses(
    qtbot: QtBot, matrix: ConfusionMatrix
) -> None:
    key = Qt.Key
    for pressed in (key.Key_Down, key.Key_Right, key.Key_Right, key.Key_Right, key.Key_Up):
        qtbot.keyClick(matrix, pressed)
    assert matrix.current == Cell(0, 2)
    qtbot.keyClick(matrix, key.Key_Home)
    with qtbot.waitSignal(matrix.cell_chosen) as chosen:
        qtbot.keyClick(matrix, key.Key_Return)
    assert chosen.args == [0, 0]


def test_the_cell_with_the_focus_is_spoken(qtbot: QtBot, matrix: ConfusionMatrix) -> None:
    qtbot.keyClick(matrix, Qt.Key.Key_Right)
    assert matrix.accessibleDescription() == "AMD answered as Glaucoma: 2 of 10 (20.0%)"
    qtbot.keyClick(matrix, Qt.Key.Key_Down)
    qtbot.keyClick(matrix, Qt.Key.Key_Down)
    assert matrix.accessibleDescription() == "Normal answered as Glaucoma: 0 of 0"


def test_a_larger_share_of_the_row_is_darker(matrix: ConfusionMatrix) -> None:
    picture = matrix.grab().toImage()
    shades = [fill(picture, matrix, Cell(0, answer)).lightness() for answer in range(3)]
    assert shades[0] < shades[1] < shades[2]


def test_percentages_change_the_picture_and_go_away_again(matrix: ConfusionMatrix) -> None:
    counts = matrix.grab().toImage()
    matrix.set_row_percent(True)
    assert matrix.grab().toImage() != counts
    matrix.set_row_percent(False)
    assert matrix.grab().toImage() == counts


def test_other_counts_leave_no_cell_chosen(matrix: ConfusionMatrix) -> None:
    matrix.choose(Cell(2, 2))
    matrix.set_matrix(((1, 0), (0, 1)), ("AMD", "Normal"))
    assert (matrix.chosen, matrix.current) == (None, Cell(0, 0))


@pytest.mark.parametrize("classes", [2, 6, 20])
def test_the_least_size_has_room_for_every_cell(qtbot: QtBot, classes: int) -> None:
    matrix = ConfusionMatrix()
    qtbot.addWidget(matrix)
    counts = [[1000 * (row == column) for column in range(classes)] for row in range(classes)]
    matrix.set_matrix(counts, [f"A class with a very long name {row}" for row in range(classes)])
    least = matrix.minimumSizeHint()
    matrix.resize(least)
    assert not matrix.grab().isNull()
    last = matrix.cell_rect(Cell(classes - 1, classes - 1))
    assert last.width() >= matrix.fontMetrics().horizontalAdvance("1,000")
    assert last.right() < least.width()
    assert last.bottom() < least.height()
    assert matrix.sizeHint().width() >= least.width()


def test_without_classes_keys_and_mouse_do_nothing(qtbot: QtBot) -> None:
    matrix = ConfusionMatrix()
    qtbot.addWidget(matrix)
    with qtbot.assertNotEmitted(matrix.cell_chosen):
        qtbot.keyClick(matrix, Qt.Key.Key_Return)
        qtbot.mouseClick(matrix, Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    assert not matrix.grab().isNull()


def test_text_on_a_shade_is_black_or_white_by_contrast() -> None:
    assert readable_on(QColor("#ffffff")) == QColor("#000000")
    assert readable_on(QColor("#005a9c")) == QColor("#ffffff")
