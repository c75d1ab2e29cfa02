"""Try whether any file can crash, hang or starve what reads it.

    python build_scripts/fuzz.py [--inputs 200000] [--reader NAME ...] [--out fuzzing-results]

Each reader of the program (photographs, DICOM, weights, TOML, CSV, ...) gets its share of inputs
from atheris, which damages sound files and keeps what reaches new code. It must return or refuse
with a FundusError, within 1 GB of memory and 2 s of the processor, after which its process is
killed. Prints one table. Inputs that fail are kept below OUT; the exit code is then 1. A later run
goes on where an earlier one ended.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fuzzing.readers import READERS

HERE = Path(__file__).resolve().parent
WAITING_SECONDS = 60  # by the clock, for what waits without using the processor
MOST_STARTS = 5  # of a process that dies of its inputs


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one reader.

    Attributes:
        name: of the reader.
        tally: as `fuzzing.target.Tally`, of this run alone.
        deaths: how often the process died: of a signal, a hang, or for want of memory.
    """

    name: str
    tally: dict[str, Any]
    deaths: int

    @property
    def failures(self) -> int:
        """Different failures, deaths included."""
        return len(self.tally["failures"]) + self.deaths


def fuzz(name: str, inputs: int, folder: Path, seed: int) -> Row:
    """Try one reader, and start again where its process dies."""
    folder.mkdir(parents=True, exist_ok=True)
    tally_file = folder / "tally.json"
    tally_file.unlink(missing_ok=True)
    deaths, tried = 0, 0
    while tried < inputs and deaths < MOST_STARTS:
        options = [
            f"-seed={seed + deaths}",
            f"-timeout={WAITING_SECONDS}",
            f"-artifact_prefix={folder}/died-",
            "-rss_limit_mb=0",  # the process sets itself a limit, from where it starts
            "-max_len=32768",
            # Sound files stay what is damaged, instead of the shortest inputs that reach as much.
            *("-len_control=0", "-keep_seed=1", "-reduce_inputs=0", "-prefer_small=0"),
            "-verbosity=0",
        ]
        with (folder / "log.txt").open("ab") as log:
            done = subprocess.run(
                [
                    sys.executable,
                    "-m",
                    "fuzzing.target",
                    name,
                    folder,
                    f"{inputs - tried}",
                    *options,
                ],
                env=os.environ | {"PYTHONPATH": str(HERE), "OMP_NUM_THREADS": "1"},
                stdout=log,
                stderr=log,
                check=False,
            )
        if done.returncode == -signal.SIGPROF:
            keep_hang(folder)
        tally = json.loads(tally_file.read_text()) if tally_file.is_file() else {}
        if not tally:
            raise SystemExit(f"fuzz: the process did not start; see {folder / 'log.txt'}")
        tried = inputs if done.returncode == 0 else max(tried + 1, tally["inputs"])
        deaths += done.returncode != 0
    return Row(name, tally, deaths)


def keep_hang(folder: Path) -> None:
    """Put the input that took too long beside the others that failed."""
    content = (folder / "current").read_bytes()
    kept = folder / "failures" / hashlib.sha256(content).hexdigest()[:16]
    kept.parent.mkdir(exist_ok=True)
    kept.write_bytes(content)
    kept.with_suffix(".txt").write_text("took too long\n")


def table(rows: list[Row]) -> str:
    """Return the rows in Markdown."""
    lines = [
        "| reader | inputs | read | seconds | failures | slowest input, ms | memory, MB |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {row.name} | {row.tally['inputs']:,} | {row.tally['read']:,} "
        f"| {row.tally['seconds']:.0f} | {row.failures} "
        f"| {1000 * row.tally['slowest_seconds']:.0f} | {row.tally['memory_bytes'] / 1e6:.0f} |"
        for row in rows
    ]
    tried = sum(row.tally["inputs"] for row in rows)
    lines.append(f"| **all** | **{tried:,}** | | | **{sum(row.failures for row in rows)}** | | |")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Run all readers one after the other."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--inputs", type=int, default=200_000, help="over all readers together")
    parser.add_argument("--reader", action="append", choices=READERS, help="only this one")
    parser.add_argument("--out", type=Path, default=Path("fuzzing-results"))
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    if importlib.util.find_spec("atheris") is None:
        print("fuzz: atheris is not installed; it exists for Linux on x86-64 (pip install atheris)")
        return 2
    names = options.reader or list(READERS)
    share = -(-options.inputs // len(names))
    rows = []
    for name in names:
        rows.append(fuzz(name, share, options.out.resolve() / name, options.seed))
        print(f"fuzz: {name}: {rows[-1].failures} failures", file=sys.stderr, flush=True)
    print(table(rows))
    return 1 if any(row.failures for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
