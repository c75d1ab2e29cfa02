from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fakes import RecordedErrors
from pytestqt.qtbot import QtBot

from fundus_gui.core.runs import TrainConfig
from fundus_gui.gui.training.trials_bar import TrialsBar

PATIENCE_MS = 20_000
CONFIG = TrainConfig(data="/data/eyes", seed=4)

MEASURES = "print('mean = [0.4, 0.2, 0.1]'); print('std = [0.3, 0.25, 0.2]')"
FINDS = """
from PIL import Image
Image.new("RGB", (60, 40)).save(arguments[arguments.index("--out") + 1])
print("Suggestion: --learning-rate 3.2e-04")
"""
FAILS = "print('fundus-gui: There is no folder /data/eyes.', file=sys.stderr); sys.exit(1)"
HANGS = "time.sleep(600)"

Program = Callable[[str], TrialsBar]


@pytest.fixture
def bar_of(qtbot: QtBot, tmp_path: Path, errors: RecordedErrors) -> Iterator[Program]:
    """Return a function that shows a bar whose program does what a script says."""
    bars = []

    def show(script: str) -> TrialsBar:
        path = tmp_path / "program.py"
        path.write_text(f"import sys, time\narguments = sys.argv[1:]\n{script}", encoding="utf-8")
        bar = TrialsBar((sys.executable, str(path)), errors.reporter)
        qtbot.addWidget(bar)
        bar.show()
        bar.set_config(CONFIG)
        bars.append(bar)
        return bar

    yield show
    for bar in bars:
        bar.close_thread()


def test_without_data_nothing_can_be_asked(bar_of: Program) -> None:
    bar = bar_of(MEASURES)
    bar.set_config(None)
    assert not bar.find_rate.isEnabled()
    assert not bar.measure.isEnabled()


def test_measured_colours_are_shown_and_used(bar_of: Program, qtbot: QtBot) -> None:
    bar = bar_of(MEASURES)
    with qtbot.waitSignal(bar.answered, timeout=PATIENCE_MS) as answered:
        bar.measure.click()
        assert not bar.measure.isEnabled()
    assert answered.args == [{"normalisation": "measured"}]
    assert "0.400, 0.200, 0.100" in bar.answer.text()
    assert "0.300, 0.250, 0.200" in bar.answer.text()
    qtbot.waitUntil(bar.measure.isEnabled, timeout=PATIENCE_MS)


def test_the_suggested_learning_rate_comes_with_its_curve(bar_of: Program, qtbot: QtBot) -> None:
    bar = bar_of(FINDS)
    with qtbot.waitSignal(bar.answered, timeout=PATIENCE_MS) as answered:
        bar.find_rate.click()
    assert answered.args == [{"learning_rate": 3.2e-4}]
    assert "0.00032" in bar.answer.text()
    assert bar.curve.isVisible()


def test_what_the_command_complains_of_is_said_in_place(
    bar_of: Program, qtbot: QtBot, errors: RecordedErrors
) -> None:
    bar = bar_of(FAILS)
    bar.measure.click()
    qtbot.waitUntil(bar.answer.isVisible, timeout=PATIENCE_MS)
    assert bar.answer.text() == "There is no folder /data/eyes."
    assert bar.measure.isEnabled()
    assert (errors.messages, errors.crashes) == ([], [])


def test_cancelling_ends_the_process(bar_of: Program, qtbot: QtBot) -> None:
    bar = bar_of(HANGS)
    bar.find_rate.click()
    qtbot.waitUntil(bar.cancel.isVisible, timeout=PATIENCE_MS)
    bar.cancel.click()
    qtbot.waitUntil(bar.find_rate.isEnabled, timeout=PATIENCE_MS)
    assert not bar.cancel.isVisible()
    assert not bar.answer.isVisible()


def test_a_trial_ends_when_the_settings_are_changed(bar_of: Program, qtbot: QtBot) -> None:
    bar = bar_of(HANGS)
    bar.find_rate.click()
    qtbot.waitUntil(bar.cancel.isVisible, timeout=PATIENCE_MS)
    bar.set_config(CONFIG)
    assert not bar.answer.isVisible()
    bar.set_config(replace(CONFIG, seed=5))
    qtbot.waitUntil(bar.find_rate.isEnabled, timeout=PATIENCE_MS)
    assert "settings have been changed" in bar.answer.text()


def test_an_answer_stays_when_it_is_taken_over(bar_of: Program, qtbot: QtBot) -> None:
    bar = bar_of(FINDS)
    bar.answered.connect(lambda found: bar.set_config(replace(CONFIG, **found)))
    bar.find_rate.click()
    qtbot.waitUntil(bar.find_rate.isEnabled, timeout=PATIENCE_MS)
    assert "0.00032" in bar.answer.text()
    bar.set_config(replace(CONFIG, seed=5))
    assert "0.00032" in bar.answer.text()
