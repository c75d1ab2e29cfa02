"""One process in which atheris damages the inputs of one reader, within bounds of memory and time.

    python -m fuzzing.target READER FOLDER INPUTS [options of libFuzzer]

Into FOLDER go `seeds/`, the growing `corpus/`, `tally.json`, each failing input in `failures/` with
what it caused beside it, and `current`, the input that is being read. One that takes too long ends
the process by SIGPROF, wherever it hangs.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import json
import os
import resource
import shutil
import signal
import sys
import time
import traceback
from dataclasses import asdict, dataclass
from pathlib import Path

import atheris

with atheris.instrument_imports(
    include=["fundus_gui", "PIL", "pydicom", "tomllib", "csv", "json"], enable_loader_override=False
):
    from fundus_gui.core.errors import FundusError
    from fuzzing.reader import Reader
    from fuzzing.readers import READERS

MEMORY_BYTES = 1_000_000_000  # that one input may take
SECONDS = 2.0  # of the processor that one input may take
_WRITE_EVERY = 500  # inputs


@dataclass(slots=True)
class Tally:
    """What was tried so far.

    Attributes:
        inputs: how many.
        read: how many of them were read, not refused.
        seconds: of the processor in all.
        slowest_seconds: of the processor for one input.
        memory_bytes: most that the process grew by.
        failures: kinds of failure with how often each was met.
    """

    inputs: int
    read: int
    seconds: float
    slowest_seconds: float
    memory_bytes: int
    failures: dict[str, int]


class Target:
    """Hands inputs to a reader and keeps those that it does not bear."""

    def __init__(self, reader: Reader, folder: Path, inputs: int) -> None:
        self._reader = reader
        self._wanted = inputs
        self._failures = folder / "failures"
        self._file = folder / "tally.json"
        self._current = os.open(folder / "current", os.O_CREAT | os.O_WRONLY)
        known = json.loads(self._file.read_text()) if self._file.is_file() else None
        self.tally = Tally(**known) if known else Tally(0, 0, 0.0, 0.0, 0, {})
        self._memory_before = _peak_memory()

    def test_one_input(self, content: bytes) -> None:
        """Read one input; a FundusError is as good as a value."""
        os.pwrite(self._current, content, 0)
        os.ftruncate(self._current, len(content))
        signal.setitimer(signal.ITIMER_PROF, SECONDS)  # of the processor; the kernel kills
        started = time.process_time()
        try:
            self._reader.read(content)
            self.tally.read += 1
        except FundusError:
            pass
        except Exception as error:  # noqa: BLE001 - this is what is looked for
            self._keep(content, _place(error), traceback.format_exc())
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        self._count(content, time.process_time() - started)

    def _count(self, content: bytes, seconds: float) -> None:
        tally = self.tally
        tally.inputs += 1
        tally.seconds += seconds
        tally.memory_bytes = max(tally.memory_bytes, _peak_memory() - self._memory_before)
        if seconds > tally.slowest_seconds:
            tally.slowest_seconds = seconds
            (self._file.parent / "slowest").write_bytes(content)
        if tally.inputs % _WRITE_EVERY == 0 or tally.inputs >= self._wanted:
            self.write()

    def write(self) -> None:
        """Write the tally, which the process that started this one reads."""
        self._file.write_text(json.dumps(asdict(self.tally), indent=2))

    def _keep(self, content: bytes, kind: str, details: str) -> None:
        times = self.tally.failures.get(kind, 0)
        self.tally.failures[kind] = times + 1
        if times == 0:
            self._failures.mkdir(exist_ok=True)
            name = hashlib.sha256(content).hexdigest()[:16]
            (self._failures / name).write_bytes(content)
            (self._failures / f"{name}.txt").write_text(f"{kind}\n{details}")
        self.write()


def _place(error: Exception) -> str:
    """Return an error's kind and the line that raised it, by which failures are told apart."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {Path(frame.filename).name}, line {frame.lineno}"


def _peak_memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main() -> None:
    """Fuzz until libFuzzer has had enough; it ends the process."""
    name, place, inputs, *options = sys.argv[1:]
    folder = Path(place)
    scratch = folder / "scratch"
    seeds, corpus = folder / "seeds", folder / "corpus"
    shutil.rmtree(scratch, ignore_errors=True)  # of a run that ended before
    for needed in (scratch, seeds, corpus):
        needed.mkdir(parents=True, exist_ok=True)
    reader = READERS[name](scratch)
    for number, seed in enumerate(reader.seeds):
        (seeds / f"{number}").write_bytes(seed)
    target = Target(reader, folder, int(inputs))
    target.write()
    for seed in reader.seeds:
        with contextlib.suppress(Exception):  # told when it is tried
            reader.read(seed)  # what it imports takes longer than an input may
    atheris.Setup(
        [sys.argv[0], f"-runs={inputs}", *options, str(corpus), str(seeds)],
        target.test_one_input,
        enable_python_coverage=True,
    )
    gc.freeze()
    virtual = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (virtual + MEMORY_BYTES, -1))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
