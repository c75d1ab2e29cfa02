"""A control for each kind of setting, so that a form is built from what a record says of itself."""

from __future__ import annotations

import math
import textwrap
import tomllib
from collections.abc import Sequence
from typing import Any

import tomli_w
from PySide6.QtCore import QEvent, QLocale, QObject, Qt, Signal
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLineEdit,
    QSpinBox,
    QWidget,
)

from fundus_gui.core.runs import Setting
from fundus_gui.gui.sentences import spoken
from fundus_gui.gui.training.setting_titles import choice_title, setting_title

_MOST = 1_000_000_000
_DECIMALS = 10
_LINE = 72  # characters of a tooltip


class SettingEditor(QWidget):
    """Edits one setting.

    Signals:
        changed: `value` is another.
    """

    changed = Signal()

    def __init__(self, setting: Setting, control: QWidget) -> None:
        super().__init__()
        self.control = control
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(control)
        control.setAccessibleName(setting_title(setting.name))
        control.setToolTip(self._explanation(setting))
        control.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        control.installEventFilter(self)
        self.setFocusProxy(control)

    def value(self) -> Any:
        """Return what is set."""
        raise NotImplementedError

    def set_value(self, value: Any) -> None:
        """Set another value; `changed` is emitted if it differs."""
        raise NotImplementedError

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leave the wheel to the scrolled form unless the control was chosen first."""
        if event.type() == QEvent.Type.Wheel and not self.control.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def _explanation(self, setting: Setting) -> str:
        limits = setting.range_text()
        text = textwrap.fill(spoken(setting.text), _LINE)
        if not limits:
            return text
        return f"{text}\n{self.tr('Allowed: {range}').format(range=limits)}"


def make_editor(setting: Setting, suggestions: Sequence[str] = ()) -> SettingEditor:
    """Return an editor with the setting's default.

    Args:
        suggestions: offered for a free text.
    """
    editor: SettingEditor
    if setting.kind is bool:
        editor = _TruthEditor(setting)
    elif setting.choices:
        editor = _ChoiceEditor(setting)
    elif setting.kind in (int, float):
        editor = _NumberEditor(setting)
    elif setting.kind is dict:
        editor = _PairsEditor(setting)
    elif suggestions:
        editor = SuggestionEditor(setting, suggestions)
    else:
        editor = _TextEditor(setting)
    editor.set_value(setting.default)
    return editor


class _TruthEditor(SettingEditor):
    def __init__(self, setting: Setting) -> None:
        self._box = QCheckBox()
        super().__init__(setting, self._box)
        self._box.toggled.connect(self.changed)

    def value(self) -> bool:
        return self._box.isChecked()

    def set_value(self, value: Any) -> None:
        self._box.setChecked(bool(value))


class _ChoiceEditor(SettingEditor):
    def __init__(self, setting: Setting) -> None:
        self._combo = QComboBox()
        for choice in setting.choices:
            self._combo.addItem(choice_title(choice), choice)
        super().__init__(setting, self._combo)
        self._combo.currentIndexChanged.connect(self.changed)

    def value(self) -> Any:
        return self._combo.currentData()

    def set_value(self, value: Any) -> None:
        self._combo.setCurrentIndex(self._combo.findData(value))


class _TextEditor(SettingEditor):
    def __init__(self, setting: Setting) -> None:
        self._line = QLineEdit()
        super().__init__(setting, self._line)
        self._line.textChanged.connect(self.changed)

    def value(self) -> str:
        return self._line.text().strip()

    def set_value(self, value: Any) -> None:
        self._line.setText(value)


class SuggestionEditor(SettingEditor):
    """A text that is usually one of some words."""

    def __init__(self, setting: Setting, suggestions: Sequence[str]) -> None:
        self._combo = QComboBox()
        self._combo.setEditable(True)
        self._combo.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._combo.addItems(list(suggestions))
        super().__init__(setting, self._combo)
        self._combo.editTextChanged.connect(self.changed)

    def value(self) -> str:
        """Return the text."""
        return self._combo.currentText().strip()

    def set_value(self, value: Any) -> None:
        """Set the text, one of the words or not."""
        self._combo.setEditText(value)

    def suggest(self, suggestions: Sequence[str]) -> None:
        """Offer these words besides; what is set stays."""
        known = {self._combo.itemText(index) for index in range(self._combo.count())}
        self._combo.addItems([word for word in suggestions if word not in known])


class _PairsEditor(SettingEditor):
    """NAME=VALUE, NAME=VALUE; a value as in TOML, or a bare word."""

    def __init__(self, setting: Setting) -> None:
        self._line = QLineEdit()
        self._line.setPlaceholderText("name=value, name=value")
        super().__init__(setting, self._line)
        self._line.textChanged.connect(self.changed)

    def value(self) -> dict[str, Any]:
        pairs = (pair.partition("=") for pair in self._line.text().split(","))
        return {name.strip(): _from_toml(value.strip()) for name, _, value in pairs if name.strip()}

    def set_value(self, value: Any) -> None:
        self._line.setText(", ".join(f"{name}={_to_toml(one)}" for name, one in value.items()))


def _from_toml(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _to_toml(value: Any) -> str:
    if isinstance(value, str):
        return value
    return tomli_w.dumps({"value": value}).partition("=")[2].strip()


class _NumberEditor(SettingEditor):
    """A spin box; one step below the least value stands for None or infinity where allowed."""

    def __init__(self, setting: Setting) -> None:
        self._spin = QSpinBox() if setting.kind is int else _NumberSpinBox()
        super().__init__(setting, self._spin)
        self._least = -_MOST if setting.least is None else setting.least
        self._absent = None if setting.is_optional else math.inf
        step = 1 if setting.kind is int else 0.01
        if setting.is_optional:
            self._spin.setSpecialValueText(self.tr("not set"))
        elif setting.default == math.inf:
            self._spin.setSpecialValueText(self.tr("no limit"))
        else:
            step = 0
        self._set_range(self._least - step, _MOST if setting.most is None else setting.most)
        self._spin.setStepType(QAbstractSpinBox.StepType.AdaptiveDecimalStepType)
        self._spin.valueChanged.connect(self.changed)

    def value(self) -> float | None:
        value = self._spin.value()
        return value if value >= self._least else self._absent

    def set_value(self, value: Any) -> None:
        is_absent = value is None or value == math.inf
        number = self._spin.minimum() if is_absent else value
        if isinstance(self._spin, QSpinBox):
            self._spin.setValue(int(number))
        else:
            self._spin.setValue(number)

    def _set_range(self, least: float, most: float) -> None:
        if isinstance(self._spin, QSpinBox):
            self._spin.setRange(round(least), round(most))
        else:
            self._spin.setRange(least, most)


class _NumberSpinBox(QDoubleSpinBox):
    """Shows 0.05 and 1e-05 as short as they can be written, and takes both ways of writing."""

    def __init__(self) -> None:
        super().__init__()
        self.setLocale(QLocale.c())
        self.setDecimals(_DECIMALS)

    def textFromValue(self, value: float) -> str:
        return f"{value:.8g}"

    def valueFromText(self, text: str) -> float:
        number = _number(text)
        return self.minimum() if number is None else number

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        number = _number(text)
        is_special = bool(self.specialValueText()) and text in ("", self.specialValueText())
        if is_special or (number is not None and self.minimum() <= number <= self.maximum()):
            state = QValidator.State.Acceptable
        elif set(text.lower()) <= set("0123456789.e+-"):
            state = QValidator.State.Intermediate
        else:
            state = QValidator.State.Invalid
        return state, text, position


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
