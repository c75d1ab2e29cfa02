"""How an evaluation measures: settings that have good defaults, folded away."""

from __future__ import annotations

from typing import get_args

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from fundus_gui.core.evaluation import Bootstrap, EvaluationSettings
from fundus_gui.core.evaluation.referral import Aim

_STANDARD = EvaluationSettings()


class MeasuresForm(QWidget):
    """Folded until the user opens it.

    Signals:
        changed: `settings` or `near_duplicates` are others.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fold = QToolButton()
        self.fold.setText(self.tr("Advanced settings"))
        self.fold.setCheckable(True)
        self.fold.setAutoRaise(True)
        self.fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.fold.setToolTip(self.tr("Show or hide how the figures are found"))
        self.class_order = QLineEdit()
        self.class_order.setPlaceholderText(self.tr("classes without an order"))
        self.class_order.setClearButtonEnabled(True)
        self.coverage = _percent(_STANDARD.coverage, 50, 99.9)
        self.specificity = _percent(_STANDARD.specificity, 50, 99.9)
        self.referral_aim = QComboBox()
        self.referral_rate = _percent(_STANDARD.referral_rate, 0.1, 99)
        self.replicates = QSpinBox()
        self.replicates.setRange(100, 100_000)
        self.replicates.setSingleStep(500)
        self.replicates.setGroupSeparatorShown(True)
        self.replicates.setValue(_STANDARD.bootstrap.replicates)
        self.interval = QComboBox()
        self.near_duplicates = QCheckBox(self.tr("Look for training photographs by their looks"))
        self.near_duplicates.setToolTip(
            self.tr("Else only files of equal bytes are found; looking takes longer")
        )
        self.near_duplicates.setChecked(True)
        self._fill_lists()
        self._folded = QWidget()
        self._lay_out()
        self._connect()
        self._on_fold_toggled(False)

    def settings(self) -> EvaluationSettings:
        """Return what is set."""
        names = (name.strip() for name in self.class_order.text().split(","))
        return EvaluationSettings(
            bootstrap=Bootstrap(
                replicates=self.replicates.value(), method=self.interval.currentData()
            ),
            class_order=tuple(name for name in names if name),
            specificity=round(self.specificity.value() / 100, 6),
            coverage=round(self.coverage.value() / 100, 6),
            referral_aim=self.referral_aim.currentData(),
            referral_rate=round(self.referral_rate.value() / 100, 6),
        )

    def take_over(self, earlier: MeasuresForm) -> None:
        """Set what is set in another form."""
        self.class_order.setText(earlier.class_order.text())
        for spin, other in zip(self._shares(), earlier._shares(), strict=True):
            spin.setValue(other.value())
        self.replicates.setValue(earlier.replicates.value())
        self.referral_aim.setCurrentIndex(earlier.referral_aim.currentIndex())
        self.interval.setCurrentIndex(earlier.interval.currentIndex())
        self.near_duplicates.setChecked(earlier.near_duplicates.isChecked())
        self.fold.setChecked(earlier.fold.isChecked())

    def _shares(self) -> tuple[QDoubleSpinBox, ...]:
        return self.coverage, self.specificity, self.referral_rate

    def _fill_lists(self) -> None:
        aims = {
            "error": self.tr("at most this share of errors among the reported"),
            "referral": self.tr("this share of the images"),
        }
        for aim in get_args(Aim):
            self.referral_aim.addItem(aims[aim], aim)
        self.interval.addItem(self.tr("percentile"), "percentile")
        self.interval.addItem(self.tr("BCa: bias-corrected and accelerated"), "bca")

    def _connect(self) -> None:
        self.fold.toggled.connect(self._on_fold_toggled)
        self.class_order.textChanged.connect(self.changed)
        self.replicates.valueChanged.connect(self.changed)
        for spin in self._shares():
            spin.valueChanged.connect(self.changed)
        for combo in (self.referral_aim, self.interval):
            combo.currentIndexChanged.connect(self.changed)
        self.near_duplicates.toggled.connect(self.changed)

    def _lay_out(self) -> None:
        form = QFormLayout(self._folded)
        form.setContentsMargins(8, 0, 0, 0)
        form.setVerticalSpacing(8)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        rows: tuple[tuple[str, QWidget, str], ...] = (
            (
                self.tr("Order of the classes"),
                self.class_order,
                self.tr("All classes from the least to the most severe, separated by commas"),
            ),
            (
                self.tr("Specificity of thresholds"),
                self.specificity,
                self.tr("At which each class's threshold is chosen on the other part"),
            ),
            (
                self.tr("Coverage of sets"),
                self.coverage,
                self.tr("Share of the images whose prediction set is to hold their class"),
            ),
            (
                self.tr("Refer"),
                self.referral_aim,
                self.tr("What the thresholds of the referral hold"),
            ),
            (
                self.tr("Share"),
                self.referral_rate,
                self.tr("Of errors or of images, as chosen above"),
            ),
            (
                self.tr("Bootstrap drawings"),
                self.replicates,
                self.tr("Of patients, with replacement; more make intervals steadier"),
            ),
            (self.tr("Kind of interval"), self.interval, self.tr("How 95 % intervals are found")),
        )
        for words, widget, tooltip in rows:
            widget.setToolTip(tooltip)
            label = QLabel(words)
            label.setBuddy(widget)
            label.setToolTip(tooltip)
            form.addRow(label, widget)
        form.addRow(self.near_duplicates)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.fold)
        layout.addWidget(self._folded)

    def _on_fold_toggled(self, is_open: bool) -> None:
        self._folded.setVisible(is_open)
        self.fold.setArrowType(Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow)


def _percent(share: float, least: float, most: float) -> QDoubleSpinBox:
    made = QDoubleSpinBox()
    made.setRange(least, most)
    made.setDecimals(1)
    made.setSingleStep(1)
    made.setSuffix(" %")
    made.setValue(100 * share)
    return made
