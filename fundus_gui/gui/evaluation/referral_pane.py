"""The numbers beside the referral curve: a share to try, and the fitted thresholds."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from fundus_gui.core.evaluation.records import EvaluationReport
from fundus_gui.core.evaluation.referral import ReferralFigures

_PAGES = 20  # of the slider, from end to end


class ReferralPane(QWidget):
    """A slider along the curve with what it gives, above the ensemble's own thresholds.

    Signals:
        index_chosen: place on the curve.
        referred_wanted: show the images that are referred at this place.
        fitted_wanted: show those that the ensemble's thresholds refer.
    """

    index_chosen = Signal(int)
    referred_wanted = Signal()
    fitted_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName(self.tr("Share of the images that is referred"))
        self.slider.setToolTip(self.tr("Refer more or fewer images, the least sure first"))
        self.slider.valueChanged.connect(self.index_chosen)
        self.share, self.error, self.caught, self.level = (_value() for _ in range(4))
        self._share_counts, self._error_counts, self._caught_counts = (_muted() for _ in range(3))
        self.referred = QPushButton(self.tr("&Show referred images ({count})").format(count=0))
        self.referred.setEnabled(False)
        self.referred.clicked.connect(self.referred_wanted)
        self.fitted = QLabel()
        self.fitted.setWordWrap(True)
        self.fitted.setTextFormat(Qt.TextFormat.PlainText)
        self.fitted.setAccessibleName(self.tr("The ensemble's thresholds in words"))
        self.show_fitted = QPushButton()
        self.show_fitted.clicked.connect(self.fitted_wanted)
        self._lay_out()

    def show_report(self, report: EvaluationReport) -> None:
        """Fit the slider to the curve and say what the ensemble's thresholds gave."""
        last = len(report.referral_curve.referral_rates) - 1
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, last)
            self.slider.setPageStep(max(last // _PAGES, 1))
        self.fitted.setText(self._fitted_words(report))
        figures = report.referral
        self.show_fitted.setVisible(figures is not None)
        if figures is not None:
            count = figures.images - figures.reported
            self.show_fitted.setText(self.tr("Show th&ese images ({count})").format(count=count))
            self.show_fitted.setEnabled(count > 0)

    def show_point(self, index: int, figures: ReferralFigures, confidence: float) -> str:
        """Show what a place on the curve gives and return it in words; emits nothing."""
        with QSignalBlocker(self.slider):
            self.slider.setValue(index)
        referred = figures.images - figures.reported
        wrong = figures.errors + figures.caught
        count = self.tr("{part} of {whole}")
        self.share.setText(f"{figures.referral_rate:.1%}")
        self._share_counts.setText(count.format(part=referred, whole=figures.images))
        self.error.setText(f"{figures.error_rate:.1%}")
        self._error_counts.setText(count.format(part=figures.errors, whole=figures.reported))
        self.caught.setText(f"{figures.caught / wrong:.1%}" if wrong else "–")
        self._caught_counts.setText(count.format(part=figures.caught, whole=wrong))
        self.level.setText(f"{confidence:.1%}")
        self.referred.setText(self.tr("&Show referred images ({count})").format(count=referred))
        self.referred.setEnabled(referred > 0)
        return self.tr("{share} referred, {error} of the rest wrong").format(
            share=self.share.text(), error=self.error.text()
        )

    def _fitted_words(self, report: EvaluationReport) -> str:
        referral, figures = report.ensemble.referral, report.referral
        if referral is None or figures is None:
            return self.tr(
                "This ensemble reports every image. To fit thresholds, make a new evaluation and "
                "choose a second part to fit them on, for example validation."
            )
        words = [
            self.tr("Reported from a confidence of {level} on.").format(
                level=f"{referral.confidence:.1%}"
            )
        ]
        if referral.agreement > 0:
            words.append(
                self.tr("At least {share} of the vote weight must agree.").format(
                    share=f"{referral.agreement:.0%}"
                )
            )
        if report.fitted is not None:
            wanted = (
                self.tr("Fitted for at most {rate} wrong among the reported.")
                if report.settings.referral_aim == "error"
                else self.tr("Fitted for at most {rate} referred.")
            )
            words.append(wanted.format(rate=f"{report.settings.referral_rate:.1%}"))
        words.append(
            self.tr(
                "Here they refer {share} and leave {error} wrong ({errors} of {reported}); "
                "wrong answers caught: {caught}."
            ).format(
                share=f"{figures.referral_rate:.1%}",
                error=f"{figures.error_rate:.1%}",
                errors=figures.errors,
                reported=figures.reported,
                caught=figures.caught,
            )
        )
        return " ".join(words)

    def _lay_out(self) -> None:
        figures = QGridLayout()
        figures.setHorizontalSpacing(8)
        figures.setVerticalSpacing(4)
        figures.setColumnStretch(2, 1)
        rows = (
            (self.tr("Referred"), self.share, self._share_counts),
            (self.tr("Wrong among the rest"), self.error, self._error_counts),
            (self.tr("Wrong answers caught"), self.caught, self._caught_counts),
            (self.tr("Confidence from"), self.level, _muted()),
        )
        for row, (name, value, counts) in enumerate(rows):
            value.setAccessibleName(name)
            figures.addWidget(QLabel(name), row, 0)
            figures.addWidget(value, row, 1)
            figures.addWidget(counts, row, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(_heading(self.tr("Refer the least sure images")))
        layout.addWidget(self.slider)
        layout.addLayout(figures)
        layout.addLayout(_at_left(self.referred))
        layout.addSpacing(8)
        rule = QFrame()
        rule.setFrameShape(QFrame.Shape.HLine)
        rule.setFrameShadow(QFrame.Shadow.Sunken)
        layout.addWidget(rule)
        layout.addWidget(_heading(self.tr("◇ The ensemble's thresholds")))
        layout.addWidget(self.fitted)
        layout.addLayout(_at_left(self.show_fitted))
        layout.addStretch(1)


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    font = label.font()
    font.setBold(True)
    label.setFont(font)
    return label


def _value() -> QLabel:
    label = _heading("")
    label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    label.setMinimumWidth(label.fontMetrics().horizontalAdvance("100.0%") + 4)
    return label


def _muted() -> QLabel:
    label = QLabel()
    label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
    return label


def _at_left(button: QPushButton) -> QHBoxLayout:
    row = QHBoxLayout()
    row.addWidget(button)
    row.addStretch(1)
    return row
