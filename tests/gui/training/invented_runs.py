"""Run folders as a training would leave them, and a program that pretends to train."""

from __future__ import annotations

import math
import sys
from pathlib import Path

from fundus_gui.core.runs import (
    EpochReport,
    Notice,
    RunEnded,
    RunFolder,
    RunStarted,
    StepReport,
    TrainConfig,
)

CLASSES = ("amd", "cataract", "normal")
STEPS = 10


def started(epochs: int = 4, epoch: int = 0) -> RunStarted:
    return RunStarted(
        class_names=CLASSES,
        counts={
            "train": dict.fromkeys(CLASSES, 40),
            "val": dict.fromkeys(CLASSES, 8),
        },
        device="CPU",
        parameters=5_717_416,
        epochs=epochs,
        steps=STEPS,
        epoch=epoch,
        date="2026-11-22T06:00:00+00:00",
    )


def step(epoch: int, number: int = STEPS, epochs: int = 4) -> StepReport:
    done = epoch - 1 + number / STEPS
    return StepReport(
        epoch=epoch,
        step=number,
        steps=STEPS,
        loss=0.3 + math.exp(-done / 2) + 0.1 * math.sin(7 * done),
        learning_rate=1e-3,
        images_per_second=41.5,
        waiting=0.02,
        seconds_left=30 * (epochs - done),
    )


def epoch_report(epoch: int, *, is_best: bool = True, lift: float = 0.0) -> EpochReport:
    score = min(0.6 + lift + 0.35 * (1 - math.exp(-epoch / 3)), 0.999)
    right = round(8 * score)
    rows = [[8 - right if abs(i - j) == 1 else 0 for j in range(3)] for i in range(3)]
    for i in range(3):
        rows[i][i] = right
    return EpochReport(
        epoch=epoch,
        train_loss=0.3 + math.exp(-epoch / 2),
        train_accuracy=score - 0.03,
        validation={
            "accuracy": score,
            "balanced_accuracy": score - 0.01,
            "macro_auc": min(score + 0.03, 0.999),
            "log_loss": 0.4 + math.exp(-epoch / 2),
        },
        confusion=tuple(map(tuple, rows)),
        is_best=is_best,
        learning_rate=1e-3,
        images_per_second=40.0,
        waiting=0.02,
        seconds=30.0,
    )


def begin(path: Path, epochs: int = 4, model: str = "vit_ti_16") -> RunFolder:
    """Make the folder of a run that has started."""
    folder = RunFolder(path)
    folder.create(TrainConfig(data="/data/eyes", model=model, epochs=epochs))
    folder.append_event(Notice(text="Two photographs are alike and were put together."))
    folder.append_event(started(epochs))
    return folder


def train(folder: RunFolder, epochs: int, total: int = 4, lift: float = 0.0) -> None:
    """Add completed epochs."""
    for epoch in range(1, epochs + 1):
        for number in (STEPS // 2, STEPS):
            folder.append_event(step(epoch, number, total))
        folder.append_event(epoch_report(epoch, lift=lift))


def finished(path: Path, epochs: int = 4, lift: float = 0.0) -> RunFolder:
    """Make the folder of a run that came to its end."""
    folder = begin(path, epochs)
    train(folder, epochs, epochs, lift)
    folder.append_event(RunEnded(ending="finished", reason="All epochs are done.", best_epoch=4))
    return folder


def failed(path: Path, reason: str) -> RunFolder:
    folder = begin(path)
    train(folder, 1)
    folder.append_event(RunEnded(ending="failed", reason=reason))
    return folder


# Trains as the real one does as far as the folder tells: locks it, listens, ends when asked.
_SCRIPT = """
import os, sys, time
sys.path.insert(0, {tests!r})
from pathlib import Path
from invented_runs import begin, epoch_report, started, step
from fundus_gui.core.runs import RunContinued, RunEnded, RunFolder, RunPaused, TrainConfig

arguments = sys.argv[1:]
is_new = "--out" in arguments
folder = RunFolder(Path(arguments[arguments.index("--out" if is_new else "--resume") + 1]))
print(os.getpid(), "training", *arguments[1:], flush=True)
if is_new:
    folder.create(TrainConfig(data="/data/eyes", model="vit_ti_16", epochs=1000))
with folder.locked():
    folder.forget_request()
    folder.append_event(started(1000))
    request, epoch, number, paused = "", 1, 0, False
    while request != "stop":
        time.sleep(0.02)
        request = folder.requested()
        if (request == "pause") != paused:
            paused = not paused
            folder.append_event(RunPaused(epoch=1, step=1) if paused else RunContinued())
        if not paused:
            number += 1
            folder.append_event(step(epoch, number, 1000))
            if number == 10:
                folder.append_event(epoch_report(epoch))
                epoch, number = epoch + 1, 0
                if request == "stop-after-epoch":
                    break
    folder.append_event(RunEnded(ending="stopped", reason="Stopped as asked."))
"""


def fake_program(path: Path) -> tuple[str, ...]:
    """Write a program that pretends to train, and return its command."""
    path.write_text(_SCRIPT.format(tests=str(Path(__file__).parent)), encoding="utf-8")
    return (sys.executable, str(path))


def silent_program(path: Path, says: str = "", code: int = 1) -> tuple[str, ...]:
    """Write a program that ends before it has touched the run's folder."""
    path.write_text(f"import sys\nsys.stderr.write({says!r})\nsys.exit({code})\n", encoding="utf-8")
    return (sys.executable, str(path))
