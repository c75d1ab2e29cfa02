"""Uses a finished bundle as a person would, on the command line and in the window."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bundling.findings import Finding
from bundling.identity import CONSOLE, WINDOW, Identity
from bundling.isolation import Isolation, isolate

HOME_NAME, FOLDER_NAME = "Zoë 眼底", "Programs 程序"
TITLE = "Fundus classifier"
PATIENCE_SECONDS = 300.0
_VERSION_SECONDS, _DOCTOR_SECONDS = 1.0, 90.0
_MOST_BYTES = 1_500_000_000
_TOLERANCE = 1e-6
_LONGEST_SECONDS = 900
_END_SECONDS = 60.0
SAMPLES = Path("_internal", "resources", "samples")


@dataclass(frozen=True, slots=True)
class Run:
    """How a command of the bundle went.

    Attributes:
        code: exit code.
        said: standard output and error together.
        seconds: from start to end.
        bytes: largest memory in use.
    """

    code: int
    said: str
    seconds: float
    bytes: int

    @property
    def last_line(self) -> str:
        """What it said last."""
        return (self.said.strip().splitlines() or ["nothing"])[-1]


class Workplace:
    """A temporary folder with the bundle, photographs and a user's folder in it."""

    def __init__(self, folder: Path, bundle: Path, isolation: Isolation) -> None:
        self.folder, self.bundle, self.isolation = folder, bundle, isolation
        self.photographs = folder / "photographs"
        self.formats = folder / "formats"

    def run(
        self,
        *arguments: str,
        bundle: Path | None = None,
        variables: Mapping[str, str] | None = None,
        isolation: Isolation | None = None,
    ) -> Run:
        """Run the console entry to its end.

        Args:
            arguments: of the program.
            bundle: another than this one.
            variables: of the environment, besides the language.
            isolation: another than usual.
        """
        executable = str((bundle or self.bundle) / CONSOLE)
        limited = ["/usr/bin/timeout", str(_LONGEST_SECONDS), executable, *arguments]
        wanted = {"LANG": "C.UTF-8", **(variables or {})}
        command = (isolation or self.isolation).command(limited, wanted)
        with tempfile.TemporaryFile("w+b") as output:
            began = time.monotonic()
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
            )
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            seconds = time.monotonic() - began
            output.seek(0)
            said = output.read().decode("utf-8", "replace")
        return Run(process.returncode, said, seconds, usage.ru_maxrss * 1024)

    def start_window(
        self,
        *arguments: str,
        variables: Mapping[str, str],
        isolation: Isolation | None = None,
    ) -> subprocess.Popen[bytes]:
        """Start the windowed entry; what it says goes to `window_log`."""
        program = [str(self.bundle / WINDOW), *arguments]
        command = (isolation or self.isolation).command(program, {"LANG": "C.UTF-8", **variables})
        with self.window_log.open("ab") as log:
            return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    @property
    def window_log(self) -> Path:
        """What the windows say on the console."""
        return self.folder / "window.log"


def in_time(seconds: float, limit: float) -> bool | None:
    """Return whether a time is short enough, None where others kept the processors busy."""
    is_busy = os.getloadavg()[0] > (os.cpu_count() or 1)
    return True if seconds <= limit else None if is_busy else False


def load() -> str:
    """Return how busy the machine is, in words."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def end_of(process: subprocess.Popen[bytes]) -> int | None:
    """Wait for the exit code, None of a program that had to be killed."""
    try:
        return process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return None


def make_workplace(folder: Path, archive: Path, root: Path) -> Workplace:
    """Unpack what a person would download."""
    programs = folder / FOLDER_NAME
    programs.mkdir()
    subprocess.run(["tar", "-xf", str(archive), "-C", str(programs)], check=True)
    (bundle,) = programs.iterdir()
    return Workplace(folder, bundle, isolate(bundle, folder / HOME_NAME, root))


def check_console(work: Workplace, identity: Identity, source: Sequence[str]) -> Iterator[Finding]:
    """Use every command that a bundle may break.

    Args:
        work: where.
        identity: whose version is expected.
        source: the command that runs the program from the source tree.
    """
    yield from _version(work, identity)
    doctor = work.run("doctor", "--device", "cpu")
    yield Finding(
        "B3 doctor: golden answers of all shipped models",
        f"exit 0, ≤ {_DOCTOR_SECONDS:.0f} s, ≤ {_MOST_BYTES / 1e9} GB",
        f"exit {doctor.code}, {doctor.seconds:.1f} s ({load()}), {doctor.bytes / 1e9:.2f} GB, "
        f"“{doctor.last_line}”",
        doctor.code == 0
        and doctor.bytes <= _MOST_BYTES
        and in_time(doctor.seconds, _DOCTOR_SECONDS),
    )
    yield _ended_well(
        "draws synthetic photographs",
        work.run(
            *("samples", str(work.photographs), "--class-folders"),
            *("--per-class", "4", "--size", "512"),
        ),
        work.photographs / "labels.csv",
    )
    yield from _same_as_source(work, source)
    yield from _work(work)
    yield from _can_fail(work)


def _work(work: Workplace) -> Iterator[Finding]:
    """Export, evaluate and train."""
    parquet = work.folder / "samples.parquet"
    yield _ended_well(
        "writes a Parquet table",
        work.run("classify", str(work.bundle / SAMPLES), "--device", "cpu", "--out", str(parquet)),
        parquet,
    )
    evaluation, run = work.folder / "evaluation", work.folder / "run"
    data = ("--data", str(work.photographs))
    yield _ended_well(
        "evaluates, with figures and report",
        work.run(
            *("evaluate", *data, "--part", "all", "--out", str(evaluation)),
            *("--device", "cpu", "--replicates", "100"),
        ),
        evaluation / "report.html",
    )
    tiny = ("--model", "tiny", "--epochs", "1", "--device", "cpu", "--batch-size", "4")
    yield _ended_well(
        "trains one epoch, two processes reading",
        work.run("train", *data, *tiny, "--workers", "2", "--out", str(run)),
        run / "report.html",
    )
    parallel = work.folder / "run of two"
    yield _ended_well(
        "trains one epoch on two devices",
        work.run("train", *data, *tiny, "--devices", "2", "--out", str(parallel)),
        parallel / "report.html",
    )


def _version(work: Workplace, identity: Identity) -> Iterator[Finding]:
    work.run("--version")  # reads the files for the first time
    version = work.run("--version")
    yield Finding(
        "B2 `--version`",
        f"{identity.version}, ≤ {_VERSION_SECONDS:.0f} s warm",
        f"{version.last_line}, {version.seconds:.2f} s ({load()})",
        identity.version in version.last_line and in_time(version.seconds, _VERSION_SECONDS),
    )
    what = f"home “{work.isolation.home.name}”, {work.isolation.describe()}"
    yield Finding(
        "B4, B7 isolation",
        "no Python, source or network; bundle read-only",
        what,
        work.isolation.holds() if work.isolation.prefix else None,
    )


def _ended_well(what: str, run: Run, result: Path) -> Finding:
    """Tell whether a command ended well and wrote what it should."""
    written = result.is_file() and result.stat().st_size > 0
    there = result.name if written else f"no {result.name}"
    measured = f"exit {run.code}, {there}, {run.seconds:.0f} s"
    if run.code:
        measured += f", “{run.last_line}”"
    return Finding(what, f"exit 0, {result.name}", measured, run.code == 0 and written)


def _same_as_source(work: Workplace, source: Sequence[str]) -> Iterator[Finding]:
    """Compare the answers with those of the program run from its source."""
    own, theirs = work.folder / "console.csv", work.folder / "source.csv"
    paths = tuple(map(str, (work.bundle / SAMPLES, work.photographs, work.formats)))
    arguments = ("classify", *paths, "--device", "cpu")
    ran = work.run(*arguments, "--out", str(own))
    yield _ended_well("classifies on the command line", ran, own)
    done = subprocess.run(
        [*source, *arguments, "--out", str(theirs)],
        check=False,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "HOME": str(work.folder)},
    )
    if done.returncode:
        yield Finding("B6 same answers as from source", "", done.stderr[-300:], False)
        return
    yield same_answers("B6 same answers as from source, all formats", own, theirs)
    verified = work.run("verify", str(own), *paths, "--device", "cpu", "--seed", "1")
    yield _ended_well("verifies its table", verified, own)


def same_answers(check: str, one: Path, other: Path) -> Finding:
    """Compare each row of a table with another table's: label, each model's probabilities."""
    goal = f"labels 100 %, probabilities within {_TOLERANCE:g}"
    if not (one.is_file() and other.is_file()):
        return Finding(check, goal, "there are no two tables", False)
    first, second = _rows(one), _rows(other)
    shared = sorted(first.keys() & second.keys())
    differences = [
        abs(float(first[name][column]) - float(second[name][column]))
        for name in shared
        for column in first[name]
        if "prob" in column and first[name][column]
    ]
    same = sum(first[name]["label"] == second[name]["label"] for name in shared)
    close = bool(differences) and all(difference <= _TOLERANCE for difference in differences)
    return Finding(
        check,
        goal,
        f"{same} of {len(first)} labels, {len(differences)} probabilities, largest difference "
        f"{max(differences, default=1.0):.1e}",
        same == len(first) and close,
    )


def _rows(table: Path) -> dict[str, dict[str, str]]:
    """Return the rows by photograph."""
    with table.open(encoding="utf-8-sig", newline="") as file:
        return {row["image_sha256"]: row for row in csv.DictReader(file)}


def _can_fail(work: Workplace) -> Iterator[Finding]:
    """Make sure that `doctor` notices what a broken bundle lacks."""
    damaged = work.folder / "damaged"
    needed = ("weights/efficientnet_lite0.*", "PIL/_imaging.*", "resources/samples/*.jpg")
    for pattern in needed:  # the first is of the ensemble that is the default
        shutil.copytree(work.bundle, damaged, symlinks=True, copy_function=os.link)
        lost = sorted((damaged / "_internal").glob(pattern))[0]
        lost.unlink()
        code = work.run("doctor", "--device", "cpu", bundle=damaged).code
        shutil.rmtree(damaged)
        yield Finding(f"B11 `doctor` without {lost.name}", "fails", f"exit {code}", code != 0)


def source_command(python: str, *, placeholders: bool) -> list[str]:
    """Return the command that runs the program from the source tree in the build environment."""
    scripts = Path(__file__).resolve().parent.parent
    code = (
        f"import sys; sys.path[:0] = [{str(scripts.parent)!r}, {str(scripts)!r}]; "
        + ("import bundling.placeholder_operators; " if placeholders else "")
        + "from fundus_gui.__main__ import main; sys.exit(main())"
    )
    return [python, "-c", code]
