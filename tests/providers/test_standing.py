"""A provider is suspended, comes back, is removed or leaves, always for a reason."""

import pytest

from app.kernel.clock import today
from app.kernel.rules import RuleBroken
from providers import standing
from providers.queries import Closure, closed_reasons
from tests.factories.evidence import CHECKER
from tests.factories.providers import make_offer, make_provider


def test_a_suspended_provider_is_closed_until_it_is_reinstated(context):
    offer = make_offer()
    standing.decide(offer.provider, "suspend", "A concern about supervision.", by=CHECKER)
    assert [reason.code for reason in closed_reasons(offer, today(), ())] == [Closure.STANDING]
    standing.decide(offer.provider, "reinstate", "The concern was resolved.", by=CHECKER)
    assert not closed_reasons(offer, today(), ())
    assert [row.decision for row in standing.history(offer.provider)] == ["reinstate", "suspend"]


def test_a_decision_needs_its_reason_and_the_right_state(context):
    provider = make_provider()
    with pytest.raises(RuleBroken, match="Enter the reason"):
        standing.decide(provider, "remove", " ", by=CHECKER)
    with pytest.raises(RuleBroken, match="it is approved"):
        standing.decide(provider, "reinstate", "Why.", by=CHECKER)
    with pytest.raises(RuleBroken, match="not decided here"):
        standing.decide(provider, "approve", "Why.", by=CHECKER)
    assert standing.history(provider) == []


def test_only_what_can_be_decided_now_is_offered(context):
    provider = make_provider()
    assert [move.name for move in standing.moves(provider)] == [
        "suspend",
        "remove",
        "record as left",
    ]
    standing.decide(provider, "record as left", "It closed.", by=CHECKER)
    assert standing.moves(provider) == []
