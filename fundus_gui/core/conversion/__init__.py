"""Public and foreign weights: opened safely, renamed, fitted, and reported by name."""

from fundus_gui.core.conversion.converter import convert
from fundus_gui.core.conversion.fitting import ConversionReport
from fundus_gui.core.conversion.foreign import read_foreign
from fundus_gui.core.conversion.presets import Preset, find_preset, presets
from fundus_gui.core.conversion.pretrained import InitialWeights, initial_weights

__all__ = [
    "ConversionReport",
    "InitialWeights",
    "Preset",
    "convert",
    "find_preset",
    "initial_weights",
    "presets",
    "read_foreign",
]
