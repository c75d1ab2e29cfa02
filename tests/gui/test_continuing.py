from __future__ import annotations

import csv
from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from fakes import AnsweringDialogs, FakeEngine, RecordedErrors
from pytestqt.qtbot import QtBot

from fundus_gui.core.assessments import ClassifyRecord
from fundus_gui.core.catalogue import Catalogue, EnsembleSpec
from fundus_gui.core.export import read_results
from fundus_gui.core.images import file_sha256, file_stamp
from fundus_gui.core.results import ModelsReady
from fundus_gui.gui.main_window import MainWindow
from fundus_gui.gui.result_columns import Status

Photographs = Callable[..., Path]
Wait = Callable[[], None]


class ReadingEngine(FakeEngine):
    """Tells of each file what tells it again; its weights can be exchanged."""

    weights = "cd" * 32

    def classify(
        self, spec: EnsembleSpec, paths: Sequence[Path]
    ) -> Generator[ClassifyRecord, None, None]:
        for record in super().classify(spec, paths):
            if isinstance(record, ModelsReady):
                hashes = dict.fromkeys(spec.members, self.weights)
                yield replace(record, weights_sha256=hashes)
            else:
                stamp = file_stamp(record.path)
                yield replace(
                    record,
                    image_sha256=file_sha256(record.path),
                    file_bytes=stamp.file_bytes,
                    file_modified_ns=stamp.file_modified_ns,
                )


@pytest.fixture
def engine() -> ReadingEngine:
    return ReadingEngine()


@pytest.fixture
def table(
    qtbot: QtBot, window: MainWindow, photographs: Photographs, wait_idle: Wait,
    dialogs: AnsweringDialogs, tmp_path: Path,
) -> Path:  # fmt: skip
    """Return the table of a folder of six photographs, two of them new since it was written."""
    folder = photographs(4)
    (folder / "broken.png").touch()
    window.open_paths([folder])
    wait_idle()
    dialogs.target = dialogs.table = tmp_path / "results.csv"
    window.commands.export_all.trigger()
    qtbot.waitUntil(lambda: "Rows written: 5" in window.status.text())
    for name in ("eye3a.png", "eye9.png"):
        (folder / name).write_bytes((folder / "eye1.png").read_bytes())
    window.page.model.clear()
    return dialogs.target


def names(table: Path) -> list[str]:
    with table.open(encoding="utf-8-sig", newline="") as stream:
        return [row["filename"] for row in csv.DictReader(stream)]


LISTED = ["broken.png", "eye0.png", "eye1.png", "eye2.png", "eye3.png", "eye3a.png", "eye9.png"]


def test_a_table_is_shown_and_what_is_missing_is_added_to_it(
    qtbot: QtBot, window: MainWindow, table: Path
) -> None:
    with qtbot.waitSignal(window.page.classification.continued):
        window.commands.continue_table.trigger()
    assert window.status.text() == ("results.csv: 5 rows kept, 0 classified again, 2 new")
    assert names(table) == LISTED
    assert [window.page.model.count(status) for status in Status] == [0, 6, 1]
    assert read_results(table).is_complete


def test_the_ensemble_of_the_table_is_chosen(
    qtbot: QtBot, window: MainWindow, table: Path, catalogue: Catalogue
) -> None:
    window.page.vote.chooser.choose("", ["rdnet"])
    window.page.classification.choose(window.page.vote.chooser.spec)
    with qtbot.waitSignal(window.page.classification.continued):
        window.commands.continue_table.trigger()
    assert window.page.vote.chooser.spec == catalogue.ensembles["pair"]
    assert window.page.classification.spec == catalogue.ensembles["pair"]
    assert names(table) == LISTED


@pytest.mark.usefixtures("table")
def test_a_complete_table_needs_nothing(qtbot: QtBot, window: MainWindow) -> None:
    for _ in range(2):
        with qtbot.waitSignal(window.page.classification.continued):
            window.commands.continue_table.trigger()
    assert window.status.text() == "results.csv was complete: 7 rows kept"
    assert [window.page.model.count(status) for status in Status] == [0, 6, 1]


def test_what_is_cancelled_goes_on_with_the_table_by_the_same_button(
    qtbot: QtBot, window: MainWindow, table: Path, wait_idle: Wait, engine: ReadingEngine
) -> None:
    folder = table.parent / "photographs"
    for number in range(100, 160):
        (folder / f"eye{number}.png").write_bytes((folder / "eye1.png").read_bytes())
    engine.seconds_per_image = 0.03
    window.commands.continue_table.trigger()
    qtbot.waitUntil(lambda: len(names(table)) > 20)
    window.commands.cancel.trigger()
    wait_idle()
    so_far = names(table)
    assert 20 < len(so_far) < 67
    assert window.page.model.count(Status.WAITING) > 0
    engine.seconds_per_image = 0
    with qtbot.waitSignal(window.page.classification.continued):
        window.commands.run.trigger()
    assert len(names(table)) == 67
    assert names(table)[: len(so_far)] == so_far
    assert window.page.model.count(Status.WAITING) == 0


def test_other_weights_are_refused_and_the_table_stays(
    qtbot: QtBot, window: MainWindow, table: Path, engine: ReadingEngine,
    errors: RecordedErrors,
) -> None:  # fmt: skip
    before = table.read_bytes()
    engine.weights = "ef" * 32
    with qtbot.waitSignal(window.page.classification.failed):
        window.commands.continue_table.trigger()
    assert "weights file of cnn, vit" in errors.messages[0][1]
    assert table.read_bytes() == before
    assert window.page.model.count(Status.WAITING) == window.page.model.total  # no row is taken


def test_an_altered_table_is_refused_with_the_sentence_of_the_core(
    qtbot: QtBot, window: MainWindow, table: Path, errors: RecordedErrors
) -> None:
    table.write_bytes(table.read_bytes().replace(b"eye2", b"eye7"))
    with qtbot.waitSignal(window.page.classification.failed):
        window.commands.continue_table.trigger()
    assert "results.csv" in errors.messages[0][1]
    assert not window.page.classification.busy


def test_other_models_end_the_continuing(
    qtbot: QtBot, window: MainWindow, table: Path, engine: ReadingEngine,
    catalogue: Catalogue,
) -> None:  # fmt: skip
    engine.seconds_per_image = 0.05
    window.commands.continue_table.trigger()
    qtbot.waitUntil(lambda: window.page.model.count(Status.CLASSIFIED) > 0)
    before = len(names(table))
    window.page.classification.choose(catalogue.of_models(["rdnet"]))
    with qtbot.waitSignal(window.page.classification.finished):
        engine.seconds_per_image = 0
    assert window.page.model.count(Status.WAITING) == 0
    assert len(names(table)) - before <= 1


def test_no_table_is_no_harm(window: MainWindow) -> None:
    window.commands.continue_table.trigger()
    assert not window.page.classification.busy
