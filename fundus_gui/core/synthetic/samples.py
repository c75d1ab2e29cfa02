"""Writes drawn photographs to a folder, as samples and for tests."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from fundus_gui.core import atomic
from fundus_gui.core.errors import ConfigError, ExportError
from fundus_gui.core.synthetic.drawing import draw_fundus
from fundus_gui.core.synthetic.spec import CONDITIONS, Framing, FundusSpec

_FRAMINGS: tuple[Framing, ...] = ("full_disc", "cut", "fills_frame")
_JPEG_QUALITY = 90
_COMMENT = b"Synthetic drawing, not a photograph of a patient"


def write_samples(
    folder: Path,
    *,
    per_class: int = 1,
    size: int = 1024,
    class_folders: bool = False,
    seed: int = 0,
) -> Iterator[Path]:
    """Draw photographs of every condition and write them as JPEG, with `labels.csv` at the end.

    Eyes and framings alternate, severities vary. The names say what they are, e.g.
    `glaucoma_synthetic_01_OS.jpg`.

    Args:
        folder: made when missing; files in it are never overwritten.
        per_class: photographs of each condition.
        size: height in pixels.
        class_folders: put each condition into a folder of its own name.
        seed: same seed, same pictures.

    Raises:
        ConfigError: a number out of range.
        ExportError: a file exists already or cannot be written.
    """
    if per_class < 1:
        raise ConfigError(f"At least one photograph of each class is needed, not {per_class}.")
    if seed < 0:
        raise ConfigError(f"The seed must be at least 0, not {seed}.")
    planned = [
        (_path(folder, spec, number, class_folders), spec)
        for number in range(1, per_class + 1)
        for spec in _specs(number, size, seed)
    ]
    manifest = folder / "labels.csv"
    for path in (*(path for path, _ in planned), manifest):
        if path.exists():
            raise ExportError(f"{path} exists already; nothing was overwritten. Name a new folder.")
    return _write(planned, folder, manifest)


def _specs(number: int, size: int, seed: int) -> list[FundusSpec]:
    severities = np.random.default_rng([seed, number]).uniform(0.4, 0.9, len(CONDITIONS))
    return [
        FundusSpec(
            condition=condition,
            size=size,
            laterality="OD" if (number + place) % 2 else "OS",
            framing=_FRAMINGS[(number + place) % len(_FRAMINGS)],
            severity=round(float(severities[place]), 2),
            seed=(seed * 10_007 + number) * len(CONDITIONS) + place,
        )
        for place, condition in enumerate(CONDITIONS)
    ]


def _path(folder: Path, spec: FundusSpec, number: int, class_folders: bool) -> Path:
    name = f"{spec.condition}_synthetic_{number:02d}_{spec.laterality}.jpg"
    return folder / spec.condition / name if class_folders else folder / name


def _write(planned: list[tuple[Path, FundusSpec]], folder: Path, manifest: Path) -> Iterator[Path]:
    table = io.StringIO()
    rows = csv.writer(table, lineterminator="\n")
    rows.writerow(("filename", "label", "patient_id", "laterality", "split"))
    try:
        for path, spec in planned:
            encoded = io.BytesIO()
            Image.fromarray(draw_fundus(spec)).save(
                encoded, "JPEG", quality=_JPEG_QUALITY, comment=_COMMENT
            )
            atomic.write_bytes(path, encoded.getvalue())
            name = path.relative_to(folder).as_posix()
            rows.writerow((name, spec.condition, f"synthetic-{spec.seed}", spec.laterality, ""))
            yield path
        atomic.write_bytes(manifest, table.getvalue().encode())
    except OSError as error:
        raise ExportError(f"{folder} cannot be written ({error.strerror}).") from error
