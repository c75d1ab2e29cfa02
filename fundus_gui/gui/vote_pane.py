"""Who votes on the right side of the window, and what the vote on one photograph looks like."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from fundus_gui.core.catalogue import Catalogue, EnsembleSpec
from fundus_gui.core.results import ImageResult, Prediction, UnreadableImage
from fundus_gui.gui.labels import class_title
from fundus_gui.gui.licence_note import LicenceNote
from fundus_gui.gui.model_chooser import ModelChooser
from fundus_gui.gui.model_colours import appearance_of
from fundus_gui.gui.widgets.decision_view import DecisionView
from fundus_gui.gui.widgets.probability_bars import ProbabilityBars
from fundus_gui.gui.widgets.type_scale import TITLE, enlarge
from fundus_gui.gui.widgets.vote_breakdown import VoteBreakdown
from fundus_gui.gui.widgets.weight_sliders import WeightSliders

_LEAST_WIDTH = 360  # px


class VotePane(QScrollArea):
    """Chooser, headline, outcome, chart, table and sliders, scrolled where the window is low.

    Signals:
        spec_changed: the EnsembleSpec that the user chose, None when no model is checked.
        weights_changed: the what-if weights, None when they are the ensemble's own.
    """

    spec_changed = Signal(object)
    weights_changed = Signal(object)

    def __init__(
        self,
        catalogue: Catalogue,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._result: ImageResult | None = None
        self.headline = QLabel()
        self.headline.setWordWrap(True)
        self.headline.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        enlarge(self.headline, TITLE, bold=True)
        self.decision = DecisionView()
        self.bars = ProbabilityBars()
        self.bars.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.breakdown = VoteBreakdown()
        self.sliders = WeightSliders()
        self.licences = LicenceNote()
        self.sliders.weights_changed.connect(self._on_weights_changed)
        self._content = QWidget()
        self._layout = QVBoxLayout(self._content)
        self._layout.setContentsMargins(8, 8, 8, 8)
        self._layout.setSpacing(8)
        answer = (self.headline, self.decision, self.bars, self.breakdown)
        for widget in (*answer, self.sliders, self.licences):
            self._layout.addWidget(widget)
        self._layout.addStretch(1)
        self.chooser = self._add_chooser(catalogue)
        self.setWidget(self._content)
        self.setWidgetResizable(True)
        self.setAccessibleName(self.tr("The models and their vote"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it scrolls to whichever child has the focus
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.show_result(None)

    def minimumSizeHint(self) -> QSize:
        """Never cut what is in it, for it scrolls upright only."""
        bar, content = self.verticalScrollBar().sizeHint(), self._content.minimumSizeHint()
        return QSize(max(_LEAST_WIDTH, content.width() + bar.width()), 0)

    def event(self, event: QEvent) -> bool:
        """Tell the window when what is in it needs more width."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().event(event)

    def set_catalogue(self, catalogue: Catalogue) -> None:
        """Offer other models, none of which is chosen yet."""
        self.chooser.deleteLater()
        self.chooser = self._add_chooser(catalogue)

    def _add_chooser(self, catalogue: Catalogue) -> ModelChooser:
        self._models = catalogue.models
        appearance = appearance_of(catalogue.models)
        for widget in (self.decision, self.bars, self.breakdown, self.sliders):
            widget.set_appearance(appearance)
        chooser = ModelChooser(catalogue, appearance)
        chooser.spec_changed.connect(self.spec_changed)
        self._layout.insertWidget(0, chooser)
        return chooser

    @property
    def result(self) -> ImageResult | None:
        """The engine's result that is shown."""
        return self._result

    def set_spec(self, spec: EnsembleSpec | None) -> None:
        """Offer the weights of this ensemble's members, and tell their licences."""
        members = spec.members if spec is not None else ()
        self.sliders.set_members(members, spec.weights if spec is not None else ())
        self.licences.set_models([self._models[name] for name in members])
        self.show_result(self._result)

    def show_result(self, result: ImageResult | None) -> None:
        """Show one photograph's vote with the weights that are set."""
        self._result = result
        stored = result if isinstance(result, Prediction) else None
        prediction = self._weighed(stored) if stored is not None else None
        what_if = self.sliders.differs()
        self.decision.set_prediction(prediction, stored)
        self.bars.set_prediction(prediction, what_if)
        self.breakdown.set_prediction(prediction)
        self.headline.setText(_headline(prediction))
        self.headline.setVisible(prediction is not None)
        if isinstance(result, UnreadableImage):
            self.headline.setText(self.tr("Could not be read"))
            self.headline.show()

    def _weighed(self, prediction: Prediction) -> Prediction:
        if not self.sliders.differs():
            return prediction
        return prediction.reweighted(self.sliders.weights())

    def _on_weights_changed(self, weights: tuple[float, ...]) -> None:
        self.show_result(self._result)
        self.weights_changed.emit(weights if self.sliders.differs() else None)


def _headline(prediction: Prediction | None) -> str:
    if prediction is None:
        return ""
    return f"{class_title(prediction.label)} {prediction.confidence:.1%}"
