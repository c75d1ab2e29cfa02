"""Whether this machine reproduces what the weights gave where they were made."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fundus_gui.core.catalogue import Catalogue
from fundus_gui.core.ensemble import load_ensemble
from fundus_gui.core.errors import FundusError
from fundus_gui.core.inference import predict_images
from fundus_gui.core.paths import samples_dir
from fundus_gui.core.results import UnreadableImage

TOLERANCE = 1e-3  # of a probability


@dataclass(frozen=True, slots=True)
class GoldenCheck:
    """How one model did on its golden image.

    Attributes:
        model: name.
        difference: largest absolute difference of a probability; None when it could not be run
            or the card names no golden image (own weights).
        problem: a sentence when it failed, else empty.
        device: what computed it, for people.
    """

    model: str
    difference: float | None
    problem: str = ""
    device: str = ""


def check_golden(name: str, catalogue: Catalogue, *, device: str = "auto") -> GoldenCheck:
    """Load a model, classify the golden image that its card names and compare."""
    try:
        ensemble = load_ensemble(catalogue.of_models([name]), catalogue, device=device)
        golden = ensemble.cards[name].golden
        if not golden:
            return GoldenCheck(name, None)
        path = samples_dir() / Path(str(golden.get("image"))).name
        (result,) = predict_images(ensemble, [path], batch_size=1, workers=1)
    except FundusError as error:
        return GoldenCheck(name, None, str(error))
    if isinstance(result, UnreadableImage):
        return GoldenCheck(name, None, f"{path.name}: {result.error}")
    expected = golden.get("probabilities")
    if not isinstance(expected, list) or len(expected) != len(result.probabilities):
        return GoldenCheck(name, None, "its card's golden probabilities do not fit its classes")
    difference = float(np.abs(np.subtract(result.probabilities, expected)).max())
    if difference > TOLERANCE:
        problem = f"probabilities differ by up to {difference:.2g} (allowed: {TOLERANCE:g})"
        return GoldenCheck(name, difference, problem, ensemble.device_name)
    return GoldenCheck(name, difference, device=ensemble.device_name)
