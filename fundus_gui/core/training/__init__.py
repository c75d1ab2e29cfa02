"""Train a registered network on labelled photographs."""

from fundus_gui.core.training.config import TrainConfig
from fundus_gui.core.training.loop import EpochReport, StepReport, fit

__all__ = ["EpochReport", "StepReport", "TrainConfig", "fit"]
