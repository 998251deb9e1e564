"""Endings: destination, outcome per objective, what it came to, and whether the child waits."""

from datetime import date, timedelta

import pytest

from app.accounts.roles import Role
from app.children.lifecycle import REFERRAL, ReferralState
from app.commissioning.placements.lifecycle import Destination, PlacementState
from app.commissioning.progress import endings, reviews
from app.commissioning.progress.lifecycle import Outcome, ReviewState
from app.kernel.rules import RuleBroken
from providers.models.commitment import CommitmentState
from tests.factories.accounts import make_user
from tests.factories.attendance import make_mark
from tests.factories.placements import make_placement
from tests.factories.progress import make_plan

TODAY = date(2026, 11, 25)


@pytest.fixture(autouse=True)
def on_a_school_day(time_machine):
    time_machine.move_to("2026-11-25T12:00:00+00:00", tick=False)


def placed(**values):
    """A live placement of ten hours a week since 2 November, whose referral is placed."""
    values = {"starts_on": date(2026, 11, 2), "ends_on": date(2027, 1, 29)} | values
    placement = make_placement(**values)
    REFERRAL.fire(placement.referral, "record as placed")
    return placement


def end(placement, last_day=TODAY, destination=Destination.REINTEGRATED, outcomes=None, **values):
    told = {"where": "Oak School", "reason": "The aims were met.", "waits_again": False} | values
    by = make_user(Role.SEND_OFFICER)
    return endings.end(placement, last_day, destination, outcomes or {}, by=by, **told)


def test_an_ending_keeps_destination_outcomes_and_what_it_came_to(context):
    placement = placed()
    plan = make_plan(placement)
    make_mark(placement, day=date(2026, 11, 3), minutes=150)
    reviews.open_urgent_reviews(placement.offer.provider_id, "A concern")
    ending = end(placement, outcomes={each.id: Outcome.MET for each in plan.objectives})
    assert placement.state is PlacementState.ENDED
    assert (placement.ended_on, placement.destination) == (TODAY, Destination.REINTEGRATED)
    assert placement.commitment.state is CommitmentState.ENDED
    assert (ending.delivered_minutes, ending.delivered_pence) == (150, 11_250)
    assert ending.agreed_pence == 18 * 9_000  # 18 school days, a fifth of £450 each
    assert placement.referral.state is ReferralState.PLACED
    assert [each.outcome for each in ending.outcomes] == [Outcome.MET, Outcome.MET]
    assert [each.state for each in reviews.held_for(placement)] == [ReviewState.NOT_NEEDED]
    assert endings.ending_of(placement) is ending


def test_a_placement_that_broke_down_returns_the_child_to_the_worklist(context):
    placement = placed()
    ending = end(placement, destination=Destination.BROKE_DOWN)
    assert placement.referral.state is ReferralState.WAITING
    assert placement.referral.out_of_education_since == TODAY + timedelta(days=1)
    assert ending.waits_again


def test_another_ending_returns_the_child_where_it_is_asked(sqlite_app_context):
    placement = placed()
    end(placement, destination=Destination.OTHER_AP, waits_again=True)
    assert placement.referral.state is ReferralState.WAITING


@pytest.mark.parametrize(
    ("last_day", "values", "message"),
    [
        (date(2026, 11, 1), {}, "It began on 2 November 2026"),
        (TODAY + timedelta(days=1), {}, "still to come"),
        (TODAY, {"reason": ""}, "Enter why the placement ended"),
    ],
)
def test_an_ending_that_cannot_be_is_refused(sqlite_app_context, last_day, values, message):
    placement = placed()
    with pytest.raises(RuleBroken, match=message):
        end(placement, last_day, **values)
    assert placement.state is PlacementState.LIVE


def test_every_objective_has_an_outcome_and_a_placement_ends_once(sqlite_app_context):
    placement = placed()
    plan = make_plan(placement, 1)
    with pytest.raises(RuleBroken, match="what became of every objective"):
        end(placement)
    end(placement, outcomes={plan.objectives[0].id: Outcome.PARTLY})
    with pytest.raises(RuleBroken, match="cannot end"):
        end(placement, outcomes={plan.objectives[0].id: Outcome.PARTLY})
