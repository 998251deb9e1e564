"""The bridge's span for one child: which offers could take each part of a package, best first.

Beside `app.commissioning.bridge`, which carries whole problems; both ask the same package, so a
reason reads the same in a match, in a search and here.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from matching.distance import geodesics_km
from matching.eligibility import objections, pair_objections
from matching.ranking import rank
from matching.scoring import score

ANOTHER_REGISTERED = "It is not registered as a school, and a registered provider could take this"


@dataclass(frozen=True)
class Suitable:
    """An offer that may take a part of the package: km one way (None online), pence a week.

    weights_pence: what its drawbacks count by the policy. drawbacks: in words.
    """

    offer_id: int
    delivery: str
    km: float | None
    cost_pence: int
    transport_pence: int
    weights_pence: int
    drawbacks: tuple[str, ...]


@dataclass(frozen=True)
class Unsuitable:
    """An offer that may not: its km, None where a place is unknown, and every reason."""

    offer_id: int
    km: float | None
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Ranking:
    """The offers of a component's service: those that may take it, best first; the others."""

    suitable: tuple[Suitable, ...]
    unsuitable: tuple[Unsuitable, ...]


def rankings(problem: Any, referral_id: int) -> dict[int, Ranking]:
    """For each component of a referral in a problem, by its id, the offers of its service."""
    child = next(each for each in problem.children if each.id == referral_id)
    ranked = rank(child, problem.offers, problem.providers, problem.policy)
    providers = {provider.id: provider for provider in problem.providers}
    away = _distances(child, problem.offers)
    found = {}
    for part in child.components:
        best = {
            each.offer_id: each
            for each in ranked[part.id]
            if not pair_objections(part.id, each.offer_id, problem.pinned, problem.forbidden)
        }
        offers = {offer.id: offer for offer in problem.offers if offer.service == part.service}
        suitable = []
        for key, each in best.items():
            offer = offers[key]
            judged = score(
                child, part, offer, providers[offer.provider_id], problem.policy, away[key]
            )
            drawbacks = tuple(f"{misfit.text}." for misfit in judged.misfits)
            suitable.append(
                Suitable(
                    key, each.delivery.value, each.distance_km, each.cost_pence,
                    each.transport_pence, each.misfit_pence, drawbacks,
                )
            )  # fmt: skip
        unsuitable = [
            Unsuitable(key, away[key], _reasons(problem, child, part, offer, providers, away[key]))
            for key, offer in offers.items()
            if key not in best
        ]
        unsuitable.sort(key=lambda each: (each.km is None, each.km))
        found[part.id] = Ranking(tuple(suitable), tuple(unsuitable))
    return found


def _reasons(problem, child, part, offer, providers, km: float | None) -> tuple[str, ...]:
    """Everything that speaks against a pair; where no rule does, a registered one comes first."""
    provider = providers[offer.provider_id]
    against = objections(child, part, offer, provider, problem.policy, km)
    against += pair_objections(part.id, offer.id, problem.pinned, problem.forbidden)
    return tuple(f"{each.text}." for each in against) or (f"{ANOTHER_REGISTERED}.",)


def _distances(child, offers) -> dict[int, float | None]:
    """Kilometres to each offer by its id, None where either place is unknown."""
    away: dict[int, float | None] = dict.fromkeys((offer.id for offer in offers), None)
    known = [offer for offer in offers if offer.location]
    if child.location is None or not known:
        return away
    home = np.array([[child.location.latitude, child.location.longitude]] * len(known))
    there = np.array([[each.location.latitude, each.location.longitude] for each in known])
    measured = geodesics_km(home, there)
    return away | {offer.id: float(km) for offer, km in zip(known, measured, strict=True)}
