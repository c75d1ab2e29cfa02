"""Chooses who votes: an installed ensemble, or any models that name the same classes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QVBoxLayout, QWidget

from fundus_gui.core.catalogue import Catalogue, EnsembleSpec
from fundus_gui.gui.sentences import spoken
from fundus_gui.gui.widgets.appearance import Appearance


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
            self._ensembles.addItem(spoken(spec.title) or spec.name, spec.name)
        self._ensembles.addItem(self.tr("Chosen models, equal weights"), "")
        self._boxes: dict[str, QCheckBox] = {}
        for model in catalogue.models.values():
            box = QCheckBox(model.title.replace("&", "&&"))
            box.setIcon(appearance.swatch(model.name))
            box.setIconSize(QSize(12, 12))
            box.clicked.connect(self._on_model_clicked)
            self._boxes[model.name] = box
        label = QLabel(self.tr("Ense&mble"))
        label.setBuddy(self._ensembles)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for widget in (label, self._ensembles, *self._boxes.values()):
            layout.addWidget(widget)
        self._ensembles.activated.connect(self._on_ensemble_chosen)
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
        for name, box in self._boxes.items():
            checked = name in members
            box.setChecked(checked)
            self._show_possible(name, checked or self._same_classes([*members, name]))
        position = self._ensembles.findData(spec.name) if spec is not None else -1
        last = self._ensembles.count() - 1
        self._ensembles.setCurrentIndex(position if position >= 0 else last)

    def _show_possible(self, name: str, possible: bool) -> None:
        card = self._catalogue.models[name].card
        classes = ", ".join(card.class_names)
        self._boxes[name].setEnabled(possible)
        self._boxes[name].setToolTip(
            self.tr(
                "{name}: {architecture}, {size} px\nClasses: {classes}\nLicence: {licence}"
            ).format(
                name=name,
                architecture=card.architecture,
                size=card.preprocessing.size,
                classes=classes,
                licence=card.licence or self.tr("not stated"),
            )
            if possible
            else self.tr("Its classes differ from those of the checked models: {classes}").format(
                classes=classes
            )
        )

    def _same_classes(self, names: Sequence[str]) -> bool:
        models = self._catalogue.models
        return len({models[name].card.class_names for name in names}) == 1

    def _on_ensemble_chosen(self, index: int) -> None:
        name = self._ensembles.itemData(index)
        if name:
            self._show(self._catalogue.ensembles[name])
            self.spec_changed.emit(self._spec)
        else:
            self._choose_checked()

    def _on_model_clicked(self) -> None:
        self._choose_checked()

    def _choose_checked(self) -> None:
        checked = [name for name, box in self._boxes.items() if box.isChecked()]
        self._show(self._catalogue.of_models(checked) if checked else None)
        self.spec_changed.emit(self._spec)
