"""Signs of life: left while work goes on, missed when it has died."""

from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from huey import MemoryHuey

from app import pulse


@pytest.fixture
def queue():
    return MemoryHuey("signs", immediate=True)


def test_what_never_lived_is_silent(queue):
    assert pulse.is_silent(queue, "match-1")


def test_work_that_goes_on_gives_signs_by_itself(queue, monkeypatch):
    given, third = [], Event()

    def beat(_queue, name):
        given.append(name)
        if len(given) >= 3:
            third.set()

    monkeypatch.setattr(pulse, "EVERY", 0.01)
    monkeypatch.setattr(pulse, "beat", beat)
    with pulse.beating(queue, "match-1"):
        assert third.wait(20)
    assert set(given) == {"match-1"}


def test_work_that_died_falls_silent(queue, time_machine):
    pulse.beat(queue, "match-1")
    assert not pulse.is_silent(queue, "match-1")
    time_machine.move_to(datetime.now(UTC) + timedelta(seconds=pulse.SILENCE + 1))
    assert pulse.is_silent(queue, "match-1")


def test_work_goes_on_where_no_sign_can_be_left(queue, monkeypatch):
    tried = Event()

    def beat(*_):
        if tried.is_set():  # the first was left before the work began
            raise ConnectionError("the store is away")
        tried.set()

    monkeypatch.setattr(pulse, "EVERY", 0.01)
    monkeypatch.setattr(pulse, "beat", beat)
    warned = Event()
    monkeypatch.setattr(pulse.log, "warning", lambda *_: warned.set())
    with pulse.beating(queue, "match-1"):
        assert warned.wait(20)
