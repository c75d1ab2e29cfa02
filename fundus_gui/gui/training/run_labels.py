"""What is said of a run in the list and above its curves."""

from __future__ import annotations

import math
from datetime import datetime

from PySide6.QtCore import QCoreApplication, QDateTime

from fundus_gui.core.runs import EpochReport, Preparing, Run
from fundus_gui.core.runs.reading import Status
from fundus_gui.gui.labels import Counts, day_and_month, day_and_time


def status_title(status: Status) -> str:
    """Return the word for a status."""
    words: dict[Status, str] = {
        "starting": QCoreApplication.translate("Run", "Starting"),
        "running": QCoreApplication.translate("Run", "Training"),
        "paused": QCoreApplication.translate("Run", "Paused"),
        "finished": QCoreApplication.translate("Run", "Finished"),
        "stopped": QCoreApplication.translate("Run", "Stopped"),
        "failed": QCoreApplication.translate("Run", "Failed"),
    }
    return words[status]


def preparing_title(preparing: Preparing) -> str:
    """Return what is done before the first update, and how far it is."""
    words = {
        "reading": QCoreApplication.translate("Run", "Reading the labels"),
        "comparing": QCoreApplication.translate("Run", "Comparing photographs"),
        "decoding": QCoreApplication.translate("Run", "Decoding photographs"),
        "building": QCoreApplication.translate("Run", "Building the network"),
    }
    if not preparing.total:
        return words[preparing.stage]
    text = QCoreApplication.translate("Run", "{work}: {done} of {total}")
    return text.format(
        work=words[preparing.stage], done=f"{preparing.done:,}", total=f"{preparing.total:,}"
    )


def progress(run: Run) -> float:
    """Return how much of the training is done, 0 to 1."""
    done, total = float(len(run.epochs)), epochs_planned(run)
    if run.last_step is not None:
        within = run.last_step.step / max(run.last_step.steps, 1)
        done = max(done, run.last_step.epoch - 1 + within)
    return min(done / total, 1.0) if total else 0.0


def epochs_planned(run: Run) -> int:
    """Return the number of epochs at most, 0 while it is not known."""
    if run.started is not None:
        return run.started.epochs
    return run.config.epochs if run.config is not None else 0


def epoch_text(run: Run) -> str:
    """Return which epoch is under way, or how many are done; empty before the first."""
    total = epochs_planned(run)
    if run.is_alive:
        step = run.last_step
        now = max(len(run.epochs), step.epoch if step is not None else 0)
        if not (now and total):
            return ""
        text = QCoreApplication.translate("Run", "epoch {epoch} of {total}")
        return text.format(epoch=now, total=total)
    if not total:
        return ""
    return Counts().epochs_done(len(run.epochs), total)


def figures_text(best: EpochReport | None) -> str:
    """Return the figures by which runs are compared, empty before the first epoch."""
    if best is None:
        return ""
    text = QCoreApplication.translate("Run", "AUC {auc} · bal. acc. {accuracy}")
    return text.format(
        accuracy=figure(best, "balanced_accuracy"), auc=figure(best, "macro_auc", digits=3)
    )


def figure(epoch: EpochReport | None, name: str, digits: int = 2) -> str:
    """Return one figure of the validation part, a dash where there is none."""
    value = math.nan if epoch is None else epoch.validation.get(name, math.nan)
    return f"{value:.{digits}f}" if math.isfinite(value) else "–"


def summary(run: Run) -> str:
    """Return the state of a run in one line."""
    parts = [status_title(run.status)]
    if run.status == "failed":
        parts.append(run.problem.partition("\n")[0])
    else:
        parts.append(epoch_text(run))
    if run.status == "running" and run.last_step is not None:
        left = QCoreApplication.translate("Run", "{time} left")
        parts.append(left.format(time=duration(run.last_step.seconds_left)))
    return " · ".join(part for part in parts if part)


def duration(seconds: float) -> str:
    """Return a time span in its two largest units."""
    if not math.isfinite(seconds):
        return "–"
    minutes, rest = divmod(round(max(seconds, 0.0)), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        text = QCoreApplication.translate("Run", "{days} d {hours} h")
    elif hours:
        text = QCoreApplication.translate("Run", "{hours} h {minutes} min")
    elif minutes:
        text = QCoreApplication.translate("Run", "{minutes} min {seconds} s")
    else:
        text = QCoreApplication.translate("Run", "{seconds} s")
    return text.format(days=days, hours=hours, minutes=minutes, seconds=rest)


def date_text(made: float) -> str:
    """Return a date and time, in seconds of the epoch, as people here write them."""
    return day_and_time(QDateTime.fromSecsSinceEpoch(int(made)))


def day_text(made: float) -> str:
    """Return a day, in seconds of the epoch, without its year."""
    return day_and_month(QDateTime.fromSecsSinceEpoch(int(made)))


def seconds_since(date: str, now: datetime) -> float:
    """Return the seconds that have passed since a date in ISO 8601, 0 if it is none."""
    try:
        return (now - datetime.fromisoformat(date)).total_seconds()
    except (ValueError, TypeError):
        return 0.0
