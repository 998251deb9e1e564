"""No letter is lost where a process dies, and none is sent twice, whoever else is sending."""

from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from sqlalchemy import select

from app import post
from app.kernel.database import db
from app.mail import MailFailed, MailInDoubt
from app.notices import outbox, service
from app.notices.models import Notice, NoticeState
from app.notices.topics import Topic
from tests.factories.accounts import make_user

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class Killed(BaseException):
    """The process is gone: nothing after it runs."""


class Carrier:
    """Takes letters, and fails in the ways it is told to. tells: whether it can be asked."""

    def __init__(self, tells: bool = True):
        self.taken: list[tuple[str, str]] = []
        self.tells = tells
        self.before = self.after = lambda: None

    def send(self, message, mark):
        self.before()
        self.taken.append((message["To"], mark))
        self.after()

    def took(self, mark):
        return any(known == mark for _to, known in self.taken) if self.tells else None


def die():
    raise Killed


@pytest.fixture
def carrier(context, monkeypatch, time_machine):
    time_machine.move_to(NOON, tick=False)
    monkeypatch.setitem(context.extensions, "jobs-task", lambda *_job: None)
    carrier = Carrier()
    monkeypatch.setitem(context.extensions, "mailer", carrier)
    return carrier


def told(*people, key="placement:1:approved") -> None:
    service.tell(people or [make_user()], Topic.PROPOSAL_DECIDED, page="/placements/1", key=key)
    db.session.commit()


def the_notice() -> Notice:
    return db.session.scalars(select(Notice).execution_options(populate_existing=True)).one()


def later(time_machine, **wait) -> None:
    time_machine.move_to(NOON + timedelta(**wait), tick=False)


def test_killed_between_claim_and_sending_it_is_sent_once_by_the_sweep(
    carrier, monkeypatch, time_machine
):
    told()
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(outbox, "hand_over", lambda _mark: die())
        post.deliver()
    db.session.rollback()
    assert the_notice().state is NoticeState.CLAIMED
    assert post.deliver() == 0  # it may still be on its way elsewhere
    later(time_machine, minutes=11)
    assert post.deliver() == 1
    assert post.deliver() == 0
    assert len(carrier.taken) == 1
    assert the_notice().state is NoticeState.SENT


def test_killed_while_sending_it_is_sent_where_the_carrier_never_took_it(carrier, time_machine):
    told()
    carrier.before = die
    with pytest.raises(Killed):
        post.deliver()
    carrier.before = lambda: None
    later(time_machine, minutes=11)
    assert post.deliver() == 1
    assert len(carrier.taken) == 1


def test_killed_after_sending_it_is_not_sent_a_second_time(carrier, time_machine):
    told()
    carrier.after = die
    with pytest.raises(Killed):
        post.deliver()
    carrier.after = lambda: None
    later(time_machine, minutes=11)
    assert post.deliver() == 0
    assert len(carrier.taken) == 1
    assert the_notice().state is NoticeState.SENT


def test_where_the_carrier_cannot_tell_it_is_given_up_and_an_operator_may_send_it(
    carrier, time_machine
):
    told()
    carrier.tells = False
    carrier.after = die
    with pytest.raises(Killed):
        post.deliver()
    carrier.after = lambda: None
    later(time_machine, minutes=11)
    assert post.deliver() == 0
    (row,) = outbox.given_up()
    assert row.fault == outbox.IN_DOUBT
    outbox.send_again([row])
    db.session.commit()
    assert post.deliver() == 1


def test_a_server_that_falls_silent_leaves_the_letter_in_doubt(carrier):
    def fall_silent():
        raise MailInDoubt("silent")

    told()
    carrier.after = fall_silent
    assert post.deliver() == 0
    assert the_notice().fault == outbox.IN_DOUBT


def test_two_workers_at_once_send_each_letter_once(carrier, context):
    told(make_user(), make_user(), make_user())
    others: list[int] = []

    def work_elsewhere():
        with context.app_context():
            others.append(post.deliver())
            db.session.remove()

    def meanwhile():
        if not others:
            others.append(0)
            thread = Thread(target=work_elsewhere)
            thread.start()
            thread.join(30)

    carrier.before = meanwhile
    assert post.deliver() + sum(others) == 3
    assert len({to for to, _mark in carrier.taken}) == len(carrier.taken) == 3


def test_a_claim_lost_to_the_sweep_is_not_sent(carrier, time_machine):
    told()
    claim = outbox.claim(NOON)
    db.session.commit()
    later(time_machine, minutes=11)
    assert post.deliver() == 1
    assert not outbox.hand_over(claim.mark)
    assert len(carrier.taken) == 1


def test_a_refused_letter_is_tried_again_later_each_time_and_at_last_given_up(
    carrier, time_machine
):
    def refuse():
        raise MailFailed("busy")

    told()
    carrier.before = refuse
    waits, at = [], NOON
    for _attempt in range(len(outbox.WAITS)):
        assert post.deliver() == 0
        waits.append(the_notice().due_at - at)
        assert post.deliver() == 0  # not before its time
        at = the_notice().due_at
        time_machine.move_to(at, tick=False)
    assert tuple(waits) == outbox.WAITS
    post.deliver()
    assert the_notice().state is NoticeState.FAILED
    assert the_notice().attempts == len(outbox.WAITS) + 1


def test_whoever_left_is_not_written_to(carrier):
    person = make_user()
    told(person)
    person.active = False
    db.session.commit()
    assert post.deliver() == 0
    assert carrier.taken == []
