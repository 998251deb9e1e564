"""What an eligible pair costs: the provision, the transport, and every soft preference in pence.

Each preference is one factor with its own words, so that an officer can see what moved a choice.
All sums are whole pence a week.
"""

from dataclasses import dataclass
from enum import StrEnum

from matching.distance import in_words
from matching.eligibility import days_in_words, days_late, deliveries_possible
from matching.policy import Policy, RegisteredFirst
from matching.problem import Child, Component, Offer, Provider
from matching.timetable import days_needed, half_days_needed
from matching.vocabulary import Delivery, Transport

FULL_SHARE_HOURS = 100
"""Hours a week of new work from which on fair share counts in full."""


class Factor(StrEnum):
    """The soft preferences by name; the value is stable and may be stored."""

    DISTANCE = "distance"
    OTHER_DELIVERY = "other_delivery"
    FAMILY_CHOICE = "family_choice"
    SECONDARY_NEED = "secondary_need"
    JUDGEMENT = "judgement"
    UNREGISTERED = "unregistered"
    NEW_PROVIDER = "new_provider"
    SIBLING_ELSEWHERE = "sibling_elsewhere"
    FAIR_SHARE = "fair_share"
    LATER_START = "later_start"


@dataclass(frozen=True, slots=True)
class Misfit:
    """One preference not fully met: what it counts, in pence a week, and why in words."""

    factor: Factor
    pence: int
    text: str


@dataclass(frozen=True, slots=True)
class Score:
    """What choosing an offer for a component comes to, in pence a week."""

    delivery: Delivery
    cost_pence: int
    transport_pence: int
    misfits: tuple[Misfit, ...]

    @property
    def misfit_pence(self) -> int:
        """All preferences not met, in pence a week."""
        return sum(misfit.pence for misfit in self.misfits)

    @property
    def total_pence(self) -> int:
        """What the matcher makes as small as it can."""
        return self.cost_pence + self.transport_pence + self.misfit_pence


def priority_points(child: Child, policy: Policy) -> int:
    """How much each hour of this child counts when not everyone can be placed."""
    rules = policy.priority
    return (
        rules.base
        + rules.per_day_out * min(child.days_out_of_education, rules.longest_wait)
        + rules.looked_after * child.looked_after
        + rules.ehcp * child.ehcp
    )


def fair_share_pence(provider: Provider, policy: Policy) -> int:
    """Pence a week that count against a provider for the work it was given lately.

    weight x (10 x recent hours, at most 1,000, + its turn in the draw) / 1,100, rounded down.
    """
    lately = 10 * min(provider.recent_hours, FULL_SHARE_HOURS) + provider.turn
    return policy.weights.fair_share * lately // (11 * FULL_SHARE_HOURS)


def score(
    child: Child,
    component: Component,
    offer: Offer,
    provider: Provider,
    policy: Policy,
    distance_km: float | None,
) -> Score | None:
    """The cost of the cheapest possible delivery of a pair; None if none reaches the child.

    Ties go to the first in the order of Delivery.
    """
    scores = [
        _scored(mode, child, component, offer, provider, policy, distance_km)
        for mode in deliveries_possible(child, offer, distance_km)
    ]
    return min(scores, key=lambda each: each.total_pence, default=None)


def _scored(mode, child, component, offer, provider, policy, distance_km) -> Score:
    """The score of one way of delivery."""
    return Score(
        delivery=mode,
        cost_pence=component.hours * offer.price_pence_per_hour,
        transport_pence=(
            _transport_pence(child, component, offer, policy, distance_km)
            if mode is Delivery.AT_BASE
            else 0
        ),
        misfits=tuple(
            misfit
            for misfit in (
                *_delivery_misfits(mode, child, policy, distance_km),
                *_provider_misfits(child, offer, provider, policy),
            )
            if misfit.pence
        ),
    )


def _transport_pence(child, component, offer, policy, distance_km) -> int:
    """There and back on each day of attendance, by road, at the rate of the child's transport."""
    if child.transport is Transport.NONE:
        return 0
    needed = half_days_needed(component.hours, policy.hours_per_half_day)
    journeys = 2 * days_needed(offer.sessions, needed)
    rate = policy.transport_pence_per_km[child.transport]
    return round(distance_km * policy.road_factor * (journeys * rate))


def _delivery_misfits(mode, child, policy, distance_km):
    """Distance, and a way of delivery other than the one preferred."""
    weights = policy.weights
    if mode is Delivery.AT_BASE:
        yield Misfit(
            Factor.DISTANCE,
            round(weights.distance * distance_km),
            f"The child travels {in_words(distance_km)} each way",
        )
    if child.preferred_delivery not in (None, mode):
        yield Misfit(
            Factor.OTHER_DELIVERY,
            weights.other_delivery,
            f"It is delivered {mode.words}; {child.preferred_delivery.words} was preferred",
        )


def _provider_misfits(child, offer, provider, policy):
    """The family's choice, further needs, quality, registration and continuity."""
    weights = policy.weights
    if child.preferred_providers:
        if provider.id in child.preferred_providers:
            rank = child.preferred_providers.index(provider.id)
            yield Misfit(
                Factor.FAMILY_CHOICE,
                weights.lower_choice * rank,
                f"It is choice {rank + 1} of the family",
            )
        else:
            yield Misfit(
                Factor.FAMILY_CHOICE, weights.not_chosen, "It is not among the family's choices"
            )
    unmet = [need for need in child.wished_needs if need not in offer.needs]
    yield Misfit(
        Factor.SECONDARY_NEED,
        weights.secondary_need * len(unmet),
        f"It does not say that it meets the child's further needs: {' and '.join(unmet)}",
    )
    if provider.judgement is not None:
        yield Misfit(
            Factor.JUDGEMENT,
            weights.judgement * (provider.judgement - 1),
            "Its last quality visit did not bring the best judgement",
        )
    if policy.registered_first is RegisteredFirst.PREFER and not provider.registered:
        yield Misfit(Factor.UNREGISTERED, weights.unregistered, "It is not registered as a school")
    if child.current_providers and provider.id not in child.current_providers:
        yield Misfit(
            Factor.NEW_PROVIDER, weights.new_provider, "The child is with another provider now"
        )
    if child.sibling_providers and provider.id not in child.sibling_providers:
        yield Misfit(
            Factor.SIBLING_ELSEWHERE,
            weights.sibling_apart,
            "A brother or sister has a place with another provider",
        )
    yield Misfit(
        Factor.FAIR_SHARE,
        fair_share_pence(provider, policy),
        f"Fair share: it was given {provider.recent_hours} hours a week of new work lately",
    )
    late = days_late(child, offer)
    yield Misfit(
        Factor.LATER_START,
        weights.later_start * late,
        f"It can start {days_in_words(late)} after the day asked for",
    )
