"""Every soft preference counted again for the verifier, from the formulas in docs/matching.md."""

from geopy.distance import geodesic

from matching.problem import Problem
from matching.result import Result

_ROUNDING = 1
"""Pence by which a distance's worth may differ, as it is rounded to a whole number."""


def misfit_faults(problem: Problem, result: Result) -> list[str]:
    """Placements whose pence of unmet preferences are not what the policy's weights make them."""
    children = {child.id: child for child in problem.children}
    offers = {offer.id: offer for offer in problem.offers}
    providers = {provider.id: provider for provider in problem.providers}
    faults = []
    for each in result.placements:
        child, offer = children[each.child_id], offers[each.offer_id]
        provider = providers[offer.provider_id]
        right = (
            _of_delivery(problem, child, offer, each.delivery)
            + _of_family(problem, child, provider)
            + _of_provider(problem, child, offer, provider)
        )
        if abs(each.weekly_misfit_pence - right) > _ROUNDING:
            faults.append(f"component {each.component_id}: the misfit is wrong")
    return faults


def _of_delivery(problem, child, offer, delivery) -> float:
    """Distance to a site, another delivery than preferred, and a later start."""
    weights, pence = problem.policy.weights, 0.0
    home, base = child.location, offer.location
    if delivery == "at_base" and home and base:  # an unknown place is a fault of its own
        km = geodesic((home.latitude, home.longitude), (base.latitude, base.longitude)).km
        pence += weights.distance * round(km, 3)
    if child.preferred_delivery and child.preferred_delivery != delivery:
        pence += weights.other_delivery
    if offer.opens_in > child.start_in:
        pence += weights.later_start * (offer.opens_in - child.start_in)
    return pence


def _of_family(problem, child, provider) -> int:
    """The family's ranked choice, a present provider, and a brother's or sister's."""
    weights, pence = problem.policy.weights, 0
    choice = list(child.preferred_providers)
    if choice:
        listed = provider.id in choice
        pence += weights.lower_choice * choice.index(provider.id) if listed else weights.not_chosen
    if child.current_providers and provider.id not in child.current_providers:
        pence += weights.new_provider
    if child.sibling_providers and provider.id not in child.sibling_providers:
        pence += weights.sibling_apart
    return pence


def _of_provider(problem, child, offer, provider) -> int:
    """Further needs, quality, registration and fair share."""
    policy, weights = problem.policy, problem.policy.weights
    must = child.needs[:1] if child.must_needs is None else child.must_needs
    further = [need for need in child.needs if need not in must and need not in offer.needs]
    pence = weights.secondary_need * len(further)
    if provider.judgement:
        pence += weights.judgement * (provider.judgement - 1)
    if policy.registered_first == "prefer" and not provider.registered:
        pence += weights.unregistered
    share = 10 * min(100, provider.recent_hours) + provider.turn
    return pence + weights.fair_share * share // 1_100
