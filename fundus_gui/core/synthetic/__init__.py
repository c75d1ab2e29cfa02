"""Draws colour fundus photographs of nobody, for samples, demonstrations and tests."""

from fundus_gui.core.synthetic.drawing import draw_fundus
from fundus_gui.core.synthetic.samples import write_samples
from fundus_gui.core.synthetic.spec import CONDITIONS, FundusSpec

__all__ = ["CONDITIONS", "FundusSpec", "draw_fundus", "write_samples"]
