"""Weighs the models' votes by hand, to see what would become of the answer."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QGridLayout,
    QLabel,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from fundus_gui.gui.widgets.appearance import Appearance, what_if_palette

_STEPS = 100  # slider steps and hundredths in the spin box
_TRACE = 1e-9


class WeightSliders(QWidget):
    """One slider and one number per model; they always add up to 1.

    When one weight moves, the others keep their proportions, exactly as the flip points of
    `core.vote` assume. The weights can therefore never all be zero.

    Signals:
        weights_changed: the normalised weights, a tuple of floats, after the user moved one.
    """

    weights_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] = ()
        self._own: tuple[float, ...] = ()
        self._weights: tuple[float, ...] = ()
        self._rows: list[_WeightRow] = []
        self._appearance = Appearance()
        self._state = QLabel()
        self._state.setWordWrap(True)
        self._state.setAccessibleName(self.tr("Whose weights these are"))
        self._reset = QPushButton(self.tr("&Reset to the ensemble's weights"))
        self._reset.setToolTip(self.tr("Vote with the weights that belong to the ensemble"))
        self._reset.clicked.connect(self.reset)
        self._grid = QGridLayout()
        self._grid.setColumnStretch(2, 1)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._state)
        layout.addLayout(self._grid)
        layout.addWidget(self._reset, 0, Qt.AlignmentFlag.AlignRight)
        self._show_weights()

    def set_members(self, names: tuple[str, ...], weights: tuple[float, ...]) -> None:
        """Offer these models with the ensemble's own normalised weights; emits nothing.

        With fewer than two models there is nothing to weigh, and nothing is shown.
        """
        self._own = self._weights = tuple(weights)
        if names != self._names:
            self._names = tuple(names)
            self._build_rows()
        self._show_weights()

    def set_appearance(self, appearance: Appearance) -> None:
        """Say how models are called and coloured."""
        self._appearance = appearance
        self._build_rows()
        self._show_weights()

    def weights(self) -> tuple[float, ...]:
        """Return the weights as they are set, normalised."""
        kept = [weight if weight > 2 * _TRACE else 0.0 for weight in self._weights]
        return tuple(weight / sum(kept) for weight in kept) if self.differs() else self._own

    def differs(self) -> bool:
        """Whether the weights are not the ensemble's own."""
        return self._weights != self._own

    def reset(self) -> None:
        """Go back to the ensemble's own weights."""
        if self.differs():
            self._set_weights(self._own)

    def _build_rows(self) -> None:
        for row in self._rows:
            row.discard()
        self._rows = []
        for index, name in enumerate(self._names):
            row = _WeightRow(index, self._appearance, name, self)
            row.edited.connect(self._on_edited)
            for column, widget in enumerate(row.widgets):
                self._grid.addWidget(widget, index, column)
            self._rows.append(row)
        if self._rows:
            QWidget.setTabOrder(self._rows[-1].widgets[-1], self._reset)

    def _on_edited(self, index: int, weight: float) -> None:
        moved = _with_weight(self._weights, index, weight)
        near_own = all(
            abs(new - own) < 0.5 / _STEPS for new, own in zip(moved, self._own, strict=True)
        )
        self._set_weights(self._own if near_own else moved)

    def _set_weights(self, weights: tuple[float, ...]) -> None:
        self._weights = weights
        self._show_weights()
        self.weights_changed.emit(self.weights())

    def _show_weights(self) -> None:
        several = len(self._names) > 1
        for row, weight in zip(self._rows, self._weights, strict=True):
            row.show_weight(weight)
            row.set_visible(several)
        self._state.setVisible(several)
        self._reset.setVisible(several)
        self._reset.setEnabled(self.differs())
        self._show_whose()

    def _show_whose(self) -> None:
        differs = self.differs()
        self._state.setText(
            self.tr("What-if: not the ensemble's weights")
            if differs
            else self.tr("Vote weights: the ensemble's own")
        )
        bold = self.font()
        bold.setBold(differs)
        self._state.setFont(bold)
        self._state.setPalette(what_if_palette(self.palette()) if differs else QPalette())
        self._state.setAutoFillBackground(differs)
        side = 8 if differs else 0
        self._state.setContentsMargins(side, 4, side, 4)


class _WeightRow(QObject):
    """The controls of one model."""

    edited = Signal(int, float)

    def __init__(self, index: int, appearance: Appearance, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._index = index
        title = appearance.model_title(name)
        swatch = QLabel()
        swatch.setPixmap(appearance.swatch(name).pixmap(12, 12))
        label = QLabel(title)
        label.setTextFormat(Qt.TextFormat.PlainText)
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setRange(0, _STEPS)
        self._slider.setPageStep(_STEPS // 10)
        self._number = QDoubleSpinBox()
        self._number.setRange(0, 1)
        self._number.setDecimals(2)
        self._number.setSingleStep(0.05)
        self._number.setKeyboardTracking(False)
        self._number.lineEdit().setAcceptDrops(False)  # a photograph dropped here is to be opened
        for control in (self._slider, self._number):
            control.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            control.installEventFilter(self)
            control.setAccessibleName(self.tr("Vote weight of {model}").format(model=title))
            control.setToolTip(
                self.tr("Vote weight of {model}; the others keep their proportions").format(
                    model=title
                )
            )
        self.widgets: tuple[QWidget, ...] = (swatch, label, self._slider, self._number)
        self._slider.valueChanged.connect(self._on_slider_moved)
        self._number.valueChanged.connect(self._on_number_changed)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leave the wheel to the scrolled pane unless the control was chosen."""
        unchosen = isinstance(watched, QWidget) and not watched.hasFocus()
        if event.type() == QEvent.Type.Wheel and unchosen:
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def show_weight(self, weight: float) -> None:
        """Show a weight without emitting it."""
        with QSignalBlocker(self._slider), QSignalBlocker(self._number):
            self._slider.setValue(round(weight * _STEPS))
            self._number.setValue(weight)

    def set_visible(self, visible: bool) -> None:
        """Show or hide all controls."""
        for widget in self.widgets:
            widget.setVisible(visible)

    def discard(self) -> None:
        """Take the controls away for good."""
        for widget in self.widgets:
            widget.hide()
            widget.deleteLater()
        self.deleteLater()

    def _on_slider_moved(self, position: int) -> None:
        self.edited.emit(self._index, position / _STEPS)

    def _on_number_changed(self, weight: float) -> None:
        self.edited.emit(self._index, weight)


def _with_weight(weights: tuple[float, ...], index: int, weight: float) -> tuple[float, ...]:
    # At 1 the others keep a trace, so that their proportions survive until the weight falls again.
    weight = min(weight, 1 - _TRACE)
    rest = sum(value for other, value in enumerate(weights) if other != index)
    equal = (1 - weight) / (len(weights) - 1)
    return tuple(
        weight if other == index else (value / rest * (1 - weight) if rest else equal)
        for other, value in enumerate(weights)
    )
