"""How to train, as a form: a preset fills it, every setting of the record is in it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from PySide6.QtCore import QCoreApplication, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from fundus_gui.core.runs import PRESETS, Preset, Setting, find_preset, train_settings
from fundus_gui.gui.sentences import spoken
from fundus_gui.gui.training.setting_editors import SettingEditor, SuggestionEditor, make_editor
from fundus_gui.gui.training.setting_titles import group_title, setting_title

_FIRST_PRESET = "quick-cpu"  # the one that any machine can train
_MODEL, _DEVICE = "model", "device"
_DEVICES = ("auto", "cpu", "cuda", "mps")
_COLUMNS = 2
_LABEL_WIDTH = 152  # px


class RecipeForm(QWidget):
    """A preset, the settings of every day, and the others folded away.

    What differs from the preset is marked. Another network brings the preset's settings for it,
    but what was set by hand stays.

    Args:
        left_out: names of settings that are chosen elsewhere.

    Signals:
        changed: `settings` are others.
    """

    changed = Signal()

    def __init__(self, left_out: Collection[str] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.presets = QComboBox()
        for preset in PRESETS:
            self.presets.addItem(spoken(preset.title), preset.name)
        self.presets.setCurrentIndex(self.presets.findData(_FIRST_PRESET))
        self.presets.setToolTip(self.tr("A recipe that fills the form, to be changed from there"))
        self._about = QLabel()
        self._about.setWordWrap(True)
        self._about.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.reset = QPushButton(self.tr("&Reset to preset"))
        self.reset.setToolTip(self.tr("Take all settings from the preset again"))
        self.fold = QToolButton()
        self.fold.setCheckable(True)
        self.fold.setAutoRaise(True)
        self.fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.fold.setToolTip(self.tr("Show or hide all other settings"))
        self._rows = {
            name: _Row(setting, make_editor(setting, _suggestions(name)))
            for name, setting in train_settings().items()
            if name not in left_out
        }
        self._baseline: dict[str, Any] = {}
        self._advanced = QWidget()
        self._lay_out()
        self._fill(self.preset.models[0])
        self._on_fold_toggled(False)
        self._connect()

    @property
    def preset(self) -> Preset:
        """The preset that is chosen."""
        return find_preset(self.presets.currentData())

    def settings(self) -> dict[str, Any]:
        """Return all settings of the form by name, not checked against each other."""
        return {name: row.editor.value() for name, row in self._rows.items()}

    def editor(self, name: str) -> SettingEditor:
        """Return the editor of a setting."""
        return self._rows[name].editor

    def differing(self) -> list[str]:
        """Return the names of the settings that differ from the preset's for the network."""
        return [
            name
            for name, row in self._rows.items()
            if name != _MODEL and row.editor.value() != self._baseline[name]
        ]

    def take_over(self, earlier: RecipeForm) -> None:
        """Set what is set in another form."""
        self.presets.setCurrentIndex(earlier.presets.currentIndex())
        settings = earlier.settings()
        for name in (_MODEL, *settings):  # the network first, since it brings settings with it
            self._rows[name].editor.set_value(settings[name])
        self.fold.setChecked(earlier.fold.isChecked())

    def suggest_models(self, names: Sequence[str]) -> None:
        """Offer these networks below those of the presets."""
        editor = self._rows[_MODEL].editor
        if isinstance(editor, SuggestionEditor):
            editor.suggest(names)

    def _connect(self) -> None:
        self.presets.currentIndexChanged.connect(self._on_preset_chosen)
        self.reset.clicked.connect(self._on_reset)
        self.fold.toggled.connect(self._on_fold_toggled)
        for name, row in self._rows.items():
            slot = self._on_model_changed if name == _MODEL else self._on_changed
            row.editor.changed.connect(slot)

    def _lay_out(self) -> None:
        label = QLabel(self.tr("&Preset"))
        label.setBuddy(self.presets)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(label)
        top.addWidget(self.presets, 1)
        top.addWidget(self.reset)
        folded = QVBoxLayout(self._advanced)
        folded.setContentsMargins(0, 0, 0, 0)
        folded.setSpacing(8)
        rows = self._rows.values()
        advanced = [row for row in rows if row.setting.is_advanced]
        for group in dict.fromkeys(row.setting.group for row in advanced):
            folded.addWidget(_heading(group))
            folded.addLayout(_grid([row for row in advanced if row.setting.group == group]))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addWidget(self._about)
        layout.addLayout(_grid([row for row in rows if not row.setting.is_advanced]))
        layout.addWidget(self.fold)
        layout.addWidget(self._advanced)

    def _fill(self, model: str) -> None:
        """Take everything from the preset, as it is for a network."""
        self._about.setText(spoken(self.preset.text))
        self._baseline = self._baseline_of(model)
        for name, row in self._rows.items():
            with QSignalBlocker(row.editor):
                row.editor.set_value(self._baseline[name])
        self._show_marks()

    def _baseline_of(self, model: str) -> dict[str, Any]:
        config = self.preset.config(model)
        return {name: getattr(config, name) for name in self._rows}

    def _on_preset_chosen(self) -> None:
        self._fill(self.preset.models[0])
        self.changed.emit()

    def _on_reset(self) -> None:
        self._fill(self.editor(_MODEL).value())
        self.changed.emit()

    def _on_model_changed(self) -> None:
        by_hand = self.differing()
        self._baseline = self._baseline_of(self.editor(_MODEL).value())
        for name, row in self._rows.items():
            if name != _MODEL and name not in by_hand:
                with QSignalBlocker(row.editor):
                    row.editor.set_value(self._baseline[name])
        self._on_changed()

    def _on_changed(self) -> None:
        self._show_marks()
        self.changed.emit()

    def _on_fold_toggled(self, is_open: bool) -> None:
        self._advanced.setVisible(is_open)
        self.fold.setArrowType(Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow)

    def _show_marks(self) -> None:
        differing = self.differing()
        for name, row in self._rows.items():
            row.mark(name in differing, self._baseline[name])
        self.reset.setEnabled(bool(differing))
        hidden = sum(self._rows[name].setting.is_advanced for name in differing)
        if hidden:
            words = self.tr("Advanced settings, {count} changed").format(count=hidden)
        else:
            words = self.tr("Advanced settings")
        self.fold.setText(words)


class _Row:
    """A setting with its label and editor."""

    def __init__(self, setting: Setting, editor: SettingEditor) -> None:
        self.setting = setting
        self.editor = editor
        self.label = QLabel()
        self.label.setBuddy(editor.control)

    def mark(self, differs: bool, baseline: Any) -> None:
        """Show whether the value is another than the preset's."""
        title, tooltip = setting_title(self.setting.name), self.editor.control.toolTip()
        font = self.label.font()
        font.setBold(differs)
        self.label.setFont(font)
        self.label.setText(f"{title} •" if differs else title)
        if differs:
            shown = "–" if baseline in (None, "", {}) else str(baseline)
            words = QCoreApplication.translate("RecipeForm", "Changed; the preset has {value}.")
            tooltip = f"{tooltip}\n\n{words.format(value=shown)}"
        self.label.setToolTip(tooltip)


def _suggestions(name: str) -> tuple[str, ...]:
    if name == _MODEL:
        return tuple(dict.fromkeys(model for preset in PRESETS for model in preset.models))
    return _DEVICES if name == _DEVICE else ()


def _heading(group: str) -> QLabel:
    heading = QLabel(group_title(group))
    font = heading.font()
    font.setBold(True)
    heading.setFont(font)
    return heading


def _grid(rows: Sequence[_Row]) -> QGridLayout:
    """Lay rows out in columns that are read downwards."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(8)
    grid.setVerticalSpacing(4)
    height = -(-len(rows) // _COLUMNS)
    for number, row in enumerate(rows):
        column, line = divmod(number, height)
        grid.addWidget(row.label, line, 3 * column)
        grid.addWidget(row.editor, line, 3 * column + 1)
    for column in range(_COLUMNS):
        grid.setColumnMinimumWidth(3 * column, _LABEL_WIDTH)
        grid.setColumnStretch(3 * column + 1, 1)
        grid.setColumnMinimumWidth(3 * column + 2, 16 if column + 1 < _COLUMNS else 0)
    return grid
