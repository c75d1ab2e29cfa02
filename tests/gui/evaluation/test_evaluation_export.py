from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fakes import AnsweringDialogs, RecordedErrors
from pytestqt.qtbot import QtBot

from fundus_gui.core.assessments.folder import read_assessment
from fundus_gui.gui.actions import Actions
from fundus_gui.gui.evaluate_page import EvaluatePage

Keep = Callable[..., Path]


def show(qtbot: QtBot, page: EvaluatePage, kept: Path) -> None:
    page.library.look()
    page.list.select(kept)
    qtbot.waitUntil(lambda: page.result.folder == kept, timeout=20_000)


@pytest.mark.usefixtures("_no_report")
@pytest.mark.parametrize("has_pseudonyms", [False, True])
def test_an_evaluation_is_exported_with_names_or_pseudonyms(
    qtbot: QtBot, page: EvaluatePage, keep: Keep, actions: Actions, dialogs: AnsweringDialogs,
    tmp_path: Path, has_pseudonyms: bool,
) -> None:  # fmt: skip
    kept = keep("mine")
    show(qtbot, page, kept)
    actions.pseudonyms.setChecked(has_pseudonyms)
    dialogs.target = tmp_path / "passed on"
    with qtbot.waitSignal(page.message, check_params_cb=lambda text: "was saved" in text):
        actions.export_evaluation.trigger()
    exported = read_assessment(dialogs.target)
    assert bool(exported.pseudonym_key) == has_pseudonyms
    told = b"".join(path.read_bytes() for path in dialogs.target.rglob("*.*"))
    assert (b"test_1.png" in told) != has_pseudonyms
    assert (b"test patient 1" in told) != has_pseudonyms
    assert b"test_1.png" in (kept / "predictions.csv").read_bytes()


def test_an_existing_folder_is_never_written_into(
    qtbot: QtBot, page: EvaluatePage, keep: Keep, actions: Actions, dialogs: AnsweringDialogs,
    tmp_path: Path, errors: RecordedErrors,
) -> None:  # fmt: skip
    show(qtbot, page, keep("mine"))
    dialogs.target = tmp_path
    actions.export_evaluation.trigger()
    qtbot.waitUntil(lambda: len(errors.messages) == 1)
    assert "exists already" in errors.messages[0][1]


def test_an_evaluation_with_pseudonyms_is_shown_like_others(
    qtbot: QtBot, page: EvaluatePage, keep: Keep, actions: Actions, dialogs: AnsweringDialogs,
    errors: RecordedErrors,
) -> None:  # fmt: skip
    kept = keep("mine")
    show(qtbot, page, kept)
    actions.pseudonyms.setChecked(True)
    dialogs.target = kept.with_name("passed on")
    with qtbot.waitSignal(page.message, check_params_cb=lambda t: "saved" in t, timeout=60_000):
        actions.export_evaluation.trigger()
    show(qtbot, page, dialogs.target)
    for number in range(page.result.tabs.count()):
        page.result.tabs.setCurrentIndex(number)
    qtbot.waitUntil(lambda: not page.result.opinions.busy)
    assert not errors.messages
    assert not errors.crashes
