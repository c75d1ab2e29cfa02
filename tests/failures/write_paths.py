"""What the program writes: what lay there before, the writing, and what must hold afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tiny_assessments import assessment
from tiny_results import names_in, read_json, read_table, run_record, some_results
from tiny_weights import write_tiny_model

from fundus_gui.core.assessments import reporting
from fundus_gui.core.assessments.folder import find_assessments, read_assessment, write_assessment
from fundus_gui.core.assessments.marks import Mark, Marks
from fundus_gui.core.catalogue import EnsembleSpec, write_ensemble
from fundus_gui.core.catalogue.ensembles_file import read_entries
from fundus_gui.core.checkpoints import load_checkpoint
from fundus_gui.core.export import check_table, export_results
from fundus_gui.core.runs import Notice, RunFolder, TrainConfig, add_to_library, read_events
from fundus_gui.gui.training.run_library import RunLibrary

RESULTS = 12


@dataclass(frozen=True)
class WritePath:
    """One thing that is written into a folder.

    Attributes:
        name: of the test.
        prepare: writes what was there before.
        write: writes the new; raises a FundusError when the disk refuses.
        check: makes sure that the earlier is whole, and, if `done`, that the new is.
        files: names that may lie in the folder afterwards.
    """

    name: str
    prepare: Callable[[Path], None]
    write: Callable[[Path], None]
    check: Callable[[Path, bool], None]
    files: frozenset[str]


def _nothing(_folder: Path) -> None:
    pass


# Tables of results --------------------------------------------------------------------------------


def _write_table(folder: Path, name: str, *, command: str = "new") -> None:
    run = run_record(Path("/photographs"), command=command)
    results = some_results(Path("/photographs"), RESULTS + (command == "old"))
    replaces = (folder / name).exists()
    for _ in export_results(results, folder / name, run, overwrite=replaces):
        pass


def _check_table(folder: Path, name: str, done: bool) -> None:
    table, record = folder / name, folder / "r.json"
    rows = read_table(table) if table.exists() and table.stat().st_size else []
    expected = [f"{number}.jpg" for number in range(RESULTS)]
    assert [row["filename"] for row in rows] == expected[: len(rows)]
    assert all(row["status"] in ("ok", "failed") and row["image_sha256"] for row in rows)
    if name.endswith(".csv") and rows:
        assert table.read_bytes().endswith(b"\r\n")
    if done:
        assert len(rows) == RESULTS
        assert read_json(record)["is_complete"]
    elif record.exists():
        assert not read_json(record)["is_complete"]


def _new_table(name: str) -> WritePath:
    return WritePath(
        f"new {name}",
        _nothing,
        lambda folder: _write_table(folder, name),
        lambda folder, done: _check_table(folder, name, done),
        frozenset({name, "r.json"}),
    )


def _replaced_table(name: str) -> WritePath:
    def check(folder: Path, done: bool) -> None:
        record = read_json(folder / "r.json")
        assert record["is_complete"]
        found = len(read_table(folder / name)), record["command"]
        if done:
            assert found == (RESULTS, "new")
        elif found != (RESULTS, "old"):  # which can only be between the two renamings
            assert found == (RESULTS + 1, "old")
            check_table(folder / name)

    return WritePath(
        f"replaced {name}",
        lambda folder: _write_table(folder, name, command="old"),
        lambda folder: _write_table(folder, name),
        check,
        frozenset({name, "r.json"}),
    )


# Weights ------------------------------------------------------------------------------------------


def _check_weights(folder: Path, done: bool) -> None:
    assert load_checkpoint(folder / "m.safetensors").card.title == ("new" if done else "old")


WEIGHTS = WritePath(
    "weights",
    lambda folder: write_tiny_model(folder / "m.safetensors", title="old"),
    lambda folder: write_tiny_model(folder / "m.safetensors", seed=1, title="new"),
    _check_weights,
    frozenset({"m.safetensors"}),
)


def _prepare_run(folder: Path) -> None:
    (folder / "run").mkdir()
    write_tiny_model(folder / "run" / "best.safetensors")


def _add_model(folder: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FUNDUS_GUI_HOME", str(folder))
        add_to_library(folder / "run", "added")


def _check_added(folder: Path, done: bool) -> None:
    added = folder / "weights" / "added.safetensors"
    assert added.exists() == done
    if done:
        load_checkpoint(added)
    load_checkpoint(folder / "run" / "best.safetensors")
    if (folder / "weights").exists():
        assert names_in(folder / "weights") <= {"added.safetensors"}


ADDED_MODEL = WritePath(
    "model of a run",
    _prepare_run,
    _add_model,
    _check_added,
    frozenset({"run", "weights", ".weights.lock"}),
)


def _ensemble(name: str) -> EnsembleSpec:
    return EnsembleSpec(name=name, members=("a", "b"), weights=(0.5, 0.5))


def _check_ensembles(folder: Path, done: bool) -> None:
    assert set(read_entries(folder)) == ({"old", "new"} if done else {"old"})


ENSEMBLE = WritePath(
    "ensemble",
    lambda folder: write_ensemble(_ensemble("old"), folder) and None,
    lambda folder: write_ensemble(_ensemble("new"), folder) and None,
    _check_ensembles,
    frozenset({"ensembles.toml", ".ensembles.toml.lock"}),
)


# Runs ---------------------------------------------------------------------------------------------


def _prepare_events(folder: Path) -> None:
    for number in range(3):
        RunFolder(folder).append_event(Notice(text=f"old {number}"))


def _append_events(folder: Path) -> None:
    for number in range(2):
        RunFolder(folder).append_event(Notice(text=f"new {number}"))


def _check_events(folder: Path, done: bool) -> None:
    told = [event.text for event in read_events(RunFolder(folder)) if isinstance(event, Notice)]
    known = ["old 0", "old 1", "old 2", "new 0", "new 1"]
    assert told == known[: len(told)]
    assert len(told) == 5 if done else len(told) >= 3
    RunFolder(folder).append_event(Notice(text="after"))  # a torn line spoils only itself
    assert len(read_events(RunFolder(folder))) == len(told) + 1


EVENTS = WritePath(
    "events of a run", _prepare_events, _append_events, _check_events, frozenset({"events.jsonl"})
)


def _check_run(folder: Path, done: bool) -> None:
    run = RunFolder(folder / "run")
    if done:
        assert run.read_config() == TrainConfig()
        return
    run.create(TrainConfig())  # what was begun is no obstacle
    assert run.read_config() == TrainConfig()


NEW_RUN = WritePath(
    "new run",
    _nothing,
    lambda folder: RunFolder(folder / "run").create(TrainConfig()),
    _check_run,
    frozenset({"run"}),
)


def _check_request(folder: Path, done: bool) -> None:
    assert RunFolder(folder).requested() == ("stop" if done else "pause")


REQUEST = WritePath(
    "request to a run",
    lambda folder: RunFolder(folder).ask("pause"),
    lambda folder: RunFolder(folder).ask("stop"),
    _check_request,
    frozenset({"state"}),
)


def _hide(folder: Path, name: str) -> None:
    for _ in RunLibrary(folder).hide((folder / name,), hidden=True):
        pass


def _check_hidden(folder: Path, done: bool) -> None:
    text = (folder / "list.toml").read_text(encoding="utf-8")
    assert "old" in text
    assert ("new" in text) == done


RUN_LIST = WritePath(
    "list of runs",
    lambda folder: _hide(folder, "old"),
    lambda folder: _hide(folder, "new"),
    _check_hidden,
    frozenset({"list.toml", ".list.toml.lock"}),
)


# Evaluations --------------------------------------------------------------------------------------


def _write_no_report(_assessment: object, _folder: Path) -> Iterator[str]:
    return iter(())


def _write_evaluation(folder: Path, name: str) -> None:
    with pytest.MonkeyPatch.context() as patch:  # drawing takes seconds
        patch.setattr(reporting, "write_evaluation_report", _write_no_report)
        write_assessment(_EVALUATION, folder / name)


_EVALUATION = assessment(Path("/photographs"), images=30, has_tuning=False)


def _check_evaluation(folder: Path, done: bool) -> None:
    found = {summary.name for summary in find_assessments(folder)}
    assert found == ({"old", "new"} if done else {"old"})
    for name in found:
        assert read_assessment(folder / name).report.images == 30


EVALUATION = WritePath(
    "evaluation",
    lambda folder: _write_evaluation(folder, "old"),
    lambda folder: _write_evaluation(folder, "new"),
    _check_evaluation,
    frozenset({"old", "new"}),
)


def _put_mark(folder: Path, name: str) -> None:
    (folder / "eyes").mkdir(exist_ok=True)
    Marks(folder / "eyes").put(Mark(filename=name, label="amd", verdict="wrong"))


def _check_marks(folder: Path, done: bool) -> None:
    assert set(Marks(folder / "eyes").read()) == ({"old", "new"} if done else {"old"})


MARKS = WritePath(
    "second opinion",
    lambda folder: _put_mark(folder, "old"),
    lambda folder: _put_mark(folder, "new"),
    _check_marks,
    frozenset({"eyes", "eyes.second_opinions.csv", ".eyes.second_opinions.csv.lock"}),
)


WRITE_PATHS = [
    _new_table("r.csv"),
    _new_table("r.parquet"),
    _replaced_table("r.csv"),
    _replaced_table("r.parquet"),
    WEIGHTS,
    ADDED_MODEL,
    ENSEMBLE,
    EVENTS,
    NEW_RUN,
    REQUEST,
    RUN_LIST,
    EVALUATION,
    MARKS,
]
