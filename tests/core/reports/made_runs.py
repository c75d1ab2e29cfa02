"""Epochs, updates and answers of trainings that never were."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fundus_gui.core.runs import EpochReport, RunStarted, StepReport


def epoch(
    number: int, score: float = 0.5, *, is_best: bool = False, **changes: object
) -> EpochReport:
    values: dict[str, object] = {
        "epoch": number,
        "train_loss": 1.0 / number,
        "train_accuracy": 0.75,
        "validation": {
            "images": 10,
            "accuracy": 0.6,
            "balanced_accuracy": 0.55,
            "macro_f1": 0.5,
            "macro_auc": score,
            "log_loss": 1.5 / number,
        },
        "confusion": ((4, 1), (2, 3)),
        "is_best": is_best,
        "learning_rate": 0.001,
        "images_per_second": 20.5,
        "waiting": 0.1,
        "seconds": 12.25,
        **changes,
    }
    return EpochReport(**values)  # type: ignore[arg-type]


def epochs(scores: Sequence[float]) -> tuple[EpochReport, ...]:
    """Return an epoch per score; each that is higher than all before is a best one."""
    return tuple(
        epoch(number, score, is_best=score > max([-math.inf, *scores[: number - 1]]))
        for number, score in enumerate(scores, start=1)
    )


def step(epoch: int, step: int, loss: float = 1.0, *, steps: int = 4) -> StepReport:
    return StepReport(
        epoch=epoch,
        step=step,
        steps=steps,
        loss=loss,
        learning_rate=0.002,
        images_per_second=20.0,
        waiting=0.1,
        seconds_left=9.0,
    )


def started(class_names: Sequence[str], *, epoch: int = 0) -> RunStarted:
    return RunStarted(
        class_names=tuple(class_names),
        counts={
            "train": dict.fromkeys(class_names, 30),
            "val": dict.fromkeys(class_names, 10),
        },
        device="CPU (1 thread)",
        parameters=5_500_000,
        epochs=3,
        steps=4,
        epoch=epoch,
        date="2026-11-22T10:00:00+00:00",
    )


def answers(classes: int, images: int = 60) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return probabilities (N, K), mostly right, and labels (N,) of every class."""
    random = np.random.default_rng(classes)
    labels = np.arange(images) % classes
    scores = random.normal(size=(images, classes)) + 2 * np.eye(classes)[labels]
    odds = np.exp(scores)
    return odds / odds.sum(axis=1, keepdims=True), labels
