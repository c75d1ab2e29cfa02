"""Chooses who votes: an installed ensemble, or any models that name the same classes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from fundus_gui.core.catalogue import Catalogue, EnsembleSpec
from fundus_gui.gui.widgets.appearance import Appearance

_NAME = Qt.ItemDataRole.UserRole
_SHOWN_AT_MOST = 5


class ModelChooser(QWidget):
    """A list of ensembles above check boxes for the single models.

    Choosing an ensemble checks its members; checking models makes a choice of one's own, with
    equal weights. Models whose classes differ from those of the checked ones are greyed out.

    Signals:
        spec_changed: the EnsembleSpec that the user chose, None when no model is checked.
    """

    spec_changed = Signal(object)

    def __init__(
        self, catalogue: Catalogue, appearance: Appearance, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._catalogue = catalogue
        self._spec: EnsembleSpec | None = None
        self._ensembles = QComboBox()
        self._ensembles.setAccessibleName(self.tr("Ensemble"))
        self._ensembles.setToolTip(self.tr("Models that vote with weights of their own"))
        self._ensembles.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        for spec in catalogue.ensembles.values():
            self._ensembles.addItem(spec.title or spec.name, spec.name)
        self._ensembles.addItem(self.tr("Chosen models, equal weights"), "")
        self._models = _CheckList()
        self._models.setAccessibleName(self.tr("Models"))
        for model in catalogue.models.values():
            item = QListWidgetItem(appearance.swatch(model.name), model.title)
            item.setData(_NAME, model.name)
            item.setCheckState(Qt.CheckState.Unchecked)
            self._models.addItem(item)
        label = QLabel(self.tr("&Ensemble"))
        label.setBuddy(self._ensembles)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for widget in (label, self._ensembles, self._models):
            layout.addWidget(widget)
        self._ensembles.activated.connect(self._on_ensemble_chosen)
        self._models.itemChanged.connect(self._on_model_checked)
        self.setEnabled(bool(catalogue.models))

    @property
    def spec(self) -> EnsembleSpec | None:
        """What is chosen, None when no model is checked."""
        return self._spec

    def choose(self, ensemble: str, models: Sequence[str] = ()) -> None:
        """Choose an ensemble, or models when its name is empty; emits nothing.

        What is no longer installed gives way to the default.
        """
        known = [name for name in models if name in self._catalogue.models]
        if ensemble in self._catalogue.ensembles:
            self._show(self._catalogue.ensembles[ensemble])
        elif known and self._same_classes(known):
            self._show(self._catalogue.of_models(known))
        elif self._catalogue.models:
            self._show(self._catalogue.default)
        else:
            self._show(None)

    def _show(self, spec: EnsembleSpec | None) -> None:
        self._spec = spec
        members = spec.members if spec is not None else ()
        with QSignalBlocker(self._models):
            for item in self._items():
                name = item.data(_NAME)
                checked = name in members
                item.setCheckState(Qt.CheckState.Checked if checked else Qt.CheckState.Unchecked)
                self._show_possible(item, checked or self._same_classes([*members, name]))
        position = self._ensembles.findData(spec.name) if spec is not None else -1
        last = self._ensembles.count() - 1
        self._ensembles.setCurrentIndex(position if position >= 0 else last)

    def _show_possible(self, item: QListWidgetItem, possible: bool) -> None:
        flags = Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsSelectable
        item.setFlags(flags | Qt.ItemFlag.ItemIsEnabled if possible else flags)
        card = self._catalogue.models[item.data(_NAME)].card
        classes = ", ".join(card.class_names)
        item.setToolTip(
            self.tr("{name}: {architecture}, {size} px\nClasses: {classes}").format(
                name=item.data(_NAME),
                architecture=card.architecture,
                size=card.preprocessing.size,
                classes=classes,
            )
            if possible
            else self.tr("Its classes differ from those of the checked models: {classes}").format(
                classes=classes
            )
        )

    def _same_classes(self, names: Sequence[str]) -> bool:
        models = self._catalogue.models
        return len({models[name].card.class_names for name in names}) == 1

    def _items(self) -> list[QListWidgetItem]:
        return [self._models.item(row) for row in range(self._models.count())]

    def _on_ensemble_chosen(self, index: int) -> None:
        name = self._ensembles.itemData(index)
        if name:
            self._show(self._catalogue.ensembles[name])
            self.spec_changed.emit(self._spec)
        else:
            self._choose_checked()

    def _on_model_checked(self, _item: QListWidgetItem) -> None:
        self._choose_checked()

    def _choose_checked(self) -> None:
        checked = [
            item.data(_NAME) for item in self._items() if item.checkState() == Qt.CheckState.Checked
        ]
        self._show(self._catalogue.of_models(checked) if checked else None)
        self.spec_changed.emit(self._spec)


class _CheckList(QListWidget):
    """As high as its rows, up to a few."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setUniformItemSizes(True)
        self.setIconSize(QSize(12, 12))
        self.setSpacing(1)

    def sizeHint(self) -> QSize:
        """Return the height of the rows."""
        rows = min(max(1, self.count()), _SHOWN_AT_MOST)
        height = self.sizeHintForRow(0) if self.count() else self.fontMetrics().height()
        return QSize(240, rows * (height + 2 * self.spacing()) + 2 * self.frameWidth())

    def minimumSizeHint(self) -> QSize:
        """Be as high as asked."""
        return QSize(120, self.sizeHint().height())
