"""Words and figures that are said of a run."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from pathlib import Path

import pytest
from invented_runs import begin, epoch_report, failed, finished, step

from fundus_gui.core.runs import Preparing, read_run
from fundus_gui.gui.training.run_labels import (
    duration,
    figure,
    figures_text,
    preparing_title,
    progress,
    seconds_since,
    summary,
)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.4, "0 s"),
        (59.6, "1 min 0 s"),
        (3_725, "1 h 2 min"),
        (90_000, "1 d 1 h"),
        (math.inf, "–"),
        (-3, "0 s"),
    ],
)
def test_durations_are_said_in_their_two_largest_units(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_a_running_training_says_its_epoch_and_time_left(tmp_path: Path) -> None:
    folder = begin(tmp_path / "run")
    with folder.locked():
        assert summary(read_run(folder.path)) == "Training"
        folder.append_event(step(2, 5))
        run = read_run(folder.path)
    assert summary(run) == "Training · epoch 2 of 4 · 1 min 15 s left"
    assert progress(run) == pytest.approx(1.5 / 4)


def test_an_ended_training_says_what_became_of_it(tmp_path: Path) -> None:
    assert summary(read_run(finished(tmp_path / "a").path)) == "Finished · 4 of 4 epochs"
    assert progress(read_run(tmp_path / "a")) == 1
    assert summary(read_run(failed(tmp_path / "b", "It diverged.").path)) == "Failed · It diverged."


def test_figures_that_are_missing_are_dashes() -> None:
    assert figures_text(None) == ""
    assert figures_text(epoch_report(1)) == "AUC 0.729 · bal. acc. 0.69"
    assert figure(None, "accuracy") == "–"
    assert figure(epoch_report(1), "unknown") == "–"


def test_preparation_is_counted_where_it_can_be() -> None:
    assert preparing_title(Preparing(stage="building")) == "Building the network"
    counted = Preparing(stage="decoding", done=1200, total=4000)
    assert preparing_title(counted) == "Decoding photographs: 1,200 of 4,000"


def test_a_date_that_is_none_is_no_time_ago() -> None:
    now = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
    assert seconds_since("2026-11-22T06:00:00+00:00", now) == 3600
    assert seconds_since("yesterday", now) == 0
    assert seconds_since("2026-11-22T06:00:00", now) == 0  # without a time zone
