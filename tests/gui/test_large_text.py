"""No text is cut in either language, in letters of twice the size, in the smallest window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
from fakes import CLASS_NAMES, installed_model
from PySide6.QtCore import QModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QTableView,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from fundus_gui.core.catalogue import Catalogue, EnsembleSpec
from fundus_gui.gui.labels import research_use_only
from fundus_gui.gui.language import LANGUAGES, use_language
from fundus_gui.gui.main_window import MainWindow
from fundus_gui.gui.result_columns import Status
from fundus_gui.gui.widgets.probability_bars import ProbabilityBars
from fundus_gui.gui.widgets.text_width import least_width

TITLES = {"cnn": "EfficientNet-Lite0", "vit": "EfficientNetV2-S SimAM", "rdnet": "DenseNet-121-SE"}
Kind = TypeVar("Kind", bound=QWidget)
BESIDE = 6  # px left and right of a cell's text
SMALLEST, LARGER = QSize(1100, 700), QSize(1920, 1200)


@pytest.fixture
def catalogue() -> Catalogue:
    """As long names as those of the shipped models, over classes with long names."""
    assert "diabetic_retinopathy" in CLASS_NAMES
    models = {}
    for name, title in TITLES.items():
        model = installed_model(name)
        models[name] = replace(model, card=replace(model.card, title=title))
    vote = EnsembleSpec(name="three", title="Three", members=tuple(models), weights=(0.5, 0.3, 0.2))
    return Catalogue(models, {"three": vote})


@pytest.fixture(params=[1, 2], ids=["100 %", "200 %"])
def scaled(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[None]:
    before = QApplication.font()
    larger = QFont(before)
    larger.setPointSizeF(request.param * before.pointSizeF())
    qapp.setFont(larger)
    yield
    qapp.setFont(before)


@pytest.fixture(params=LANGUAGES)
def spoken(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[str]:
    use_language(qapp, request.param)
    yield request.param
    use_language(qapp, "en")


@pytest.mark.usefixtures("scaled", "spoken")
@pytest.mark.parametrize("size", [SMALLEST, LARGER], ids=["smallest", "larger"])
def test_nothing_is_cut_where_photographs_are_classified(
    size: QSize, open_window: Callable[[], MainWindow], photographs: Callable[..., Path],
    qtbot: QtBot,
) -> None:  # fmt: skip
    window = open_window()
    window.resize(size)
    window.open_paths([photographs(9)])
    qtbot.waitUntil(lambda: window.page.model.count(Status.CLASSIFIED) == 9, timeout=20_000)
    qtbot.waitUntil(lambda: bool(labels(window.page.vote.bars)), timeout=20_000)
    assert window.size() == size
    assert [label for label in labels(window.page.vote.bars) if "…" in label] == []

    def nothing_is_cut() -> None:
        assert cut_texts(window.page) == []
        told = [label for label in shown(window.statusBar(), QLabel) if label.text()]
        assert research_use_only() in [label.text() for label in told]
        assert [label.text() for label in told if label.sizeHint().width() > label.width()] == []

    qtbot.waitUntil(nothing_is_cut, timeout=5_000)  # layouts settle one after the other


def cut_texts(page: QWidget) -> list[str]:
    cut = [text for view in shown(page, QTableView) for text in cut_cells(view)]
    cut += [button.text() for button in shown(page, QAbstractButton) if is_cut(button)]
    cut += [box.currentText() for box in shown(page, QComboBox) if is_cut(box)]
    labels = (label for label in shown(page, QLabel) if not label.wordWrap())
    return cut + [label.text() for label in labels if is_cut(label)]


def shown(parent: QWidget, kind: type[Kind]) -> list[Kind]:
    return [widget for widget in parent.findChildren(kind) if widget.isVisible()]


def is_cut(widget: QWidget) -> bool:
    if isinstance(widget, QToolButton):
        return widget.sizeHint().width() > widget.width()
    return widget.minimumSizeHint().width() > widget.width()


def labels(bars: ProbabilityBars) -> list[str]:
    canvas = bars._canvas
    return [] if canvas is None else [text.get_text() for text in canvas.figure.texts]


def cut_cells(view: QTableView) -> list[str]:
    header, model = view.horizontalHeader(), view.model()
    found = []
    for column in range(model.columnCount()):
        if view.isColumnHidden(column):
            continue
        if header.sectionSizeHint(column) > header.sectionSize(column):
            found.append(model.headerData(column, Qt.Orientation.Horizontal))
        for row in range(model.rowCount()):
            index = model.index(row, column)
            if is_cell_cut(view, index) and not is_file_name(index):
                found.append(index.data())
    return found


def is_file_name(index: QModelIndex) -> bool:
    """Whether it is of any length, and told whole in a tool tip."""
    return ".png" in index.data() and ".png" in index.data(Qt.ItemDataRole.ToolTipRole)


def is_cell_cut(view: QTableView, index: QModelIndex) -> bool:
    text, cell = str(index.data() or ""), view.visualRect(index)
    has_picture = index.data(Qt.ItemDataRole.DecorationRole) is not None
    room = cell.width() - BESIDE - (view.iconSize().width() if has_picture else 0)
    if not view.wordWrap():
        return view.fontMetrics().horizontalAdvance(text) > room + 1
    wrapped = view.fontMetrics().boundingRect(
        QRect(0, 0, room, 10_000), Qt.TextFlag.TextWordWrap, text
    )
    return least_width(text, view.font()) > room + 1 or wrapped.height() > cell.height()


@pytest.mark.parametrize(
    ("text", "widest"),
    [
        ("Diabetic retinopathy", "retinopathy"),
        ("年龄相关性黄斑变性", "年"),
        ("Lite-Net", "Lite-"),
        ("", ""),
    ],
)
def test_a_text_can_be_as_narrow_as_its_widest_word(
    text: str, widest: str, qapp: QApplication
) -> None:
    font = qapp.font()
    assert least_width(text, font) == pytest.approx(least_width(widest, font), abs=1)
    assert least_width(text, font) <= least_width(text.replace(" ", "x"), font)
