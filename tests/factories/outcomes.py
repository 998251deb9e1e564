"""What matches found, written down as wished, without running one."""

from typing import Any

from app.children.models import Referral
from app.commissioning.lifecycle import RunState
from app.commissioning.models.match import MatchOutcome, MatchRun, Recommendation
from app.kernel.clock import now
from app.kernel.database import db
from providers.models.offer import Offer
from providers.needs import Delivery


def make_run(**values: Any) -> MatchRun:
    """A match that has finished, and found nothing yet."""
    defaults = {
        "state": RunState.FINISHED,
        "requested_by": "Olive Officer",
        "requested_at": now(),
        "finished_at": now(),
        "seconds": 1.0,
        "hours_gap": 0.0,
        "cost_gap": 0.0,
    }
    run = MatchRun(**defaults | values)
    db.session.add(run)
    db.session.flush()
    return run


def make_outcome(
    run: MatchRun, referral: Referral, offer: Offer | None = None, **values: Any
) -> MatchOutcome:
    """What a run found for a referral: every component with an offer, or no place without one."""
    defaults = {
        "run_id": run.id,
        "referral_id": referral.id,
        "child_id": referral.child_id,
        "placed": offer is not None,
        "hours": referral.hours_a_week,
        "reasons": {} if offer else {"headline": "No provider of mentoring can take the child."},
    }
    outcome = MatchOutcome(**defaults | values)
    if offer is not None:
        price = offer.price.net_per_hour()
        outcome.recommendations = [
            Recommendation(
                component=component,
                offer=offer,
                delivery=Delivery.AT_BASE,
                hours=component.hours,
                pence_per_hour=price,
                weekly_cost_pence=component.hours * price,
                distance_km=5.0,
            )
            for component in referral.components
        ]
        outcome.weekly_cost_pence = sum(r.weekly_cost_pence for r in outcome.recommendations)
    db.session.add(outcome)
    db.session.flush()
    return outcome
