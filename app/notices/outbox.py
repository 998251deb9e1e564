"""The way of a letter: claimed under lock, handed over, marked; found again where it was cut off.

Each step is committed by itself. A process that dies leaves the row in the step it had reached:

- claimed: nothing was handed over, so the sweep queues it again;
- being handed over: the sweep asks the carrier whether it took a letter with this mark. If the
  carrier cannot tell, as an SMTP server cannot, the notice is given up rather than sent twice; it
  stands on the person's page of notices all the same, and an operator may send it again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_hex

from sqlalchemy import exists, select

from app.accounts.models import User
from app.kernel.clock import now
from app.kernel.database import db
from app.notices.models import NOTICE, Manner, Notice, NoticeChoice, NoticeState
from app.notices.topics import Topic

WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 720))
"""How long to wait after each failure; after one more it is given up."""
CUT_OFF = timedelta(minutes=10)
"""A letter that is on its way for longer than this was cut off."""
IN_DOUBT = "It is not known whether the mail server took it, so it was not sent a second time."


@dataclass(frozen=True)
class Claim:
    """A letter that this process, and no other, is to send. mark: its own, for good."""

    mark: str
    to: str
    lines: tuple[tuple[Topic, str], ...]


def claim(at: datetime) -> Claim | None:
    """Claim the next letter that is due; None where there is none. Commit before sending it.

    A person who wants one letter a day gets everything that is due in it.
    """
    due = (Notice.state == NoticeState.QUEUED, Notice.due_at <= at)
    user = db.session.scalar(
        select(User)
        .where(User.active, exists().where(Notice.user_id == User.id, *due))
        .order_by(User.id)
        .limit(1)
        .with_for_update(skip_locked=True, key_share=True)
    )
    if user is None:
        return None
    rows = db.session.scalars(
        select(Notice)
        .where(Notice.user_id == user.id, *due)
        .order_by(Notice.due_at, Notice.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    chosen = db.session.get(NoticeChoice, user.id)
    if chosen is None or chosen.manner is Manner.AT_ONCE:
        rows = rows[:1]
    mark = token_hex(16)
    for row in rows:
        NOTICE.fire(row, "claim")
        row.letter, row.claimed_at, row.attempts = mark, now(), row.attempts + 1
    return Claim(mark, user.email, tuple((row.topic, row.page) for row in rows))


def hand_over(mark: str) -> bool:
    """Note that a letter is about to leave; False where the claim was lost to the sweep."""
    rows = _locked(Notice.letter == mark, Notice.state == NoticeState.CLAIMED)
    for row in rows:
        NOTICE.fire(row, "hand over")
    return bool(rows)


def confirm(mark: str) -> None:
    """Note that a letter was taken."""
    for row in _locked(Notice.letter == mark, Notice.state == NoticeState.HANDED):
        NOTICE.fire(row, "confirm")
        row.sent_at, row.fault = now(), None


def put_back(mark: str, fault: str) -> None:
    """Queue a letter's notices again after a failure, later each time; at last give them up."""
    for row in _locked(Notice.letter == mark, Notice.state.in_(UNDER_WAY)):
        _put_back(row, fault)


def doubt(mark: str) -> None:
    """Give up a letter of which nobody knows whether it was taken."""
    for row in _locked(Notice.letter == mark, Notice.state.in_(UNDER_WAY)):
        NOTICE.fire(row, "give up")
        row.fault = IN_DOUBT


def sweep(at: datetime, took: Callable[[str], bool | None]) -> int:
    """Put in order what a process left behind when it died; returns how many notices.

    took: whether the carrier took a letter with a mark; None where it cannot tell.
    """
    left = _locked(Notice.state.in_(UNDER_WAY), Notice.claimed_at < at - CUT_OFF)
    answers: dict[str, bool | None] = {}
    for row in left:
        if row.state is NoticeState.HANDED and row.letter not in answers:
            answers[row.letter] = took(row.letter)
        taken = answers.get(row.letter) if row.state is NoticeState.HANDED else False
        if taken:
            NOTICE.fire(row, "confirm")
            row.sent_at = row.claimed_at
        elif taken is None:
            NOTICE.fire(row, "give up")
            row.fault = IN_DOUBT
        else:
            _put_back(row, "The program was stopped before it was sent.", wait=False)
    return len(left)


def given_up() -> list[Notice]:
    """The notices whose letters could not be sent, the oldest first."""
    found = select(Notice).where(Notice.state == NoticeState.FAILED)
    return list(db.session.scalars(found.order_by(Notice.told_at, Notice.id)))


def send_again(rows: list[Notice]) -> None:
    """Queue notices again that were given up, with all of their attempts."""
    for row in rows:
        NOTICE.fire(row, "send again")
        row.attempts, row.due_at, row.fault, row.letter = 0, now(), None, None


UNDER_WAY = (NoticeState.CLAIMED, NoticeState.HANDED)


def _put_back(row: Notice, fault: str, *, wait: bool = True) -> None:
    row.fault = fault[:300]
    if row.attempts > len(WAITS):
        NOTICE.fire(row, "give up")
        return
    NOTICE.fire(row, "put back")
    row.letter = row.claimed_at = None
    row.due_at = now() + WAITS[row.attempts - 1] if wait else now()


def _locked(*conditions) -> list[Notice]:
    rows = select(Notice).where(*conditions).order_by(Notice.id).with_for_update()
    return list(db.session.scalars(rows.execution_options(populate_existing=True)))
