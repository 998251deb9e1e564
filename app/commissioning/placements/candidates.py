"""Why each other offer was not chosen, in words: kept with a decision as things stood then."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.commissioning.models.match import MatchOutcome, Recommendation
from app.commissioning.now import Choice, Part
from app.commissioning.placements.models import Placement
from app.kernel.database import db
from app.kernel.geography import km_to_miles
from app.kernel.money import pounds
from app.kernel.words import listed

MOST_SUITABLE, MOST_REFUSED = 15, 40
"""Of the other offers, how many are kept by name, the best and the nearest first."""


def recommendation_for(run_id: int | None, component_id: int | None) -> Recommendation | None:
    """What a match recommends for a component; None where it recommends nothing."""
    if run_id is None or component_id is None:
        return None
    statement = (
        select(Recommendation)
        .join(Recommendation.outcome)
        .where(MatchOutcome.run_id == run_id, Recommendation.component_id == component_id)
        .options(joinedload(Recommendation.offer))
    )
    return db.session.scalar(statement)


def candidates_of(placement: Placement, part: Part) -> dict[str, Any]:
    """The other offers of a part: those that could have taken it, and those that could not."""
    chosen = next((c for c in part.choices if c.offer.id == placement.offer_id), None)
    others = [c for c in part.choices if c.offer.id != placement.offer_id]
    refused = [each for each in part.refused if each.offer.id != placement.offer_id]
    return {
        "service": placement.service.name,
        "chosen": placement.offer.provider.name,
        "others": [
            {
                "provider": c.offer.provider.name,
                "provider_id": c.offer.provider_id,
                "pence_a_week": c.judged.cost_pence,
                "km": c.judged.km,
                "why": _difference(c, chosen, placement),
            }
            for c in others[:MOST_SUITABLE]
        ],
        "refused": [
            {
                "provider": each.offer.provider.name,
                "provider_id": each.offer.provider_id,
                "why": " ".join(each.reasons),
            }
            for each in refused[:MOST_REFUSED]
        ],
        "left_out": max(0, len(others) - MOST_SUITABLE) + max(0, len(refused) - MOST_REFUSED),
    }


def _difference(other: Choice, chosen: Choice | None, placement: Placement) -> str:
    """What choosing the other would have changed, in one sentence."""
    parts = []
    dearer = other.judged.cost_pence + other.judged.transport_pence
    dearer -= placement.whole_pence_a_week
    if dearer:
        parts.append(f"{pounds(abs(dearer))} a week {'dearer' if dearer > 0 else 'cheaper'}")
    if chosen and chosen.judged.km is not None and other.judged.km is not None:
        miles = km_to_miles(other.judged.km - chosen.judged.km)
        if abs(miles) >= 0.1:
            parts.append(f"{abs(miles):.1f} miles {'further' if miles > 0 else 'nearer'}")
    words = f"It would have been {listed(parts)}." if parts else "It would have cost the same."
    return " ".join([words, *other.judged.drawbacks])
