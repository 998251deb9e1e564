"""Officers' rulings: this offer must be used for a child, or must not; made, withdrawn, applied."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.accounts.models import User
from app.children.lifecycle import ReferralState
from app.children.models import Component, Referral
from app.commissioning.bridge import Judge, Rulings
from app.commissioning.lifecycle import PAIR_RULING, RulingState
from app.commissioning.models.ruling import PairRuling, RulingKind
from app.kernel.clock import now
from app.kernel.database import db
from app.kernel.rules import require
from app.kernel.words import in_sentence
from providers.models.offer import Offer


def in_force(referrals: Sequence[Referral] | None = None) -> list[PairRuling]:
    """The rulings that count now, the oldest first; of these referrals alone where given."""
    statement = (
        select(PairRuling)
        .where(PairRuling.state == RulingState.IN_FORCE)
        .options(
            joinedload(PairRuling.offer).options(
                joinedload(Offer.provider), joinedload(Offer.service)
            ),
            joinedload(PairRuling.referral).selectinload(Referral.components),
        )
        .order_by(PairRuling.id)
    )
    if referrals is not None and len(referrals) < 100:
        statement = statement.where(PairRuling.referral_id.in_([each.id for each in referrals]))
    return list(db.session.scalars(statement).unique())


def applied(
    problem: Any, judge: Judge, made: Sequence[PairRuling]
) -> tuple[Rulings, tuple[str, ...]]:
    """The rulings as pairs of a problem, and in words those that cannot be kept in it.

    A ruling that fixes an offer falls away where a rule forbids the pair, where the offer is
    closed, or where it cannot be kept beside an earlier one: the part is fixed elsewhere, the room
    is fixed for others, or a child is fixed there who must be kept apart.
    """
    components = {part.id for child in problem.children for part in child.components}
    offers = {offer.id: offer for offer in problem.offers}
    pinned, forbidden, not_kept = set(), set(), []
    fixed = _Fixed(problem)
    for ruling in made:
        part = ruling.component
        if part is None or part.id not in components:
            continue
        if ruling.offer_id not in offers:
            if ruling.kind is RulingKind.FIXED:
                not_kept.append(f"{_named(ruling)}: the offer is closed at present.")
            continue
        pair = (part.id, ruling.offer_id)
        if ruling.kind is RulingKind.RULED_OUT:
            forbidden.add(pair)
            continue
        offer = offers[ruling.offer_id]
        reasons, _ = judge.objections(ruling.referral_id, *pair)
        reasons = reasons or fixed.reasons_against(ruling.referral_id, part, offer)
        if reasons:
            not_kept.append(f"{_named(ruling)}: {'. '.join(reasons)}.")
            continue
        fixed.take(ruling.referral_id, part, offer)
        pinned.add(pair)
    return Rulings(frozenset(pinned), frozenset(forbidden)), tuple(not_kept)


class _Fixed:
    """What earlier rulings have fixed: parts, room, and who goes to which provider."""

    def __init__(self, problem: Any) -> None:
        self._children = {child.id: child for child in problem.children}
        self._providers = {provider.id: provider for provider in problem.providers}
        self._parts: set[int] = set()
        self._hours: Counter[int] = Counter()
        self._places: Counter[int] = Counter()
        self._heads: dict[int, set[int]] = defaultdict(set)

    def reasons_against(self, referral_id: int, part: Component, offer: Any) -> tuple[str, ...]:
        """Why a further ruling cannot be kept beside those before it."""
        there = self._heads[offer.provider_id]
        if part.id in self._parts:
            return ("Another offer is fixed for the same part",)
        if there & self._children[referral_id].keep_apart:
            return ("A child who must be kept apart is fixed there",)
        if (
            self._hours[offer.id] + part.hours > offer.hours_free
            or self._places[offer.id] >= offer.places_free
            or self._beyond(offer.provider_id, there | {referral_id})
        ):
            return ("Its room is fixed for other children",)
        return ()

    def take(self, referral_id: int, part: Component, offer: Any) -> None:
        """Count a ruling that is kept."""
        self._parts.add(part.id)
        self._hours[offer.id] += part.hours
        self._places[offer.id] += 1
        self._heads[offer.provider_id] |= {referral_id}

    def _beyond(self, provider_id: int, heads: set[int]) -> bool:
        provider = self._providers[provider_id]
        newcomers = heads - provider.hours_by_child.keys()
        return provider.places_free is not None and len(newcomers) > provider.places_free


def _named(ruling: PairRuling) -> str:
    reference = ruling.referral.child.reference
    return f"{reference} with {ruling.offer.provider.name} ({ruling.offer.service.name})"


def make(
    kind: RulingKind,
    referral: Referral,
    offer: Offer,
    reason: str,
    by: User,
    *,
    objections: Sequence[str] = (),
) -> PairRuling:
    """Record an officer's ruling for the matches to come.

    objections: what the hard rules say against the pair; a ruling cannot go against them.
    Raises RuleBroken with every reason where it contradicts a rule or another ruling.
    """
    others = in_force([referral])
    same = next((each for each in others if each.offer_id == offer.id), None)
    ruling = PairRuling(
        state=PAIR_RULING.initial,
        kind=kind,
        referral=referral,
        offer=offer,
        reason=reason.strip(),
        made_by_id=by.id,
        made_by=by.name,
        made_at=now(),
    )
    service, fixes = in_sentence(offer.service.name), kind is RulingKind.FIXED
    rival = next(
        (
            each
            for each in others
            if each.kind is RulingKind.FIXED and each.offer.service_id == offer.service_id
        ),
        None,
    )
    require(
        None if ruling.reason else "Enter a reason.",
        None
        if referral.state is ReferralState.WAITING
        else f"This referral is {referral.state.value}, so no match will look at it.",
        None if ruling.component else f"The child is not waiting for {service}.",
        f"There is a ruling on {offer.provider.name} already: “{same.kind.label}”. "
        "Withdraw it first."
        if same
        else None,
        f"{rival.offer.provider.name} is fixed for {service} already. Withdraw that ruling first."
        if fixes and rival and not same
        else None,
        *([f"{each.rstrip('.')}." for each in objections] if fixes else []),
    )
    db.session.add(ruling)
    db.session.flush()
    return ruling


def withdraw(ruling: PairRuling, by: User) -> None:
    """Take a ruling back; matches to come are free again. Raises RuleBroken where it was before."""
    PAIR_RULING.fire(ruling, "withdraw")
    ruling.withdrawn_by, ruling.withdrawn_at = by.name, now()
