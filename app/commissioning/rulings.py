"""Officers' rulings: this offer must be used for a child, or must not; made, withdrawn, applied."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import User
from app.children.lifecycle import ReferralState
from app.children.models import Referral
from app.commissioning.bridge import Judge, Rulings
from app.commissioning.clashes import Keeper, NotKept
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
            joinedload(PairRuling.referral).options(
                joinedload(Referral.child), selectinload(Referral.components)
            ),
        )
        .order_by(PairRuling.id)
    )
    if referrals is not None and len(referrals) < 100:
        statement = statement.where(PairRuling.referral_id.in_([each.id for each in referrals]))
    return list(db.session.scalars(statement).unique())


def applied(
    problem: Any, judge: Judge, made: Sequence[PairRuling], closed: Mapping[int, str]
) -> tuple[Rulings, tuple[NotKept, ...]]:
    """The rulings as pairs of a problem, and those that cannot be kept in it, with the reason.

    closed: why each offer that is not in the problem is closed, in sentences, by its id.
    The earlier ruling counts. A later one that fixes an offer falls away where a rule forbids the
    pair, where the offer is closed, or where it cannot be kept beside those before it: the part is
    fixed elsewhere, the room or the tier's budget is taken, or the company there forbids it.
    """
    components = {part.id for child in problem.children for part in child.components}
    offers = {offer.id for offer in problem.offers}
    references = {each.referral_id: each.referral.child.reference for each in made}
    pinned, forbidden, not_kept = set(), set(), []
    keeper = Keeper(judge, references)
    for ruling in made:
        part, fixes = ruling.component, ruling.kind is RulingKind.FIXED
        if part is None or part.id not in components:
            continue
        if ruling.offer_id not in offers:
            if fixes:
                why = closed.get(ruling.offer_id, "The offer is closed at present.")
                not_kept.append(NotKept(ruling, _named(ruling), why))
            continue
        pair = (part.id, ruling.offer_id)
        if not fixes:
            forbidden.add(pair)
        elif told := keeper.against(ruling.referral_id, pair):
            not_kept.append(NotKept(ruling, _named(ruling), " ".join(told)))
        else:
            keeper.count(pair)
            pinned.add(pair)
    return Rulings(frozenset(pinned), frozenset(forbidden)), tuple(not_kept)


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
