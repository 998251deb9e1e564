"""Children whom the authority pays to have educated elsewhere on a day, in the shape of the
alternative provision census: each placement with what the census asks of it, and what to check.

The census is the Department for Education's yearly return of authorities, on the third Thursday of
January. This file has its shape and is never certified: the codes of reasons are the authority's to
set, and what Fairplace does not hold is left out and named in `NOT_HELD`. Pupil referral units and
academies and free schools for alternative provision count their own pupils, so they are left out.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts import looks
from app.accounts.models import User
from app.children.models import Child
from app.commissioning.placements.lifecycle import PlacementState
from app.commissioning.placements.models import Placement
from app.kernel.clock import now, today
from app.kernel.database import db
from app.kernel.reach import whole
from app.kernel.rules import require
from app.reporting.models import CensusExport
from providers.models.offer import Offer
from providers.models.provider import Provider
from providers.models.school import RegisteredSchool
from providers.needs import (
    SERVICE_BY_CODE,
    Labelled,
    Registration,
    ServiceGroup,
    Sex,
    mask_to_sessions,
)
from providers.registration import SETTINGS

COUNT_THEIR_OWN = (Registration.PRU, Registration.AP_ACADEMY, Registration.AP_FREE_SCHOOL)
NOT_HELD = (
    "unique learner number (ULN), asked for from the age of 14",
    "middle names and preferred surname",
    "the lines of the home address other than the postcode",
    "ethnicity",
)
VIEW = "census.download"
"""How the export is called where a child's record says who has looked at it."""
THURSDAY = 3


class SettingType(Labelled):
    """What kind of setting it is, where it has no number of its own."""

    ONE_TO_ONE = "OOT", "One-on-one tuition"
    WORK_BASED = "WBP", "Work-based placement"
    OTHER = "OTH", "Other unregistered provider"


@dataclass(frozen=True)
class Entry:
    """One placement on the day. urn or setting: exactly one of them is given. sessions: half-days a
    week, None where they are not agreed. hours: of the child in a week in all placements."""

    placement: Placement
    urn: str | None
    setting: SettingType | None
    sessions: int | None
    hours: int
    checks: tuple[str, ...]

    @property
    def child(self) -> Child:
        """Who is placed."""
        return self.placement.child

    @property
    def pattern(self) -> str:
        """F for full-time, P for part-time, by all hours of the child."""
        return "F" if self.hours > SETTINGS.full_time_above else "P"

    @property
    def left_on(self) -> date | None:
        """The day on which it ended; None while it runs."""
        return self.placement.ended_on


@dataclass(frozen=True)
class Census:
    """All entries of a day, by surname. left_out: placements where the school counts its own.

    not_shown: placements that day of children whose records the reader may not see, so that they
    are not in it.
    """

    on: date
    entries: tuple[Entry, ...]
    left_out: int
    not_shown: int

    @property
    def children(self) -> int:
        """How many children are in it."""
        return len({entry.child.id for entry in self.entries})

    @property
    def to_check(self) -> list[Entry]:
        """The entries with something to put right before the data are sent."""
        return [entry for entry in self.entries if entry.checks]


def census_day(year: int) -> date:
    """The third Thursday of January of a year."""
    first = date(year, 1, 1)
    return first + timedelta(days=(THURSDAY - first.weekday()) % 7 + 14)


def next_census_day(on: date) -> date:
    """The census day of this January, or of the next where that was more than half a year ago."""
    this = census_day(on.year)
    return this if on <= this + timedelta(days=182) else census_day(on.year + 1)


def census_of(on: date) -> Census:
    """Every placement that runs on a day, with what the census asks and what to check."""
    found = db.session.scalars(placements_on(on)).all()
    counted = [each for each in found if each.offer.provider.registration not in COUNT_THEIR_OWN]
    hours: dict[int, int] = defaultdict(int)
    for placement in found:
        hours[placement.child_id] += placement.hours
    known = _schools({each.offer.provider.urn for each in counted})
    entries = [_entry(each, hours[each.child_id], known, on) for each in counted]
    with whole():
        every = select(func.count()).select_from(placements_on(on).order_by(None).subquery())
        not_shown = (db.session.scalar(every) or 0) - len(found)
    return Census(on, tuple(entries), len(found) - len(counted), not_shown)


def placements_on(on: date) -> Select:
    """The placements that run on a day, by surname; of a day to come also those still to start."""
    began = Placement.state.in_((PlacementState.LIVE, PlacementState.ENDED))
    planned = Placement.state.in_((PlacementState.APPROVED, PlacementState.AGREED))
    states = or_(began, planned) if on >= today() else began
    last = func.coalesce(Placement.ended_on, Placement.ends_on)
    return (
        select(Placement)
        .join(Placement.child)
        .where(states, and_(Placement.starts_on <= on, last >= on))
        .options(
            joinedload(Placement.child).selectinload(Child.needs),
            joinedload(Placement.referral),
            joinedload(Placement.service),
            joinedload(Placement.offer).joinedload(Offer.provider),
            selectinload(Placement.officer),
        )
        .order_by(Child.surname, Child.forename, Placement.id)
    )


def _schools(urns: Iterable[str | None]) -> set[str]:
    """Which of some numbers the register of schools knows."""
    wanted = sorted(urn for urn in urns if urn)
    found = select(RegisteredSchool.urn).where(RegisteredSchool.urn.in_(wanted))
    return set(db.session.scalars(found))


def _entry(placement: Placement, hours: int, known: set[str], on: date) -> Entry:
    provider = placement.offer.provider
    sessions = len(mask_to_sessions(placement.sessions)) or None
    checks = tuple(_checks(placement, provider, known, on))
    setting = None if provider.urn else setting_of(placement)
    return Entry(placement, provider.urn, setting, sessions, hours, checks)


def setting_of(placement: Placement) -> SettingType:
    """The kind of an unregistered setting, as its service and the size of its groups say."""
    service = SERVICE_BY_CODE.get(placement.service.code)
    if placement.service.code == "vocational":
        return SettingType.WORK_BASED
    teaches = service is not None and service.group is ServiceGroup.TEACHING
    one_to_one = teaches and placement.offer.group_size == 1
    return SettingType.ONE_TO_ONE if one_to_one else SettingType.OTHER


def _checks(placement: Placement, provider: Provider, known: set[str], on: date) -> Iterator[str]:
    child = placement.child
    if not child.upn:
        yield "No unique pupil number (UPN). Enter it on the child’s record."
    elif child.upn[-1].isalpha():
        yield "The UPN is a temporary one. Enter the permanent one where it has been issued."
    if child.sex is Sex.UNKNOWN:
        yield "The sex is not known."
    if provider.urn and provider.urn not in known:
        yield f"The register of schools that is loaded has no URN {provider.urn}."
    if not placement.sessions:
        yield "No half-days are agreed, so the sessions a week are empty."
    if placement.state in (PlacementState.APPROVED, PlacementState.AGREED):
        yield "It has not started yet."
    elif placement.state is PlacementState.LIVE and placement.ends_on < min(on, today()):
        yield "Its planned last day has passed. End it, or change the day."


def export(census: Census, by: User) -> CensusExport:
    """Note that somebody takes a census away, in the trail and with each child in it.

    Raises RuleBroken where there is nothing to take away.
    """
    require(None if census.entries else "No child is in a placement on that day.")
    made = CensusExport(
        census_on=census.on,
        children=census.children,
        placements=len(census.entries),
        to_check=len(census.to_check),
        made_by_id=by.id,
        made_by=by.name,
        made_at=now(),
    )
    db.session.add(made)
    for child_id in sorted({entry.child.id for entry in census.entries}):
        looks.note(by, child_id, VIEW)
    db.session.flush()
    return made


def exports() -> Sequence[CensusExport]:
    """The latest exports that were made, the newest first."""
    found = select(CensusExport).order_by(CensusExport.id.desc()).limit(20)
    return db.session.scalars(found).all()
