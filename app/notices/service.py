"""Telling people: a row in the outbox for each, in the transaction that changes what they learn."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from sqlalchemy import Select, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.accounts.models import User
from app.accounts.roles import Role
from app.kernel import asked
from app.kernel.clock import LONDON, now
from app.kernel.database import db
from app.notices.models import Manner, Notice, NoticeChoice, NoticeState
from app.notices.topics import Topic
from providers.models.provider import Provider

SEND = "send-notices"
DIGEST_AT = time(7, 0)
"""When a daily letter is sent, in England's time: before the working day."""


def tell(people: Iterable[User], topic: Topic, *, page: str, key: str) -> int:
    """Tell people something, once: whoever was told under this key is not told again.

    page: the path of the page that says more; no name belongs into it. key: what happened, such
    as "placement:12:approved". Nothing is sent before the present transaction commits, and
    nothing at all where it is undone. Returns how many were told now.
    Raises ValueError for a page that is no path of ours.
    """
    if not page.startswith("/") or page.startswith("//"):
        raise ValueError(f"A notice leads to a path of this site, not to {page}.")
    ids = sorted({person.id for person in people if person.active})
    if not ids:
        return 0
    manners, at = _manners(ids), now()
    rows = [_row(number, manners.get(number, Manner.AT_ONCE), at) for number in ids]
    shared = {"topic_code": topic.value, "page": page, "key": key, "told_at": at, "attempts": 0}
    told = db.session.execute(_insert([row | shared for row in rows])).all()
    asked.ask(SEND, 0)
    return len(told)


def _row(user_id: int, manner: Manner, at: datetime) -> dict:
    return {
        "user_id": user_id,
        "state": NoticeState.KEPT if manner is Manner.SITE else NoticeState.QUEUED,
        "due_at": next_digest(at) if manner is Manner.DAILY else at,
    }


def _insert(rows: list[dict]):
    """An insert that leaves alone whom somebody else has told meanwhile."""
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    told = dialect.insert(Notice.__table__).values(rows)
    told = told.on_conflict_do_nothing(index_elements=["key", "user_id"])
    return told.returning(Notice.__table__.c.id)


def next_digest(after: datetime) -> datetime:
    """The next moment at which daily letters are sent."""
    local = after.astimezone(LONDON)
    day = local.date() if local.time() < DIGEST_AT else local.date() + timedelta(days=1)
    return datetime.combine(day, DIGEST_AT, LONDON)


def people_of(provider: Provider) -> list[User]:
    """The people of a provider who can sign in."""
    found = select(User).where(User.provider_id == provider.id, User.active)
    return list(db.session.scalars(found.order_by(User.id)))


def people_in(*roles: Role) -> list[User]:
    """Everybody who can sign in with one of these roles."""
    found = select(User).where(User.role.in_(roles), User.active)
    return list(db.session.scalars(found.order_by(User.id)))


def person(user_id: int | None) -> list[User]:
    """One person by the id of the account; nobody where it is None or the account is closed."""
    user = None if user_id is None else db.session.get(User, user_id)
    return [user] if user is not None and user.active else []


def notices_of(user: User, *, unread_only: bool = False) -> Select:
    """A person's notices, the newest first."""
    found = select(Notice).where(Notice.user_id == user.id)
    if unread_only:
        found = found.where(Notice.read_at.is_(None))
    return found.order_by(Notice.told_at.desc(), Notice.id.desc())


def count_unread(user: User) -> int:
    """How many notices a person has not opened."""
    unread = select(func.count()).where(Notice.user_id == user.id, Notice.read_at.is_(None))
    return db.session.scalar(unread) or 0


def read(notice: Notice) -> None:
    """Note that a person has opened a notice."""
    notice.read_at = notice.read_at or now()


def read_all(user: User) -> None:
    """Note that a person has seen all of their notices."""
    db.session.execute(
        update(Notice)
        .where(Notice.user_id == user.id, Notice.read_at.is_(None))
        .values(read_at=now())
    )


def manner_of(user: User) -> Manner:
    """How a person is written to."""
    chosen = db.session.get(NoticeChoice, user.id)
    return chosen.manner if chosen else Manner.AT_ONCE


def choose(user: User, manner: Manner) -> None:
    """Keep how a person wants to be written to, from the next notice on."""
    chosen = db.session.get(NoticeChoice, user.id)
    if chosen is None:
        db.session.add(NoticeChoice(user_id=user.id, manner=manner))
    else:
        chosen.manner = manner


def _manners(user_ids: list[int]) -> dict[int, Manner]:
    found = select(NoticeChoice).where(NoticeChoice.user_id.in_(user_ids))
    return {row.user_id: row.manner for row in db.session.scalars(found)}
