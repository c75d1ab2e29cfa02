"""The engine as the commands that judge labelled photographs use it."""

from __future__ import annotations

import functools
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from fundus_gui.cli.console import err
from fundus_gui.core.assessments import Classify, ClassifyRecord
from fundus_gui.core.catalogue import Catalogue, EnsembleSpec
from fundus_gui.core.results import ModelsReady, Precision

if TYPE_CHECKING:
    from fundus_gui.core.ensemble import Ensemble


def load(spec: EnsembleSpec, catalogue: Catalogue, device: str, precision: Precision) -> Ensemble:
    """Load an ensemble, and say so where the device knows no fast precision."""
    from fundus_gui.core.ensemble import load_ensemble

    ensemble = load_ensemble(spec, catalogue, device=device, precision=precision)
    if precision == "fast" and ensemble.number_format == "float32":
        err.print(
            f"{ensemble.device_name} gains nothing by fewer digits than float32: the precision "
            "is exact, not fast.",
            soft_wrap=True,
        )
    return ensemble


def classify_with(
    catalogue: Catalogue,
    device: str = "auto",
    *,
    precision: Precision = "exact",
    batch_size: int = 16,
    workers: int | None = None,
) -> Classify:
    """Return what classifies with installed weights and keeps the last ensemble loaded.

    Args:
        catalogue: where the models are looked up.
        device: auto, cpu, cuda, cuda:1 or mps.
        precision: as `load_member` takes it.
        batch_size, workers: as `predict_images` takes them.
    """

    @functools.lru_cache(maxsize=1)
    def loaded(spec: EnsembleSpec) -> Ensemble:
        return load(spec, catalogue, device, precision)

    def classify(
        spec: EnsembleSpec, paths: Sequence[Path]
    ) -> Generator[ClassifyRecord, None, None]:
        from fundus_gui.core.inference import predict_images

        ensemble = loaded(spec)
        yield ModelsReady(ensemble.device_name, ensemble.weights_sha256, ensemble.number_format)
        yield from predict_images(ensemble, paths, batch_size=batch_size, workers=workers)

    return classify
