"""Train a registered network on labelled photographs."""

from fundus_gui.core.training.runner import fit, resume

__all__ = ["fit", "resume"]
