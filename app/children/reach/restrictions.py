"""Records restricted to named people: setting, changing and lifting, and opening one at once."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts import looks
from app.accounts.models import User
from app.accounts.roles import Role
from app.children.models import Child
from app.children.reach.models import Reader, Restriction, UrgentAccess
from app.children.reach.reaching import team_reach
from app.kernel.audit import Actor
from app.kernel.clock import now
from app.kernel.database import db
from app.kernel.reach import whole
from app.kernel.rules import require
from app.notices import service as notices
from app.notices.topics import Topic

LASTS = timedelta(hours=4)
"""How long a record stays open to somebody who opened it at once."""
PAGE = "/restricted-records/"
NAMEABLE = (
    Role.SEND_OFFICER, Role.COMMISSIONER, Role.AP_LEAD, Role.QUALITY_ADVISER, Role.FINANCE,
    Role.PROVIDER,
)  # fmt: skip


def in_force(user: User) -> Select:
    """Restrictions in force that somebody is told of: the AP lead of all, others where named."""
    found = (
        select(Restriction)
        .where(Restriction.lifted_at.is_(None))
        .options(
            joinedload(Restriction.child),
            selectinload(Restriction.readers).joinedload(Reader.user),
            selectinload(Restriction.openings).joinedload(UrgentAccess.user),
        )
        .order_by(Restriction.restricted_at.desc(), Restriction.id.desc())
    )
    if user.role is Role.AP_LEAD:
        return found
    named = exists().where(Reader.restriction_id == Restriction.id, Reader.user_id == user.id)
    return found.where(named)


def restriction_of(child: Child) -> Restriction | None:
    """The restriction of a child's record that is in force."""
    return db.session.scalar(
        select(Restriction).where(Restriction.child_id == child.id, Restriction.lifted_at.is_(None))
    )


def restricted_references() -> set[str]:
    """The references of the children whose records are restricted now, whoever asks."""
    found = select(Child.reference).join(Restriction, Restriction.child_id == Child.id)
    return set(db.session.scalars(found.where(Restriction.lifted_at.is_(None))))


def people_to_name() -> Sequence[User]:
    """Who may be named: everybody who can sign in and whose work may need a child."""
    people = select(User).where(User.role.in_(NAMEABLE), User.active)
    return db.session.scalars(
        people.options(joinedload(User.provider)).order_by(User.name, User.id)
    ).all()


def restrict(child: Child, reason: str, user_ids: Iterable[int], *, by: Actor) -> Restriction:
    """Restrict a child's record to named people. Raises RuleBroken where it is already, without a
    reason, or where nobody is named."""
    named = sorted(set(user_ids))
    require(
        "This record is restricted already." if restriction_of(child) else None,
        None if reason.strip() else "Enter why the record is restricted.",
        None if named else "Select at least one person who may see the record.",
    )
    row = Restriction(
        child=child, reason=reason.strip(), restricted_by=by.name, restricted_at=now()
    )
    row.readers = [Reader(user_id=number) for number in named]
    db.session.add(row)
    db.session.flush()
    return row


def name_people(restriction: Restriction, user_ids: Iterable[int]) -> None:
    """Change who may see a restricted record; those who could see it are told.

    Raises RuleBroken where nobody would be left, or where it was lifted.
    """
    named = sorted(set(user_ids))
    require(
        None if restriction.lifted_at is None else "The restriction was lifted already.",
        None if named else "Select at least one person who may see the record.",
    )
    before = [reader.user for reader in restriction.readers]
    known = {reader.user_id: reader for reader in restriction.readers}
    restriction.readers = [known.get(number) or Reader(user_id=number) for number in named]
    db.session.flush()
    if set(named) != set(known):
        _alert(restriction, before, Topic.RESTRICTED_PEOPLE, f"people:{now().isoformat()}")


def lift(restriction: Restriction, *, by: Actor) -> None:
    """Show a record again to all who reach the child. Raises RuleBroken the second time."""
    require(None if restriction.lifted_at is None else "The restriction was lifted already.")
    restriction.lifted_at, restriction.lifted_by = now(), by.name
    db.session.flush()


def open_at_once(reference: str, reason: str, user: User, view: str) -> UrgentAccess:
    """Open a restricted record to somebody who is not named and needs it at once.

    For LASTS. The AP lead and the named people are told; it is noted that the record was looked
    at. Raises RuleBroken where no restricted record in the person's reach has the reference,
    without a reason, or where it is open to them already.
    """
    with whole():
        restriction = db.session.scalar(
            select(Restriction)
            .join(Restriction.child)
            .where(Child.reference == reference.strip().upper(), Restriction.lifted_at.is_(None))
        )
    reached = restriction is not None and team_reach(user).admits_child(restriction.child_id)
    require(
        None if reached else "No restricted record has this reference. Check the reference.",
        None if reason.strip() else "Enter why you need the record at once.",
    )
    require("This record is open to you already." if _is_open(restriction, user) else None)
    moment = now()
    row = UrgentAccess(
        restriction=restriction,
        user=user,
        reason=reason.strip(),
        opened_at=moment,
        until=moment + LASTS,
    )
    db.session.add(row)
    looks.note(user, restriction.child_id, view)
    db.session.flush()
    named = [reader.user for reader in restriction.readers]
    _alert(restriction, named, Topic.RESTRICTED_OPENED, f"opened:{row.id}")
    return row


def _is_open(restriction: Restriction, user: User) -> bool:
    open_now = or_(
        exists().where(Reader.restriction_id == restriction.id, Reader.user_id == user.id),
        exists().where(
            UrgentAccess.restriction_id == restriction.id,
            UrgentAccess.user_id == user.id,
            UrgentAccess.until > now(),
        ),
    )
    return bool(db.session.scalar(select(open_now)))


def _alert(restriction: Restriction, named: Iterable[User], topic: Topic, what: str) -> None:
    """Tell the AP lead and those who are named; the letter names neither child nor reason."""
    inside = [person for person in named if person.role is not Role.PROVIDER]
    people = {person.id: person for person in [*notices.people_in(Role.AP_LEAD), *inside]}
    notices.tell(
        people.values(), topic, page=PAGE, key=f"restricted-record:{restriction.id}:{what}"
    )
