"""What a match is given: gathered from the rows as they stand, and kept with the run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from app.children.models import Referral
from app.commissioning import bridge, queries, rulings
from app.commissioning.bridge_policy import policy_of
from app.commissioning.clashes import NotKept
from app.commissioning.fair_share import shares
from app.commissioning.models.match import MatchRun
from app.commissioning.models.policy import MatchPolicy
from app.commissioning.packing import expand, squeeze
from app.commissioning.standing import Standing, standing_of
from app.kernel.reach import whole
from app.kernel.rules import RuleBroken
from providers.capacity import Free, free_of
from providers.queries import Closure, OfferBook, offer_book

NOT_KEPT = "The inputs of this match were not kept, so nothing can be tried on them."


@dataclass(frozen=True)
class Gathered:
    """Everything a match is made from. problem: of the matching package.

    rulings_not_kept: officers' fixed offers that do not hold now, each with the reason.
    standing: who is where already.
    """

    on: date
    referrals: Sequence[Referral]
    book: OfferBook
    free: Mapping[int, Free]
    problem: Any
    rulings_not_kept: tuple[NotKept, ...]
    standing: Standing


@whole()
def gather(
    on: date,
    *,
    confirmed_within_days: int | None = None,
    policy: MatchPolicy | None = None,
    referrals: Sequence[Referral] | None = None,
) -> Gathered:
    """Who waits and what is open on a date, as a problem.

    referrals: these alone; without them, all that wait.
    Raises RuleBroken with each fault in words where the rows contradict each other.
    """
    listed = queries.waiting_referrals() if referrals is None else referrals
    waiting = [referral for referral in listed if referral.components]  # others ask for nothing
    book = offer_book(on, confirmed_within_days)
    free = free_of(book.open, on)
    rules = policy_of(policy.rules if policy else {})
    given = shares({offer.provider_id for offer in book.open}, on)
    there = standing_of(waiting, on, rules.full_time_hours)
    waiting = [referral for referral in waiting if there.to_place(referral)]
    plain = bridge.problem_of(
        waiting, book.open, rules, on, free=free, standing=there, shares=given
    )
    made = rulings.in_force(waiting)
    closed = {offer.id: " ".join(each.text for each in why) for offer, why in book.closed}
    kept, not_kept = rulings.applied(plain, bridge.Judge(plain), made, closed)
    problem = replace(plain, pinned=kept.pinned, forbidden=kept.forbidden)
    return Gathered(on, waiting, book, free, problem, not_kept, there)


def keep(run: MatchRun, gathered: Gathered) -> None:
    """Store what a match was given, whole, and the offers that only a price cap keeps out."""
    above = [
        offer
        for offer, reasons in gathered.book.closed
        if {reason.code for reason in reasons} == {Closure.CAP}
    ]
    free = free_of(above, gathered.on)
    providers = {offer.provider_id: offer.provider for offer in above}
    run.inputs = squeeze(
        {
            "problem": bridge.packed(gathered.problem),
            "above_cap": [bridge.packed_offer(each, free[each.id], gathered.on) for each in above],
            "their_providers": [
                bridge.packed_provider(each, gathered.standing) for each in providers.values()
            ],
        }
    )


def require_kept(run: MatchRun) -> None:
    """Raises RuleBroken where a match was made before inputs were kept."""
    if not run.inputs:
        raise RuleBroken(NOT_KEPT)


def kept(run: MatchRun) -> dict[str, Any]:
    """What a match was given: "problem", "above_cap" and "their_providers", all packed.

    Raises RuleBroken where it was made before inputs were kept.
    """
    require_kept(run)
    return expand(run.inputs)


def providers_of(run: MatchRun) -> list[tuple[int, str]]:
    """The providers that a match could use, by name: id and name."""
    known = [(each["id"], each["name"]) for each in kept(run)["problem"]["providers"]]
    return sorted(known, key=lambda each: (each[1].casefold(), each[0]))
