"""The bridge to the matching package: rows become a problem, a result becomes sentences.

The only file of the application that knows the matching package. Price caps, evidence and a
provider's standing never cross it: `providers.queries` has already applied them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import matching.problem as m
from app.children.models import Child, Referral
from app.kernel.progress import Progress, Report, silent
from app.kernel.rules import RuleBroken
from matching.distance import distance_km
from matching.eligibility import Rule
from matching.explain import ChildExplanation, ComponentExplanation, Explainer, Refusals
from matching.solve import solve
from providers.capacity import Free, free_of
from providers.models.offer import Offer
from providers.models.place import Located
from providers.models.provider import Provider
from providers.needs import Judgement, mask_to_sessions
from providers.stages import age_on, is_compulsory_school_age

# The matching package counts quality from 1, the best; a red judgement closes every offer.
_QUALITY = {Judgement.GREEN: 1, Judgement.AMBER: 2}


def problem_of(
    referrals: Iterable[Referral],
    offers: Iterable[Offer],
    policy: m.Policy,
    on: date,
    hours_there: Mapping[int, Mapping[int, int]] | None = None,
) -> m.Problem:
    """The problem of placing these referrals with these open offers, as things stand on a date.

    A matching child is a referral: its id is the referral's. hours_there: hours a week that
    each referral's child already has at each provider, by provider id.
    Raises InvalidProblem where the rows contradict each other.
    """
    offers = list(offers)
    free = free_of(offers, on)
    there = hours_there or {}
    providers = {offer.provider_id: offer.provider for offer in offers}
    return m.Problem(
        children=tuple(child_of(referral, on) for referral in referrals),
        offers=tuple(offer_of(offer, free[offer.id]) for offer in offers),
        providers=tuple(
            provider_of(provider, there.get(provider.id, {})) for provider in providers.values()
        ),
        policy=policy,
    )


def child_of(referral: Referral, on: date) -> m.Child:
    """A referral as the matcher sees it: the child's age is that on the day support starts."""
    child = referral.child
    start = max(on, referral.start_from or on)
    return m.Child(
        id=referral.id,
        components=tuple(
            m.Component(component.id, component.service.name, component.hours)
            for component in referral.components
        ),
        needs=tuple(need.label for need in child.need_types),
        age=age_on(child.born_on, start),
        location=_location(child),
        ehcp=child.has_ehcp,
        looked_after=child.looked_after,
        compulsory_school_age=_counts_for_registration(child, start),
        max_distance_km=referral.max_travel_km,
        preferred_delivery=referral.preferred_delivery
        and m.Delivery(referral.preferred_delivery.value),
        transport=m.Transport(referral.transport.value),
        preferred_providers=tuple(_wished(referral, excluded=False)),
        excluded_providers=frozenset(_wished(referral, excluded=True)),
        days_out_of_education=days_without_education(referral, on),
        tier=int(referral.tier.value) if referral.tier else None,
    )


def _counts_for_registration(child: Child, on: date) -> bool:
    """Whether full-time hours of this child bear on a provider's duty to register.

    Those of compulsory school age do. For a child with an EHC plan or looked after the rule is
    held at any age, the stricter reading, as in `providers.registration`.
    """
    return is_compulsory_school_age(child.born_on, on) or child.has_ehcp or child.looked_after


def _wished(referral: Referral, *, excluded: bool) -> list[int]:
    """The providers preferred, or excluded, that are in the directory by now."""
    return [
        wish.provider.id for wish in referral.wishes if wish.provider and wish.excluded is excluded
    ]


def _counts_for_registration(child: Child, on: date) -> bool:
    """Whether full-time hours of this child bear on a provider's duty to register.

    Those of compulsory school age do. For a child with an EHC plan or looked after the rule is
    held at any age, the stricter reading, as in `providers.registration`.
    """
    return is_compulsory_school_age(child.born_on, on) or child.has_ehcp or child.looked_after


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


def offer_of(offer: Offer, free: Free | None = None) -> m.Offer:
    """An open offer as the matcher sees it, at its price an hour net of VAT.

    free: what is left of its room once what it has promised is taken away; where it is not
    given, the room as the provider states it.
    """
    free = free or Free(offer.hours_free, offer.places_free, offer.sessions)
    return m.Offer(
        id=offer.id,
        provider_id=offer.provider_id,
        service=offer.service.name,
        needs=frozenset(need.label for need in offer.need_types),
        min_age=offer.min_age,
        max_age=offer.max_age,
        deliveries=frozenset(m.Delivery(way.value) for way in offer.deliveries),
        location=_location(offer.site),
        hours_free=free.hours or 0,
        places_free=free.places,
        price_pence_per_hour=offer.price.net_per_hour(),
        radius_km=offer.travel_radius_km,
        sessions=frozenset(mask_to_sessions(free.sessions)),
        min_hours=offer.min_hours,
        group_size=offer.group_size,
    )


def provider_of(provider: Provider, hours_by_referral: Mapping[int, int]) -> m.Provider:
    """A provider as the matcher sees it, with the hours that children already have there."""
    return m.Provider(
        id=provider.id,
        registered=provider.registered,
        hours_by_child=dict(hours_by_referral),
        judgement=_QUALITY.get(provider.judgement) if provider.judgement else None,
        name=provider.name,
    )


def _location(place: Located | Child) -> m.Location | None:
    if place.latitude is None or place.longitude is None:
        return None
    return m.Location(place.latitude, place.longitude)


@dataclass(frozen=True)
class Answer:
    """What a match found: the result, and what explains it child by child."""

    problem: m.Problem
    result: m.Result
    explainer: Explainer

    def told(self, referral_id: int) -> ChildExplanation:
        """Everything about one referral's answer, in words."""
        return self.explainer.child(referral_id)

    @cached_property
    def _children(self) -> dict[int, m.Child]:
        return {child.id: child for child in self.problem.children}

    @cached_property
    def _offers(self) -> dict[int, m.Offer]:
        return {offer.id: offer for offer in self.problem.offers}

    def objections(
        self, referral_id: int, component_id: int, offer_id: int
    ) -> tuple[tuple[str, ...], float | None]:
        """Why an offer could not take a component, and how far away it is.

        km as the crow flies, None where either place is unknown.
        """
        child, offer = self._children[referral_id], self._offers[offer_id]
        part = next(part for part in child.components if part.id == component_id)
        km = distance_km(child.location, offer.location)
        found = self.explainer.reasons(child, part, offer, km)
        return tuple(objection.text for objection in found), km


def refusals_of(told: ComponentExplanation) -> tuple[Refusals, ...]:
    """Who was refused and why, without those that never offered the service."""
    return tuple(group for group in told.refusals if group.rule is not Rule.SERVICE)


def match(
    referrals: Iterable[Referral],
    offers: Iterable[Offer],
    on: date,
    *,
    seconds: float,
    seed: int = 0,
    policy: m.Policy | None = None,
    tell: Report = silent,
    should_stop: Callable[[], bool] = lambda: False,
) -> Answer:
    """Match referrals with open offers, in at most so many seconds.

    Raises RuleBroken with each fault in words where the rows make no sensible problem.
    """
    try:
        problem = problem_of(referrals, offers, policy or m.Policy(), on)
        result = solve(
            problem,
            time_limit_s=seconds,
            seed=seed,
            on_progress=lambda progress: tell(_as_told(progress)),
            should_stop=should_stop,
        )
    except m.InvalidProblem as faults:
        raise RuleBroken(*faults.faults) from faults
    return Answer(problem, result, Explainer(problem, result))


def _as_told(progress: m.Progress) -> Progress:
    """The matcher's progress in the application's words, inside the job's own share."""
    return Progress(
        0.05 + 0.85 * progress.fraction,
        progress.message,
        {
            "placed": progress.placed,
            "children": progress.children,
            "hours": progress.hours,
            "cost_pence": progress.cost_pence,
            "hours_gap": progress.hours_gap,
            "cost_gap": progress.cost_gap,
        },
    )
