from __future__ import annotations

import sys
import threading

import pytest
from fakes import RecordedErrors
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from fundus_gui.core.errors import EnsembleError
from fundus_gui.gui.error_dialog import CrashDialog, show_crash


def raised(error: Exception) -> Exception:
    try:
        raise error
    except type(error) as caught:
        return caught


@pytest.mark.usefixtures("qapp")
def test_a_foreseen_error_is_told_in_its_own_sentence(errors: RecordedErrors) -> None:
    errors.reporter.report(EnsembleError("Choose at least one model."))
    assert [sentence for _, sentence in errors.messages] == ["Choose at least one model."]
    assert errors.crashes == []


@pytest.mark.usefixtures("qapp")
def test_any_other_error_is_shown_with_its_details(errors: RecordedErrors) -> None:
    error = ZeroDivisionError("x")
    errors.reporter.report(error)
    assert (errors.messages, errors.crashes) == ([], [error])


def test_an_error_of_another_thread_is_shown_in_the_window_s(
    qtbot: QtBot, errors: RecordedErrors
) -> None:
    error = RuntimeError("from afar")
    thread = threading.Thread(target=errors.reporter.report, args=(error,))
    thread.start()
    thread.join()
    assert errors.crashes == []  # nothing may be shown from there
    qtbot.waitUntil(lambda: errors.crashes == [error])


def test_the_hooks_report_what_nobody_caught(
    qtbot: QtBot, errors: RecordedErrors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    errors.reporter.install_hooks()
    error = raised(ValueError("in a slot"))
    sys.excepthook(type(error), error, error.__traceback__)

    def fail() -> None:
        raise KeyError("in a thread")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: len(errors.crashes) == 2)
    assert errors.crashes[0] is error
    assert isinstance(errors.crashes[1], KeyError)


def test_the_details_name_versions_and_place_and_can_be_copied(qtbot: QtBot) -> None:
    dialog = CrashDialog(raised(ValueError("unheard of")))
    qtbot.addWidget(dialog)
    dialog.copy_details()
    text = QGuiApplication.clipboard().text()
    assert text == dialog.details.toPlainText()
    for part in ("fundus-gui", "PySide6", "test_error_dialog.py", "ValueError: unheard of"):
        assert part in text


def test_the_dialog_does_not_stop_the_window(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    show_crash(window, ValueError("x"))
    dialog = window.findChild(CrashDialog)
    assert dialog is not None
    assert dialog.isVisible()


def test_errors_that_follow_one_another_share_a_dialog(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    for number in range(1000):
        show_crash(window, ValueError(f"error {number}"))
    (dialog,) = window.findChildren(CrashDialog)
    text = dialog.details.toPlainText()
    assert "error 0\n" in text
    assert "error 1\n" in text
    assert "error 999" not in text
