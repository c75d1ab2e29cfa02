"""A threshold of one class, and what it gives: figures, counts and the wrong images."""

from __future__ import annotations

import math

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from fundus_gui.core.evaluation.operating_points import OperatingPoint

_STEPS = 1000  # of the slider, from 0 to 1
_DIGITS = 4
_MUTED = QPalette.ColorRole.PlaceholderText


class OperatingPane(QWidget):
    """Shows an operating point, and lets the user set another threshold.

    Signals:
        threshold_chosen: a probability.
        alarms_wanted, missed_wanted: show these wrong images.
        message: for the status bar.
    """

    threshold_chosen = Signal(float)
    alarms_wanted = Signal()
    missed_wanted = Signal()
    message = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._threshold, self._fitted = math.nan, math.nan
        self.title = _bold(QLabel())
        self.title.setWordWrap(True)
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.number = QDoubleSpinBox()
        self.number.setRange(0, 1 + 10**-_DIGITS)
        self.number.setDecimals(_DIGITS)
        self.number.setSingleStep(0.01)
        self.number.setKeyboardTracking(False)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, _STEPS)
        self.slider.setPageStep(_STEPS // 20)
        for control in (self.number, self.slider):
            control.setAccessibleName(self.tr("Threshold"))
            control.setToolTip(self.tr("From which probability on an image is called the class"))
        self.number.valueChanged.connect(self._on_number_changed)
        self.slider.valueChanged.connect(self._on_slider_moved)
        self.fitted = QPushButton()
        self.fitted.clicked.connect(self._on_fitted)
        self.copy = QPushButton(self.tr("&Copy threshold"))
        self.copy.setToolTip(self.tr("Copy the threshold with all its digits"))
        self.copy.clicked.connect(self._on_copy)
        self._figures = tuple(_Figure(name) for name in self._figure_names())
        self._counts = tuple(QLabel() for _ in range(4))
        self.notes = _muted(QLabel())
        self.notes.setWordWrap(True)
        self.alarms = QPushButton()
        self.alarms.setToolTip(self.tr("Show images of other classes that reach the threshold"))
        self.alarms.clicked.connect(self.alarms_wanted)
        self.missed = QPushButton()
        self.missed.setToolTip(self.tr("Show images of the class that do not reach the threshold"))
        self.missed.clicked.connect(self.missed_wanted)
        self._lay_out()

    def show_class(self, title: str, fitted: float, specificity: float) -> None:
        """Say which class it is, and the threshold fitted for a specificity; NaN without one."""
        self._fitted = fitted
        self.title.setText(self.tr("Threshold for {name}").format(name=title))
        self.fitted.setVisible(not math.isnan(fitted))
        self.fitted.setText(self.tr("◇ &Fitted: {value}").format(value=_digits(fitted)))
        self.fitted.setToolTip(
            self.tr("Go to the threshold that keeps a specificity of {share} on the tuning part")
            .format(share=f"{specificity:.0%}")
        )  # fmt: skip

    def show_point(self, point: OperatingPoint) -> None:
        """Show what a threshold gives; emits nothing."""
        self._threshold = point.threshold
        with QSignalBlocker(self.number), QSignalBlocker(self.slider):
            self.number.setValue(point.threshold)
            self.slider.setValue(round(min(point.threshold, 1) * _STEPS))
        of_class, of_others = point.found + point.missed, point.alarms + point.cleared
        called, spared = point.found + point.alarms, point.missed + point.cleared
        shares = (
            (point.sensitivity, point.found, of_class),
            (point.specificity, point.cleared, of_others),
            (point.positive_predictive_value, point.found, called),
            (point.negative_predictive_value, point.cleared, spared),
        )
        for figure, (share, part, whole) in zip(self._figures, shares, strict=True):
            figure.show_share(share, self.tr("{part} of {whole}").format(part=part, whole=whole))
        counts = (point.found, point.alarms, point.missed, point.cleared)
        for label, count in zip(self._counts, counts, strict=True):
            label.setText(str(count))
        self.alarms.setText(self.tr("False &alarms ({count})").format(count=point.alarms))
        self.alarms.setEnabled(point.alarms > 0)
        self.missed.setText(self.tr("&Missed ({count})").format(count=point.missed))
        self.missed.setEnabled(point.missed > 0)
        images = of_class + of_others
        self.notes.setText(
            self.tr(
                "Images called otherwise than by the most probable class: {changed} of {images}. "
                "PPV and NPV hold where {share} of the images are of the class, as here."
            ).format(changed=point.changed, images=images, share=f"{of_class / images:.1%}")
        )

    def _figure_names(self) -> tuple[tuple[str, str], ...]:
        return (
            (self.tr("Sensitivity"), self.tr("Share of the class's images that is called")),
            (self.tr("Specificity"), self.tr("Share of the other images that is not called")),
            (self.tr("PPV"), self.tr("Positive predictive value: share of calls that is right")),
            (self.tr("NPV"), self.tr("Negative predictive value: share of the rest that is right")),
        )

    def _lay_out(self) -> None:
        threshold, buttons, wrong = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        threshold.addWidget(self.number)
        threshold.addWidget(self.slider, 1)
        buttons.addWidget(self.fitted)
        buttons.addWidget(self.copy)
        buttons.addStretch(1)
        wrong.addWidget(self.alarms)
        wrong.addWidget(self.missed)
        figures = QGridLayout()
        figures.setVerticalSpacing(4)
        figures.setHorizontalSpacing(8)
        figures.setColumnStretch(2, 1)
        for row, figure in enumerate(self._figures):
            for column, label in enumerate(figure.labels):
                figures.addWidget(label, row, column)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.title)
        layout.addLayout(threshold)
        layout.addLayout(buttons)
        layout.addLayout(figures)
        layout.addWidget(self._counts_table())
        layout.addLayout(wrong)
        layout.addWidget(self.notes)
        layout.addStretch(1)

    def _counts_table(self) -> QWidget:
        """Return the two by two counts."""
        frame = QFrame()
        frame.setFrameShape(QFrame.Shape.StyledPanel)
        frame.setAccessibleName(self.tr("Images by class and call"))
        grid = QGridLayout(frame)
        grid.setContentsMargins(8, 4, 8, 4)
        grid.setVerticalSpacing(4)
        right = Qt.AlignmentFlag.AlignRight
        headings = (self.tr("Of the class"), self.tr("Others"))
        rows = (self.tr("Called"), self.tr("Not called"))
        for column, heading in enumerate(headings):
            grid.addWidget(_muted(QLabel(heading)), 0, column + 1, right)
            grid.setColumnStretch(column + 1, 1)
        for row, name in enumerate(rows):
            grid.addWidget(_muted(QLabel(name)), row + 1, 0)
            for column in range(2):
                grid.addWidget(self._counts[2 * row + column], row + 1, column + 1, right)
        return frame

    def _on_number_changed(self, value: float) -> None:
        self.threshold_chosen.emit(value)

    def _on_slider_moved(self, position: int) -> None:
        self.threshold_chosen.emit(position / _STEPS)

    def _on_fitted(self) -> None:
        self.threshold_chosen.emit(self._fitted)

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(repr(self._threshold))
        self.message.emit(
            self.tr("Copied the threshold {value}.").format(value=_digits(self._threshold))
        )


class _Figure:
    """Name, value and the counts behind it."""

    def __init__(self, words: tuple[str, str]) -> None:
        name, meaning = words
        self.value, self._counts = QLabel(), _muted(QLabel())
        self.labels = QLabel(name), _bold(self.value, 1.25), self._counts
        self.value.setAccessibleName(name)
        self.value.setMinimumWidth(64)
        self.value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for label in self.labels:
            label.setToolTip(meaning)

    def show_share(self, share: float, counts: str) -> None:
        self.value.setText("–" if math.isnan(share) else f"{share:.1%}")
        self._counts.setText(counts)


def _digits(threshold: float) -> str:
    return f"{threshold:.{_DIGITS}f}"


def _bold(label: QLabel, scale: float = 1.0) -> QLabel:
    font = label.font()
    font.setBold(True)
    font.setPointSizeF(font.pointSizeF() * scale)
    label.setFont(font)
    return label


def _muted(label: QLabel) -> QLabel:
    label.setForegroundRole(_MUTED)
    return label
