"""The one new folder that a training run writes: where everything in it lies."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout

from fundus_gui.core import atomic
from fundus_gui.core.errors import DatasetError, ExportError, FundusError
from fundus_gui.core.runs.config import TrainConfig
from fundus_gui.core.runs.events import Event, event_to_json
from fundus_gui.core.runs.settings import read_settings

# What a running training can be asked, through a file so that any process can ask.
Request = Literal["pause", "continue", "stop-after-epoch", "stop"]

_LOCK_SECONDS = 2.0  # longer than a reader holds the lock to see whether the run is alive


@dataclass(frozen=True, slots=True)
class RunFolder:
    """Paths inside a run folder, and what is written into it besides weights."""

    path: Path

    @property
    def config_file(self) -> Path:
        """All settings, TOML."""
        return self.path / "config.toml"

    @property
    def split_file(self) -> Path:
        """Which photograph is in which part, CSV."""
        return self.path / "split.csv"

    @property
    def events_file(self) -> Path:
        """Everything the training told, one JSON object a line."""
        return self.path / "events.jsonl"

    @property
    def summary_file(self) -> Path:
        """A row an epoch, CSV with the column names of timm."""
        return self.path / "summary.csv"

    @property
    def log_file(self) -> Path:
        """What a training in the background printed."""
        return self.path / "output.log"

    @property
    def best_file(self) -> Path:
        """Weights of the best epoch."""
        return self.path / "best.safetensors"

    @property
    def last_file(self) -> Path:
        """Weights of the last epoch."""
        return self.path / "last.safetensors"

    @property
    def state_file(self) -> Path:
        """What a resumed training needs besides: weights, optimiser, place."""
        return self.path / "state" / "state.safetensors"

    @property
    def request_file(self) -> Path:
        """What the training is asked to do."""
        return self.path / "state" / "request"

    @property
    def lock_file(self) -> Path:
        """Held by the training as long as its process lives, however that ends."""
        return self.path / "state" / "lock"

    def create(self, config: TrainConfig) -> None:
        """Make the folder; an existing one is never written into.

        A folder in which no training began (it holds no split) counts as new.

        Raises:
            DatasetError: the folder exists already.
            ExportError: it cannot be written.
        """
        with self.writing():
            if os.path.lexists(self.path) and not self._never_began():
                raise DatasetError(
                    f"The run folder {self.path} exists already; choose a new one, or go on with "
                    "it by --resume."
                )
            self.lock_file.parent.mkdir(parents=True, exist_ok=True)
            self.events_file.unlink(missing_ok=True)
            atomic.write_bytes(self.config_file, config.to_toml().encode())

    def _never_began(self) -> bool:
        own = {self.log_file, self.config_file, self.events_file, self.lock_file.parent}
        return self.path.is_dir() and own.issuperset(self.path.iterdir()) and not self.is_alive()

    def read_config(self) -> TrainConfig:
        """Return the settings of the run.

        Raises:
            ConfigError: they cannot be read or are of another version of the program.
        """
        return TrainConfig().changed(**read_settings(self.config_file))

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Mark the run as alive.

        Raises:
            ExportError: another process trains in this folder.
        """
        lock = FileLock(self.lock_file, timeout=_LOCK_SECONDS)
        try:
            lock.acquire()
        except Timeout:
            raise ExportError(
                f"Another process trains in {self.path.name} already. Stop it first."
            ) from None
        try:
            yield
        finally:
            lock.release()

    def is_alive(self) -> bool:
        """Return whether a process trains here now."""
        if not self.lock_file.is_file():
            return False
        try:
            with FileLock(self.lock_file, timeout=0):
                return False
        except Timeout:
            return True
        except OSError:  # a folder that cannot be written holds no training
            return False

    def append_event(self, event: Event) -> None:
        """Add a line to `events.jsonl`.

        Raises:
            ExportError: it cannot be written.
        """
        self.append(self.events_file, event_to_json(event) + "\n")

    def append(self, file: Path, text: str) -> None:
        """Add text to the end of a file of the folder, after the last whole line.

        Raises:
            ExportError: it cannot be written.
        """
        with self.writing(), file.open("a+b") as stream:
            end = stream.seek(0, os.SEEK_END)
            if end:
                stream.seek(end - 1)
                text = text if stream.read(1) == b"\n" else "\n" + text
            stream.write(text.encode("utf-8", "backslashreplace"))

    def ask(self, request: Request) -> None:
        """Ask the training to pause, go on or stop; it looks before every step.

        Raises:
            ExportError: it cannot be written.
        """
        with self.writing():
            atomic.write_bytes(self.request_file, request.encode())

    def requested(self) -> str:
        """Return what was asked for last, empty for nothing."""
        try:
            return self.request_file.read_text().strip()
        except (OSError, UnicodeDecodeError):
            return ""

    def forget_request(self) -> None:
        """Drop what was asked for."""
        with self.writing():
            self.request_file.unlink(missing_ok=True)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Turn the system's complaints into a sentence."""
        try:
            yield
        except FundusError:
            raise
        except OSError as error:
            raise ExportError(
                f"The run folder {self.path} cannot be written ({error.strerror}). Free some "
                "space or choose another folder; what was written before is kept."
            ) from error
