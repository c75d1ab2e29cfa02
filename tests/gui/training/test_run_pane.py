"""A run is shown live, and the window's thread does nothing but show it."""

from __future__ import annotations

import builtins
import io
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from focus_stops import focus_stops
from invented_runs import CLASSES, begin, epoch_report, failed, finished, started, step, train
from PySide6.QtCore import QElapsedTimer, QTimer
from PySide6.QtWidgets import QInputDialog, QPlainTextEdit
from pytestqt.qtbot import QtBot

from fundus_gui.core.runs import Preparing, RunEnded, RunFolder, RunPaused, TrainConfig
from fundus_gui.gui.training.run_control import RunControl
from fundus_gui.gui.training.run_list import RunList
from fundus_gui.gui.training.run_pane import RunPane
from fundus_gui.gui.widgets.scroll_pane import ScrollPane

PATIENCE_MS = 20_000


@pytest.fixture
def pane(qtbot: QtBot, control: RunControl) -> Iterator[RunPane]:
    made = RunPane(control)
    qtbot.addWidget(made)
    made.resize(1100, 760)
    made.show()
    yield made
    made.close_thread()


def show(pane: RunPane, qtbot: QtBot, *folders: RunFolder) -> None:
    """Show runs and wait until they are drawn."""
    page = pane.view if len(folders) == 1 else pane.comparison
    pane.show_runs([folder.path for folder in folders])
    qtbot.waitUntil(page.isVisible, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: not page.curves.image.isNull(), timeout=PATIENCE_MS)


def shown_buttons(pane: RunPane) -> set[str]:
    buttons = pane.view.buttons
    names = ("pause", "stop_after", "stop", "resume", "folder", "report", "add", "use")
    return {name for name in names if getattr(buttons, name).isVisible()}


def test_a_finished_run_shows_its_figures_curves_and_matrix(
    pane: RunPane, runs: Path, qtbot: QtBot
) -> None:
    folder = finished(runs / "run")
    folder.log_file.write_text("the log")
    show(pane, qtbot, folder)
    view = pane.view
    assert view.header.name.text() == "run"
    assert view.header.status.text() == "Finished"
    assert "vit_ti_16" in view.header.facts.text()
    assert view.header.value("epoch") == "4 / 4"
    assert view.header.value("auc") == "0.888"
    assert view.header.bar.isHidden()
    assert view.log.toPlainText().endswith("the log")
    qtbot.waitUntil(lambda: not view.confusion.image.isNull(), timeout=PATIENCE_MS)
    assert view.problem.isHidden()
    assert shown_buttons(pane) == {"folder"}


def test_a_running_training_is_followed(pane: RunPane, runs: Path, qtbot: QtBot) -> None:
    folder = begin(runs / "run")
    with folder.locked():
        show(pane, qtbot, folder)
        header = pane.view.header
        assert shown_buttons(pane) == {"pause", "stop_after", "stop", "folder"}
        folder.append_event(step(1, 5))
        qtbot.waitUntil(lambda: header.value("left") == "1 min 45 s", timeout=PATIENCE_MS)
        assert header.value("speed") == "42"
        assert header.value("rate") == "1.0e-03"
        assert header.bar.value() == 125
        folder.append_event(epoch_report(1))
        qtbot.waitUntil(lambda: header.value("accuracy") == "0.69", timeout=PATIENCE_MS)
        assert pane.view.confusion.isVisible()


def test_preparation_is_shown_and_cannot_be_asked_to_stop(
    pane: RunPane, runs: Path, qtbot: QtBot
) -> None:
    folder = RunFolder(runs / "run")
    folder.create(TrainConfig(data="/data/eyes"))
    with folder.locked():
        folder.append_event(Preparing(stage="decoding", done=3, total=12))
        show(pane, qtbot, folder)
        header = pane.view.header
        qtbot.waitUntil(lambda: "3 of 12" in header.status.text(), timeout=PATIENCE_MS)
        assert (header.bar.value(), header.bar.maximum()) == (3, 12)
        assert not pane.view.buttons.stop.isEnabled()
        folder.append_event(started())
        qtbot.waitUntil(pane.view.buttons.stop.isEnabled, timeout=PATIENCE_MS)


def test_buttons_ask_the_training_once(pane: RunPane, runs: Path, qtbot: QtBot) -> None:
    folder = begin(runs / "run")
    buttons = pane.view.buttons
    with folder.locked():
        show(pane, qtbot, folder)
        with qtbot.waitSignal(pane.message):
            buttons.pause.click()
        assert not buttons.pause.isEnabled()
        qtbot.waitUntil(lambda: folder.requested() == "pause", timeout=PATIENCE_MS)
        folder.append_event(RunPaused(epoch=1, step=1))
        qtbot.waitUntil(lambda: buttons.pause.text() == "&Continue", timeout=PATIENCE_MS)
        for button, request in (
            (buttons.pause, "continue"),
            (buttons.stop, "stop"),
        ):
            assert button.isEnabled()
            button.click()
            qtbot.waitUntil(lambda r=request: folder.requested() == r, timeout=PATIENCE_MS)
        assert not buttons.stop.isEnabled()


def test_a_failed_run_says_why_and_what_can_be_done(
    pane: RunPane, runs: Path, qtbot: QtBot
) -> None:
    folder = failed(runs / "run", "The training diverged. Choose a lower learning rate.")
    folder.state_file.write_bytes(b"")
    show(pane, qtbot, folder)
    problem = pane.view.problem
    qtbot.waitUntil(problem.isVisible, timeout=PATIENCE_MS)
    assert problem.reason.text() == "The training diverged. Choose a lower learning rate."
    assert "Resume" in problem.advice.text()
    assert "resume" in shown_buttons(pane)


def test_a_killed_run_shows_the_last_lines_of_its_log(
    pane: RunPane, runs: Path, qtbot: QtBot
) -> None:
    folder = begin(runs / "run")
    folder.log_file.write_text("".join(f"line {number}\n" for number in range(50)))
    show(pane, qtbot, folder)
    lines = pane.view.problem.details.text().splitlines()
    assert lines[-1] == "line 49"
    assert len(lines) <= 8


def test_several_runs_are_compared(pane: RunPane, runs: Path, qtbot: QtBot) -> None:
    show(pane, qtbot, finished(runs / "a"), finished(runs / "b", lift=0.05))
    table = pane.comparison.table
    columns = {
        table.horizontalHeaderItem(column).text(): column for column in range(table.columnCount())
    }
    column = columns["Macro-AUC"]
    cells = [table.item(row, column) for row in range(table.rowCount())]
    assert [cell.text() for cell in cells] == ["0.888", "0.938"]
    assert [cell.font().bold() for cell in cells] == [False, True]
    assert len(pane.comparison.curves.curves) == 2


def test_a_run_that_goes_on_is_shown_going_on(pane: RunPane, runs: Path, qtbot: QtBot) -> None:
    folder = begin(runs / "run")
    folder.append_event(RunEnded(ending="stopped", reason="Stopped as asked."))
    show(pane, qtbot, folder)
    assert pane.view.header.status.text() == "Stopped"
    with folder.locked():
        folder.append_event(started())
        status = pane.view.header.status
        qtbot.waitUntil(lambda: status.text() == "Training", timeout=PATIENCE_MS)


def test_a_folder_that_is_no_run_is_said_in_the_pane(
    pane: RunPane, tmp_path: Path, qtbot: QtBot
) -> None:
    pane.show_runs([tmp_path])
    qtbot.waitUntil(lambda: "not the folder" in pane.empty.text(), timeout=PATIENCE_MS)
    pane.show_runs([])
    assert "Select a training" in pane.empty.text()


def test_a_model_is_added_under_the_name_that_is_given(
    pane: RunPane, runs: Path, qtbot: QtBot, control: RunControl
) -> None:
    folder = finished(runs / "run")
    folder.best_file.write_bytes(b"no weights")
    show(pane, qtbot, folder)
    assert {"add", "use"} <= shown_buttons(pane)
    pane.view.buttons.add.click()
    dialog = pane.findChild(QInputDialog)
    assert dialog.textValue() == "run"
    with qtbot.waitSignal(control.failed, timeout=PATIENCE_MS) as refused:
        dialog.accept()
    assert "best.safetensors" in str(refused.args[0])


def test_that_model_is_added_for_which_the_name_was_asked(
    pane: RunPane, runs: Path, qtbot: QtBot, control: RunControl
) -> None:
    asked, other = finished(runs / "asked"), finished(runs / "other")
    asked.best_file.write_bytes(b"no weights")
    show(pane, qtbot, asked)
    pane.view.buttons.add.click()
    pane.show_runs([other.path])  # a training that was awaited appears meanwhile
    qtbot.waitUntil(lambda: pane.view.header.name.text() == "other", timeout=PATIENCE_MS)
    with qtbot.waitSignal(control.failed, timeout=PATIENCE_MS) as refused:
        pane.findChild(QInputDialog).accept()
    assert "was refused" in str(refused.args[0])  # the other has no weights at all


def test_one_sees_where_the_focus_is_in_a_low_window(
    pane: RunPane, runs: Path, qtbot: QtBot
) -> None:
    pane.resize(1000, 500)
    show(pane, qtbot, finished(runs / "run"))
    stops = focus_stops(pane, qtbot)
    assert [widget for widget, is_marked in stops.items() if not is_marked] == []
    assert {ScrollPane, QPlainTextEdit} <= {type(widget) for widget in stops}


def test_charts_have_room_in_a_low_window(pane: RunPane, runs: Path, qtbot: QtBot) -> None:
    pane.resize(816, 628)
    show(pane, qtbot, finished(runs / "run"))
    for chart in (pane.view.curves, pane.view.confusion):
        assert chart.height() >= chart.minimumSizeHint().height()


@pytest.mark.parametrize("width", [700, 1100])
def test_the_matrix_stands_beside_the_curves_where_there_is_room(
    pane: RunPane, runs: Path, qtbot: QtBot, width: int
) -> None:
    pane.resize(width, 760)
    show(pane, qtbot, finished(runs / "run"))
    curves, matrix = pane.view.curves.geometry(), pane.view.confusion.geometry()
    assert (matrix.left() >= curves.right()) is (width == 1100)
    assert (matrix.top() >= curves.bottom()) is (width == 700)


@pytest.fixture
def no_files_in_the_windows_thread(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Note which files of runs the window's thread opens."""
    opened: list[str] = []

    def noting(function: Callable[..., Any]) -> Callable[..., Any]:
        def noted(*arguments: Any, **options: Any) -> Any:
            path = str(arguments[0]) if arguments else ""
            if threading.current_thread() is threading.main_thread() and "/runs" in path:
                opened.append(f"{function.__name__} {path}")
            return function(*arguments, **options)

        return noted

    with monkeypatch.context() as patch:
        patch.setattr(builtins, "open", noting(builtins.open))
        patch.setattr(io, "open", noting(io.open))
        for name in ("open", "read_text", "read_bytes", "write_bytes", "stat", "iterdir", "mkdir"):
            patch.setattr(Path, name, noting(getattr(Path, name)))
        yield opened


def test_the_windows_thread_touches_no_file_of_a_run(
    control: RunControl,
    pane: RunPane,
    qtbot: QtBot,
    no_files_in_the_windows_thread: list[str],
) -> None:
    listed = RunList(control)
    qtbot.addWidget(listed)
    listed.run_selected.connect(pane.show_runs)
    listed.show()
    control.started.connect(listed.select)
    control.start(TrainConfig(data="/data/eyes", model="vit_ti_16"), "run")
    buttons = pane.view.buttons
    qtbot.waitUntil(lambda: buttons.stop.isVisible() and buttons.stop.isEnabled(), timeout=60_000)
    qtbot.waitUntil(lambda: not pane.view.confusion.image.isNull(), timeout=PATIENCE_MS)
    buttons.pause.click()
    qtbot.waitUntil(lambda: buttons.pause.text() == "&Continue", timeout=PATIENCE_MS)
    buttons.stop.click()
    qtbot.waitUntil(lambda: pane.view.header.status.text() == "Stopped", timeout=PATIENCE_MS)
    pane.show_runs([])
    control.close()
    assert no_files_in_the_windows_thread == []


def test_the_event_loop_turns_while_events_stream(
    pane: RunPane,
    runs: Path,
    qtbot: QtBot,
    record_testsuite_property: Callable[[str, object], None],
) -> None:
    """The longest gap is reported, not judged: it is the machine's as much as ours."""
    folder = begin(runs / "run", epochs=200)
    gaps: list[int] = []
    clock = QElapsedTimer()
    timer = QTimer()
    timer.setInterval(5)
    timer.timeout.connect(lambda: gaps.append(clock.restart()))
    with folder.locked():
        show(pane, qtbot, folder)
        writer = threading.Thread(target=_stream, args=(folder,))
        clock.start()
        timer.start()
        writer.start()
        qtbot.waitUntil(lambda: len(pane.view.curves.curves[0].epochs) == 40, timeout=60_000)
        timer.stop()
        writer.join()
    record_testsuite_property("longest_gap_ms", max(gaps))
    assert pane.view.header.value("epoch") == "40 / 200"
    assert pane.view.confusion.matrix == epoch_report(40).confusion
    assert len(CLASSES) == len(pane.view.confusion.matrix)


def _stream(folder: RunFolder) -> None:
    train(folder, 40, 200)
