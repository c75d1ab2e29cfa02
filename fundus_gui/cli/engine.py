"""The engine as the commands that judge labelled photographs use it."""

from __future__ import annotations

import functools
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from fundus_gui.core.assessments import Classify, ClassifyRecord
from fundus_gui.core.catalogue import Catalogue, EnsembleSpec
from fundus_gui.core.results import ModelsReady

if TYPE_CHECKING:
    from fundus_gui.core.ensemble import Ensemble


def classify_with(
    catalogue: Catalogue, device: str = "auto", *, batch_size: int = 16, workers: int | None = None
) -> Classify:
    """Return what classifies with installed weights and keeps the last ensemble loaded.

    Args:
        catalogue: where the models are looked up.
        device: auto, cpu, cuda, cuda:1 or mps.
        batch_size, workers: as `predict_images` takes them.
    """

    @functools.lru_cache(maxsize=1)
    def load(spec: EnsembleSpec) -> Ensemble:
        from fundus_gui.core.ensemble import load_ensemble

        return load_ensemble(spec, catalogue, device=device)

    def classify(
        spec: EnsembleSpec, paths: Sequence[Path]
    ) -> Generator[ClassifyRecord, None, None]:
        from fundus_gui.core.inference import predict_images

        ensemble = load(spec)
        yield ModelsReady(ensemble.device_name, ensemble.weights_sha256)
        yield from predict_images(ensemble, paths, batch_size=batch_size, workers=workers)

    return classify
