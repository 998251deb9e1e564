"""Registered provision: loading the national register, and holding claims against it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Select, func, or_, select

from app.kernel import audit
from app.kernel.clock import now
from app.kernel.database import db
from app.kernel.progress import Progress, Report, silent
from app.kernel.rules import require
from app.kernel.words import in_words
from providers.intake.gias import Register, SchoolRecord
from providers.models.provider import Provider
from providers.models.school import RegisteredSchool, SchoolLoad, SchoolStatus
from providers.needs import Labelled, Registration

BATCH = 500


def load_schools(source: Path | BinaryIO, filename: str, report: Report = silent) -> SchoolLoad:
    """Bring a file of the register in: what is new, changed or closed since the last one.

    A school that the file does not name stays as it is, since a file may hold one area only.
    Raises UnreadableFile where it is no such file; nothing is changed then.
    """
    actor = audit.current_actor()
    load = SchoolLoad(
        filename=filename[-255:], loaded_by=actor.name if actor else "", loaded_at=now()
    )
    db.session.add(load)
    db.session.flush()

    def tell(share: float, rows: int) -> None:
        report(Progress(share, f"{rows:,} establishments read"))

    register = Register(source, tell)
    counts: Counter[str] = Counter()
    for batch in _batches(register):
        counts.update(_bring_in(batch, load))
        db.session.flush()
    require(
        None
        if counts
        else "The file names no school of the kinds that are kept. Choose the whole register."
    )
    for name in ("new", "changed", "closed", "unchanged"):
        setattr(load, name, counts[name])
    load.left_out, load.faulty = register.left_out, register.faulty
    db.session.flush()
    report(Progress(1.0, "Finished"))
    return load


def _bring_in(batch: list[SchoolRecord], load: SchoolLoad) -> Iterator[str]:
    """Write a batch of records; yields what became of each."""
    urns = [record.urn for record in batch]
    known = {
        school.urn: school
        for school in db.session.scalars(
            select(RegisteredSchool).where(RegisteredSchool.urn.in_(urns))
        )
    }
    for record in batch:
        school = known.get(record.urn)
        if school is None:
            known[record.urn] = school = RegisteredSchool(**record.values(), load=load)
            db.session.add(school)
            yield "new"
            continue
        changed = {k: v for k, v in record.values().items() if getattr(school, k) != v}
        shut = school.status is not SchoolStatus.CLOSED and record.status is SchoolStatus.CLOSED
        for name, value in changed.items():
            setattr(school, name, value)
        if changed:
            school.load = load
        yield "closed" if shut else "changed" if changed else "unchanged"


@dataclass(frozen=True)
class SchoolCriteria:
    """Which schools to list; None or nothing leaves a thing open. text: in name, town or URN."""

    authority: str | None = None
    kind: Registration | None = None
    status: SchoolStatus | None = None
    text: str = ""


def schools(criteria: SchoolCriteria) -> Select:
    """Schools by name."""
    statement = select(RegisteredSchool)
    for column, value in (
        (RegisteredSchool.authority, criteria.authority),
        (RegisteredSchool.kind, criteria.kind),
        (RegisteredSchool.status, criteria.status),
    ):
        if value is not None:
            statement = statement.where(column == value)
    for word in criteria.text.split():
        columns = (RegisteredSchool.name, RegisteredSchool.town, RegisteredSchool.urn)
        statement = statement.where(or_(*(c.icontains(word, autoescape=True) for c in columns)))
    return statement.order_by(RegisteredSchool.name, RegisteredSchool.urn)


def authorities() -> list[tuple[str, str]]:
    """Code and name of every authority with a school, by name."""
    names = (RegisteredSchool.authority, RegisteredSchool.authority_name)
    found = select(*names).where(RegisteredSchool.authority != "").distinct()
    return [tuple(row) for row in db.session.execute(found.order_by(names[1], names[0]))]


def counts_by_kind(authority: str | None) -> list[tuple[Registration, int]]:
    """How many schools of each kind are open, in one authority or in all."""
    counted = select(RegisteredSchool.kind, func.count()).where(
        RegisteredSchool.status.in_((SchoolStatus.OPEN, SchoolStatus.CLOSING))
    )
    if authority is not None:
        counted = counted.where(RegisteredSchool.authority == authority)
    found = dict(db.session.execute(counted.group_by(RegisteredSchool.kind)).all())
    return [(kind, found[kind]) for kind in Registration if kind in found]


def loads() -> Select:
    """Files of the register that were loaded, the newest first."""
    return select(SchoolLoad).order_by(SchoolLoad.id.desc())


def closed_in(load: SchoolLoad) -> list[RegisteredSchool]:
    """The closed schools that a file changed, by name."""
    found = select(RegisteredSchool).where(
        RegisteredSchool.load_id == load.id, RegisteredSchool.status == SchoolStatus.CLOSED
    )
    return list(db.session.scalars(found.order_by(RegisteredSchool.name)))


class Finding(Labelled):
    """What the register says of a claim to be a registered school."""

    CONFIRMED = "confirmed", "Confirmed"
    MISMATCH = "mismatch", "Does not agree"
    CLOSED = "closed", "Closed"
    UNKNOWN = "unknown", "Not in the register"
    UNCHECKED = "unchecked", "Not checked"

    @property
    def is_doubtful(self) -> bool:
        """Whether somebody has to look at it."""
        return self not in (Finding.CONFIRMED, Finding.UNCHECKED)


@dataclass(frozen=True)
class Claim:
    """A claim held against the register: what was found, and the sentence to show."""

    finding: Finding
    text: str


def check_claim(registration: Registration, urn: str | None) -> Claim | None:
    """What the register says of a claim; None where nothing is claimed."""
    if registration is Registration.UNREGISTERED or urn is None:
        return None
    school = db.session.get(RegisteredSchool, urn)
    return _judged(registration, urn, school, loaded=school is not None or _any_loaded())


def claims() -> list[tuple[Provider, Claim]]:
    """Every provider that claims to be registered, those in doubt first, then by name."""
    providers = select(Provider).where(Provider.registration != Registration.UNREGISTERED)
    listed = db.session.scalars(providers.order_by(Provider.name)).all()
    urns = [provider.urn for provider in listed]
    known = {
        school.urn: school
        for school in db.session.scalars(
            select(RegisteredSchool).where(RegisteredSchool.urn.in_(urns))
        )
    }
    loaded = _any_loaded()
    found = [(p, _judged(p.registration, p.urn, known.get(p.urn), loaded=loaded)) for p in listed]
    return sorted(found, key=lambda pair: not pair[1].finding.is_doubtful)


def _judged(
    registration: Registration, urn: str, school: RegisteredSchool | None, *, loaded: bool
) -> Claim:
    if not loaded:
        return Claim(
            Finding.UNCHECKED, "Not checked: no file of the national register has been loaded."
        )
    if school is None:
        return Claim(
            Finding.UNKNOWN,
            f"The national register has no school of a kind that is kept with URN {urn}.",
        )
    if school.status is SchoolStatus.CLOSED:
        when = f" on {in_words(school.closed_on)}" if school.closed_on else ""
        return Claim(Finding.CLOSED, f"{school.name} (URN {urn}) closed{when}.")
    if school.kind is not registration and registration is not Registration.OTHER_SCHOOL:
        return Claim(
            Finding.MISMATCH,
            f"URN {urn} is {school.name}: {school.kind.label.lower()}, "
            f"not {registration.label.lower()}.",
        )
    place = f", {school.town}" if school.town else ""
    return Claim(Finding.CONFIRMED, f"URN {urn} is {school.name}{place}, {school.kind.label}.")


def _any_loaded() -> bool:
    return db.session.scalar(select(SchoolLoad.id).limit(1)) is not None


def _batches(items: Iterable[SchoolRecord]) -> Iterator[list[SchoolRecord]]:
    iterator = iter(items)
    while batch := list(islice(iterator, BATCH)):
        yield batch
