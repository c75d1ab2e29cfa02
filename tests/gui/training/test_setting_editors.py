from __future__ import annotations

import math
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QComboBox
from pytestqt.qtbot import QtBot

from fundus_gui.core.runs import PRESETS, TrainConfig, train_settings
from fundus_gui.gui.training.setting_editors import SuggestionEditor, make_editor


@pytest.mark.parametrize("name", list(train_settings()))
def test_every_setting_has_an_editor_that_keeps_values_exactly(qtbot: QtBot, name: str) -> None:
    editor = make_editor(train_settings()[name])
    qtbot.addWidget(editor)
    assert editor.value() == train_settings()[name].default
    configs = [preset.config(model) for preset in PRESETS for model in preset.models]
    for value in {repr(v): v for v in (getattr(config, name) for config in configs)}.values():
        editor.set_value(value)
        assert editor.value() == value


@pytest.mark.parametrize("name", list(train_settings()))
def test_every_editor_explains_itself(qtbot: QtBot, name: str) -> None:
    setting = train_settings()[name]
    editor = make_editor(setting)
    qtbot.addWidget(editor)
    assert setting.text.split()[0] in editor.control.toolTip()
    assert setting.range_text() in editor.control.toolTip()
    assert editor.control.accessibleName()


def typed(qtbot: QtBot, name: str, text: str) -> Any:
    """Type a value into a number's editor and return what it takes it for."""
    editor = make_editor(train_settings()[name])
    qtbot.addWidget(editor)
    editor.control.selectAll()  # type: ignore[attr-defined]
    qtbot.keyClicks(editor.control, text)
    qtbot.keyClick(editor.control, Qt.Key.Key_Return)
    return editor.value()


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("learning_rate", "3e-4", 3e-4),
        ("learning_rate", "0.00000001", 1e-8),
        ("epochs", "120", 120),
        ("max_minutes", "90", 90.0),
        ("drop_path", "0", 0.0),
        ("workers", "0", 0),
    ],
)
def test_numbers_can_be_typed_either_way(qtbot: QtBot, name: str, text: str, value: float) -> None:
    assert typed(qtbot, name, text) == value


@pytest.mark.parametrize(
    ("name", "value"), [("drop_path", None), ("workers", None), ("max_minutes", math.inf)]
)
def test_what_may_be_left_open_says_so(qtbot: QtBot, name: str, value: float | None) -> None:
    editor = make_editor(train_settings()[name])
    qtbot.addWidget(editor)
    editor.set_value(1 if name == "workers" else 0.5)
    editor.set_value(value)
    assert editor.value() == value
    assert isinstance(editor.control, QAbstractSpinBox)
    assert editor.control.text() in ("not set", "no limit")


def test_nothing_out_of_range_can_be_set(qtbot: QtBot) -> None:
    assert typed(qtbot, "validation_fraction", "7") <= 0.5


def test_arguments_of_the_network_are_read_as_on_the_command_line(qtbot: QtBot) -> None:
    editor = make_editor(train_settings()["model_arguments"])
    qtbot.addWidget(editor)
    qtbot.keyClicks(editor.control, "attention_position=fused-post, depth=3, wide=true")
    expected = {"attention_position": "fused-post", "depth": 3, "wide": True}
    assert editor.value() == expected
    editor.set_value(editor.value())
    assert editor.value() == expected
    assert TrainConfig(model_arguments=editor.value()).model_arguments == expected


def test_more_suggestions_leave_the_text_alone(qtbot: QtBot) -> None:
    editor = make_editor(train_settings()["model"], ["vit_ti_16"])
    qtbot.addWidget(editor)
    assert isinstance(editor, SuggestionEditor)
    editor.set_value("timm:resnet18")
    editor.suggest(["vit_ti_16", "rdnet_tiny"])
    assert editor.value() == "timm:resnet18"
    assert isinstance(editor.control, QComboBox)
    assert editor.control.count() == 2


def test_the_wheel_turns_nothing_without_the_focus(qtbot: QtBot) -> None:
    editor = make_editor(train_settings()["epochs"])
    qtbot.addWidget(editor)
    editor.show()
    wheel = QWheelEvent(
        QPointF(5, 5),
        QPointF(5, 5),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    editor.control.clearFocus()
    QApplication.sendEvent(editor.control, wheel)
    assert editor.value() == 30
    assert not wheel.isAccepted()
