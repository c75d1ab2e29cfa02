from __future__ import annotations

import threading
from collections.abc import Generator
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from fundus_gui.gui.worker import JobSlot, Worker


class Heard:
    """Everything that a worker or a slot said, in order, and whether in this thread."""

    def __init__(self, source: Worker | JobSlot) -> None:
        self.said: list[Any] = []
        self.threads: set[int] = set()
        source.yielded.connect(self.on_yielded)
        source.completed.connect(self.on_completed)
        source.cancelled.connect(self.on_cancelled)
        source.failed.connect(self.on_failed)

    def on_yielded(self, record: object) -> None:
        self.said.append(record)
        self.threads.add(threading.get_ident())

    def on_completed(self) -> None:
        self.said.append("completed")

    def on_cancelled(self) -> None:
        self.said.append("cancelled")

    def on_failed(self, error: BaseException) -> None:
        self.said.append(error)


class Endless:
    """Yields until it is closed."""

    def __init__(self) -> None:
        self.closed = threading.Event()

    def __call__(self) -> Generator[int, None, None]:
        pause = threading.Event()
        try:
            number = 0
            while True:
                yield number
                number += 1
                pause.wait(0.001)
        finally:
            self.closed.set()


def counting(*numbers: int) -> Any:
    def job() -> Generator[int, None, None]:
        yield from numbers

    return job


def failing_after(record: int) -> Any:
    def job() -> Generator[int, None, None]:
        yield record
        raise ValueError("as foreseen")

    return job


def test_records_arrive_in_order_in_the_threads_of_the_window(qtbot: QtBot) -> None:
    worker = Worker(counting(*range(200)))
    heard = Heard(worker)
    with qtbot.waitSignal(worker.completed):
        worker.start()
    worker.wait()
    assert heard.said == [*range(200), "completed"]
    assert heard.threads == {threading.get_ident()}


def test_an_error_in_the_thread_is_handed_over_after_the_records(qtbot: QtBot) -> None:
    worker = Worker(failing_after(1))
    heard = Heard(worker)
    with qtbot.waitSignal(worker.failed):
        worker.start()
    worker.wait()
    assert heard.said[0] == 1
    assert str(heard.said[1]) == "as foreseen"
    assert len(heard.said) == 2


def test_an_error_before_the_first_record_is_handed_over(qtbot: QtBot) -> None:
    def job() -> Generator[int, None, None]:
        raise ValueError("at once")
        yield 0

    worker = Worker(job)
    with qtbot.waitSignal(worker.failed) as failure:
        worker.start()
    worker.wait()
    assert str(failure.args[0]) == "at once"


def test_cancelling_closes_the_generator(qtbot: QtBot) -> None:
    job = Endless()
    worker = Worker(job)
    worker.start()
    qtbot.waitSignal(worker.yielded).wait()
    with qtbot.waitSignal(worker.cancelled):
        worker.cancel()
    worker.wait()
    assert job.closed.is_set()


def test_a_slot_hands_on_one_job_and_is_free_again(qtbot: QtBot) -> None:
    slot = JobSlot()
    heard = Heard(slot)
    with qtbot.waitSignal(slot.completed):
        slot.start(counting(1, 2))
    assert heard.said == [1, 2, "completed"]
    assert not slot.busy


def test_the_latest_job_wins_and_nothing_is_heard_of_the_others(qtbot: QtBot) -> None:
    slot, first = JobSlot(), Endless()
    slot.start(first)
    qtbot.waitSignal(slot.yielded).wait()
    heard = Heard(slot)
    slot.start(counting(7))
    slot.start(counting(8, 9))
    qtbot.waitUntil(lambda: "completed" in heard.said)
    assert first.closed.is_set()
    assert heard.said == [8, 9, "completed"]


def test_no_record_comes_after_cancelling(qtbot: QtBot) -> None:
    slot, job = JobSlot(), Endless()
    slot.start(job)
    qtbot.waitSignal(slot.yielded).wait()
    slot.cancel()
    heard = Heard(slot)
    qtbot.waitUntil(lambda: not slot.busy)
    assert heard.said == ["cancelled"]


@pytest.mark.parametrize("started", [True, False])
def test_closing_waits_for_the_thread_and_takes_no_further_job(qtbot: QtBot, started: bool) -> None:
    slot, job = JobSlot(), Endless()
    if started:
        slot.start(job)
        qtbot.waitSignal(slot.yielded).wait()
    heard = Heard(slot)
    slot.close()
    slot.start(counting(1))
    qtbot.wait(20)
    assert job.closed.is_set() == started
    assert heard.said == []
    assert not slot.busy


@pytest.mark.usefixtures("qapp")
def test_a_job_that_must_end_is_waited_for_and_its_end_is_told() -> None:
    slot = JobSlot()
    heard = Heard(slot)
    slot.start(counting(*range(300)))
    slot.finish()
    assert heard.said == [*range(300), "completed"]
    slot.start(counting(1))
    assert not slot.busy


@pytest.mark.usefixtures("qapp")
def test_an_error_at_the_very_end_is_told() -> None:
    slot = JobSlot()
    heard = Heard(slot)
    slot.start(failing_after(1))
    slot.finish()
    assert str(heard.said[-1]) == "as foreseen"


def test_a_failed_slot_can_be_started_again(qtbot: QtBot) -> None:
    slot = JobSlot()
    with qtbot.waitSignal(slot.failed):
        slot.start(failing_after(1))
    heard = Heard(slot)
    with qtbot.waitSignal(slot.completed):
        slot.start(counting(3))
    assert heard.said == [3, "completed"]


def test_thousands_of_signals_do_not_break_the_interpreter(qtbot: QtBot) -> None:
    slot = JobSlot()
    heard = Heard(slot)
    with qtbot.waitSignal(slot.completed, timeout=20_000):
        slot.start(counting(*range(5000)))
    assert len(heard.said) == 5001


def test_records_of_a_cancelled_job_that_has_ended_are_not_told_any_more(qtbot: QtBot) -> None:
    heard: list[str] = []
    slot = JobSlot()
    slot.yielded.connect(heard.append)
    told = threading.Event()

    def first() -> Generator[str, None, None]:
        yield from ("first",) * 3
        told.set()

    def second() -> Generator[str, None, None]:
        yield "second"

    slot.start(first)
    assert told.wait(20)  # three records are on their way to this thread
    slot.start(second)
    worker = slot.findChild(Worker)
    assert isinstance(worker, Worker)
    worker.wait()
    with qtbot.waitSignal(slot.completed):
        pass
    assert heard == ["second"]
