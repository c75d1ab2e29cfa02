"""The loop: draw a batch, update, report; evaluate and save once an epoch."""

from __future__ import annotations

import math
import time
from collections.abc import Generator, Iterator
from datetime import UTC, datetime

import numpy as np
from torch import Tensor

from fundus_gui.core.datasets import Dataset, Part
from fundus_gui.core.devices import device_name
from fundus_gui.core.errors import ConfigError
from fundus_gui.core.evaluation import confusion, measure
from fundus_gui.core.one_or_many import one_or_many
from fundus_gui.core.runs import (
    EpochReport,
    Event,
    Notice,
    RunContinued,
    RunEnded,
    RunPaused,
    RunStarted,
    StepReport,
    TrainConfig,
)
from fundus_gui.core.training.batches import TrainingBatches
from fundus_gui.core.training.learner import Course, Learner
from fundus_gui.core.training.optimisation import (
    learning_rate,
    training_size,
    training_strength,
)
from fundus_gui.core.training.output import RunOutput
from fundus_gui.core.training.state import Place, save_state
from fundus_gui.core.training.views import Views

_PAUSE_SECONDS = 0.2


class Clock:
    """How much of the training is over, by updates or by the time budget, whichever is more.

    Time stands still between two ticks, so that all processes can be told the same.
    """

    def __init__(self, config: TrainConfig, steps: int, seconds: float) -> None:
        self._config = config
        self._steps = steps
        self._ticked = time.monotonic()
        self.seconds = seconds

    def tick(self, *, counts: bool = True) -> None:
        """Let the time since the last tick pass, or, after a pause, leave it out."""
        now = time.monotonic()
        self.seconds += (now - self._ticked) * counts
        self._ticked = now

    @property
    def is_over(self) -> bool:
        """Whether the time budget is spent."""
        return self.seconds >= 60 * self._config.max_minutes

    def progress(self, update: int) -> float:
        """Return 0 to 1 before the given update, counted from 1."""
        by_updates = (update - 1) / (self._config.epochs * self._steps)
        return max(by_updates, self.seconds / (60 * self._config.max_minutes))


class Training:
    """One run from a place on, as a generator of events."""

    def __init__(
        self,
        learner: Learner,
        data: Dataset,
        training_views: Views,
        validation_views: Views,
        output: RunOutput,
    ) -> None:
        self._learner = learner
        self._config = learner.config
        self._data = data
        self._validation_views = validation_views
        self._output = output
        fabric = learner.fabric
        self._batches = TrainingBatches(
            training_views,
            class_indices(data, "train"),
            len(data.class_names),
            self._config,
            rank=fabric.global_rank,
            world=fabric.world_size,
            uses_cuda=fabric.device.type == "cuda",
        )
        self._truth = np.asarray(class_indices(data, "val"))

    def run(self, place: Place) -> Generator[Event, None, None]:
        """Train from `place` to the end, a request to stop, or an error.

        Raises:
            ConfigError: the loss became infinite or no number.
            FundusError: as device and disk demand.
        """
        self._place = place
        self._clock = Clock(self._config, self._batches.steps, place.seconds)
        yield self._started()
        request = self._reason_to_end()  # if it was killed after its last epoch
        while place.epoch <= self._config.epochs and not request:
            began = time.monotonic()
            request = yield from self._train_epoch()
            if request == "stop":
                break
            yield self._finish_epoch(began)
            place.begin_epoch(place.epoch + 1)
            self._save_state()
            request = request or self._reason_to_end()
        yield from self._end(request)

    def _started(self) -> RunStarted:
        parts: tuple[Part, ...] = ("train", "val", "test")
        return RunStarted(
            class_names=self._data.class_names,
            counts={
                part: Dataset(part, self._data.part(part)).counts()
                for part in parts
                if self._data.part(part)
            },
            device=device_name(self._learner.fabric.device),
            parameters=sum(p.numel() for p in self._learner.network.parameters()),
            epochs=self._config.epochs,
            steps=self._batches.steps,
            epoch=self._place.epoch - 1,
            date=datetime.now(UTC).isoformat(timespec="seconds"),
        )

    def _train_epoch(self) -> Generator[Event, None, str]:
        """Train to the end of the epoch; return what was asked for in it."""
        place, steps, request = self._place, self._batches.steps, ""
        meter = _Meter()
        saved = time.monotonic()
        batches = self._batches.epoch(
            place.epoch,
            strength=self._course((place.epoch - 1) * steps + 1).strength,  # the same if resumed
            first_step=place.step + 1,
        )
        for views, labels in meter.timed(batches):
            parts = self._learner.parts
            course = self._course(self._update_number())
            outcome = self._learner.update(views, labels, course)
            if not math.isfinite(outcome.loss):
                raise _diverged(f"the loss was {outcome.loss}", place.epoch)
            place.step += 1
            place.losses += outcome.loss
            place.learning_rate = course.learning_rate
            right = outcome.right
            place.right = None if place.right is None or right is None else place.right + right
            place.seen += meter.count(labels, self._learner.fabric.world_size)
            if self._learner.parts != parts:
                yield _halved(self._learner.parts, len(labels))
            yield self._report(outcome.loss, course, meter)
            request = (yield from self._answered_request()) or request
            if request == "stop":
                break
            if time.monotonic() - saved > 60 * self._config.state_minutes:
                saved = time.monotonic()
                self._save_state()
            if place.step >= steps or self._clock.is_over:
                break
        self._meter = meter
        return request

    def _update_number(self) -> int:
        """Number of the next update, from 1."""
        return (self._place.epoch - 1) * self._batches.steps + self._place.step + 1

    def _course(self, update: int) -> Course:
        progress = self._clock.progress(update)
        return Course(
            update=update,
            learning_rate=learning_rate(progress, self._config),
            size=training_size(progress, self._config),
            strength=training_strength(progress, self._config),
            is_frozen=self._place.epoch <= self._config.freeze_epochs,
        )

    def _report(self, loss: float, course: Course, meter: _Meter) -> StepReport:
        progress = max(self._clock.progress(course.update + 1), 1e-9)
        return StepReport(
            epoch=self._place.epoch,
            step=self._place.step,
            steps=self._batches.steps,
            loss=loss,
            learning_rate=course.learning_rate,
            images_per_second=meter.images_per_second,
            waiting=meter.waiting,
            seconds_left=self._clock.seconds * (1 - min(progress, 1)) / progress,
        )

    def _answered_request(self) -> Generator[Event, None, str]:
        """Return "stop", "stop-after-epoch" or nothing; a pause is waited out here."""
        request = self._agree()
        if request == "pause":
            yield RunPaused(epoch=self._place.epoch, step=self._place.step)
            self._save_state()
            while request == "pause":
                time.sleep(_PAUSE_SECONDS)
                request = self._agree(counts=False)
            yield RunContinued()
        return request if request in ("stop", "stop-after-epoch") else ""

    def _agree(self, *, counts: bool = True) -> str:
        """Let the clock tick; return what the user asks for. Both are the first process's."""
        self._clock.tick(counts=counts)
        request = self._output.requested()
        if self._learner.fabric.world_size > 1:
            told = self._learner.fabric.broadcast((self._clock.seconds, request))
            self._clock.seconds, request = told
        return request

    def _finish_epoch(self, began: float) -> EpochReport:
        """Evaluate, save last and best, add a row to the summary."""
        place = self._place
        probabilities = self._learner.predict_proba(self._validation_views)
        if not np.isfinite(probabilities).all():
            raise _diverged("the network answered with no numbers", place.epoch)
        figures = measure(probabilities, self._truth)
        score = [figures.macro_auc, -figures.log_loss]  # of equal ones the surer
        is_best = place.best_score is None or score > place.best_score
        if is_best:
            place.best_score, place.best_epoch = score, place.epoch
        place.seconds = self._clock.seconds
        report = EpochReport(
            epoch=place.epoch,
            train_loss=place.losses / max(place.step, 1),
            train_accuracy=None if place.right is None else place.right / max(place.seen, 1),
            validation=figures.by_name(),
            confusion=tuple(
                tuple(int(cell) for cell in row) for row in confusion(probabilities, self._truth)
            ),
            is_best=is_best,
            learning_rate=place.learning_rate,
            images_per_second=self._meter.images_per_second,
            waiting=self._meter.waiting,
            seconds=time.monotonic() - began,
        )
        self._output.save_epoch(self._learner, report)
        return report

    def _save_state(self) -> None:
        if not self._learner.is_finite():
            raise _diverged("the weights are no numbers", self._place.epoch)
        self._place.seconds = self._clock.seconds
        if self._learner.fabric.is_global_zero:
            save_state(self._output.folder.state_file, self._learner, self._place)
        self._learner.fabric.barrier()

    def _reason_to_end(self) -> str:
        if self._clock.is_over:
            return "budget"
        done = self._place.epoch - 1
        if self._config.patience and done - self._place.best_epoch >= self._config.patience:
            return "patience"
        return ""

    def _end(self, request: str) -> Generator[Event, None, None]:
        """Report on the best weights, unless the user is in a hurry."""
        done, patience = self._place.epoch - 1, self._config.patience
        reasons = {
            "stop": "Stopped at once; it can be resumed.",
            "stop-after-epoch": f"Stopped after epoch {done}; it can be resumed.",
            "budget": f"The time budget was spent after {done} {one_or_many(done, 'epoch')}.",
            "patience": f"No better result in {patience} {one_or_many(patience, 'epoch')}.",
            "": "The epoch is done." if done == 1 else f"All {done} epochs are done.",
        }
        if request == "stop":
            self._save_state()
            yield self._ended(reasons[request], is_stopped=True)
            return
        figures = self._output.write_report(self._learner, self._validation_views, self._truth)
        is_stopped = request == "stop-after-epoch" and done < self._config.epochs
        yield self._ended(reasons[request], is_stopped=is_stopped, figures=figures)

    def _ended(
        self, reason: str, *, is_stopped: bool, figures: dict[str, float] | None = None
    ) -> RunEnded:
        return RunEnded(
            ending="stopped" if is_stopped else "finished",
            reason=reason,
            best_epoch=self._place.best_epoch,
            figures=figures or {},
        )


class _Meter:
    """Photographs a second and the share of time spent waiting for them."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._waited = 0.0
        self._images = 0

    def timed(self, batches: Iterator[tuple[Tensor, Tensor]]) -> Iterator[tuple[Tensor, Tensor]]:
        """Pass the batches on, counting the time until each is there."""
        while True:
            asked = time.monotonic()
            batch = next(batches, None)
            self._waited += time.monotonic() - asked
            if batch is None:
                return
            yield batch

    def count(self, labels: Tensor, processes: int) -> int:
        """Count a batch over all processes; return its number of photographs."""
        self._images += len(labels) * processes
        return len(labels) * processes

    @property
    def images_per_second(self) -> float:
        """Mean since the start of the epoch."""
        return self._images / max(time.monotonic() - self._started, 1e-9)

    @property
    def waiting(self) -> float:
        """Share of the time since the start of the epoch."""
        return self._waited / max(time.monotonic() - self._started, 1e-9)


def class_indices(data: Dataset, part: Part) -> list[int]:
    """Return the class index of each image of a part, in its order."""
    indices = {name: index for index, name in enumerate(data.class_names)}
    return [indices[image.label] for image in data.part(part)]


def _diverged(how: str, epoch: int) -> ConfigError:
    return ConfigError(
        f"The training diverged in epoch {epoch}: {how}. Choose a lower learning rate or fp32; "
        "the weights of earlier epochs are kept."
    )


def _halved(parts: int, images: int) -> Notice:
    return Notice(
        text=f"The device ran out of memory: from now on each update of {images} photographs is "
        f"made in {parts} parts. The result is the same apart from batch normalisation."
    )
