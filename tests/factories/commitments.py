"""Room that offers have promised; all of it invented."""

from datetime import timedelta
from itertools import count
from typing import Any

from app.kernel.clock import now, today
from app.kernel.database import db
from providers.models.commitment import Commitment, CommitmentState
from providers.models.offer import Offer
from tests.factories.providers import make_offer

_numbers = count(1)


def make_commitment(offer: Offer | None = None, **values: Any) -> Commitment:
    """Five hours a week for one child, live since last week until further notice."""
    defaults = {
        "offer": offer or make_offer(),
        "reference": f"CO-{next(_numbers):04}",
        "state": CommitmentState.LIVE,
        "hours": 5,
        "pence_a_week": 22_500,
        "starts_on": today() - timedelta(days=7),
        "source": "Call-off order",
        "recorded_by": "Test",
        "recorded_at": now(),
    }
    commitment = Commitment(**defaults | values)
    db.session.add(commitment)
    db.session.flush()
    return commitment
