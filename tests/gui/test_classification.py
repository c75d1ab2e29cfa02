from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fakes import FakeEngine
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fundus_gui.core.catalogue import Catalogue, EnsembleSpec
from fundus_gui.core.decision import Referral
from fundus_gui.core.errors import DeviceError, ImageError
from fundus_gui.core.results import Prediction
from fundus_gui.gui.classification import Classification, Phase
from fundus_gui.gui.result_columns import Status
from fundus_gui.gui.results_model import ResultsModel
from fundus_gui.gui.run_progress import RunProgress

Photographs = Callable[..., Path]


@pytest.fixture
def run(
    qapp: QApplication, engine: FakeEngine, catalogue: Catalogue
) -> Iterator[tuple[Classification, ResultsModel]]:
    model = ResultsModel(parent=qapp)
    classification = Classification(model, engine.classify)
    classification.choose(catalogue.default)
    yield classification, model
    classification.close()


Run = tuple[Classification, ResultsModel]


def wait_until_idle(qtbot: QtBot, classification: Classification) -> None:
    qtbot.waitUntil(lambda: not classification.busy, timeout=20_000)


def test_an_opened_folder_is_listed_and_classified(
    qtbot: QtBot, run: Run, photographs: Photographs
) -> None:
    classification, model = run
    folder = photographs(12)
    (folder / "broken.png").touch()
    with qtbot.waitSignal(classification.finished):
        classification.open([folder])
    assert [model.count(status) for status in Status] == [0, 12, 1]
    assert classification.phase is Phase.IDLE
    assert classification.models_ready is not None
    assert classification.models_ready.device_name == "Test device"


def test_without_the_setting_photographs_wait_for_the_button(
    qtbot: QtBot, run: Run, photographs: Photographs, engine: FakeEngine
) -> None:
    classification, model = run
    classification.auto_run = False
    classification.open([photographs(3)])
    wait_until_idle(qtbot, classification)
    assert (model.count(Status.WAITING), engine.runs) == (3, [])
    with qtbot.waitSignal(classification.finished):
        classification.run()
    assert model.count(Status.CLASSIFIED) == 3


def test_progress_is_what_has_been_shown(
    qtbot: QtBot, run: Run, photographs: Photographs, engine: FakeEngine
) -> None:
    classification, model = run
    engine.seconds_per_image = 0.02
    classification.open([photographs(20)])
    qtbot.waitUntil(lambda: (classification.progress or RunProgress(0)).done > 0)
    assert classification.phase is Phase.CLASSIFYING
    assert classification.progress is not None
    assert classification.progress.total == 20
    assert classification.progress.done == 20 - model.count(Status.WAITING)


def test_what_was_done_stays_when_cancelled_and_the_rest_can_follow(
    qtbot: QtBot, run: Run, photographs: Photographs, engine: FakeEngine
) -> None:
    classification, model = run
    engine.seconds_per_image = 0.01
    classification.open([photographs(100)])
    qtbot.waitUntil(lambda: model.count(Status.CLASSIFIED) >= 3)
    classification.cancel()
    wait_until_idle(qtbot, classification)
    done = model.count(Status.CLASSIFIED)
    assert 3 <= done < 100
    assert engine.ended == 1
    engine.seconds_per_image = 0
    with qtbot.waitSignal(classification.finished):
        classification.run()
    assert model.count(Status.CLASSIFIED) == 100
    assert engine.runs[1][1] == 100 - done


def test_a_second_folder_takes_the_place_of_the_first_in_mid_run(
    qtbot: QtBot, run: Run, photographs: Photographs, engine: FakeEngine
) -> None:
    classification, model = run
    engine.seconds_per_image = 0.01
    first, second = photographs(100, "first"), photographs(5, "second")
    classification.open([first])
    qtbot.waitUntil(lambda: model.count(Status.CLASSIFIED) >= 3)
    with qtbot.waitSignal(classification.finished):
        classification.open([second])
    assert [result.path.parent for result in model.results()] == [second] * 5
    assert model.rowCount() == 5
    assert engine.ended == 2
    assert classification.roots == (second,)


def test_opening_again_and_again_ends_with_the_last(
    qtbot: QtBot, run: Run, photographs: Photographs, engine: FakeEngine
) -> None:
    classification, model = run
    engine.seconds_per_image = 0.005
    folders = [photographs(10 + n, f"folder{n}") for n in range(5)]
    for folder in folders:
        classification.open([folder])
        qtbot.wait(15)
    with qtbot.waitSignal(classification.finished, timeout=20_000):
        pass
    assert model.rowCount() == 14
    assert {result.path.parent for result in model.results()} == {folders[-1]}


def test_photographs_can_be_added_to_a_running_run(
    qtbot: QtBot, run: Run, photographs: Photographs, engine: FakeEngine
) -> None:
    classification, model = run
    classification.auto_run = False
    engine.seconds_per_image = 0.01
    classification.open([photographs(30, "first")])
    wait_until_idle(qtbot, classification)
    classification.run()
    qtbot.waitUntil(lambda: model.count(Status.CLASSIFIED) >= 3)
    with qtbot.waitSignal(classification.finished):
        classification.open([photographs(4, "second")], add=True)
    assert model.count(Status.CLASSIFIED) == 34


def test_another_ensemble_s_results_are_never_shown_as_current(
    qtbot: QtBot, run: Run, photographs: Photographs, engine: FakeEngine, catalogue: Catalogue
) -> None:
    classification, model = run
    with qtbot.waitSignal(classification.finished):
        classification.open([photographs(4)])
    classification.auto_run = False
    classification.choose(catalogue.of_models(["rdnet"]))
    assert model.count(Status.WAITING) == 4
    assert classification.models_ready is None
    assert len(engine.runs) == 1


def test_a_changed_ensemble_starts_a_running_run_again(
    qtbot: QtBot, run: Run, photographs: Photographs, engine: FakeEngine, catalogue: Catalogue
) -> None:
    classification, model = run
    engine.seconds_per_image = 0.01
    classification.open([photographs(30)])
    qtbot.waitUntil(lambda: model.count(Status.CLASSIFIED) >= 3)
    with qtbot.waitSignal(classification.finished):
        classification.choose(catalogue.of_models(["rdnet"]))
    members = {result.member_names for result in model.results() if isinstance(result, Prediction)}
    assert members == {("rdnet",)}
    assert model.count(Status.CLASSIFIED) == 30


def test_coming_back_to_an_ensemble_brings_its_results_back(
    qtbot: QtBot, run: Run, photographs: Photographs, engine: FakeEngine, catalogue: Catalogue
) -> None:
    classification, model = run
    with qtbot.waitSignal(classification.finished):
        classification.open([photographs(4)])
    before = list(model.results())
    with qtbot.waitSignal(classification.finished):
        classification.choose(catalogue.of_models(["rdnet"]))
    classification.choose(catalogue.default)
    assert list(model.results()) == before
    assert not classification.busy
    assert classification.models_ready is not None
    assert len(engine.runs) == 2


def test_equal_members_with_other_weights_are_voted_anew_without_running(
    qtbot: QtBot, run: Run, photographs: Photographs, engine: FakeEngine, catalogue: Catalogue
) -> None:
    classification, model = run
    with qtbot.waitSignal(classification.finished):
        classification.open([photographs(2)])
    equal: EnsembleSpec = replace(catalogue.default, name="equal", weights=(0.5, 0.5))
    classification.choose(equal)
    weights = {result.weights for result in model.results() if isinstance(result, Prediction)}
    assert weights == {(0.5, 0.5)}
    assert len(engine.runs) == 1


def test_an_earlier_result_is_decided_as_the_new_ensemble_says(
    qtbot: QtBot, run: Run, photographs: Photographs, catalogue: Catalogue, engine: FakeEngine
) -> None:
    classification, model = run
    classification.open([photographs(4)])
    wait_until_idle(qtbot, classification)
    fitted = replace(catalogue.default, temperature=2.0, referral=Referral(confidence=1.0))
    classification.choose(fitted)
    assert len(engine.runs) == 1
    decisions = [result.decision for result in model.results() if isinstance(result, Prediction)]
    assert decisions == [fitted.decision] * 4


def test_without_models_photographs_can_be_looked_at_only(
    qtbot: QtBot, run: Run, photographs: Photographs, engine: FakeEngine
) -> None:
    classification, model = run
    classification.choose(None)
    classification.open([photographs(2)])
    wait_until_idle(qtbot, classification)
    assert (model.count(Status.WAITING), engine.runs) == (2, [])


def test_models_that_cannot_be_loaded_are_an_error_and_all_can_be_tried_again(
    qtbot: QtBot, run: Run, photographs: Photographs, engine: FakeEngine
) -> None:
    classification, model = run
    engine.error = DeviceError("The device is too small.")
    with qtbot.waitSignal(classification.failed) as failure:
        classification.open([photographs(2)])
    assert str(failure.args[0]) == "The device is too small."
    assert not classification.busy
    engine.error = None
    with qtbot.waitSignal(classification.finished):
        classification.run()
    assert model.count(Status.CLASSIFIED) == 2


def test_a_path_that_does_not_exist_is_an_error(qtbot: QtBot, run: Run, tmp_path: Path) -> None:
    classification, _ = run
    with qtbot.waitSignal(classification.failed) as failure:
        classification.open([tmp_path / "nowhere"])
    assert isinstance(failure.args[0], ImageError)


def test_a_folder_without_photographs_is_told(qtbot: QtBot, run: Run, tmp_path: Path) -> None:
    classification, _ = run
    with qtbot.waitSignal(classification.nothing_found) as nothing:
        classification.open([tmp_path])
    assert nothing.args == [(tmp_path,)]


def test_closing_in_mid_run_leaves_no_thread(
    qtbot: QtBot, run: Run, photographs: Photographs, engine: FakeEngine
) -> None:
    classification, model = run
    engine.seconds_per_image = 0.01
    classification.open([photographs(100)])
    qtbot.waitUntil(lambda: model.count(Status.CLASSIFIED) >= 1)
    classification.close()
    assert engine.ended == 1
    assert not classification.busy


def test_rows_appear_while_the_folder_is_still_listed(qtbot: QtBot, run: Run) -> None:
    classification, model = run
    classification.auto_run = False
    go_on = threading.Event()

    def listing() -> Generator[tuple[Path, ...], None, None]:
        yield tuple(Path(f"{number}.png") for number in range(700))
        go_on.wait(20)
        yield (Path("last.png"),)

    classification.open_from(listing, (Path(),))
    qtbot.waitUntil(lambda: model.rowCount() == 700)
    assert classification.phase is Phase.LISTING
    go_on.set()
    wait_until_idle(qtbot, classification)
    assert model.rowCount() == 701


def test_much_that_comes_at_once_is_shown_in_moments_and_completely(qtbot: QtBot, run: Run) -> None:
    classification, model = run
    paths = tuple(Path(f"{number}.png") for number in range(2000))
    seen: list[int] = []
    classification.changed.connect(lambda: seen.append(model.count(Status.CLASSIFIED)))
    with qtbot.waitSignal(classification.finished, timeout=20_000):
        classification.open_from(lambda: iter_of(paths), (Path(),))
    assert model.count(Status.CLASSIFIED) == 2000
    assert len({count for count in seen if count}) > 1
    assert seen == sorted(seen)


def iter_of(paths: tuple[Path, ...]) -> Generator[tuple[Path, ...], None, None]:
    yield paths
