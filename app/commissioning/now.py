"""One child now: every offer of what the child waits for, ranked, or with all that rules it out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.accounts.models import User
from app.children.lifecycle import ReferralState
from app.children.models import Child, Component, Referral
from app.commissioning import bridge, clashes, inputs, policies, queries, rulings
from app.commissioning.bridge_now import Suitable, rankings
from app.commissioning.clashes import NotKept
from app.commissioning.inputs import Gathered
from app.commissioning.lifecycle import RulingState
from app.commissioning.models.ruling import PairRuling, RulingKind
from app.kernel.clock import today
from app.kernel.database import db
from app.kernel.reach import whole
from app.kernel.words import in_sentence
from providers.models.offer import Offer
from providers.models.provider import Provider


@dataclass(frozen=True)
class Choice:
    """An offer that could take a part of the package now, with what choosing it comes to."""

    offer: Offer
    judged: Suitable
    hours_free: int | None


@dataclass(frozen=True)
class Refused:
    """An offer of the service that could not, its km away (None where unknown), and why."""

    offer: Offer
    km: float | None
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """One part of a child's package with its offers, best first, and the others by distance."""

    component: Component
    choices: tuple[Choice, ...]
    refused: tuple[Refused, ...]


def parts_of(referral: Referral, on: date | None = None) -> list[Part]:
    """What each part of a waiting referral could have on a date (today).

    By the policy in force, against what every offer has left after all that it has promised.
    """
    gathered = inputs.gather(on or today(), policy=policies.in_force(), referrals=[referral])
    return parts_in(gathered, referral)


def parts_in(gathered: Gathered, referral: Referral) -> list[Part]:
    """What each part of one referral could have, among all that were gathered."""
    if all(each.id != referral.id for each in gathered.referrals):
        return []
    offers = {offer.id: offer for offer in gathered.book.open}
    found = rankings(gathered.problem, referral.id)
    parts = []
    for component in gathered.standing.to_place(referral):
        ranking = found[component.id]
        refused = [Refused(offers[u.offer_id], u.km, u.reasons) for u in ranking.unsuitable]
        refused += [
            Refused(offer, None, tuple(reason.text for reason in reasons))
            for offer, reasons in gathered.book.closed
            if offer.service_id == component.service_id
        ]
        choices = [
            Choice(offers[s.offer_id], s, gathered.free[s.offer_id].hours) for s in ranking.suitable
        ]
        parts.append(Part(component, tuple(choices), tuple(refused)))
    return parts


def waiting_referrals_of(child: Child) -> list[Referral]:
    """The child's referrals that wait, with all that ranking needs."""
    return [each for each in child.referrals if each.state is ReferralState.WAITING]


def objections_to(referral: Referral, offer: Offer, on: date | None = None) -> tuple[str, ...]:
    """Why an offer could not be fixed for a child on a date (today); empty where it could.

    As the next match will judge it: against every rule, and beside all that is fixed already.
    """
    on = on or today()
    fixed = _with_fixed_offers()
    others = [each for each in fixed if each.id != referral.id]
    gathered = inputs.gather(on, policy=policies.in_force(), referrals=[*others, referral])
    part = next((p for p in referral.components if p.service_id == offer.service_id), None)
    if part is None:
        return (f"The child is not waiting for {in_sentence(offer.service.name)}.",)
    if part not in gathered.standing.to_place(referral):
        return (f"The child has a place for {in_sentence(offer.service.name)} already.",)
    for closed, reasons in gathered.book.closed:
        if closed.id == offer.id:
            return tuple(reason.text for reason in reasons)
    problem = gathered.problem
    free_of_rulings = replace(problem, pinned=frozenset(), forbidden=frozenset())
    readable = clashes.readable(each.id for each in gathered.referrals)
    keeper = clashes.Keeper(bridge.Judge(free_of_rulings), readable)
    for pair in problem.pinned:
        if pair[0] != part.id:
            keeper.count(pair)
    return keeper.against(referral.id, (part.id, offer.id))


@whole()
def _with_fixed_offers() -> list[Referral]:
    """The referrals that wait and for which an offer is fixed."""
    return queries.waiting_referrals(
        Referral.id.in_(
            select(PairRuling.referral_id).where(
                PairRuling.kind == RulingKind.FIXED, PairRuling.state == RulingState.IN_FORCE
            )
        )
    )


def left_aside(*child_ids: int) -> dict[int, NotKept]:
    """The rulings that fix an offer and would be left aside by a match today, by their id.

    child_ids: of these children alone; without any, of all. Of another child whom whoever asks
    may not read, the reasons say "another child".
    """
    fixed = _with_fixed_offers()
    wanted = {each.child_id for each in fixed} & set(child_ids) if child_ids else fixed
    if not wanted:
        return {}
    policy = policies.in_force()
    gathered = inputs.gather(
        today(),
        confirmed_within_days=policies.capacity_days(policy),
        policy=policy,
        referrals=fixed,
    )
    not_kept = gathered.rulings_not_kept
    told = clashes.told_to_reader([each.why for each in not_kept])
    return {
        each.ruling.id: replace(each, why=why)
        for each, why in zip(not_kept, told, strict=True)
        if not child_ids or each.ruling.referral.child_id in wanted
    }


def rule(kind: RulingKind, referral: Referral, offer: Offer, reason: str, by: User) -> PairRuling:
    """Record an officer's ruling, held first against every rule.

    Raises RuleBroken with every reason where it contradicts a rule or another ruling.
    """
    against = objections_to(referral, offer) if kind is RulingKind.FIXED else ()
    return rulings.make(kind, referral, offer, reason, by, objections=against)


def offers_for(referral: Referral) -> Sequence[Offer]:
    """Every offer of the services that a referral asks for, by its provider's name."""
    services = [part.service_id for part in referral.components]
    statement = (
        select(Offer)
        .join(Offer.provider)
        .where(Offer.service_id.in_(services))
        .options(joinedload(Offer.provider), joinedload(Offer.service))
        .order_by(Provider.name, Offer.id)
    )
    return db.session.scalars(statement).all()
