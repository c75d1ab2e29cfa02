"""How to train, as a form: a preset fills it, every setting can be changed from there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from fundus_gui.core.errors import FundusError
from fundus_gui.core.runs import PRESETS, Setting, TrainConfig, find_preset, train_settings
from fundus_gui.gui.training.setting_editors import (
    SettingEditor,
    WheelFilter,
    make_editor,
    setting_title,
)

_OF_THE_DATA = ("data", "patient_pattern")  # the data pane has these
_COLUMNS = 2


class RecipeForm(QWidget):
    """Preset, network and settings.

    Signals:
        changed: something is different; `config` may raise.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._filling = False
        self.preset = QComboBox()
        for preset in PRESETS:
            self.preset.addItem(preset.title, preset.name)
        self.preset.setAccessibleName(self.tr("Recipe"))
        self.preset_text = QLabel()
        self.preset_text.setWordWrap(True)
        self.preset_text.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.model = QComboBox()
        self.model.setEditable(True)
        self.model.setAccessibleName(self.tr("Network"))
        self.model.setToolTip(self.tr("Architecture; timm:NAME takes any network of timm"))
        self.reset = QPushButton(self.tr("&Reset to the recipe"))
        self.reset.setToolTip(self.tr("Undo all changes of settings"))
        self.difference = QLabel()
        self.difference.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.advanced = QToolButton()
        self.advanced.setText(self.tr("Advanced settings"))
        self.advanced.setCheckable(True)
        self.advanced.setArrowType(Qt.ArrowType.RightArrow)
        self.advanced.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.advanced.setAutoRaise(True)
        self._wheel = WheelFilter(self)
        self.editors: dict[str, SettingEditor] = {}
        self._advanced_part = QWidget()
        self._lay_out()
        self.preset.currentIndexChanged.connect(self._on_preset_changed)
        self.model.currentTextChanged.connect(self._on_model_changed)
        self.reset.clicked.connect(self._on_reset)
        self.advanced.toggled.connect(self._on_advanced_toggled)
        self._on_advanced_toggled(False)
        self._on_preset_changed()

    def set_architectures(self, names: Sequence[str]) -> None:
        """Offer more networks below those of the recipe."""
        known = {self.model.itemText(index) for index in range(self.model.count())}
        self._architectures = tuple(names)
        self.model.addItems([name for name in names if name not in known])

    def choose(self, preset: str) -> None:
        """Choose a recipe; an unknown one changes nothing."""
        index = self.preset.findData(preset)
        if index >= 0:
            self.preset.setCurrentIndex(index)

    def config(self, **of_the_data: Any) -> TrainConfig:
        """Return what the form says.

        Args:
            of_the_data: the settings that the form does not have.

        Raises:
            ConfigError: a setting is out of its range, or some do not go together.
        """
        return TrainConfig(**self._values(), **of_the_data)

    def set_value(self, name: str, value: Any) -> None:
        """Show another value of one setting."""
        self.editors[name].set_value(value)

    def _values(self) -> dict[str, Any]:
        values = {name: editor.value() for name, editor in self.editors.items()}
        return {**values, "model": self.model.currentText().strip()}

    def _lay_out(self) -> None:
        top = QFormLayout()
        top.setHorizontalSpacing(16)
        top.setVerticalSpacing(8)
        recipe = QHBoxLayout()
        recipe.addWidget(self.preset, 1)
        recipe.addWidget(self.reset)
        top.addRow(self._label(self.tr("Rec&ipe"), self.preset), recipe)
        top.addRow(QLabel(), self.preset_text)
        top.addRow(self._label(self.tr("Net&work"), self.model), self.model)
        settings = [s for s in train_settings().values() if s.name not in (*_OF_THE_DATA, "model")]
        basic = self._grid([setting for setting in settings if not setting.is_advanced])
        groups = QVBoxLayout(self._advanced_part)
        groups.setContentsMargins(0, 0, 0, 0)
        groups.setSpacing(8)
        for group in dict.fromkeys(setting.group for setting in settings):
            title = QLabel(self.tr(group))
            font = title.font()
            font.setBold(True)
            title.setFont(font)
            groups.addWidget(title)
            groups.addLayout(
                self._grid([s for s in settings if s.is_advanced and s.group == group])
            )
            groups.addSpacing(8)
        more = QHBoxLayout()
        more.addWidget(self.advanced)
        more.addStretch(1)
        more.addWidget(self.difference)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addLayout(top)
        layout.addLayout(basic)
        layout.addLayout(more)
        layout.addWidget(self._advanced_part)

    def _grid(self, settings: Sequence[Setting]) -> QGridLayout:
        """Return label and input of each setting, two settings a row."""
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        for number, setting in enumerate(settings):
            editor = make_editor(setting)
            editor.changed.connect(self._on_changed)
            editor.widget.installEventFilter(self._wheel)
            editor.widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.editors[setting.name] = editor
            row, column = divmod(number, _COLUMNS)
            label = self._label(setting_title(setting.name), editor.widget)
            label.setToolTip(editor.widget.toolTip())
            grid.addWidget(label, row, 2 * column)
            grid.addWidget(editor.widget, row, 2 * column + 1)
        for column in range(_COLUMNS):
            grid.setColumnMinimumWidth(2 * column, 150)
            grid.setColumnStretch(2 * column + 1, 1)
        return grid

    @staticmethod
    def _label(text: str, buddy: QWidget) -> QLabel:
        label = QLabel(text)
        label.setBuddy(buddy)
        return label

    def _recipe(self) -> dict[str, Any]:
        """Return all settings of the chosen recipe for the chosen network."""
        preset = find_preset(self.preset.currentData())
        values = {name: setting.default for name, setting in train_settings().items()}
        return values | preset.settings(self.model.currentText().strip())

    def _fill(self) -> None:
        self._filling = True
        recipe = self._recipe()
        for name, editor in self.editors.items():
            editor.set_value(recipe[name])
        self._filling = False
        self._on_changed()

    def _on_preset_changed(self) -> None:
        preset = find_preset(self.preset.currentData())
        self.preset_text.setText(self.tr(preset.text))
        self._filling = True
        self.model.clear()
        self.model.addItems(preset.models)
        self._filling = False
        self.set_architectures(getattr(self, "_architectures", ()))
        self._fill()

    def _on_model_changed(self) -> None:
        if not self._filling:
            self._fill()

    def _on_reset(self) -> None:
        self._fill()

    def _on_changed(self) -> None:
        if self._filling:
            return
        recipe, values = self._recipe(), self._values()
        changed = [name for name, value in values.items() if value != recipe[name]]
        for name, editor in self.editors.items():
            font = editor.widget.font()
            font.setBold(name in changed)
            editor.widget.setFont(font)
        self.reset.setEnabled(bool(changed))
        self.difference.setText(
            self.tr("%n setting(s) changed from the recipe", "", len(changed)) if changed else ""
        )
        self.changed.emit()

    def _on_advanced_toggled(self, on: bool) -> None:
        self.advanced.setArrowType(Qt.ArrowType.DownArrow if on else Qt.ArrowType.RightArrow)
        self._advanced_part.setVisible(on)

    def problem(self, **of_the_data: Any) -> str:
        """Return what is wrong with the settings, in a sentence; empty if nothing is."""
        try:
            self.config(**of_the_data)
        except FundusError as error:
            return str(error)
        return ""
