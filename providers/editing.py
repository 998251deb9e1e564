"""Two people at one form: what both changed, and what stands where they changed different things.

A form carries the values that it was opened with. Whatever somebody else has changed since is
either another value, and then both changes stand, or the same one, and then the second person has
to see it first.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.kernel.database import db

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Clash:
    """A value that two people changed: as it was, as it is now, as the second one wants it."""

    name: str
    was: Any
    now: Any
    wanted: Any


def clashes(base: Values, now: Values, entered: Values, names: Iterable[str]) -> tuple[Clash, ...]:
    """What was changed since a form was opened, and is changed otherwise by the form."""
    return tuple(
        Clash(name, base.get(name), now.get(name), entered.get(name))
        for name in names
        if now.get(name) != base.get(name)
        and entered.get(name) != base.get(name)
        and entered.get(name) != now.get(name)
    )


def merged(base: Values, now: Values, entered: Values, names: Iterable[str]) -> dict[str, Any]:
    """What the form changed, and elsewhere what stands now."""
    return {
        name: entered.get(name) if entered.get(name) != base.get(name) else now.get(name)
        for name in names
    }


def lock(row: Any) -> None:
    """One editor of a row at a time; whatever was read before is read anew."""
    model = type(row)
    db.session.flush()
    db.session.execute(select(model.id).where(model.id == row.id).with_for_update())
    db.session.expire_all()
