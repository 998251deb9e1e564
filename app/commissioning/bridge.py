"""The bridge to the matching package: rows become a problem, a result becomes sentences.

The only file of the application that knows the matching package. Price caps, evidence and a
provider's standing never cross it: `providers.queries` has already applied them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import matching.problem as m
from app.children.models import Child, Referral
from app.commissioning.fair_share import NO_SHARE, Share
from app.commissioning.packing import pack, unpack
from app.commissioning.standing import NOBODY, Standing, counts_for_registration
from app.kernel.progress import Progress, Report, silent
from app.kernel.rules import RuleBroken
from matching.distance import distance_km
from matching.eligibility import Rule, objections, pair_objections
from matching.explain import ChildExplanation, ComponentExplanation, Explainer, Refusals
from matching.pins import Pins
from matching.solve import solve
from providers import limits
from providers.capacity import Free
from providers.models.offer import Offer
from providers.models.place import Located
from providers.models.provider import Provider
from providers.needs import Judgement, mask_to_sessions
from providers.stages import age_on

# The matching package counts quality from 1, the best; a red judgement closes every offer.
_QUALITY = {Judgement.GREEN: 1, Judgement.AMBER: 2}

OLDEST = 30
"""Years of age that the matching package counts to; nobody is placed at that age."""

Pair = tuple[int, int]


@dataclass(frozen=True)
class Rulings:
    """What officers have settled by hand: (component id, offer id) pairs, fixed or ruled out."""

    pinned: frozenset[Pair] = field(default_factory=frozenset)
    forbidden: frozenset[Pair] = field(default_factory=frozenset)


NO_RULINGS = Rulings()


def problem_of(
    referrals: Iterable[Referral],
    offers: Iterable[Offer],
    policy: m.Policy,
    on: date,
    *,
    free: Mapping[int, Free] | None = None,
    rulings: Rulings = NO_RULINGS,
    standing: Standing = NOBODY,
    shares: Mapping[int, Share] | None = None,
) -> m.Problem:
    """The problem of placing these referrals with these open offers, as things stand on a date.

    A matching child is a referral: its id is the referral's. free: what each offer has left, by
    its id; without it, what the offer states. standing: who is at which provider already, and
    which parts have a place; a referral all of whose parts do is left out. shares: work given
    lately, by provider id.
    Raises RuleBroken with each fault in words where the rows contradict each other.
    """
    offers, left = list(offers), free or {}
    providers = {offer.provider_id: offer.provider for offer in offers}
    try:
        return m.Problem(
            children=tuple(
                child_of(referral, on, standing)
                for referral in referrals
                if standing.to_place(referral)
            ),
            offers=tuple(offer_of(offer, left.get(offer.id), on) for offer in offers),
            providers=tuple(
                provider_of(each, standing, (shares or {}).get(each.id, NO_SHARE))
                for each in providers.values()
            ),
            policy=policy,
            pinned=rulings.pinned,
            forbidden=rulings.forbidden,
        )
    except m.InvalidProblem as faults:
        raise RuleBroken(*faults.faults) from faults


def child_of(referral: Referral, on: date, standing: Standing = NOBODY) -> m.Child:
    """A referral as the matcher sees it: the child's age is that on the day support starts.

    standing: parts that have a place already are not asked for again.
    """
    child = referral.child
    start = max(on, referral.start_from or on)
    needs = tuple(need.label for need in child.need_types)
    return m.Child(
        id=referral.id,
        components=tuple(
            m.Component(component.id, component.service.name, component.hours)
            for component in standing.to_place(referral)
        ),
        needs=needs,
        age=min(OLDEST, age_on(child.born_on, start)),
        location=_location(child),
        ehcp=child.has_ehcp,
        looked_after=child.looked_after,
        compulsory_school_age=counts_for_registration(child, start),
        max_distance_km=referral.max_travel_km,
        preferred_delivery=referral.preferred_delivery
        and m.Delivery(referral.preferred_delivery.value),
        transport=m.Transport(referral.transport.value),
        preferred_providers=_wished(referral, excluded=False),
        excluded_providers=frozenset(_wished(referral, excluded=True)),
        current_providers=standing.current.get(referral.id, frozenset()),
        must_needs=needs if referral.must_meet_all else None,
        max_group_size=referral.largest_group,
        keep_apart=standing.apart.get(referral.id, frozenset()),
        siblings=standing.siblings.get(referral.id, frozenset()),
        sibling_providers=standing.family.get(referral.id, frozenset()),
        days_out_of_education=days_without_education(referral, on),
        tier=int(referral.tier.value) if referral.tier else None,
        start_in=_days_until(start, on),
    )


def _wished(referral: Referral, *, excluded: bool) -> tuple[int, ...]:
    """The providers of a referral's wishes, best first, without those who never joined."""
    return tuple(
        wish.provider.id
        for wish in referral.wishes
        if wish.excluded is excluded and wish.provider is not None
    )


def days_without_education(referral: Referral, on: date) -> int:
    """Calendar days since the child was last in education; 0 where that is not known."""
    since = referral.out_of_education_since
    return max(0, (on - since).days) if since else 0


def offer_of(offer: Offer, free: Free | None = None, on: date | None = None) -> m.Offer:
    """An open offer as the matcher sees it, at its price an hour net of VAT.

    free: what is left of it; without it, all that it states. on: the day of the match; without it
    nothing is said of when the offer opens.
    """
    hours, places, sessions = (
        (free.hours, free.places, free.sessions)
        if free
        else (offer.hours_free, offer.places_free, offer.sessions)
    )
    return m.Offer(
        id=offer.id,
        provider_id=offer.provider_id,
        service=offer.service.name,
        needs=frozenset(need.label for need in offer.need_types),
        min_age=offer.min_age,
        max_age=offer.max_age,
        deliveries=frozenset(m.Delivery(way.value) for way in offer.deliveries),
        location=_location(offer.site),
        hours_free=hours or 0,
        places_free=places,
        price_pence_per_hour=offer.price.net_per_hour(),
        radius_km=offer.travel_radius_km,
        sessions=frozenset(mask_to_sessions(sessions)),
        min_hours=offer.min_hours,
        group_size=offer.group_size,
        opens_in=_days_until(offer.opens_on, on) if offer.opens_on and on else 0,
    )


def _days_until(day: date, on: date) -> int:
    """Days from one date until another, at most ten years and never less than none."""
    return min(3_650, max(0, (day - on).days))


def provider_of(
    provider: Provider, standing: Standing = NOBODY, share: Share = NO_SHARE
) -> m.Provider:
    """A provider as the matcher sees it, with who is there, its own limits and its fair share.

    Its places are its limit over all offers less the children there, each of them counted once.
    """
    there, most = standing.hours.get(provider.id, {}), provider.most_children
    return m.Provider(
        id=provider.id,
        registered=provider.registered,
        hours_by_child=dict(there),
        places_free=None if most is None else max(0, most - len(there)),
        judgement=_QUALITY.get(provider.judgement) if provider.judgement else None,
        must_not_mix=frozenset(
            (one.label, other.label) for one, other in limits.pairs_of(provider)
        ),
        needs_present=standing.needs.get(provider.id, frozenset()),
        name=provider.name,
        recent_hours=share.recent_hours,
        turn=share.turn,
    )


def _location(place: Located | Child) -> m.Location | None:
    if place.latitude is None or place.longitude is None:
        return None
    return m.Location(place.latitude, place.longitude)


def packed(problem: m.Problem) -> dict[str, Any]:
    """A problem as JSON can hold it, whole."""
    return pack(problem)


def packed_offer(offer: Offer, free: Free | None, on: date) -> dict[str, Any]:
    """One offer as it stands in a packed problem."""
    return pack(offer_of(offer, free, on))


def packed_provider(provider: Provider, standing: Standing) -> dict[str, Any]:
    """One provider as it stands in a packed problem."""
    return pack(provider_of(provider, standing))


def unpacked(plain: Mapping[str, Any]) -> m.Problem:
    """The problem that was packed. Raises RuleBroken where changes to it made it senseless."""
    try:
        return unpack(m.Problem, plain)
    except m.InvalidProblem as faults:
        raise RuleBroken(*faults.faults) from faults


class Judge:
    """Holds single pairs of a problem against the hard rules."""

    def __init__(self, problem: m.Problem) -> None:
        self.problem = problem
        self._children = {child.id: child for child in problem.children}
        self._offers = {offer.id: offer for offer in problem.offers}
        self._providers = {provider.id: provider for provider in problem.providers}

    def objections(
        self, referral_id: int, component_id: int, offer_id: int
    ) -> tuple[tuple[str, ...], float | None]:
        """Why an offer could not take a component, and how far away it is.

        km as the crow flies, None where either place is unknown.
        """
        child, offer = self._children[referral_id], self._offers[offer_id]
        part = next(part for part in child.components if part.id == component_id)
        km = distance_km(child.location, offer.location)
        found = objections(
            child, part, offer, self._providers[offer.provider_id], self.problem.policy, km
        )
        found += pair_objections(part.id, offer.id, self.problem.pinned, self.problem.forbidden)
        return tuple(objection.text for objection in found), km

    def pins(self) -> Pins:
        """What tells, pair by pair, whether officers' fixed pairs can be kept beside each other."""
        return Pins(self.problem)


@dataclass(frozen=True)
class Answer:
    """What a match found: the result, and what explains it child by child."""

    problem: m.Problem
    result: m.Result

    @cached_property
    def explainer(self) -> Explainer:
        """What explains the result."""
        return Explainer(self.problem, self.result)

    @cached_property
    def judge(self) -> Judge:
        """What holds single pairs against the hard rules."""
        return Judge(self.problem)

    def told(self, referral_id: int) -> ChildExplanation:
        """Everything about one referral's answer, in words."""
        return self.explainer.child(referral_id)

    def packed_result(self) -> dict[str, Any]:
        """The result as JSON can hold it, whole."""
        return pack(self.result)


def refusals_of(told: ComponentExplanation) -> tuple[Refusals, ...]:
    """Who was refused and why, without those that never offered the service."""
    return tuple(group for group in told.refusals if group.rule is not Rule.SERVICE)


def match(
    problem: m.Problem,
    *,
    seconds: float,
    seed: int = 0,
    workers: int = 1,
    previous: Mapping[str, Any] | None = None,
    tell: Report = silent,
    should_stop: Callable[[], bool] = lambda: False,
) -> Answer:
    """Solve a problem in at most so many seconds. Raises RuleBroken where it makes no sense.

    previous: the packed result of much the same problem, to start from.
    """
    try:
        result = solve(
            problem,
            time_limit_s=seconds,
            seed=seed,
            workers=workers,
            previous=None if previous is None else unpack(m.Result, previous),
            on_progress=lambda progress: tell(_as_told(progress)),
            should_stop=should_stop,
        )
    except m.InvalidProblem as faults:
        raise RuleBroken(*faults.faults) from faults
    return Answer(problem, result)


def _as_told(progress: m.Progress) -> Progress:
    """The matcher's progress in the application's words, inside the job's own share."""
    return Progress(
        0.05 + 0.85 * progress.fraction,
        progress.message,
        {
            name: getattr(progress, name)
            for name in ("placed", "children", "hours", "cost_pence", "hours_gap", "cost_gap")
        },
    )
