"""What is shown of a run follows its folder, through pauses, ends and new beginnings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from invented_runs import CLASSES, STEPS, begin, epoch_report, finished, started, step, train

from fundus_gui.core.errors import DatasetError
from fundus_gui.core.runs import Preparing, RunContinued, RunEnded, RunPaused
from fundus_gui.gui.training import live_run
from fundus_gui.gui.training.live_run import LiveRun, watch_runs


@pytest.fixture(autouse=True)
def _few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_run, "_STEPS_AT_MOST", 20)


def seen(records: Iterator[LiveRun | None], is_it: Callable[[LiveRun], bool]) -> LiveRun:
    """Return the first record of which that is true."""
    for _, record in zip(range(200), records, strict=False):
        if record is not None and is_it(record):
            return record
    pytest.fail("nothing of the kind was yielded")


def test_a_finished_run_is_told_as_a_whole(tmp_path: Path) -> None:
    folder = finished(tmp_path / "run")
    folder.log_file.write_text("one\ntwo\n")
    live = seen(watch_runs([folder.path]), lambda live: live.run.status == "finished")
    assert [epoch.epoch for epoch in live.run.epochs] == [1, 2, 3, 4]
    assert len(live.steps) == 8
    assert live.notices == ("Two photographs are alike and were put together.",)
    assert live.log == "one\ntwo"
    assert not live.is_listening


def test_events_of_a_running_training_are_told_as_they_come(tmp_path: Path) -> None:
    folder = begin(tmp_path / "run")
    with folder.locked():
        records = watch_runs([folder.path])
        assert seen(records, lambda live: live.is_listening).run.status == "running"
        folder.append_event(step(1, 3))
        assert seen(records, lambda live: bool(live.steps)).run.last_step == step(1, 3)
        folder.append_event(epoch_report(1))
        assert seen(records, lambda live: bool(live.run.epochs)).run.best == epoch_report(1)
        folder.append_event(RunPaused(epoch=2, step=1))
        assert seen(records, lambda live: live.run.status == "paused").is_listening
        folder.append_event(RunContinued())
        seen(records, lambda live: live.run.status == "running")
        folder.append_event(RunEnded(ending="stopped", reason="Stopped as asked."))
        assert not seen(records, lambda live: live.run.ended is not None).is_listening
    live = seen(records, lambda live: live.run.status == "stopped")
    assert live.run.ended is not None
    assert live.run.started is not None
    assert live.run.started.class_names == CLASSES


def test_settings_are_known_as_soon_as_they_are_written(tmp_path: Path) -> None:
    path = tmp_path / "run"
    path.mkdir()
    (path / "output.log").write_text("")
    records = watch_runs([path])
    assert seen(records, lambda live: live.run.status == "starting").run.config is None
    with begin(path).locked():
        live = seen(records, lambda live: live.is_listening and live.run.config is not None)
    assert live.run.config is not None
    assert live.run.config.model == "vit_ti_16"


def test_a_killed_training_is_told_as_failed(tmp_path: Path) -> None:
    folder = begin(tmp_path / "run")
    with folder.locked():
        records = watch_runs([folder.path])
        seen(records, lambda live: live.run.is_alive)
    assert "without a word" in seen(records, lambda live: not live.run.is_alive).run.problem


def test_a_resumed_run_listens_from_its_first_update_on(tmp_path: Path) -> None:
    folder = begin(tmp_path / "run")
    train(folder, 2)
    folder.append_event(RunEnded(ending="stopped", reason="Stopped as asked."))
    records = watch_runs([folder.path])
    seen(records, lambda live: live.run.status == "stopped")
    with folder.locked():
        live = seen(records, lambda live: live.run.is_alive)
        assert not live.is_listening
        folder.append_event(Preparing(stage="decoding", done=3, total=9))
        assert seen(records, lambda live: live.preparing is not None).preparing is not None
        folder.append_event(started(epoch=2))
        live = seen(records, lambda live: live.is_listening)
        assert live.preparing is None
        assert len(live.run.epochs) == 2


def test_an_epoch_that_was_begun_again_replaces_its_updates(tmp_path: Path) -> None:
    folder = begin(tmp_path / "run")
    for number in (1, 2, 3, 2):
        folder.append_event(step(1, number))
    live = seen(watch_runs([folder.path]), lambda live: bool(live.steps))
    assert [report.step for report in live.steps] == [1, 2]


def test_very_many_updates_are_thinned_but_the_newest_is_known(tmp_path: Path) -> None:
    folder = begin(tmp_path / "run", epochs=30)
    for epoch in range(1, 31):
        for number in range(1, STEPS + 1):
            folder.append_event(step(epoch, number, 30))
    with folder.locked():
        live = seen(watch_runs([folder.path]), lambda live: bool(live.steps))
    assert len(live.steps) <= 40
    assert live.run.last_step == step(30, STEPS, 30)


def test_several_runs_are_watched_at_once(tmp_path: Path) -> None:
    folders = [finished(tmp_path / name) for name in ("a", "b")]
    records = watch_runs([folder.path for folder in folders])
    assert {seen(records, lambda live, n=n: live.run.name == n).run.name for n in "ab"} == {
        "a",
        "b",
    }


def test_a_folder_that_is_no_run_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DatasetError):
        next(watch_runs([tmp_path]))
