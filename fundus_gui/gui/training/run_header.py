"""What a run is, how it stands and how far it is, above its curves."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from fundus_gui.core.runs import Run
from fundus_gui.core.runs.reading import Status
from fundus_gui.gui.training.live_run import LiveRun
from fundus_gui.gui.training.run_labels import (
    duration,
    epochs_planned,
    figure,
    preparing_title,
    progress,
    seconds_since,
    status_title,
)
from fundus_gui.gui.training.status_icon import status_colour, status_pixmap
from fundus_gui.gui.widgets.tiles import Tiles
from fundus_gui.gui.widgets.type_scale import HEADING, TITLE, enlarge

_BAR_STEPS = 1000


class RunHeader(QWidget):
    """Name and state, what is trained on what, a bar, and the figures of the moment."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._status: Status | None = None
        self.name = QLabel()
        self.name.setTextFormat(Qt.TextFormat.PlainText)
        self.name.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        enlarge(self.name, TITLE, bold=True)
        self._icon = QLabel()
        self.status = QLabel()
        enlarge(self.status, HEADING, bold=True)
        self.facts = QLabel()
        self.facts.setTextFormat(Qt.TextFormat.PlainText)
        self.facts.setWordWrap(True)
        self.bar = QProgressBar()
        self.bar.setRange(0, _BAR_STEPS)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(8)
        self.bar.setAccessibleName(self.tr("Progress of the training"))
        self._tiles = Tiles(
            {
                "epoch": self.tr("Epoch"),
                "elapsed": self.tr("Elapsed"),
                "left": self.tr("Left"),
                "per_epoch": self.tr("Per epoch"),
                "speed": self.tr("Images/s"),
                "rate": self.tr("Learning rate"),
                "accuracy": self.tr("Balanced accuracy"),
                "auc": self.tr("Macro-AUC"),
            },
            HEADING,
        )
        self._tiles.explain("accuracy", self.tr("Of the best epoch, on the validation part"))
        self._tiles.explain("auc", self.tr("Of the best epoch, on the validation part"))
        title = QHBoxLayout()
        title.setSpacing(8)
        title.addWidget(self.name, 1)
        title.addWidget(self._icon)
        title.addWidget(self.status)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(title)
        layout.addWidget(self.facts)
        layout.addWidget(self.bar)
        layout.addWidget(self._tiles)

    def show_run(self, live: LiveRun, *, is_resuming: bool) -> None:
        """Show how the run stands now."""
        run = live.run
        self.name.setText(run.name)
        self._show_status("starting" if is_resuming else run.status)
        if live.preparing is not None:
            self.status.setText(preparing_title(live.preparing))
        self.facts.setText(" · ".join(self._facts(run)))
        self.facts.setToolTip("" if run.config is None else run.config.data)
        self._show_progress(live)
        self._show_figures(run)

    def value(self, name: str) -> str:
        """Return what a tile shows, e.g. epoch, elapsed, left, per_epoch, speed or auc."""
        return self._tiles.value(name)

    def changeEvent(self, event: QEvent) -> None:
        """Follow light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._status is not None:
            self._show_status(self._status)

    def _show_status(self, status: Status) -> None:
        self._status = status
        self._icon.setPixmap(status_pixmap(status, self.palette(), self.devicePixelRatioF()))
        palette = QPalette(self.palette())
        palette.setColor(QPalette.ColorRole.WindowText, status_colour(status, palette))
        self.status.setPalette(palette)
        self.status.setText(status_title(status))

    def _facts(self, run: Run) -> list[str]:
        facts: list[str] = []
        if run.config is not None:
            facts += [run.config.model, f"{run.config.input_size} px", Path(run.config.data).name]
        if run.started is not None:
            started = run.started
            images = {part: sum(counts.values()) for part, counts in started.counts.items()}
            facts += [
                self.tr(
                    "%Ln photograph(s), {val} for validation", None, images.get("train", 0)
                ).format(val=f"{images.get('val', 0):,}"),
                self.tr("{count} classes").format(count=len(started.class_names)),
                self.tr("{count} parameters").format(count=_short(started.parameters)),
                started.device,
            ]
        return [fact for fact in facts if fact]

    def _show_progress(self, live: LiveRun) -> None:
        preparing = live.preparing
        if preparing is not None:
            self.bar.setRange(0, preparing.total)
            self.bar.setValue(preparing.done)
        else:
            is_unknown = live.run.status == "starting" or (
                live.run.status == "running" and live.run.started is None
            )
            self.bar.setRange(0, 0 if is_unknown else _BAR_STEPS)
            self.bar.setValue(round(_BAR_STEPS * progress(live.run)))
        self.bar.setVisible(live.run.is_alive)

    def _show_figures(self, run: Run) -> None:
        step, best, total = run.last_step, run.best, epochs_planned(run)
        done = len(run.epochs)
        now = max(done, step.epoch) if run.is_alive and step is not None else done
        is_running = run.status == "running" and step is not None
        last = step if run.is_alive else None
        speed = last.images_per_second if last is not None else _mean_speed(run)
        speed_text = f"{speed:.1f}" if speed < 10 else f"{speed:.0f}"
        self._tiles.set_value("epoch", f"{now} / {total}" if total else "–")
        self._tiles.set_value("elapsed", duration(_elapsed(run)))
        self._tiles.set_value("left", duration(step.seconds_left) if step and is_running else "–")
        self._tiles.set_value("per_epoch", duration(_seconds_an_epoch(run, speed)))
        self._tiles.set_value("speed", speed_text if speed else "–")
        self._tiles.set_value("rate", f"{last.learning_rate:.1e}" if last is not None else "–")
        self._tiles.set_value("accuracy", figure(best, "balanced_accuracy"))
        self._tiles.set_value("auc", figure(best, "macro_auc", digits=3))


def _seconds_an_epoch(run: Run, speed: float) -> float:
    """Return how long the last epoch took, or before it how long one will at this speed."""
    if run.epochs:
        return run.epochs[-1].seconds
    if run.started is None or not speed:
        return math.nan
    return sum(run.started.counts.get("train", {}).values()) / speed


def _elapsed(run: Run) -> float:
    """Return the seconds of work: of the completed epochs, and since the last start."""
    if run.started is None:
        return 0.0
    before = [e for e in run.epochs if not run.is_alive or e.epoch <= run.started.epoch]
    since = seconds_since(run.started.date, datetime.now(UTC)) if run.is_alive else 0.0
    return sum(epoch.seconds for epoch in before) + max(since, 0.0)


def _mean_speed(run: Run) -> float:
    speeds = [epoch.images_per_second for epoch in run.epochs]
    return sum(speeds) / len(speeds) if speeds else 0.0


def _short(count: int) -> str:
    return f"{count / 1e6:.1f} M" if count >= 100_000 else f"{count:,}"
