"""Referring a child by hand: who it is, a draft that grows, and the children already known."""

import secrets
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import User
from app.children.lifecycle import REFERRAL, ReferralState
from app.children.models import Child, ChildNeed, Component, ProviderWish, Referral
from app.kernel.clock import today
from app.kernel.database import db
from app.kernel.reach import current, whole
from app.kernel.rules import require
from providers.models.framework import Service
from providers.models.provider import Provider
from providers.needs import NeedType
from providers.places import Locator, put_on_map
from providers.stages import OLDEST_AGE, YOUNGEST_AGE, age_on

MOST_HOURS = 40
"""Hours a week of one service, and of all services of a referral together."""
OPEN = (ReferralState.DRAFT, ReferralState.WAITING)
"""States in which a referral may be changed."""


@dataclass(frozen=True)
class Known:
    """A child on record who may be the one referred. same_upn: certainly the same child."""

    child: Child
    same_upn: bool

    @property
    def why(self) -> str:
        """Why it is shown, in words."""
        return "The same UPN" if self.same_upn else "The same name and date of birth"


def known_children(upn: str | None, forename: str, surname: str, born_on: date) -> list[Known]:
    """Children on record who may be this one: by UPN, and by name and date of birth.

    Names are held against each other without accents, case and spaces. A child with the UPN is
    found whoever asks, since a UPN belongs to one child; one with the name only within reach.
    """
    alike, reader = Child.born_on == born_on, current()
    wanted = select(Child).where(or_(alike, Child.upn == upn) if upn else alike)
    with whole():
        rows = db.session.scalars(
            wanted.options(selectinload(Child.referrals)).order_by(Child.id)
        ).all()
    name = _folded(forename), _folded(surname)
    found = []
    for child in rows:
        if upn and child.upn == upn:
            found.append(Known(child, same_upn=True))
        elif (_folded(child.forename), _folded(child.surname)) == name and reader.admits(child):
            found.append(Known(child, same_upn=False))
    return sorted(found, key=lambda known: not known.same_upn)


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name)
    return "".join(letter for letter in plain.casefold() if letter.isalnum())


def child_faults(facts: Mapping[str, Any], child: Child | None, on: date) -> dict[str, str]:
    """What is wrong with a child's particulars, by field: empty where they can be saved.

    child: the one they are to be saved of; None for a new one.
    """
    faults = {}
    if facts["born_on"] > on or not YOUNGEST_AGE <= age_on(facts["born_on"], on) <= OLDEST_AGE:
        faults["born_on"] = (
            f"Enter the date of birth of somebody aged {YOUNGEST_AGE} to {OLDEST_AGE}"
        )
    if Locator()(facts["postcode"]) is None:
        faults["postcode"] = f"{facts['postcode']} is not a known postcode. Check the home address"
    if facts["upn"]:
        with whole():
            holder = db.session.scalar(select(Child).where(Child.upn == facts["upn"]))
        if child and holder and holder is not child:
            faults["upn"] = (
                f"{holder.reference} has this UPN already. Check which child it belongs to"
            )
    return faults


def save_child(child: Child, facts: Mapping[str, Any]) -> None:
    """Write a child's particulars. Raises RuleBroken where they cannot be saved."""
    require(*child_faults(facts, child, today()).values())
    for name, value in facts.items():
        setattr(child, name, value)
    put_on_map(child, Locator()(child.postcode))


def register_child(facts: Mapping[str, Any]) -> Child:
    """Put a new child on record. Raises RuleBroken where its UPN is another's, or facts are bad."""
    known = known_children(facts["upn"], facts["forename"], facts["surname"], facts["born_on"])
    require(
        *(
            f"{match.child.reference} has this UPN already. Use the child on record."
            for match in known
            if match.same_upn
        )
    )
    child = Child(reference=_new_reference())
    save_child(child, facts)
    db.session.add(child)
    db.session.flush()
    return child


def _new_reference() -> str:
    """A reference that no child has, and that says nothing of the child."""
    while True:
        reference = f"R{secrets.randbelow(9_000_000) + 1_000_000}"
        if not db.session.scalar(select(Child.id).where(Child.reference == reference)):
            return reference


def begin(child: Child, facts: Mapping[str, Any], officer: User) -> Referral:
    """A draft for a child; the one that is open already is refused, so that none is doubled.

    Raises RuleBroken where the child has a draft or waits.
    """
    for referral in child.referrals:
        require(
            f"{child.full_name} has a draft already. Carry on with it."
            if referral.state is ReferralState.DRAFT
            else None,
            f"{child.full_name} is waiting already. Change that referral instead."
            if referral.state is ReferralState.WAITING
            else None,
        )
    draft = Referral(child=child, officer=officer, state=REFERRAL.initial)
    save_case(draft, {"officer_id": officer.id, **facts})
    db.session.add(draft)
    db.session.flush()
    return draft


def save_case(referral: Referral, facts: Mapping[str, Any]) -> None:
    """Write plain facts of a referral. Raises RuleBroken once it is placed or withdrawn."""
    require(_closed(referral))
    for name, value in facts.items():
        setattr(referral, name, value)


def save_needs(referral: Referral, needs: Sequence[NeedType]) -> None:
    """Write the child's needs, the primary one first, each once."""
    require(_closed(referral))
    child = referral.child
    ranked = tuple(dict.fromkeys(needs))
    if child.need_types == ranked:
        return
    child.needs.clear()
    db.session.flush()  # ranks are keys: the old ones go before the new ones come
    child.needs = [ChildNeed(rank=rank, need_type=need) for rank, need in enumerate(ranked, 1)]


def save_support(referral: Referral, hours: Mapping[int, int]) -> None:
    """Write what is asked for: hours a week by the service's id.

    Raises RuleBroken outside 1 to 40 hours a week, each and together.
    """
    require(
        _closed(referral),
        None
        if all(1 <= number <= MOST_HOURS for number in hours.values())
        else f"Enter hours a week from 1 to {MOST_HOURS}.",
        f"All services together come to {sum(hours.values())} hours a week. Enter at most"
        f" {MOST_HOURS}."
        if sum(hours.values()) > MOST_HOURS
        else None,
    )
    kept = {part.service_id: part for part in referral.components}
    parts = []
    for service_id, number in hours.items():
        part = kept.get(service_id) or Component(service=db.session.get_one(Service, service_id))
        part.hours = number
        parts.append(part)
    referral.components = parts


def save_wishes(referral: Referral, wanted: Sequence[str], unwanted: Sequence[str]) -> None:
    """Write which providers are wanted, in order, and which must not be used, by reference.

    Raises RuleBroken where one is on both lists.
    """
    both = set(wanted) & set(unwanted)
    require(_closed(referral), *(f"{name} is on both lists. Choose one." for name in sorted(both)))
    ranks = {reference: rank for rank, reference in enumerate(wanted, 1)}
    ranks |= dict.fromkeys(unwanted, 0)
    kept = {wish.provider_reference: wish for wish in referral.wishes}
    wishes = []
    for reference, rank in ranks.items():
        wish = kept.get(reference) or ProviderWish(provider_reference=reference)
        wish.rank = rank
        wishes.append(wish)
    referral.wishes = wishes


def provider_called(text: str) -> Provider | None:
    """The provider of a reference or a name, None where there is none or more than one."""
    text = " ".join(text.split())
    found = db.session.scalars(
        select(Provider)
        .where(or_(Provider.reference == text.upper(), Provider.name.icontains(text)))
        .order_by(Provider.id)
        .limit(20)
    ).all()
    exact = [p for p in found if text.casefold() in (p.name.casefold(), p.reference.casefold())]
    if len(exact) == 1:
        return exact[0]
    return found[0] if len(found) == 1 else None


def submit(referral: Referral) -> None:
    """Put a draft on the waiting list. Raises RuleBroken with all that is missing."""
    REFERRAL.fire(referral, "submit")


def withdraw(referral: Referral, reason: str) -> None:
    """Take a referral back, with the reason. Raises RuleBroken once it is placed."""
    require(None if reason.strip() else "Enter why the referral is withdrawn.")
    REFERRAL.fire(referral, "withdraw")
    referral.withdrawn_because = reason.strip()


def missing(referral: Referral) -> tuple[str, ...]:
    """What a draft still needs before it can be submitted."""
    return REFERRAL.reasons_against(referral, "submit")


def drafts() -> Select:
    """Drafts, the newest first, with their children and officers."""
    return (
        select(Referral)
        .where(Referral.state == ReferralState.DRAFT)
        .options(joinedload(Referral.child), joinedload(Referral.officer))
        .order_by(Referral.id.desc())
    )


def _closed(referral: Referral) -> str | None:
    if referral.state in OPEN:
        return None
    return f"This referral is {referral.state.value}. It cannot be changed."
