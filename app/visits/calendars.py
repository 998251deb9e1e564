"""Each adviser's calendar feed: a secret address, and visits without anybody's name."""

import hashlib
import secrets
from datetime import UTC, datetime, time, timedelta

from icalendar import Calendar, Event
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.accounts.models import User
from app.kernel.clock import LONDON, now, today
from app.kernel.database import db
from app.visits.lifecycle import VisitState
from app.visits.models import Visit
from app.visits.settings_models import VisitCalendar

BACK, AHEAD = timedelta(days=60), timedelta(days=400)


def renew(user: User) -> str:
    """A new secret for a person's calendar, shown this once; the old address stops at once."""
    secret = secrets.token_urlsafe(32)
    row = calendar_of(user) or VisitCalendar(user=user)
    row.digest, row.renewed_at = _digest(secret), now()
    db.session.add(row)
    db.session.flush()
    return secret


def calendar_of(user: User) -> VisitCalendar | None:
    """A person's calendar; None where no address was ever made."""
    return db.session.scalar(select(VisitCalendar).where(VisitCalendar.user_account_id == user.id))


def owner_of(secret: str) -> User | None:
    """Whose calendar a secret opens; None where it was renewed, or the account is closed."""
    row = db.session.scalar(select(VisitCalendar).where(VisitCalendar.digest == _digest(secret)))
    return row.user if row and row.user.active else None


def feed(user: User, address: str) -> bytes:
    """A person's visits as iCalendar: kind, provider's reference and times; nobody's name.

    address: of the site, without a slash at the end.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Fairplace//Quality visits//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "Quality visits")
    for visit in _visits_of(user):
        event = Event()
        event.add("uid", f"visit-{visit.id}@fairplace")
        event.add("dtstamp", now())
        _add_time(event, visit)
        event.add("summary", f"{visit.kind.label}, {visit.provider.reference}")
        event.add("url", f"{address}/visits/{visit.id}")
        if visit.state is VisitState.CANCELLED:
            event.add("status", "CANCELLED")
        calendar.add_component(event)
    return calendar.to_ical()


def _visits_of(user: User) -> list[Visit]:
    between = Visit.planned_on.between(today() - BACK, today() + AHEAD)
    return list(
        db.session.scalars(
            select(Visit)
            .where(Visit.adviser_id == user.id, between)
            .options(joinedload(Visit.provider))
            .order_by(Visit.planned_on, Visit.id)
        )
    )


def _add_time(event: Event, visit: Visit) -> None:
    """The time that the day planner gave the visit; the whole day where it gave none."""
    if visit.starts_minute is None:
        event.add("dtstart", visit.planned_on)
        event.add("dtend", visit.planned_on + timedelta(days=1))
        return
    midnight = datetime.combine(visit.planned_on, time(), LONDON)
    starts = (midnight + timedelta(minutes=visit.starts_minute)).astimezone(UTC)
    event.add("dtstart", starts)
    event.add("dtend", starts + timedelta(minutes=visit.minutes))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
