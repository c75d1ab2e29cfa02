"""`fundus-gui train`: what is typed is what is trained, and what happens is said."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from tiny_photographs import photograph
from tiny_results import names_in

from fundus_gui import RESEARCH_USE_ONLY
from fundus_gui.core import training
from fundus_gui.core.catalogue import read_catalogue
from fundus_gui.core.runs import (
    PRESETS,
    EpochReport,
    Event,
    Notice,
    RunContinued,
    RunEnded,
    RunFolder,
    RunPaused,
    RunStarted,
    StepReport,
    TrainConfig,
    event_from_json,
    find_preset,
    read_events,
    train_arguments,
    train_settings,
)

Run = Callable[..., Any]  # a command's words in, its code, out and err out

COLOURS = {"blue": (60, 90, 200), "green": (60, 200, 90)}
QUICK = (
    *("--model", "tiny", "--input-size", "32", "--epochs", "2", "--batch-size", "4"),
    *("--learning-rate", "0.03", "--device", "cpu"),
)
STARTED = RunStarted(
    class_names=("a", "b"),
    counts={"train": {"a": 1, "b": 1}},
    device="CPU",
    parameters=1,
    epochs=1,
    steps=1,
    epoch=0,
    date="2026-01-01T00:00:00+00:00",
)

posix_only = pytest.mark.skipif(os.name != "posix", reason="uses POSIX terminals and signals")


def on_one_line(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("coloured eyes")
    for label, colour in COLOURS.items():
        (folder / label).mkdir()
        for number in range(8):
            photograph(100 * number + len(label), colour).save(folder / label / f"{number}.png")
    return folder


# What is typed is what is trained -----------------------------------------------------------------


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch) -> list[tuple[TrainConfig, Path]]:
    """Return what would have been trained, and where."""
    asked: list[tuple[TrainConfig, Path]] = []

    def fit(config: TrainConfig, out: Path, *, command: str = "") -> Iterator[Event]:
        assert command.startswith("fundus-gui train ")
        asked.append((config, out))
        yield from ()

    monkeypatch.setattr(training, "fit", fit)
    return asked


def other_values(name: str) -> list[dict[str, Any]]:
    """Return settings in which the named one is not the default, its extremes among them."""
    together: dict[str, dict[str, Any]] = {
        "folds": {"fold": 1},
        "fold": {"folds": 50},
        "initial_size": {"input_size": 2048},
        "devices": {"batch_size": 1024},
    }
    texts = ["a folder/of 'eyes' = \"ä\"", "-x", r"(\d+)_(left|right)", "--out"]
    pairs: list[Any] = [
        {"attention": "se", "width": 2, "rate": 0.5, "deep": True, "sizes": [1, 2]},
        {"word": "true", "number": "1", "quoted": 'a "b" = \\ ä', "empty": ""},
    ]
    setting = train_settings()[name]
    values: list[Any]
    if setting.kind is bool:
        values = [not setting.default]
    elif setting.choices:
        values = list(setting.choices)
    elif setting.kind in (int, float):
        values = [v for v in (setting.least, setting.most) if v is not None]
        values = [setting.kind(v) for v in values] + [0.1 + 0.2] * (setting.kind is float)
    else:
        values = texts if setting.kind is str else pairs
    return [{**together.get(name, {}), name: value} for value in values]


@pytest.mark.parametrize("name", train_settings())
def test_the_command_of_a_config_trains_by_that_config(
    run: Run, trained: list[tuple[TrainConfig, Path]], tmp_path: Path, name: str
) -> None:
    configs = [TrainConfig(**values) for values in other_values(name)]
    assert any(name in config.differing() for config in configs)
    for config in configs:
        done = run(*train_arguments(config, tmp_path / "run"))
        assert (done.code, done.err) == (0, "")
    assert trained == [(config, tmp_path / "run") for config in configs]


def test_options_override_a_file_which_overrides_the_preset(
    run: Run, trained: list[tuple[TrainConfig, Path]], tmp_path: Path
) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('epochs = 7\nbatch_size = 8\nmodel_arguments = {norm = "group"}\n')
    words = ("--preset", "quick-cpu", "--model", "tiny", "--config", file, "--epochs", 3)
    assert run("train", *words, "--out", tmp_path / "run").code == 0
    ((config, out),) = trained
    preset = find_preset("quick-cpu").config("tiny")
    assert config == preset.changed(epochs=3, batch_size=8, model_arguments={"norm": "group"})
    assert config.input_size == preset.input_size != TrainConfig().input_size
    assert out == tmp_path / "run"


def test_the_settings_that_a_run_wrote_can_be_used_again(
    run: Run, trained: list[tuple[TrainConfig, Path]], tmp_path: Path
) -> None:
    config = find_preset("paper").config().changed(data="eyes", model_arguments={"a": [1, "b"]})
    RunFolder(tmp_path / "first").create(config)
    file = RunFolder(tmp_path / "first").config_file
    assert run("train", "--config", file, "--out", tmp_path / "second").code == 0
    assert trained == [(config, tmp_path / "second")]


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_a_preset_trains_all_its_networks_or_the_one_named(
    run: Run, trained: list[tuple[TrainConfig, Path]], tmp_path: Path, preset: Any
) -> None:
    words = ("--preset", preset.name, "--data", "eyes", "--out", tmp_path)
    configs = [preset.config(model).changed(data="eyes") for model in preset.models]
    several = len(configs) > 1
    assert run("train", *words).code == 0
    assert trained == [
        (config, tmp_path / config.model if several else tmp_path) for config in configs
    ]
    trained.clear()
    assert run("train", *words, "--model", preset.models[-1]).code == 0
    assert trained == [(configs[-1], tmp_path)]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "--out: name the new folder of the run"),
        (["--out", "x", "--epochs", "many"], "--epochs"),
        (["--out", "x", "--balance", "evenly"], "'none', 'loss', 'sampling'"),
        (["--out", "x", "--polcy", "none"], "--policy"),
        (["--out", "x", "--model-argument", "attention"], "NAME=VALUE is needed, not 'attention'"),
        (["--out", "x", "--events", "file"], "--events"),
        (["--resume", "x", "--epochs", "3"], "--resume takes no other option"),
        (["--resume", "x", "--out", "y"], "--resume takes no other option"),
        (["--find-learning-rate", "--out", "curve.pdf"], "a .png or .svg file, not 'curve.pdf'"),
    ],
)
def test_wrong_usage_is_code_2(run: Run, words: list[str], sentence: str) -> None:
    done = run("train", *words)
    assert (done.code, done.out) == (2, "")
    assert sentence in on_one_line(done.err)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--epochs", "0"], "epochs must be 1 to 100000, not 0."),
        (["--preset", "papers"], "There is no preset named 'papers'. Did you mean 'paper'?"),
        (["--config", "gone.toml"], "gone.toml cannot be read (No such file or directory)."),
        (["--config", "typo.toml"], "There is no setting named 'epoch'. Did you mean 'epochs'?"),
        (["--config", "list.toml", "--preset", "paper"], "model must be a text, not ['tiny']."),
        (["--data", ""], "No data is named. Give a folder of labelled photographs."),
        (["--model", "tyny"], "There is no architecture named 'tyny'. Did you mean 'tiny'?"),
    ],
)
def test_wrong_settings_are_said_in_one_line(
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    sentence: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("typo.toml").write_text("epoch = 3")
    Path("list.toml").write_text('model = ["tiny"]')
    done = run("train", "--out", "run", "--device", "cpu", *words)
    assert (done.code, done.out) == (1, "")
    assert done.err == f"fundus-gui: {sentence}\n"


def test_help_groups_the_settings_and_loads_no_torch() -> None:
    script = (
        "import sys; from fundus_gui.__main__ import main; sys.argv[1:] = ['train', '--help'];"
        "assert main() == 0; assert not {'torch', 'PySide6', 'matplotlib'} & set(sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    sections = [line for line in done.stdout.splitlines() if line.endswith(":") and line[0] != " "]
    assert sections == [
        "Options:",
        *dict.fromkeys(f"{setting.group}:" for setting in train_settings().values()),
    ]
    said = on_one_line(done.stdout)
    assert "--learning-rate X Highest learning rate of the schedule. [1e-08 to 10;" in said
    assert "default: 0.001]" in said
    assert "--compile / --no-compile" in said


# What happens is said -----------------------------------------------------------------------------


def test_a_training_is_told_in_lines_and_its_model_can_be_installed(
    run: Run, data: Path, photos: Path, tmp_path: Path
) -> None:
    out = tmp_path / "first eyes"
    done = run("train", "--data", data, "--out", out, *QUICK)
    assert done.code == 0
    assert "Training on 14 photographs of 2 classes, 2 for validation; " in done.out
    assert "\nepoch 2: train loss " in done.out
    assert "validation macro-AUC " in done.out
    assert "All 2 epochs are done.\nBest epoch " in done.out
    assert f"The weights are in {out / 'best.safetensors'}.\n" in done.out
    assert f"The report is {out / 'report.html'}.\n" in done.out
    assert done.out.endswith(f"{RESEARCH_USE_ONLY}\n")
    assert not {"\x1b", "{"} & set(done.out)

    added = run("models", "add", out)
    assert (added.code, added.err) == (0, "")
    assert added.out.startswith("'first eyes' is installed, as ")
    assert "8 classified" in run("classify", photos, "--model", "first eyes").out
    assert run("models", "add", out, "--name", "second").code == 0
    assert {"first eyes", "second"} <= set(read_catalogue().models)
    again = run("models", "add", out)
    assert again.code == 1
    assert "A model named 'first eyes' is installed already." in again.err


def test_a_run_folder_is_never_written_twice(run: Run, data: Path, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "mine.txt").touch()
    done = run("train", "--data", data, "--out", tmp_path / "run", *QUICK)
    assert done.code == 1
    assert "exists already; choose a new one" in done.err


def test_events_are_all_that_is_printed(run: Run, data: Path, tmp_path: Path) -> None:
    done = run("train", "--data", data, "--out", tmp_path / "run", *QUICK, "--events", "-")
    assert (done.code, done.err) == (0, "")
    events = [event_from_json(line) for line in done.out.splitlines()]
    kinds = [type(event) for event in events]
    assert kinds.count(EpochReport) == 2
    assert kinds.count(StepReport) == 2 * 3
    assert kinds[-1] is RunEnded
    written = read_events(RunFolder(tmp_path / "run"))
    assert [event for event in written if isinstance(event, EpochReport)] == [
        event for event in events if isinstance(event, EpochReport)
    ]


def test_notices_and_pauses_are_said(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fit(*_: object, **__: object) -> Iterator[Event]:
        yield Notice(text="2 groups of equal photographs \x07.")
        yield RunPaused(epoch=3, step=1)
        yield RunEnded(ending="stopped", reason="Stopped at once; it can be resumed.")

    monkeypatch.setattr(training, "fit", fit)
    out = tmp_path / "my run"
    done = run("train", "--preset", "paper", "--out", out)
    first = out / find_preset("paper").models[0]
    assert done.code == 0
    assert done.err == "2 groups of equal photographs \\x07.\n"
    assert done.out == (
        "Paused in epoch 3.\nStopped at once; it can be resumed.\n"
        f"Go on with: fundus-gui train --resume '{first}'\n{RESEARCH_USE_ONLY}\n"
    )  # and the second network is not begun


def test_the_first_interrupt_asks_to_stop_and_the_second_stops(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = RunFolder(tmp_path / "run")
    requests = []

    def fit(config: TrainConfig, *_: object, **__: object) -> Iterator[Event]:
        folder.create(config)
        yield STARTED
        interrupt()
        requests.append(folder.requested())
        yield RunContinued()
        interrupt()
        pytest.fail("the second interrupt was ignored")

    def interrupt() -> None:  # at once; Python attends to a real signal when it finds the time
        handler = signal.getsignal(signal.SIGINT)
        assert callable(handler)
        handler(signal.SIGINT, None)

    monkeypatch.setattr(training, "fit", fit)
    before = signal.default_int_handler  # a shell lets its background jobs ignore the signal
    of_the_shell = signal.signal(signal.SIGINT, before)
    try:
        done = run("train", "--out", folder.path)
        assert signal.getsignal(signal.SIGINT) is before
    finally:
        signal.signal(signal.SIGINT, of_the_shell)
    assert requests == ["stop"]
    assert done.code == 130
    assert done.err.startswith("Stopping after this update. Ctrl+C again ")
    assert done.err.endswith("fundus-gui: stopped.\n")


def interrupted_after_two_epochs(*words: str | Path) -> list[Event | None]:
    """Train in a process of its own and press Ctrl+C; return what it told."""
    command = [sys.executable, "-m", "fundus_gui", "train", *map(str, words), "--events", "-"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    events = []
    with subprocess.Popen(command, env=environment, text=True, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        epochs = 0
        for line in process.stdout:
            events.append(event_from_json(line))
            if isinstance(events[-1], EpochReport):
                epochs += 1
                if epochs == 2:
                    process.send_signal(signal.SIGINT)
    assert process.returncode == 0
    return events


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let started programs hear Ctrl-C even where the tests run in the background without it."""
    earlier = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, earlier)


@posix_only
@pytest.mark.usefixtures("interruptible")
def test_a_stopped_run_goes_on_where_it_was(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    endless = (*QUICK, "--epochs", "100000")
    first = interrupted_after_two_epochs("--data", data, "--out", out, *endless)
    again = interrupted_after_two_epochs("--resume", out)
    for events in (first, again):
        assert isinstance(events[-1], RunEnded)
        assert events[-1].ending == "stopped"
    steps = [event for event in (*first, *again) if isinstance(event, StepReport)]
    numbers = [(step.epoch - 1) * step.steps + step.step for step in steps]
    assert numbers == list(range(1, len(steps) + 1))  # none is lost, none is done twice


@posix_only
def test_on_a_terminal_a_bar_shows_the_epoch_and_a_redirected_output_stays_clean(
    data: Path, tmp_path: Path
) -> None:
    import pty

    ours, theirs = pty.openpty()
    words = ("train", "--data", data, "--out", tmp_path / "run", *QUICK)
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "TERM": "xterm", "COLUMNS": "120"}
    with subprocess.Popen(
        [sys.executable, "-m", "fundus_gui", *map(str, words)],
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        shown = b""
        with suppress(OSError):  # Linux says so when the other side is closed
            while some := os.read(ours, 4096):
                shown += some
        os.close(ours)
        out, _ = process.communicate()
    assert process.returncode == 0
    screen = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown.decode())  # without colours
    assert "Epoch 2 ━━" in screen
    assert "━━ 3/3 loss " in screen
    assert "\x1b" not in out
    assert "\nepoch 2: train loss " in out


# Before a training --------------------------------------------------------------------------------


def test_statistics_are_lines_of_toml(run: Run, data: Path) -> None:
    done = run("train", "--data", data, "--input-size", 64, "--measure-statistics")
    assert (done.code, done.err) == (0, "")
    figures = tomllib.loads(done.out)
    assert list(figures) == ["mean", "std"]
    red, green, blue = figures["mean"]
    assert 0 < red < green < 1
    assert 0 < red < blue < 1
    assert all(0 < std < 0.5 for std in figures["std"])


def test_learning_rates_are_tried_printed_and_drawn(run: Run, data: Path, tmp_path: Path) -> None:
    for name, beginning in (("curve.png", b"\x89PNG"), ("curve.svg", b"<?xml")):
        words = ("--data", data, "--find-learning-rate", "--out", tmp_path / name)
        done = run("train", *words, *QUICK)
        assert (done.code, done.err) == (0, "")
        assert "learning rate loss 1.0e-07" in on_one_line(done.out.replace("─", ""))
        suggestion = float(done.out.partition("Suggestion: --learning-rate ")[2].split()[0])
        assert 1e-7 < suggestion < 1
        assert (tmp_path / name).read_bytes().startswith(beginning)
        assert names_in(tmp_path) == {name}
        (tmp_path / name).unlink()
