"""ROC and precision-recall curves, and what any threshold on them would give."""

from __future__ import annotations

import math
from collections.abc import Generator
from functools import partial

from PySide6.QtCore import QEvent, QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from fundus_gui.core.assessments import Assessment
from fundus_gui.core.evaluation.metrics import WeightedSample
from fundus_gui.core.evaluation.operating_points import OperatingCurve
from fundus_gui.core.evaluation.records import ClassEvaluation
from fundus_gui.core.reports.style import class_numbers
from fundus_gui.gui.evaluation.class_areas import ClassAreas
from fundus_gui.gui.evaluation.empty_state import EmptyState
from fundus_gui.gui.evaluation.model_choice import ModelChoice, probabilities_of
from fundus_gui.gui.evaluation.operating_curve import ChartLine, OperatingCurveView
from fundus_gui.gui.evaluation.operating_pane import OperatingPane
from fundus_gui.gui.labels import class_title
from fundus_gui.gui.widgets.scroll_pane import ScrollPane
from fundus_gui.gui.worker import JobSlot

_PANE = 47  # letters of average width, beside the curves
_DIAGONAL = ((0.0, 0.0), (1.0, 1.0))
_USUAL = 0.5  # threshold where none was fitted
_OPERATING = 1  # page beside the curves


class CurvesTab(QWidget):
    """All classes with a table of areas, or one class with a movable threshold.

    Signals:
        images_chosen: places of images in the evaluation, and a title for the gallery.
        message: for the status bar.
    """

    images_chosen = Signal(object, str)
    message = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._assessment: Assessment | None = None
        self._curves: tuple[OperatingCurve, ...] = ()
        self._threshold = _USUAL
        self.model = ModelChoice()
        self.model.currentIndexChanged.connect(self._on_model_chosen)
        self.classes = QComboBox()
        self.classes.setAccessibleName(self.tr("Class"))
        self.classes.setToolTip(self.tr("All classes, or one whose threshold can be moved"))
        self.classes.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.classes.currentIndexChanged.connect(self._on_class_chosen)
        self.roc = OperatingCurveView(
            self.tr("ROC"), self.tr("1 − specificity"), self.tr("Sensitivity")
        )
        self.precision = OperatingCurveView(
            self.tr("Precision-recall"), self.tr("Sensitivity (recall)"), self.tr("Precision (PPV)")
        )
        for view in (self.roc, self.precision):
            view.index_chosen.connect(self._on_index_chosen)
        self.areas = ClassAreas()
        self.areas.class_pointed.connect(self.roc.emphasise)
        self.areas.class_pointed.connect(self.precision.emphasise)
        self.areas.class_chosen.connect(self._on_area_chosen)
        self.pane = OperatingPane()
        self.pane.threshold_chosen.connect(self.set_threshold)
        self.pane.alarms_wanted.connect(self._on_alarms_wanted)
        self.pane.missed_wanted.connect(self._on_missed_wanted)
        self.pane.message.connect(self.message)
        self._absent = EmptyState("")
        self._slot = JobSlot(self)
        self._slot.yielded.connect(self._on_curves)
        self._slot.failed.connect(self._on_failed)
        self._lay_out()
        self.show_assessment(None)

    def show_assessment(self, assessment: Assessment | None) -> None:
        """Show all classes of the vote; None shows what to do."""
        self._assessment, self._curves = assessment, ()
        self._whole.setCurrentIndex(int(assessment is not None))
        self._slot.cancel()
        if assessment is None:
            return
        self.model.set_report(assessment.report)
        with QSignalBlocker(self.classes):
            self.classes.clear()
            self.classes.addItem(self.tr("All classes"))
            self.classes.addItems([class_title(name) for name in assessment.report.class_names])
        self._compute()

    def set_threshold(self, threshold: float) -> None:
        """Move the point of the chosen class to a probability."""
        curve = self._curve
        if curve is None or not curve.has_both:
            return
        self._threshold = threshold
        point, index = curve.at(threshold), curve.index_of(threshold)
        self.pane.show_point(point)
        self.roc.set_index(index)
        self.precision.set_index(index)
        words = self.tr("Threshold {threshold}: sensitivity {found}, specificity {spared}").format(
            threshold=f"{threshold:.4f}",
            found=f"{point.sensitivity:.1%}",
            spared=f"{point.specificity:.1%}",
        )
        self.roc.setAccessibleDescription(words)
        self.precision.setAccessibleDescription(words)

    def close_thread(self) -> None:
        """Stop and wait for the thread."""
        self._slot.close()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.areas.recolour()

    @property
    def _class(self) -> int | None:
        """Index of the chosen class, None for all."""
        return self.classes.currentIndex() - 1 if self.classes.currentIndex() > 0 else None

    @property
    def _curve(self) -> OperatingCurve | None:
        return self._curves[self._class] if self._curves and self._class is not None else None

    def _fitted(self, index: int) -> float:
        """Return the threshold fitted for the vote, NaN without one."""
        assert self._assessment is not None
        fitted = self._assessment.report.fitted
        return math.nan if fitted is None or not self.model.is_vote else fitted.thresholds[index]

    def _evaluations(self) -> tuple[ClassEvaluation, ...]:
        assert self._assessment is not None
        return self._assessment.report.models[self.model.place].classes

    def _number(self, index: int) -> int:
        """Return what gives a class its colour and stroke."""
        assert self._assessment is not None
        return class_numbers(self._assessment.report.class_names)[index]

    def _compute(self) -> None:
        assert self._assessment is not None
        self._curves = ()
        self._slot.start(partial(_curves_of, self._assessment, self.model.place))

    def _show_curves(self) -> None:
        index = self._class
        if index is None:
            self._show_all()
        else:
            self._show_one(index)

    def _show_all(self) -> None:
        self._beside.setCurrentWidget(self.areas)
        self.areas.set_classes(self._evaluations())
        places = [place for place, curve in enumerate(self._curves) if curve.has_both]
        roc = [_roc(self._curves[place], self._number(place)) for place in places]
        precision = [_precision(self._curves[place], self._number(place)) for place in places]
        self.roc.set_lines(roc, reference=_DIAGONAL)
        self.precision.set_lines(precision)
        self.roc.setAccessibleDescription(self.areas.words("auc"))
        self.precision.setAccessibleDescription(self.areas.words("average_precision"))

    def _show_one(self, index: int) -> None:
        curve = self._curves[index]
        if not curve.has_both:
            self._show_absent(curve)
            return
        assert self._assessment is not None
        figures, fitted = self._evaluations()[index].figures, self._fitted(index)
        self._beside.setCurrentIndex(_OPERATING)
        self.roc.set_lines(
            [_roc(curve, self._number(index))],
            reference=_DIAGONAL,
            detail=f"AUC {figures['auc'].value:.3f}",
            is_movable=True,
        )
        share = float(curve.is_class.mean())
        self.precision.set_lines(
            [_precision(curve, self._number(index))],
            reference=((0.0, share), (1.0, share)),
            detail=f"AP {figures['average_precision'].value:.3f}",
            is_movable=True,
        )
        specificity = self._assessment.report.settings.specificity
        self.pane.show_class(self.classes.currentText(), fitted, specificity)
        if not math.isnan(fitted):
            place = curve.index_of(fitted)
            found = float(curve.sensitivity[place])
            self.roc.set_mark((float(curve.false_alarm_rate[place]), found))
            self.precision.set_mark((found, float(curve.precision[place])))
        self.set_threshold(_USUAL if math.isnan(fitted) else fitted)

    def _show_absent(self, curve: OperatingCurve) -> None:
        self._absent.setText(
            self.tr("Only photographs of this class were judged, so it has no curve.")
            if curve.found[-1]
            else self.tr("No photograph is of this class, so it has no curve.")
        )
        self._beside.setCurrentWidget(self._absent)
        for view in (self.roc, self.precision):
            view.set_lines([])
            view.setAccessibleDescription(self._absent.text())

    def _on_curves(self, curves: tuple[OperatingCurve, ...]) -> None:
        self._curves = curves
        self._show_curves()

    def _on_failed(self, error: BaseException) -> None:
        raise error  # to the hook that shows what nobody foresaw

    def _on_model_chosen(self) -> None:
        self._compute()

    def _on_class_chosen(self) -> None:
        if self._curves:
            self._show_curves()

    def _on_area_chosen(self, index: int) -> None:
        self.classes.setCurrentIndex(index + 1)

    def _on_index_chosen(self, index: int) -> None:
        if self._curve is not None:
            self.set_threshold(float(self._curve.thresholds[index]))

    def _on_alarms_wanted(self) -> None:
        if self._curve is not None:
            images = self._curve.alarms_at(self._threshold)
            self.images_chosen.emit(tuple(images.tolist()), self._gallery_title(is_alarm=True))

    def _on_missed_wanted(self) -> None:
        if self._curve is not None:
            images = self._curve.missed_at(self._threshold)
            self.images_chosen.emit(tuple(images.tolist()), self._gallery_title(is_alarm=False))

    def _gallery_title(self, *, is_alarm: bool) -> str:
        title = (
            self.tr("Called {name} at {threshold}, but of another class")
            if is_alarm
            else self.tr("{name} missed at {threshold}")
        )
        return title.format(name=self.classes.currentText(), threshold=f"{self._threshold:.4f}")

    def _lay_out(self) -> None:
        choice = QHBoxLayout()
        for text, box in ((self.tr("Model:"), self.model), (self.tr("Class:"), self.classes)):
            label = QLabel(text)
            label.setBuddy(box)
            choice.addWidget(label)
            choice.addWidget(box)
            choice.addSpacing(8)
        choice.addStretch(1)
        self._beside = QStackedWidget()
        for page in (self.areas, ScrollPane(self.pane), self._absent):
            self._beside.addWidget(page)
        self._beside.setFixedWidth(_PANE * self.fontMetrics().averageCharWidth())
        columns = QHBoxLayout()
        columns.setSpacing(8)
        columns.addWidget(self.roc, 1)
        columns.addWidget(self.precision, 1)
        columns.addWidget(self._beside)
        content = QWidget()
        rows = QVBoxLayout(content)
        rows.setContentsMargins(8, 8, 8, 8)
        rows.setSpacing(8)
        rows.addLayout(choice)
        rows.addLayout(columns, 1)
        self._whole = QStackedWidget()
        self._whole.addWidget(EmptyState(self.tr("Choose an evaluation to see its curves.")))
        self._whole.addWidget(content)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._whole)


def _curves_of(
    assessment: Assessment, place: int
) -> Generator[tuple[OperatingCurve, ...], None, None]:
    """Yield once: the curves of all classes."""
    sample = WeightedSample.of(probabilities_of(assessment, place), assessment.labels)
    yield tuple(OperatingCurve.of(sample, index) for index in range(sample.classes))


def _roc(curve: OperatingCurve, number: int) -> ChartLine:
    return ChartLine(curve.false_alarm_rate, curve.sensitivity, number)


def _precision(curve: OperatingCurve, number: int) -> ChartLine:
    return ChartLine(curve.sensitivity, curve.precision, number, is_stepped=True)
