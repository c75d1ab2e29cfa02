"""An evaluation of drawn photographs by two made-up models over three classes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from fundus_gui.core.assessments import Assessment, DataPart, JudgedPart
from fundus_gui.core.catalogue import EnsembleSpec
from fundus_gui.core.datasets import LabelledImage
from fundus_gui.core.evaluation import (
    Bootstrap,
    EvaluationSettings,
    LabelledPredictions,
    evaluate,
)
from fundus_gui.core.results import UnreadableImage

CLASSES = ("amd", "diabetic_retinopathy", "normal")
MEMBERS = ("cnn", "vit")
SPEC = EnsembleSpec(name="pair", members=MEMBERS, weights=(0.6, 0.4), title="Pair")
FAST = EvaluationSettings(bootstrap=Bootstrap(replicates=50), coverage=0.8, referral_rate=0.3)


def judged_part(
    folder: Path, part: str = "test", images: int = 60, seed: int = 0, *, drawn: bool = False
) -> JudgedPart:
    """Make up predictions that are right more often than not; `drawn` also writes the files."""
    random = np.random.default_rng(seed)
    labels = random.integers(len(CLASSES), size=images)
    labels[: len(CLASSES)] = np.arange(len(CLASSES))  # every class occurs
    right = np.eye(len(CLASSES))[labels]
    logits = random.normal(size=(len(MEMBERS), images, len(CLASSES))) + 1.2 * right
    odds = np.exp(logits)
    labelled = tuple(
        LabelledImage(
            path=folder / f"{part}_{number}.png",
            label=CLASSES[label],
            patient_id=f"{part} patient {number // 2}",
            laterality="OD" if number % 2 else "OS",
            part=part,  # type: ignore[arg-type]
            extra={"age": str(40 + number % 40), "sex": "female" if number % 3 else "male"},
        )
        for number, label in enumerate(labels)
    )
    if drawn:
        folder.mkdir(parents=True, exist_ok=True)
        for image in labelled:
            colour = tuple(int(value) for value in random.integers(60, 200, 3))
            Image.new("RGB", (48, 48), colour).save(image.path)
    return JudgedPart(
        source=DataPart(folder=folder, part=part),  # type: ignore[arg-type]
        images=labelled,
        predictions=LabelledPredictions(
            class_names=CLASSES,
            member_names=MEMBERS,
            probabilities=odds / odds.sum(axis=2, keepdims=True),
            labels=labels,
            patients=tuple(image.patient_id for image in labelled),
            columns={
                "laterality": tuple(image.laterality for image in labelled),
                "sex": tuple(image.extra["sex"] for image in labelled),
            },
        ),
        image_sha256=tuple(f"{number:064x}" for number in range(images)),
        unreadable=(UnreadableImage(folder / "broken.png", "the file is empty"),),
    )


def assessment(
    folder: Path,
    *,
    name: str = "pair on test",
    images: int = 60,
    has_tuning: bool = True,
    drawn: bool = False,
    seed: int = 0,
) -> Assessment:
    """Evaluate made-up predictions."""
    judged = judged_part(folder, "test", images, seed, drawn=drawn)
    tuning = judged_part(folder, "val", images, seed + 1, drawn=drawn) if has_tuning else None
    report = evaluate(
        judged.predictions, SPEC, FAST, None if tuning is None else tuning.predictions
    )
    return Assessment(
        name=name,
        date="2026-11-22T10:00:00+00:00",
        judged=judged,
        tuning=tuning,
        report=report,
        leaks={"cnn": (judged.images[0].path,)},
        warnings=("cnn was trained on 1 of these photographs, so figures on them flatter it.",),
        weights_sha256=dict.fromkeys(MEMBERS, "cd" * 32),
        licences=dict.fromkeys(MEMBERS, "CC-BY-4.0"),
        device="Test device",
        number_format="bfloat16",
        version="0.1.0",
    )
