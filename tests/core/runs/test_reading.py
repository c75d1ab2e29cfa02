from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import nullcontext
from pathlib import Path

import pytest

from fundus_gui.core.errors import ConfigError, DatasetError, ExportError
from fundus_gui.core.runs import (
    EpochReport,
    Event,
    Notice,
    Preparing,
    RunContinued,
    RunEnded,
    RunFolder,
    RunPaused,
    RunStarted,
    StepReport,
    TeacherLoaded,
    TrainConfig,
    WeightsLoaded,
    event_from_json,
    event_to_json,
    find_runs,
    follow_run,
    read_events,
    read_run,
)

STARTED = RunStarted(
    class_names=("a", "b"),
    counts={"train": {"a": 3, "b": 4}},
    device="CPU (1 thread)",
    parameters=500,
    epochs=3,
    steps=2,
    epoch=0,
    date="2026-11-22T10:00:00+00:00",
)
STEP = StepReport(
    epoch=1,
    step=2,
    steps=2,
    loss=0.7,
    learning_rate=1e-3,
    images_per_second=10.0,
    waiting=0.1,
    seconds_left=4.0,
)
ENDED = RunEnded(ending="finished", reason="All 3 epochs are done.", best_epoch=2)


def epoch(number: int, auc: float = 0.5, *, is_best: bool = False) -> EpochReport:
    return EpochReport(
        epoch=number,
        train_loss=0.6,
        train_accuracy=None,
        validation={"macro_auc": auc},
        confusion=((1, 0), (0, 2)),
        is_best=is_best,
        learning_rate=1e-3,
        images_per_second=9.0,
        waiting=0.0,
        seconds=2.0,
    )


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    made = RunFolder(tmp_path / "runs" / "first")
    made.create(TrainConfig(model="tiny"))
    return made


def write(folder: RunFolder, *events: Event) -> None:
    for event in events:
        folder.append_event(event)


@pytest.mark.parametrize(
    "event",
    [
        Preparing(stage="decoding", done=3, total=5),
        Notice(text="Zwei “gleiche” Bilder\n视网膜"),
        WeightsLoaded(
            title="RETFound (MAE)",
            licence="CC BY-NC 4.0",
            sha256="0" * 64,
            mean=(0.5, 0.5, 0.5),
            std=(0.5, 0.25, 0.5),
        ),
        TeacherLoaded(title="ViT", licence="", sha256="0" * 64),
        STARTED,
        STEP,
        epoch(1),
        RunPaused(epoch=1, step=1),
        RunContinued(),
        ENDED,
    ],
)
def test_every_event_survives_its_line(event: Event) -> None:
    line = event_to_json(event)

    assert "\n" not in line
    assert event_from_json(line) == event


@pytest.mark.parametrize("line", ["", "{", "[]", "3", '{"event": "Party"}', '{"event": "Notice"}'])
def test_a_torn_or_foreign_line_is_left_out(line: str) -> None:
    assert event_from_json(line) is None


def test_a_finished_run_tells_its_best_epoch(folder: RunFolder) -> None:
    write(folder, STARTED, STEP, epoch(1, 0.6, is_best=True), epoch(2, 0.7, is_best=True))
    write(folder, epoch(3, 0.65), ENDED)

    run = read_run(folder.path)

    assert (run.status, run.name, run.best) == ("finished", "first", epoch(2, 0.7, is_best=True))
    assert run.config == TrainConfig(model="tiny")
    assert not run.can_resume


def test_an_epoch_begun_again_after_a_kill_counts_once(folder: RunFolder) -> None:
    write(folder, STARTED, epoch(1, 0.6), STARTED, epoch(1, 0.6), epoch(2))

    assert [report.epoch for report in read_run(folder.path).epochs] == [1, 2]


def test_a_killed_process_is_a_failed_run_with_the_end_of_its_log(folder: RunFolder) -> None:
    write(folder, STARTED, STEP)
    folder.log_file.write_text("first line\nSegmentation fault\n")
    folder.state_file.write_bytes(b"state")

    run = read_run(folder.path)

    assert run.status == "failed"
    assert run.problem.endswith("Segmentation fault")
    assert run.can_resume


def test_a_living_run_is_running_or_paused(folder: RunFolder) -> None:
    write(folder, STARTED, STEP)
    with folder.locked():
        assert read_run(folder.path).status == "running"
        write(folder, RunPaused(epoch=1, step=2))
        assert read_run(folder.path).status == "paused"
        write(folder, RunContinued())
        assert read_run(folder.path).status == "running"
    assert read_run(folder.path).status == "failed"


def test_a_resumed_run_is_not_what_it_ended_as_before(folder: RunFolder) -> None:
    write(folder, STARTED, RunEnded(ending="stopped", reason="Stopped."))
    assert read_run(folder.path).status == "stopped"
    with folder.locked():
        assert read_run(folder.path).status == "running"
    write(folder, STARTED)
    assert read_run(folder.path).status == "failed"


def test_a_process_that_only_begins_to_load_is_starting(tmp_path: Path) -> None:
    path = tmp_path / "new"
    path.mkdir()
    (path / "output.log").touch()
    assert read_run(path).status == "starting"

    long_ago = time.time() - 1000
    os.utime(path / "output.log", (long_ago, long_ago))
    assert read_run(path).status == "failed"


def test_line_separators_within_a_text_end_no_line(folder: RunFolder) -> None:
    notice = Notice(text="a\u2028b\x85c")
    write(folder, notice, STEP)
    assert read_events(folder) == [notice, STEP]
    assert read_run(folder.path).last_step == STEP


def test_a_torn_line_spoils_only_itself(folder: RunFolder) -> None:
    write(folder, STARTED)
    with folder.events_file.open("a") as stream:
        stream.write('{"event": "StepRep')
    write(folder, ENDED)

    assert read_events(folder) == [STARTED, ENDED]


def test_runs_are_listed_newest_first_and_other_folders_left_out(tmp_path: Path) -> None:
    for name in ("one", "two"):
        RunFolder(tmp_path / name).create(TrainConfig(model="tiny"))
        time.sleep(0.02)
    (tmp_path / "photographs").mkdir()

    assert [run.name for run in find_runs(tmp_path)] == ["two", "one"]
    assert list(find_runs(tmp_path / "absent")) == []


def test_a_folder_without_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="not the folder of a training run"):
        read_run(tmp_path)


def test_following_yields_every_event_once_until_the_run_is_over(folder: RunFolder) -> None:
    write(folder, STARTED)
    with folder.locked():
        following = follow_run(folder.path)
        assert next(following) == [STARTED]
        write(folder, STEP, epoch(1))
        assert next(following) == [STEP, epoch(1)]
        assert next(following) == []
        write(folder, ENDED)
    assert [event for events in following for event in events] == [ENDED]


def test_a_new_run_never_writes_into_an_existing_folder(folder: RunFolder) -> None:
    folder.split_file.touch()

    with pytest.raises(DatasetError, match="exists already"):
        folder.create(TrainConfig())
    assert folder.read_config() == TrainConfig(model="tiny")


def test_a_start_that_failed_may_be_tried_again_in_the_same_folder(folder: RunFolder) -> None:
    write(folder, RunEnded(ending="failed", reason="There is no folder eyes."))

    folder.create(TrainConfig(model="tiny", epochs=4))

    assert folder.read_config().epochs == 4
    assert read_events(folder) == []


@pytest.mark.parametrize("kind", ["file", "link", "photographs", "living"])
def test_nothing_of_the_users_is_taken_for_a_run_that_failed(tmp_path: Path, kind: str) -> None:
    folder = RunFolder(tmp_path / "mine")
    if kind == "file":
        folder.path.write_text("mine")
    elif kind == "link":
        folder.path.symlink_to(tmp_path / "nowhere")
    else:
        folder.create(TrainConfig(model="tiny"))
    if kind == "photographs":
        (folder.path / "eye.jpg").touch()
    alive = folder.locked() if kind == "living" else nullcontext()
    with alive, pytest.raises(DatasetError, match="exists already"):
        folder.create(TrainConfig())


def test_a_folder_with_nothing_but_the_log_of_its_process_is_new(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "new")
    folder.path.mkdir()
    folder.log_file.touch()

    folder.create(TrainConfig(model="tiny"))

    assert folder.config_file.is_file()


def test_two_processes_cannot_train_in_one_folder(folder: RunFolder) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom fundus_gui.core.runs import RunFolder\n"
        "with RunFolder(Path(sys.argv[1])).locked():\n    print('locked', flush=True)\n    input()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, folder.path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert other.stdout is not None
    assert other.stdout.readline().strip() == b"locked"

    assert folder.is_alive()
    with pytest.raises(ExportError, match="Another process trains in first"), folder.locked():
        pass

    other.kill()
    other.communicate()
    assert not folder.is_alive()


def test_a_request_reaches_whoever_reads_it(folder: RunFolder) -> None:
    assert folder.requested() == ""
    folder.ask("pause")
    assert RunFolder(folder.path).requested() == "pause"
    folder.forget_request()
    assert folder.requested() == ""


def test_a_damaged_config_is_said_and_does_not_hide_the_run(folder: RunFolder) -> None:
    folder.config_file.write_text("epochs = 0")

    with pytest.raises(ConfigError, match="epochs must be"):
        folder.read_config()
    assert read_run(folder.path).config is None
