"""One photograph on the stage, and how far its telling has come at any moment."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEasingCurve
from PySide6.QtGui import QPixmap

from fundus_gui.core.results import Prediction

_FADE_SECONDS = 0.9
_MODEL_SECONDS = 1.1
_ANSWER_SECONDS = 0.6


@dataclass(frozen=True, slots=True)
class Scene:
    """A photograph with its vote.

    Attributes:
        picture: the photograph.
        prediction: what the models and their vote say of it.
        caption: what is written below the photograph, often nothing.
    """

    picture: QPixmap
    prediction: Prediction
    caption: str = ""

    @property
    def seconds(self) -> float:
        """How long the telling takes, before everything stands still."""
        return _FADE_SECONDS + self._voting_seconds + _ANSWER_SECONDS

    @property
    def _voting_seconds(self) -> float:
        return _MODEL_SECONDS * len(self.prediction.member_names)

    def picture_shown(self, at: float) -> float:
        """Return how visible the photograph is, 0 to 1, `at` seconds after the start."""
        return _eased(at / _FADE_SECONDS)

    def votes_shown(self, at: float) -> tuple[float, ...]:
        """Return for each model how much of its votes has been cast, 0 to 1: one after another."""
        voting = (at - _FADE_SECONDS) / _MODEL_SECONDS
        return tuple(_eased(voting - i) for i in range(len(self.prediction.member_names)))

    def answer_shown(self, at: float) -> float:
        """Return how visible the answer is, 0 to 1: when all models have voted."""
        return _eased((at - _FADE_SECONDS - self._voting_seconds) / _ANSWER_SECONDS)


def _eased(progress: float) -> float:
    return QEasingCurve(QEasingCurve.Type.InOutCubic).valueForProgress(min(1.0, max(0.0, progress)))
