"""The runs that the window knows: those in its folder, those opened from elsewhere."""

from __future__ import annotations

import threading
import time
import tomllib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import tomli_w

from fundus_gui.core import atomic
from fundus_gui.core.aside import put_aside
from fundus_gui.core.errors import DatasetError, ExportError, FundusError
from fundus_gui.core.runs import Run, RunFolder, read_run

_LIST_FILE, _LISTED = "list.toml", ("opened", "hidden")
_PAUSE_SECONDS = 2.0
_SHARE = 10  # of the time at most a tenth is spent reading


@dataclass(frozen=True, slots=True)
class KnownRun:
    """A run in the list.

    Attributes:
        run: as it was read last.
        made: when the folder was made, in seconds of the epoch.
        can_resume: whether there is a saved state to go on from.
        has_weights: whether there are best weights.
        is_hidden: whether the user put it out of sight; its files stay.
    """

    run: Run
    made: float
    can_resume: bool = False
    has_weights: bool = False
    is_hidden: bool = False

    @property
    def path(self) -> Path:
        """The run's folder."""
        return self.run.folder.path


@dataclass(frozen=True, slots=True)
class _Choices:
    """What the user chose about the list, kept in `list.toml` beside the runs."""

    opened: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()


class RunLibrary:
    """Reads the list again and again; used by one thread at a time, `wake` and `change` by any.

    Args:
        folder: where the window's own runs lie; it may not exist yet.

    Attributes:
        problem: what should be told of the list itself, until somebody takes it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._known: dict[Path, tuple[object, KnownRun]] = {}
        self._wake = threading.Event()
        self.problem: DatasetError | None = None

    def watch(self) -> Generator[tuple[KnownRun, ...], None, None]:
        """Yield all runs, the newest first, every two seconds and when woken; has no end."""
        while True:
            began = time.monotonic()
            self._wake.clear()
            yield self.read()
            took = time.monotonic() - began
            self._wake.wait(max(_PAUSE_SECONDS, _SHARE * took))

    def wake(self) -> None:
        """Read the list at once."""
        self._wake.set()

    def read(self) -> tuple[KnownRun, ...]:
        """Return all runs, the newest first; only those that changed are read again."""
        choices = self._choices()
        paths = dict.fromkeys((*_folders_in(self.folder), *map(Path, choices.opened)))
        known = []
        for path in paths:
            found = self._read_run(path)
            if found is not None:
                known.append(replace(found, is_hidden=str(path) in choices.hidden))
        self._known = {run.path: self._known[run.path] for run in known}
        return tuple(sorted(known, key=lambda run: run.made, reverse=True))

    def open(self, path: Path) -> Generator[Path, None, None]:
        """Add a run that lies elsewhere to the list, and show it again if it was hidden.

        Raises:
            DatasetError: it is not the folder of a run.
            ExportError: the list cannot be written.
        """
        path = path.absolute()
        read_run(path)
        with self._changing() as before:
            opened = before.opened
            if path.parent != self.folder.absolute() and str(path) not in opened:
                opened = (*opened, str(path))
            hidden = tuple(name for name in before.hidden if name != str(path))
            self._write(_Choices(opened, hidden))
        yield path

    def hide(self, paths: tuple[Path, ...], *, hidden: bool) -> Generator[None, None, None]:
        """Put runs out of sight or back; no file of theirs is touched.

        Raises:
            ExportError: the list cannot be written.
        """
        names = [str(path) for path in paths]
        with self._changing() as before:
            others = [name for name in before.hidden if name not in names]
            self._write(replace(before, hidden=(*others, *names) if hidden else tuple(others)))
        yield

    def _read_run(self, path: Path) -> KnownRun | None:
        folder = RunFolder(path)
        traces = _traces(folder)
        seen, known = self._known.get(path, (None, None))
        if known is not None and seen == traces and known.run.status != "starting":
            return known
        try:
            run = read_run(path)
        except FundusError:
            return None
        found = KnownRun(
            run,
            made=known.made if known is not None else _made(folder),
            can_resume=run.can_resume,
            has_weights=folder.best_file.is_file(),
        )
        self._known[path] = (traces, found)
        return found

    def _choices(self) -> _Choices:
        try:
            values = tomllib.loads((self.folder / _LIST_FILE).read_text(encoding="utf-8"))
            return _Choices(*(_texts(values.get(name, [])) for name in _LISTED))
        except OSError:
            return _Choices()
        except (ValueError, TypeError, RecursionError):  # no TOML, or not of lists
            self._put_list_aside()
            return _Choices()

    def _put_list_aside(self) -> None:
        aside = put_aside(self.folder / _LIST_FILE)
        if aside is not None:
            self.problem = DatasetError(
                f"The list of runs was damaged and is now {aside}. Runs that lie elsewhere are "
                "no longer listed: open them again. Hidden ones are shown."
            )

    @contextmanager
    def _changing(self) -> Iterator[_Choices]:
        """Keep other windows and threads out of `list.toml`."""
        try:
            with atomic.changing(self.folder / _LIST_FILE):
                yield self._choices()
        except OSError as error:
            raise ExportError(
                f"The list of runs in {self.folder} cannot be written ({error.strerror})."
            ) from error

    def _write(self, choices: _Choices) -> None:
        values = {"opened": list(choices.opened), "hidden": list(choices.hidden)}
        atomic.write_bytes(self.folder / _LIST_FILE, tomli_w.dumps(values).encode())


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError
    return tuple(map(str, value))


def make_run_folder(folder: Path, name: str) -> Path:
    """Make a folder of that name, or with a number behind it where there is one already.

    Raises:
        DatasetError: no folder can have that name.
        ExportError: the disk refuses.
    """
    name = name.strip()
    if not name or name.startswith(".") or set(name) & set('/\\:*?"<>|') or len(name) > 100:
        raise DatasetError(
            f"'{name}' cannot be the name of a run: use up to 100 letters, digits, spaces and "
            "- _ + . in it."
        )
    path, number = folder / name, 2
    with RunFolder(path).writing():
        folder.mkdir(parents=True, exist_ok=True)
        while not _made_anew(path):
            path, number = folder / f"{name} {number}", number + 1
    return path


def _made_anew(path: Path) -> bool:
    """Make a folder; False when something has that name, if only since a moment ago."""
    try:
        path.mkdir()
    except FileExistsError:
        return False
    return True


def _folders_in(folder: Path) -> list[Path]:
    try:
        return [entry.absolute() for entry in folder.iterdir() if entry.is_dir()]
    except OSError:
        return []


def _traces(folder: RunFolder) -> object:
    """Return what is another when the run has changed."""
    files = (folder.config_file, folder.events_file, folder.log_file, folder.best_file)
    return folder.is_alive(), *map(_stamp, files)


def _stamp(file: Path) -> tuple[int, int]:
    try:
        status = file.stat()
    except OSError:
        return 0, 0
    return status.st_size, status.st_mtime_ns


def _made(folder: RunFolder) -> float:
    """Return when the run was begun: its settings are written once, at the start."""
    try:
        return folder.config_file.stat().st_mtime
    except OSError:
        return time.time()
