"""What an answer leaves open, and whether a person should look at the photograph."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from fundus_gui.core.decision import Outcome, Referral, reaches
from fundus_gui.core.results import Prediction
from fundus_gui.gui.widgets.appearance import Appearance, blend

_COLOURS: dict[Outcome, str] = {"report": "#2f9e78", "refer": "#8b6fc9"}
_TINT = 0.25  # of a chip's colour on the window's
_PAD = 8  # px beside a chip's text


class DecisionView(QWidget):
    """Prediction set and outcome of one photograph, as far as the ensemble was fitted for them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._prediction: Prediction | None = None
        self._stored: Prediction | None = None
        self._appearance = Appearance()
        self._chip = _Chip()
        self._chip.setAccessibleName(self.tr("What becomes of the photograph"))
        self._set = self._text(self.tr("Prediction set"))
        self._note = self._text(self.tr("What holds for the ensemble's weights only"))
        self._note.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._note.setText(
            self.tr("Calibration, prediction set and referral hold for the ensemble's own weights.")
        )
        chip_row = QHBoxLayout()
        chip_row.addWidget(self._chip)
        chip_row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(chip_row)
        layout.addWidget(self._set)
        layout.addWidget(self._note)
        self._show()

    @staticmethod
    def _text(name: str) -> QLabel:
        label = QLabel()
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        label.setAccessibleName(name)
        return label

    def set_appearance(self, appearance: Appearance) -> None:
        """Say how classes are called."""
        self._appearance = appearance
        self._show()

    def set_prediction(self, shown: Prediction | None, stored: Prediction | None) -> None:
        """Show a prediction, or nothing.

        Args:
            shown: voted with the weights that are set.
            stored: voted with the ensemble's own.
        """
        earlier, self._prediction, self._stored = self._prediction, shown, stored
        same_photograph = earlier and shown and earlier.path == shown.path
        # While weights are tried out, what is below must not jump.
        self.setMinimumHeight(self.height() if same_photograph and self.isVisible() else 0)
        self._show()

    def _show(self) -> None:
        shown, stored = self._prediction, self._stored
        is_fitted = stored is not None and stored.decision.is_fitted
        is_lost = is_fitted and shown is not None and not shown.decision.is_fitted
        self._chip.set_outcome(shown.outcome if shown is not None else None)
        if shown is not None and shown.decision.referral is not None:
            reason = self._reason(shown, shown.decision.referral)
            self._chip.setToolTip(reason)
            self._chip.setAccessibleDescription(reason)
        self._set.setText(self._sentence(shown) if shown is not None else "")
        self._set.setVisible(bool(self._set.text()))
        self._note.setVisible(is_lost)
        self.setVisible(is_fitted)

    def _sentence(self, shown: Prediction) -> str:
        """Say what is possible besides the answer, or at least that it is calibrated."""
        sets = shown.decision.prediction_sets
        if sets is None:
            is_calibrated = shown.decision.temperature != 1
            return self.tr("The probabilities are calibrated.") if is_calibrated else ""
        _, *others = (self._appearance.class_title(name) for name in shown.prediction_set or ())
        sentence = (
            self.tr("Also possible: {others}. The set holds the class in {coverage} of cases.")
            if others
            else self.tr(
                "No other class is in the set, which holds the class in {coverage} of cases."
            )
        )
        coverage = f"{100 * sets.coverage:.3g}%"
        return sentence.format(others=", ".join(others), coverage=coverage)

    def _reason(self, shown: Prediction, referral: Referral) -> str:
        """Say why: which thresholds are reached, and which are missed."""
        figures = (
            (self.tr("Confidence"), shown.confidence, referral.confidence),
            (self.tr("Agreement"), shown.agreement, referral.agreement),
        )
        reached = self.tr("{figure} {value}: at least the {threshold} that a report needs")
        missed = self.tr("{figure} {value}: below the {threshold} that a report needs")
        return "\n".join(
            (reached if reaches(value, threshold) else missed).format(
                figure=name, value=f"{value:.1%}", threshold=f"{threshold:.1%}"
            )
            for name, value, threshold in figures
            if threshold > 0
        )


class _Chip(QLabel):
    """The outcome in a word or two, on a calm colour."""

    def __init__(self) -> None:
        super().__init__()
        self._outcome: Outcome | None = None
        self.setContentsMargins(_PAD, 4, _PAD, 4)

    def set_outcome(self, outcome: Outcome | None) -> None:
        """Show an outcome; None hides the chip."""
        self._outcome = outcome
        self.setText(self.tr("Refer to a person") if outcome == "refer" else self.tr("Report"))
        self.setVisible(outcome is not None)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the chip below its text."""
        if self._outcome is not None:
            colour = QColor(_COLOURS[self._outcome])
            ground = QColor(blend(colour, self.palette().color(QPalette.ColorRole.Window), _TINT))
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(colour)
            painter.setBrush(ground)
            frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
            painter.drawRoundedRect(frame, frame.height() / 2, frame.height() / 2)
            painter.end()
        super().paintEvent(event)
