"""The vote is fitted on the part that nothing is measured on, and kept as an ensemble."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QDialogButtonBox, QMessageBox
from pytestqt.qtbot import QtBot
from tiny_assessments import MEMBERS, assessment
from tiny_weights import write_tiny_model

from fundus_gui.core.assessments import Assessment
from fundus_gui.core.catalogue import read_catalogue
from fundus_gui.core.datasets import hash_images
from fundus_gui.gui.evaluation.save_dialog import SaveDialog, free_name
from fundus_gui.gui.evaluation.weights_tab import WeightsTab

PATIENCE = 30_000  # ms


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Assessment:
    return assessment(tmp_path_factory.mktemp("eyes"), images=60, drawn=True)


@pytest.fixture
def weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's weights folder with both members in it."""
    monkeypatch.setenv("FUNDUS_GUI_HOME", str(tmp_path))
    folder = tmp_path / "weights"
    folder.mkdir()
    for name in MEMBERS:
        write_tiny_model(folder / f"{name}.safetensors")
    return folder


@pytest.fixture
def tab(qtbot: QtBot, judged: Assessment) -> Iterator[WeightsTab]:
    tab = WeightsTab()
    qtbot.addWidget(tab)
    tab.resize(1200, 800)
    tab.show()
    tab.show_assessment(judged)
    yield tab
    tab.close_thread()


def compare(tab: WeightsTab, qtbot: QtBot) -> None:
    tab.start()
    qtbot.waitUntil(tab.compare_bar.compare.isEnabled, timeout=PATIENCE)


def ways(tab: WeightsTab) -> list[str]:
    items = [tab.table.item(row, 0) for row in range(tab.table.rowCount())]
    return [item.text() for item in items if item is not None]


@pytest.mark.usefixtures("weights")
def test_all_ways_to_vote_are_shown_and_the_adaptive_one_is_chosen(
    tab: WeightsTab, qtbot: QtBot
) -> None:
    compare(tab, qtbot)
    assert ways(tab)[:3] == ["cnn", "vit", "Equal weights"]
    assert len(ways(tab)) == 12
    assert tab.table.chosen is not None
    assert tab.table.chosen.name == "inverse_variance"
    assert tab.chart.isVisible()
    assert tab.saver.isEnabled()
    tab.grab()


def test_the_chosen_one_becomes_an_ensemble(tab: WeightsTab, qtbot: QtBot, weights: Path) -> None:
    compare(tab, qtbot)
    tab.table.choose("simplex_nll")
    with qtbot.waitSignal(tab.ensemble_saved, timeout=PATIENCE) as saved:
        tab.saver.save("mine", "Mine")
    assert saved.args == ["mine"]
    spec = read_catalogue([weights]).ensembles["mine"]
    assert (spec.title, spec.method, spec.members) == ("Mine", "simplex_nll", MEMBERS)
    assert spec.fitted_on.endswith("60 photographs of 30 patients")
    assert any("not say which photographs" in note for note in spec.notes)


@pytest.mark.usefixtures("weights")
def test_a_single_model_cannot_be_saved(tab: WeightsTab, qtbot: QtBot) -> None:
    compare(tab, qtbot)
    tab.table.selectRow(0)
    assert not tab.saver.isEnabled()


def test_a_taken_name_is_refused_with_a_sentence(
    tab: WeightsTab, qtbot: QtBot, weights: Path
) -> None:
    compare(tab, qtbot)
    with qtbot.waitSignal(tab.saver.refused, timeout=PATIENCE):
        tab.saver.save("cnn")
    assert "A model is named 'cnn' already" in tab.notice.text()
    assert tab.notice.isVisible()
    assert not (weights / "ensembles.toml").exists()


def test_the_name_is_checked_while_it_is_typed(qtbot: QtBot, weights: Path) -> None:
    catalogue = read_catalogue([weights])
    dialog = SaveDialog(catalogue, free_name("cnn", catalogue))
    qtbot.addWidget(dialog)
    save = dialog.buttons.button(QDialogButtonBox.StandardButton.Save)
    assert dialog.name.text() == "cnn 2"
    assert save.isEnabled()
    dialog.name.setText("vit")
    assert not save.isEnabled()
    assert "vit" in dialog.problem.text()


def test_training_photographs_are_told_and_saved_only_when_wanted(
    tab: WeightsTab,
    qtbot: QtBot,
    judged: Assessment,
    weights: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert judged.tuning is not None
    ((_, found),) = hash_images(judged.tuning.images[:1])
    assert found is not None
    entry = f"{found.sha256[:16]}:{found.perceptual}"
    write_tiny_model(weights / "cnn.safetensors", training={"image_hashes": [entry]})
    compare(tab, qtbot)
    assert "cnn was trained on" in tab.notice.text()
    asked = []

    def say_no(*words: object) -> QMessageBox.StandardButton:
        asked.append(words)
        return QMessageBox.StandardButton.No

    monkeypatch.setattr(QMessageBox, "question", say_no)
    tab.saver.click()
    assert asked
    assert not (weights / "ensembles.toml").exists()


@pytest.mark.usefixtures("weights")
def test_a_comparison_can_be_cancelled_and_begun_again(tab: WeightsTab, qtbot: QtBot) -> None:
    tab.start()
    qtbot.waitUntil(lambda: len(ways(tab)) >= 1, timeout=PATIENCE)
    tab.compare_bar.cancel.click()
    qtbot.waitUntil(tab.compare_bar.compare.isEnabled, timeout=PATIENCE)
    assert not tab.saver.isEnabled()
    compare(tab, qtbot)
    assert len(ways(tab)) == 12


def test_without_a_validation_part_it_says_what_to_do(tab: WeightsTab, judged: Assessment) -> None:
    tab.show_assessment(replace(judged, tuning=None))
    assert "Choose a validation part" in tab.empty.text()
    assert not tab.compare_bar.isVisible()
    tab.show_assessment(None)
    assert "Choose an evaluation" in tab.empty.text()
