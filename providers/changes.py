"""Changing a profile: what publishes at once, what waits for the AP lead, and every version.

Two people may edit at once. A form carries the values that it was opened with; whatever someone
else has changed since is either another fact, and then both changes stand, or the same one, and
then nothing is saved until the second person has seen it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from app.kernel import audit
from app.kernel.clock import now, today
from app.kernel.database import db
from app.kernel.rules import require
from providers.editing import clashes, lock
from providers.facts import Fact, Facts, Row, facts_for, price_of, read_facts, service_name
from providers.models.change import CHANGE, ChangeItem, ChangeState, ProfileVersion, Subject
from providers.models.offer import Offer
from providers.models.provider import Provider
from providers.needs import Registration
from providers.pricing import above_cap, cap_on
from providers.queries import caps_in_force
from providers.stages import OLDEST_AGE


@dataclass(frozen=True)
class Conflict:
    """A fact that two people changed: as it was, as it is now, as the second one wants it.

    by: who changed it meanwhile, "" where that is not known.
    """

    fact: Fact
    was: str
    now: str
    wanted: str
    by: str

    @property
    def label(self) -> str:
        """What the fact is called."""
        return self.fact.label


@dataclass(frozen=True)
class Outcome:
    """What became of an edit: labels of the facts published and of those that wait.

    conflicts: where there are any, nothing was saved.
    """

    published: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    conflicts: tuple[Conflict, ...] = field(default=())


def subject_of(row: Row) -> tuple[Subject, int]:
    """What a row is called in proposals and versions."""
    return (Subject.PROVIDER if isinstance(row, Provider) else Subject.OFFER, row.id)


def provider_of(row: Row) -> Provider:
    """The provider that a row belongs to."""
    return row if isinstance(row, Provider) else row.provider


def waiting_items(row: Row) -> dict[str, ChangeItem]:
    """The changes of a row that wait for approval, by fact."""
    subject, number = subject_of(row)
    found = select(ChangeItem).where(
        ChangeItem.subject == subject,
        ChangeItem.subject_id == number,
        ChangeItem.state == ChangeState.WAITING,
    )
    return {item.field: item for item in db.session.scalars(found)}


def draft_of(row: Row) -> Facts:
    """A row's facts as its provider wants them: those published, with the waiting changes."""
    return read_facts(row) | {name: item.after for name, item in waiting_items(row).items()}


def faults(row: Row, entered: Facts) -> dict[str, str]:
    """What is wrong with the facts entered, by fact, in words; empty where nothing is.

    A price is held against the cap in force today.
    """
    found = _provider_faults(entered) if isinstance(row, Provider) else _offer_faults(row, entered)
    return {name: reason for name, reason in found.items() if reason}


def _provider_faults(entered: Facts) -> dict[str, str | None]:
    registration = entered["registration"]
    registered = registration["kind"] != Registration.UNREGISTERED
    missing, unwanted = registered and not registration["urn"], registration["urn"]
    return {
        "name": None if entered["name"] else "Enter the name of the organisation.",
        "registration": "Enter the school’s URN: six digits."
        if missing
        else "Only a registered school has a URN. Remove it, or choose the kind of school."
        if unwanted and not registered
        else None,
    }


def _offer_faults(offer: Offer, entered: Facts) -> dict[str, str | None]:
    youngest, oldest = entered["ages"]
    service, on = entered["service"], today()
    cap = cap_on(caps_in_force(on), service, on)
    return {
        "price": above_cap(
            price_of(entered["price"]), cap, service_name(service), offer_id=offer.id
        ),
        "needs": None if entered["needs"] else "Select at least one need.",
        "delivery": None if entered["delivery"] else "Select where it is given.",
        "ages": None
        if 0 <= youngest <= oldest <= OLDEST_AGE
        else f"Enter ages from 0 to {OLDEST_AGE}, the youngest first.",
    }


def submit(row: Row, base: Mapping[str, Any], entered: Facts) -> Outcome:
    """Bring an edit in: small changes publish, those that matter wait.

    base: the draft that the editor started from. Raises RuleBroken for facts that are at fault.
    """
    lock(provider_of(row))
    require(*faults(row, entered).values())
    published, waiting = read_facts(row), waiting_items(row)
    draft = published | {name: item.after for name, item in waiting.items()}
    conflicts = _conflicts(row, base, draft, entered, waiting)
    if conflicts:
        return Outcome(conflicts=conflicts)
    small: list[Fact] = []
    proposed: list[Fact] = []
    before = dict(published)
    for name, fact in facts_for(row).items():
        if entered[name] in (base.get(name), draft[name]):
            continue
        if fact.matters:
            _propose(row, fact, published[name], entered[name], waiting.get(name))
            proposed.append(fact)
        else:
            small.append(fact)
    if small:
        _publish(row, {fact.name: entered[fact.name] for fact in small}, before, "Small changes")
    return Outcome(
        tuple(fact.label for fact in small),
        tuple(fact.label for fact in proposed if entered[fact.name] != published[fact.name]),
    )


def _conflicts(
    row: Row,
    base: Mapping[str, Any],
    draft: Facts,
    entered: Facts,
    waiting: Mapping[str, ChangeItem],
) -> tuple[Conflict, ...]:
    """Facts that were changed since the form was opened, and that the form changes otherwise."""
    last, facts = db.session.scalar(versions(row).limit(1)), facts_for(row)
    return tuple(
        Conflict(
            fact := facts[clash.name],
            fact.words(clash.was) if clash.name in base else "Not known",
            fact.words(clash.now),
            fact.words(clash.wanted),
            waiting[clash.name].proposed_by
            if clash.name in waiting
            else last.made_by
            if last
            else "",
        )
        for clash in clashes(base, draft, entered, facts)
    )


def _propose(row: Row, fact: Fact, published: Any, wanted: Any, earlier: ChangeItem | None) -> None:
    """Let a change wait, in the place of an earlier one; back to what is published is none."""
    if earlier is not None:
        CHANGE.fire(earlier, "withdraw")
        db.session.flush()  # at most one waits: the old goes before the new comes
    if wanted == published:
        return
    subject, number = subject_of(row)
    db.session.add(
        ChangeItem(
            provider=provider_of(row),
            subject=subject,
            subject_id=number,
            field=fact.name,
            before=published,
            after=wanted,
            proposed_by=_who(),
            proposed_at=now(),
        )
    )
    db.session.flush()


def withdraw(item: ChangeItem) -> None:
    """Take a proposed change back. Raises RuleBroken where it no longer waits."""
    CHANGE.fire(item, "withdraw")


def accept(item: ChangeItem, comment: str = "") -> None:
    """Publish a proposed change. Raises RuleBroken where it breaks a rule as things stand now."""
    lock(item.provider)
    row = row_of(item)
    published = read_facts(row)
    require(faults(row, published | {item.field: item.after}).get(item.field))
    _decided(item, "accept", comment)
    _publish(
        row,
        {item.field: item.after},
        published,
        f"{facts_for(row)[item.field].label}, proposed by {item.proposed_by}",
    )


def send_back(item: ChangeItem, comment: str) -> None:
    """Return a proposed change with the reason. Raises RuleBroken without one."""
    lock(item.provider)
    _decided(item, "return", comment)


def _decided(item: ChangeItem, move: str, comment: str) -> None:
    item.comment = comment.strip()
    CHANGE.fire(item, move)
    item.decided_by, item.decided_at = _who(), now()


def row_of(item: ChangeItem) -> Row:
    """The provider or the offer that a change is about."""
    model = Provider if item.subject is Subject.PROVIDER else Offer
    return db.session.get_one(model, item.subject_id)


def _publish(row: Row, values: Facts, before: Facts, why: str) -> None:
    """Write facts, and keep the version before them, where it is new, and the one after."""
    last = db.session.scalar(versions(row).limit(1))
    if last is None or last.facts != before:
        last = _version(row, before, (last.number if last else 0) + 1, FOUND)
    for name, value in values.items():
        facts_for(row)[name].write(row, value)
    db.session.flush()
    _version(row, read_facts(row), last.number + 1, why)


FOUND = "As it stood before the next change"


def _version(row: Row, facts: Facts, number: int, why: str) -> ProfileVersion:
    subject, subject_id = subject_of(row)
    version = ProfileVersion(
        provider_id=provider_of(row).id,
        subject=subject,
        subject_id=subject_id,
        number=number,
        facts=facts,
        made_by=_who(),
        made_at=now(),
        why=why[:200],
    )
    db.session.add(version)
    db.session.flush()
    return version


def keep_version(row: Row, why: str) -> None:
    """Keep a row as it stands as a version, where it differs from the last one.

    For what is published without an edit: an admission, or a price of the yearly round.
    """
    last, facts = db.session.scalar(versions(row).limit(1)), read_facts(row)
    if last is None or last.facts != facts:
        _version(row, facts, (last.number if last else 0) + 1, why)


def versions(row: Row) -> Select:
    """Every version of a row that was published, the newest first."""
    subject, number = subject_of(row)
    return (
        select(ProfileVersion)
        .where(ProfileVersion.subject == subject, ProfileVersion.subject_id == number)
        .order_by(ProfileVersion.number.desc())
    )


def waiting_changes() -> Select:
    """Every change that waits, the longest first."""
    return (
        select(ChangeItem)
        .where(ChangeItem.state == ChangeState.WAITING)
        .options(joinedload(ChangeItem.provider))
        .order_by(ChangeItem.proposed_at, ChangeItem.id)
    )


def changes_of(provider: Provider) -> Select:
    """Every change that a provider proposed, the latest first."""
    found = select(ChangeItem).where(ChangeItem.provider_id == provider.id)
    return found.order_by(ChangeItem.id.desc())


def compared(row: Row, one: Facts, other: Facts) -> list[tuple[Fact, str, str, bool]]:
    """Two sets of facts side by side: fact, each value in words, and whether they differ.

    A fact that a set does not hold is not compared.
    """
    return [
        (fact, fact.words(one[name]), fact.words(other[name]), one[name] != other[name])
        for name, fact in facts_for(row).items()
        if name in one and name in other
    ]


def _who() -> str:
    actor = audit.current_actor()
    return actor.name if actor else ""
