"""One input for one training setting, made from what the setting says of itself."""

from __future__ import annotations

import json
import math
import tomllib
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Signal
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QSpinBox,
    QWidget,
)

from fundus_gui.core.runs import Setting

_MOST_OF_A_SPIN_BOX = 2**31 - 1


class WheelFilter(QObject):
    """Keeps the mouse wheel for scrolling the form: an input only turns when it has the focus."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the form have the wheel of an input without focus."""
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget):
            if not watched.hasFocus():
                event.ignore()
                return True
        return False


class SettingEditor(QObject):
    """An input widget with one way to read, write and watch its value.

    Signals:
        changed: the user, or `set_value`, gave it another value.
    """

    changed = Signal()

    def __init__(self, setting: Setting, widget: QWidget) -> None:
        super().__init__(widget)
        self.setting = setting
        self.widget = widget
        widget.setAccessibleName(setting_title(setting.name))
        widget.setToolTip(setting_tooltip(setting))

    def value(self) -> Any:
        """Return the value; what cannot be understood is returned as the text typed."""
        raise NotImplementedError

    def set_value(self, value: Any) -> None:
        """Show a value."""
        raise NotImplementedError


class _Check(SettingEditor):
    def __init__(self, setting: Setting) -> None:
        self._box = QCheckBox()
        super().__init__(setting, self._box)
        self._box.toggled.connect(self.changed)

    def value(self) -> Any:
        return self._box.isChecked()

    def set_value(self, value: Any) -> None:
        self._box.setChecked(bool(value))


class _Choice(SettingEditor):
    def __init__(self, setting: Setting) -> None:
        self._list = QComboBox()
        for choice in setting.choices:
            self._list.addItem(choice_title(choice), choice)
        super().__init__(setting, self._list)
        self._list.currentIndexChanged.connect(self.changed)

    def value(self) -> Any:
        return self._list.currentData()

    def set_value(self, value: Any) -> None:
        self._list.setCurrentIndex(self._list.findData(value))


class _Whole(SettingEditor):
    def __init__(self, setting: Setting) -> None:
        self._box = QSpinBox()
        least, most = setting.least, setting.most
        self._box.setRange(
            int(least) if least is not None else -_MOST_OF_A_SPIN_BOX,
            min(int(most), _MOST_OF_A_SPIN_BOX) if most is not None else _MOST_OF_A_SPIN_BOX,
        )
        self._box.setStepType(QAbstractSpinBox.StepType.AdaptiveDecimalStepType)
        self._box.setKeyboardTracking(False)
        super().__init__(setting, self._box)
        self._box.valueChanged.connect(self.changed)

    def value(self) -> Any:
        return self._box.value()

    def set_value(self, value: Any) -> None:
        self._box.setValue(int(value))


class _Line(SettingEditor):
    """Text, fractions, and whatever may be left empty."""

    def __init__(self, setting: Setting) -> None:
        self._line = QLineEdit()
        if setting.is_optional:
            self._line.setPlaceholderText(QCoreApplication.translate("Setting", "automatic"))
        elif setting.default == math.inf:
            self._line.setPlaceholderText(QCoreApplication.translate("Setting", "no limit"))
        super().__init__(setting, self._line)
        self._line.textChanged.connect(self.changed)

    def value(self) -> Any:
        text = self._line.text().strip()
        if self.setting.kind is str:
            return text
        if self.setting.kind is dict:
            return _pairs(text)
        if not text:
            return None if self.setting.is_optional else self.setting.default
        try:
            return self.setting.kind(text)
        except ValueError:
            return text

    def set_value(self, value: Any) -> None:
        self._line.setText(_shown(value))


def make_editor(setting: Setting) -> SettingEditor:
    """Return the input that suits the setting."""
    if setting.kind is bool:
        return _Check(setting)
    if setting.choices:
        return _Choice(setting)
    if setting.kind is int and not setting.is_optional:
        return _Whole(setting)
    return _Line(setting)


def _shown(value: Any) -> str:
    if value is None or value == math.inf:
        return ""
    if isinstance(value, dict):
        return ", ".join(f"{name}={_bare(entry)}" for name, entry in value.items())
    return f"{value:g}" if isinstance(value, float) else str(value)


def _bare(entry: Any) -> str:
    return entry if isinstance(entry, str) else json.dumps(entry)


def _pairs(text: str) -> Any:
    """Read NAME=VALUE, NAME=VALUE; bare words are text. What is no pair is returned as typed."""
    pairs: dict[str, Any] = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        name, separator, value = pair.partition("=")
        if not separator or not name.strip():
            return text
        try:
            pairs[name.strip()] = tomllib.loads(f"value = {value}")["value"]
        except tomllib.TOMLDecodeError:
            pairs[name.strip()] = value.strip()
    return pairs


def setting_title(name: str) -> str:
    """Return a setting's name for people."""
    known = {
        "ema_decay": QCoreApplication.translate("Setting", "Average of weights (EMA)"),
        "max_minutes": QCoreApplication.translate("Setting", "Time budget in minutes"),
        "mixup": QCoreApplication.translate("Setting", "Mixup α"),
        "cutmix": QCoreApplication.translate("Setting", "CutMix α"),
        "pretrained": QCoreApplication.translate("Setting", "Start from weights"),
        "compile": QCoreApplication.translate("Setting", "Compile the network"),
        "channels_last": QCoreApplication.translate("Setting", "Channels last"),
        "clip_norm": QCoreApplication.translate("Setting", "Gradient clipping"),
        "policy": QCoreApplication.translate("Setting", "Augmentation policy"),
        "devices": QCoreApplication.translate("Setting", "Processes"),
        "balance": QCoreApplication.translate("Setting", "Rare classes"),
        "tensorboard": "TensorBoard",
    }
    words = name.replace("_", " ")
    return known.get(name) or QCoreApplication.translate("Setting", words[:1].upper() + words[1:])


def choice_title(choice: str) -> str:
    """Return one of a setting's words for people."""
    names = {
        "adamw": "AdamW", "sgd": "SGD", "rmsprop": "RMSprop", "fp32": "fp32", "bf16": "bf16",
        "fp16": "fp16", "randaugment": "RandAugment", "trivialaugment": "TrivialAugment",
        "imagenet": "ImageNet", "ben-graham": "Ben Graham",
    }  # fmt: skip
    return names.get(choice) or QCoreApplication.translate(
        "Setting", choice[:1].upper() + choice[1:].replace("-", " ")
    )


def setting_tooltip(setting: Setting) -> str:
    """Return what the setting is, and its range."""
    text = QCoreApplication.translate("Setting", setting.text)
    limits = setting.range_text() if not setting.choices else ""
    return f"{text} ({limits})" if limits else text
