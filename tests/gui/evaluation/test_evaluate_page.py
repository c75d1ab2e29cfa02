from __future__ import annotations

import shutil
import sys
import threading
from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from fakes import AnsweringDialogs, FakeEngine, RecordedErrors
from PySide6.QtCore import QFile
from PySide6.QtWidgets import QInputDialog, QMessageBox
from pytestqt.qtbot import QtBot

from fundus_gui.core.assessments import Assessment
from fundus_gui.core.assessments.folder import evaluations_dir, find_assessments, read_assessment
from fundus_gui.core.catalogue import Catalogue
from fundus_gui.core.errors import DeviceError
from fundus_gui.gui.actions import Actions
from fundus_gui.gui.evaluate_page import EvaluatePage
from fundus_gui.gui.evaluation import result_pane
from fundus_gui.gui.training.run_jobs import TrainedModel

PATIENCE_MS = 30_000


def set_up(page: EvaluatePage, qtbot: QtBot, folder: Path) -> None:
    page.open_data(folder)
    qtbot.waitUntil(page.setup.bar.start.isEnabled, timeout=PATIENCE_MS)


def show_kept(page: EvaluatePage, qtbot: QtBot, *folders: Path) -> None:
    page.library.look()
    qtbot.waitUntil(lambda: page.list.view.count() >= len(folders), timeout=PATIENCE_MS)
    for row in range(page.list.view.count()):
        page.list.view.item(row).setSelected(True)
    pane = page.result if len(folders) == 1 else page.comparison
    qtbot.waitUntil(lambda: page.right.currentWidget() is pane, timeout=PATIENCE_MS)


def test_an_evaluation_is_set_up_run_kept_and_shown(
    page: EvaluatePage, qtbot: QtBot, labelled: Path, engine: FakeEngine, actions: Actions
) -> None:
    assert page.right.currentWidget() is page.setup
    assert not actions.open_report.isEnabled()
    set_up(page, qtbot, labelled)
    assert page.setup.bar.name.text() == "pair on eyes, test"
    page.setup.bar.start.click()
    assert page.right.currentWidget() is page.progress
    assert page.list.new.text() == "&Running evaluation"
    qtbot.waitUntil(lambda: page.right.currentWidget() is page.result, timeout=PATIENCE_MS)
    assert [(spec.name, count) for spec, count in engine.runs] == [("pair", 24), ("pair", 30)]
    (kept,) = find_assessments(evaluations_dir())
    assert kept.name == "pair on eyes, test"
    assert (kept.folder / "report.html").is_file()
    assert page.list.folders() == (kept.folder,)
    shown = page.result.header.value("balanced_accuracy")
    assert shown.startswith(f"{kept.balanced_accuracy:.3f}")
    assert actions.open_report.isEnabled()
    assert page.list.new.text() == "&New evaluation"
    assert page.summary() == "Ready"
    page.list.new.click()
    assert page.right.currentWidget() is page.setup
    assert page.setup.bar.start.isEnabled()


def test_a_cancelled_evaluation_keeps_nothing_but_the_set_up(
    page: EvaluatePage, qtbot: QtBot, labelled: Path, engine: FakeEngine
) -> None:
    engine.seconds_per_image = 0.05
    set_up(page, qtbot, labelled)
    page.setup.bar.start.click()
    qtbot.waitUntil(lambda: "Classifying" in page.summary(), timeout=PATIENCE_MS)
    page.progress.cancel.click()
    qtbot.waitUntil(lambda: page.right.currentWidget() is page.setup, timeout=PATIENCE_MS)
    assert engine.ended == 1
    assert find_assessments(evaluations_dir()) == []
    assert page.setup.bar.start.isEnabled()


def test_closing_in_the_middle_ends_the_evaluation(
    page: EvaluatePage, qtbot: QtBot, labelled: Path, engine: FakeEngine
) -> None:
    engine.seconds_per_image = 0.05
    set_up(page, qtbot, labelled)
    page.setup.bar.start.click()
    qtbot.waitUntil(lambda: "Classifying" in page.summary(), timeout=PATIENCE_MS)
    page.close_threads()
    assert engine.ended == 1
    assert not evaluations_dir().exists()


@pytest.mark.usefixtures("_no_report")
def test_a_failure_is_told_on_the_page_and_the_set_up_stays(
    page: EvaluatePage, qtbot: QtBot, labelled: Path, engine: FakeEngine, errors: RecordedErrors
) -> None:
    engine.error = DeviceError("Close other programs.")
    set_up(page, qtbot, labelled)
    page.setup.bar.start.click()
    qtbot.waitUntil(lambda: page.right.currentWidget() is page.setup, timeout=PATIENCE_MS)
    assert [remark.text for remark in page.setup.failure.remarks] == ["Close other programs."]
    assert page.setup.failure.isVisible()
    assert page.setup.bar.start.isEnabled()
    assert errors.messages == []
    engine.error = None
    page.setup.bar.start.click()
    qtbot.waitUntil(lambda: page.right.currentWidget() is page.result, timeout=PATIENCE_MS)
    assert page.setup.failure.remarks == ()


@pytest.mark.usefixtures("_no_report")
def test_another_evaluation_can_be_looked_at_while_one_runs(
    page: EvaluatePage, qtbot: QtBot, labelled: Path, engine: FakeEngine, keep: Callable[..., Path]
) -> None:
    kept = keep("earlier")
    engine.seconds_per_image = 0.02
    set_up(page, qtbot, labelled)
    page.setup.bar.start.click()
    show_kept(page, qtbot, kept)
    assert page.list.new.text() == "&Running evaluation"
    page.list.new.click()
    assert page.right.currentWidget() is page.progress
    show_kept(page, qtbot, kept)
    qtbot.waitUntil(lambda: page.summary() == "Ready", timeout=PATIENCE_MS)
    assert page.result.folder == kept
    assert page.right.currentWidget() is page.result


def test_the_photographs_of_a_leak_are_shown(
    page: EvaluatePage, qtbot: QtBot, keep: Callable[..., Path]
) -> None:
    show_kept(page, qtbot, keep("leaking"))
    banner = page.result.banner
    assert banner.isVisible()
    assert "cnn was trained on 1 of these" in banner.text.text()
    banner.show_photographs.click()
    assert page.result.chosen.isVisible()
    assert page.result.chosen.gallery.numbers() == (0,)
    with qtbot.waitSignal(page.photograph_requested) as asked:
        page.result.chosen.gallery.open.trigger()
    assert asked.args[0].name == "test_0.png"
    page.result.chosen.back.click()
    assert page.result.tabs.isVisible()


def test_every_tab_shows_the_evaluation(
    page: EvaluatePage, qtbot: QtBot, keep: Callable[..., Path], errors: RecordedErrors
) -> None:
    show_kept(page, qtbot, keep("all tabs"))
    tabs = page.result.tabs
    titles = [tabs.tabText(index) for index in range(tabs.count())]
    assert titles == [
        "Classes", "Confusion", "Curves", "Calibration", "Referral", "Weights", "Subgroups",
        "Mistakes",
    ]  # fmt: skip
    for index in range(tabs.count()):
        tabs.setCurrentIndex(index)
    assert errors.crashes == []


def test_several_are_set_side_by_side_with_the_best_bold(
    page: EvaluatePage, qtbot: QtBot, keep: Callable[..., Path]
) -> None:
    folders = [keep("first"), keep("second", seed=5)]
    show_kept(page, qtbot, *folders)
    table = page.comparison.table
    names = [table.horizontalHeaderItem(column).text() for column in (1, 2)]
    assert sorted(names) == ["first", "second"]
    values = {}
    for column, name in enumerate(names, 1):
        figures = read_assessment(evaluations_dir() / name).report.vote.figures
        values[column] = figures["log_loss"].value
    row = next(r for r in range(table.rowCount()) if table.item(r, 0).text() == "Log-loss")
    best = min(values, key=values.__getitem__)
    assert [table.item(row, c).font().bold() for c in (1, 2)] == [c == best for c in (1, 2)]


def test_evaluations_are_renamed(
    page: EvaluatePage, qtbot: QtBot, keep: Callable[..., Path]
) -> None:
    show_kept(page, qtbot, keep("old"))
    page.list.rename.trigger()
    dialog = page.list.findChild(QInputDialog)
    dialog.setTextValue("new")
    dialog.accept()
    new = evaluations_dir() / "new"
    qtbot.waitUntil(lambda: page.list.folders() == (new,), timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: page.result.folder == new, timeout=PATIENCE_MS)
    assert not (evaluations_dir() / "old").exists()


def test_evaluations_are_thrown_away_only_when_one_says_so(
    page: EvaluatePage, qtbot: QtBot, keep: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    trashed: list[str] = []

    def trash(path: str) -> bool:
        trashed.append(path)
        shutil.rmtree(path)
        return True

    monkeypatch.setattr(QFile, "moveToTrash", trash)
    folder = keep("unwanted")
    show_kept(page, qtbot, folder)
    page.list.delete.trigger()
    page.list.findChild(QMessageBox).reject()
    assert folder.exists()
    qtbot.waitUntil(lambda: page.list.findChild(QMessageBox) is None)
    page.list.delete.trigger()
    page.list.findChild(QMessageBox).accept()
    qtbot.waitUntil(lambda: page.list.view.count() == 0, timeout=PATIENCE_MS)
    assert trashed == [str(folder)]
    assert page.right.currentWidget() is page.setup


def test_a_damaged_evaluation_is_told_in_its_place(
    page: EvaluatePage, qtbot: QtBot, keep: Callable[..., Path]
) -> None:
    folder = keep("damaged")
    (folder / "report.json").write_text("{", encoding="utf-8")
    page.library.look()
    qtbot.waitUntil(lambda: page.list.view.count() == 1, timeout=PATIENCE_MS)
    page.list.view.item(0).setSelected(True)
    qtbot.waitUntil(lambda: "cannot be read" in page.notice.text(), timeout=PATIENCE_MS)
    assert page.right.currentWidget() is page.notice


def test_the_report_is_saved_as_pdf(
    page: EvaluatePage, qtbot: QtBot, keep: Callable[..., Path], tmp_path: Path,
    dialogs: AnsweringDialogs, actions: Actions, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def save(shown: Assessment, path: Path, *, has_pseudonyms: bool) -> Generator[str, None, None]:
        yield "Writing…"
        assert not has_pseudonyms
        path.write_text(shown.name, encoding="utf-8")

    monkeypatch.setattr(result_pane, "save_pdf", save)
    show_kept(page, qtbot, keep("on paper"))
    dialogs.target = tmp_path / "report.pdf"
    with qtbot.waitSignals([page.message, page.message], timeout=PATIENCE_MS):
        actions.save_pdf.trigger()  # says that it begins, and that it is done
    assert dialogs.target.read_text(encoding="utf-8") == "on paper"


def test_recent_folders_are_offered(page: EvaluatePage, qtbot: QtBot, labelled: Path) -> None:
    assert not page.setup.data.recent.isVisible()
    set_up(page, qtbot, labelled)
    (entry,) = page.setup.data.recent.menu().actions()
    assert entry.data() == str(labelled)


def test_other_models_are_offered_and_the_choice_stays(
    page: EvaluatePage, catalogue: Catalogue
) -> None:
    page.evaluate_model(TrainedModel("rdnet"))
    page.set_catalogue(Catalogue(catalogue.models, {}))
    spec = page.setup.chooser.spec
    assert spec is not None
    assert spec.members == ("rdnet",)


def test_another_page_goes_on_with_what_is_set_up_and_looked_at(
    page: EvaluatePage, qtbot: QtBot, labelled: Path, keep: Callable[..., Path],
    catalogue: Catalogue, engine: FakeEngine, dialogs: AnsweringDialogs,
) -> None:  # fmt: skip
    kept = {keep("one"), keep("other", 1)}
    set_up(page, qtbot, labelled)
    page.setup.data.parts.judged_parts.setCurrentIndex(1)
    page.setup.measures.class_order.setText("normal, amd")
    page.setup.choose_model("rdnet")
    page.setup.bar.name.setText("mine")
    show_kept(page, qtbot, *kept)
    page.close_threads()
    errors = RecordedErrors().reporter
    after = EvaluatePage(catalogue, engine.classify, Actions(), errors, dialogs)
    qtbot.addWidget(after)
    after.show()
    after.take_over(page)
    request = after.setup.request()
    assert request is not None
    assert request == page.setup.request()
    assert (request.judged.part, request.spec.members) == ("val", ("rdnet",))
    assert after.setup.bar.name.text() == "mine"
    qtbot.waitUntil(lambda: after.right.currentWidget() is after.comparison, timeout=PATIENCE_MS)
    assert set(after.list.folders()) == kept
    after.close_threads()


@pytest.mark.usefixtures("_no_report")
def test_no_handler_of_the_page_reads_files(
    page: EvaluatePage, qtbot: QtBot, labelled: Path, tmp_path: Path
) -> None:
    read: list[str] = []

    def note(event: str, arguments: tuple[object, ...]) -> None:
        if event == "open" and watching and threading.current_thread() is threading.main_thread():
            read.append(str(arguments[0]))

    watching = True
    sys.addaudithook(note)
    try:
        set_up(page, qtbot, labelled)
        page.setup.bar.start.click()
        qtbot.waitUntil(lambda: page.right.currentWidget() is page.result, timeout=PATIENCE_MS)
    finally:
        watching = False
    assert [name for name in read if str(tmp_path) in name] == []
