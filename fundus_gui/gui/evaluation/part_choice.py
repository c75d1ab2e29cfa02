"""Which of the photographs are measured on, and which the thresholds are fitted on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QLabel, QWidget

from fundus_gui.core.assessments import DataPart
from fundus_gui.core.datasets import Dataset, Part
from fundus_gui.gui.training.run_splits import RunSplit

_BY_PREFERENCE: tuple[Part, ...] = ("test", "val", "train")


class PartChoice(QWidget):
    """Three lists, of which the first is hidden where no training knows the photographs.

    Signals:
        table_changed: the photographs are to be read again, as `table` has their parts.
        changed: `judged` or `tuning` are others.
    """

    table_changed = Signal()
    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._folder = Path()
        self._dataset = Dataset("", ())
        self._splits: tuple[RunSplit, ...] = ()
        self._given: RunSplit | None = None
        self.tables = _list(self.tr("Who has shared the photographs out into parts"))
        self.judged_parts = _list(self.tr("Photographs that the figures are measured on"))
        self.tuning_parts = _list(
            self.tr(
                "Photographs that temperature, prediction sets and thresholds are fitted on: "
                "others than those that are measured on, and none that a model was trained on"
            )
        )
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for words, widget in (
            (self.tr("Parts"), self.tables),
            (self.tr("Measure on"), self.judged_parts),
            (self.tr("Fit thresholds on"), self.tuning_parts),
        ):
            label = QLabel(words)
            label.setBuddy(widget)
            self._form.addRow(label, widget)
        self.tables.currentIndexChanged.connect(self.table_changed)
        self.judged_parts.currentIndexChanged.connect(self._on_judged_chosen)
        self.tuning_parts.currentIndexChanged.connect(self.changed)

    @property
    def table(self) -> Path | None:
        """The `split.csv` that is chosen; None where the folder speaks for itself."""
        table: Path | None = self.tables.currentData()
        return table

    @property
    def judged(self) -> DataPart:
        """What is measured on."""
        return DataPart(folder=self._folder, part=self.judged_parts.currentData(), split=self.table)

    @property
    def tuning(self) -> DataPart | None:
        """What thresholds are fitted on."""
        part: DataPart | None = self.tuning_parts.currentData()
        return part

    def set_splits(self, splits: Sequence[RunSplit]) -> None:
        """Offer the parts of these trainings too."""
        if tuple(splits) != self._splits:
            self._splits = tuple(splits)
            self._offer_tables(self.table)
            self._offer_tuning()

    def set_folder(self, folder: Path, given: RunSplit | None = None) -> None:
        """Take other photographs, of which nothing is known yet.

        Args:
            folder: where they are.
            given: the training whose validation part is to be measured on.
        """
        self._folder = folder
        self._given = given
        self._dataset = Dataset("", ())
        self._offer_tables(None if given is None else given.table)

    def take_over(self, earlier: PartChoice) -> None:
        """Choose what is chosen in another of the same photographs."""
        self.set_folder(earlier._folder, earlier._given)
        self._splits = earlier._splits
        self._offer_tables(earlier.table)
        self.set_dataset(earlier._dataset)
        self.judged_parts.setCurrentIndex(earlier.judged_parts.currentIndex())
        self.tuning_parts.setCurrentIndex(earlier.tuning_parts.currentIndex())

    def set_dataset(self, dataset: Dataset) -> None:
        """Offer the parts that the photographs are in."""
        self._dataset = dataset
        counts = Counter(image.part for image in dataset.images)
        with QSignalBlocker(self.judged_parts):
            self.judged_parts.clear()
            for part in _BY_PREFERENCE:
                if counts[part]:
                    self.judged_parts.addItem(self._title(part, counts[part]), part)
            words = self.tr("All photographs ({count})")
            self.judged_parts.addItem(words.format(count=f"{len(dataset.images):,}"), None)
            if self._given is not None and self.table == self._given.table and counts["val"]:
                self.judged_parts.setCurrentIndex(self.judged_parts.findData("val"))
            elif not counts["test"]:
                self.judged_parts.setCurrentIndex(self.judged_parts.count() - 1)
        self._offer_tuning()

    def _offer_tables(self, chosen: Path | None) -> None:
        given = () if self._given is None else (self._given,)  # may lie elsewhere than the others
        known = {split.table: split for split in (*given, *self._splits)}
        own = [split for split in known.values() if split.folder == self._folder.resolve()]
        with QSignalBlocker(self.tables):
            self.tables.clear()
            self.tables.addItem(self.tr("As in the folder"), None)
            for split in own:
                words = self.tr("As in the training “{name}”").format(name=split.name)
                self.tables.addItem(words, split.table)
            self.tables.setCurrentIndex(max(0, self.tables.findData(chosen)))
        self._form.setRowVisible(self.tables, bool(own))

    def _offer_tuning(self) -> None:
        judged = self.judged
        counts = Counter(image.part for image in self._dataset.images)
        with QSignalBlocker(self.tuning_parts):
            self.tuning_parts.clear()
            if judged.part not in (None, "val") and counts["val"]:
                own = DataPart(folder=self._folder, part="val", split=self.table)
                self.tuning_parts.addItem(self._title("val", counts["val"]), own)
            self.tuning_parts.addItem(self.tr("Nothing"), None)
            for split in self._splits:
                if split.folder != self._folder.resolve():
                    part = DataPart(folder=split.folder, part="val", split=split.table)
                    words = self.tr("Validation part of the training “{name}”")
                    self.tuning_parts.addItem(words.format(name=split.name), part)
            self.tuning_parts.setCurrentIndex(0)
        self.changed.emit()

    def _on_judged_chosen(self) -> None:
        self._offer_tuning()

    def _title(self, part: Part, count: int) -> str:
        titles: dict[Part, str] = {
            "train": self.tr("Training part ({count})"),
            "val": self.tr("Validation part ({count})"),
            "test": self.tr("Test part ({count})"),
        }
        return titles[part].format(count=f"{count:,}")


def _list(tooltip: str) -> QComboBox:
    made = QComboBox()
    made.setToolTip(tooltip)
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    return made
