"""Freezing a search: what was available at a moment, kept whole when the directory moves on."""

import hashlib
import json
from collections.abc import Iterable
from itertools import chain
from typing import Any

from app.accounts.models import User
from app.commissioning.models.search import FrozenSearch, too_long
from app.commissioning.search import Result, Search
from app.kernel.clock import now
from app.kernel.database import db
from app.kernel.rules import require
from providers.compliance import good_until
from providers.models.offer import Offer

Record = dict[str, Any]


def freeze(
    search: Search, *, by: User, reason: str, query: str, asked: Iterable[tuple[str, str]]
) -> FrozenSearch:
    """Keep a search with every offer it looked at, and why each fits or does not.

    asked: the search in words. query: its address's, so that it can be made again.
    Raises RuleBroken where that is too long to keep.
    """
    require(too_long(query))
    criteria = search.criteria.as_record()
    judged = chain(search.judged(search.suitable), search.judged(search.unsuitable))
    results = [record_of(result) for result in judged]
    frozen = FrozenSearch(
        frozen_at=now(),
        frozen_by_id=by.id,
        frozen_by=by.name,
        reason=reason.strip(),
        referral=search.referral,
        query=query,
        criteria=criteria,
        asked=[list(pair) for pair in asked],
        suitable=len(search.suitable),
        looked_at=len(results),
        results=results,
        digest=digest_of(criteria, results),
    )
    db.session.add(frozen)
    db.session.flush()
    return frozen


def digest_of(criteria: Record, results: list[Record]) -> str:
    """The fingerprint of a frozen search: SHA-256 of its criteria and results, in hexadecimal."""
    text = json.dumps([criteria, results], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def is_intact(frozen: FrozenSearch) -> bool:
    """Whether a frozen search still is what its fingerprint says."""
    return digest_of(frozen.criteria, frozen.results) == frozen.digest


def record_of(result: Result) -> Record:
    """One result as it is kept. Money in pence, distance in kilometres, days in ISO form."""
    offer, provider = result.offer, result.offer.provider
    return {
        "offer_id": offer.id,
        "offer": offer.reference,
        "provider_id": provider.id,
        "provider": provider.name,
        "provider_reference": provider.reference,
        "standing": provider.state.value,
        "registration": provider.registration.label,
        "service": offer.service.name,
        "suitable": result.suitable,
        "why": list(result.why),
        "against": list(result.against),
        "km": result.km,
        "price": str(offer.price),
        "pence_per_hour": offer.price.net_per_hour(),
        "cap_pence": result.cap.pence if result.cap else None,
        "hours_free": result.free.hours,
        "places_free": result.free.places,
        "confirmed_on": offer.confirmed_on.isoformat(),
        "freshness": result.freshness.label,
        "judgement": judgement.value if (judgement := _judgement(offer)) else None,
        "visited_on": visited.isoformat() if (visited := _visited(offer)) else None,
        "evidence": _evidence(offer),
    }


def _judgement(offer: Offer):
    return offer.judgement or offer.provider.judgement


def _visited(offer: Offer):
    return offer.last_visit_on or offer.provider.last_visit_on


def _evidence(offer: Offer) -> dict[str, str | None]:
    """For each kind of evidence that the offer must have, the last day it counts."""
    until: dict[str, str | None] = {}
    for kind in sorted(offer.demand().required):
        days = [good_until(item) for item in offer.held if item.kind is kind]
        last = max((day for day in days if day), default=None)
        until[kind.label] = last.isoformat() if last else None
    return until
