from __future__ import annotations

import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import RecordedErrors
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QCheckBox
from pytestqt.qtbot import QtBot

from fundus_gui.core.assessments import DataPart
from fundus_gui.core.assessments.assessing import AssessmentRequest
from fundus_gui.core.assessments.command import evaluate_arguments
from fundus_gui.core.catalogue import Catalogue
from fundus_gui.core.runs import RunFolder, TrainConfig, read_run
from fundus_gui.gui.evaluation.setup_pane import SetupPane
from fundus_gui.gui.training.run_splits import split_of

PATIENCE_MS = 20_000


@pytest.fixture
def pane(
    qtbot: QtBot, tmp_path: Path, catalogue: Catalogue, errors: RecordedErrors
) -> Iterator[SetupPane]:
    shown = SetupPane(catalogue, tmp_path / "runs", tmp_path / "evaluations", errors.reporter)
    qtbot.addWidget(shown)
    shown.show()
    yield shown
    shown.close_threads()


def open_data(pane: SetupPane, qtbot: QtBot, folder: Path) -> None:
    pane.data.open(folder)
    qtbot.waitUntil(lambda: pane.data.judged is not None, timeout=PATIENCE_MS)


def request(pane: SetupPane) -> AssessmentRequest:
    made = pane.request()
    assert made is not None
    return made


def choose(pane: SetupPane, title: str, *, tuning: bool = False) -> None:
    parts = pane.data.parts.tuning_parts if tuning else pane.data.parts.judged_parts
    found = [index for index in range(parts.count()) if title in parts.itemText(index)]
    parts.setCurrentIndex(found[0])


def test_the_test_part_is_measured_on_and_the_validation_part_fitted_on(
    pane: SetupPane, qtbot: QtBot, labelled: Path
) -> None:
    assert "Choose the labelled photographs" in pane.bar.problem.text()
    open_data(pane, qtbot, labelled)
    assert pane.data.summary.text().startswith("54 photographs · 3 classes · 27 patients")
    assert request(pane).judged == DataPart(folder=labelled, part="test")
    assert request(pane).tuning == DataPart(folder=labelled, part="val")
    assert request(pane).spec.name == "pair"


def test_what_is_measured_on_is_not_offered_to_fit_on(
    pane: SetupPane, qtbot: QtBot, labelled: Path
) -> None:
    open_data(pane, qtbot, labelled)
    choose(pane, "All photographs (54)")
    assert request(pane).judged.part is None
    assert request(pane).tuning is None
    choose(pane, "Test part (24)")
    choose(pane, "Nothing", tuning=True)
    assert request(pane).tuning is None


def write_run(folder: Path, data: Path) -> RunFolder:
    """Write what a training on some data leaves behind of its parts."""
    run = RunFolder(folder)
    run.create(TrainConfig(data=str(data)))
    rows = (data / "labels.csv").read_text(encoding="utf-8").replace(",val", ",train")
    run.split_file.write_text(rows.replace(",test\n", ",val\n"), encoding="utf-8")
    return run


def test_a_training_s_parts_can_be_taken_instead_of_the_folder_s(
    pane: SetupPane, qtbot: QtBot, labelled: Path, tmp_path: Path
) -> None:
    run = write_run(tmp_path / "runs" / "mine", labelled)
    open_data(pane, qtbot, labelled)
    tables = pane.data.parts.tables
    qtbot.waitUntil(lambda: tables.count() == 2, timeout=PATIENCE_MS)
    assert tables.isVisible()
    tables.setCurrentIndex(1)
    qtbot.waitUntil(lambda: pane.data.judged is not None, timeout=PATIENCE_MS)
    choose(pane, "Validation part (24)")
    assert request(pane).judged == DataPart(folder=labelled, part="val", split=run.split_file)


def test_a_trained_model_is_measured_on_its_training_s_validation_part(
    pane: SetupPane, qtbot: QtBot, labelled: Path, tmp_path: Path
) -> None:
    run = write_run(tmp_path / "elsewhere" / "mine", labelled)
    split = split_of(read_run(run.path))
    assert split is not None
    pane.data.open(labelled, split)
    qtbot.waitUntil(lambda: pane.data.judged is not None, timeout=PATIENCE_MS)
    expected = DataPart(folder=labelled, part="val", split=run.split_file)
    assert request(pane).judged == expected
    pane.data.look_for_runs()  # finds none among the runs of this program
    qtbot.waitUntil(lambda: not pane.data._splits_slot.busy, timeout=PATIENCE_MS)
    assert request(pane).judged == expected


def test_thresholds_can_be_fitted_on_a_training_s_other_photographs(
    pane: SetupPane, qtbot: QtBot, labelled: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    labelled.rename(elsewhere)
    run = write_run(tmp_path / "runs" / "mine", elsewhere)
    for name in ("amd", "normal"):
        (labelled / name).mkdir(parents=True)
        shutil.copy(elsewhere / "val0.png", labelled / name / "eye.png")
    open_data(pane, qtbot, labelled)
    parts = pane.data.parts.tuning_parts
    qtbot.waitUntil(lambda: parts.count() == 2, timeout=PATIENCE_MS)
    assert not pane.data.parts.tables.isVisible()
    assert request(pane).tuning is None
    choose(pane, "“mine”", tuning=True)
    assert request(pane).tuning == DataPart(folder=elsewhere, part="val", split=run.split_file)


def test_the_command_does_the_same_in_a_terminal(
    pane: SetupPane, qtbot: QtBot, labelled: Path, tmp_path: Path
) -> None:
    open_data(pane, qtbot, labelled)
    pane.measures.coverage.setValue(80)
    pane.bar.name.setText("mine")
    pane.bar.copy.click()
    expected = evaluate_arguments(request(pane), tmp_path / "evaluations" / "mine")
    copied = QGuiApplication.clipboard().text()
    assert shlex.split(copied) == ["fundus-gui", *expected]
    assert request(pane).settings.coverage == 0.8


def test_an_order_that_does_not_name_the_classes_cannot_be_started(
    pane: SetupPane, qtbot: QtBot, labelled: Path
) -> None:
    open_data(pane, qtbot, labelled)
    pane.measures.class_order.setText("normal, amd")
    assert "must name each of" in pane.bar.problem.text()
    assert not pane.bar.start.isEnabled()
    pane.measures.class_order.setText("normal, amd, diabetic_retinopathy")
    assert pane.bar.start.isEnabled()


def test_classes_that_the_models_do_not_know_are_named(
    pane: SetupPane, qtbot: QtBot, labelled: Path
) -> None:
    table = labelled / "labels.csv"
    text = table.read_text(encoding="utf-8").replace(",amd,", ",cataract,")
    table.write_text(text, encoding="utf-8")
    open_data(pane, qtbot, labelled)
    assert "do not know the class cataract" in pane.bar.problem.text()
    assert not pane.bar.start.isEnabled()


def test_a_folder_that_cannot_be_read_is_told_in_place(
    pane: SetupPane, qtbot: QtBot, tmp_path: Path
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    pane.data.open(empty)
    qtbot.waitUntil(lambda: bool(pane.data.notices.remarks), timeout=PATIENCE_MS)
    assert "at least 2 classes" in pane.data.notices.remarks[0].text
    assert pane.data.welcome.isVisible()
    assert not pane.bar.start.isEnabled()
    assert pane.bar.command.text() == ""
    assert not pane.bar.copy.isEnabled()


def test_without_a_model_nothing_can_be_started(
    pane: SetupPane, qtbot: QtBot, labelled: Path
) -> None:
    open_data(pane, qtbot, labelled)
    for box in pane.chooser.findChildren(QCheckBox):
        if box.isChecked():
            box.click()
    assert "at least one model" in pane.bar.problem.text()
    assert not pane.bar.start.isEnabled()
