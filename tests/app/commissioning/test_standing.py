"""What a match knows of children who are somewhere already: hours, continuity, parts placed."""

from datetime import timedelta

import pytest

from app.commissioning import inputs, now, queries
from app.commissioning.placements.lifecycle import PlacementState
from app.kernel.clock import today
from app.kernel.database import db
from providers.needs import SenProvision
from tests.factories.children import make_child, make_referral
from tests.factories.matches import run_match
from tests.factories.placements import make_placement
from tests.factories.providers import make_offer, make_provider, make_service

S = PlacementState


@pytest.fixture
def offer(context):
    """Mentoring at Oak Farm, which is not registered as a school."""
    return make_offer(provider=make_provider(name="Oak Farm"), hours_free=60)


def gathered():
    db.session.commit()
    return inputs.gather(today())


def provider_in(problem):
    (found,) = problem.providers
    return found


@pytest.mark.parametrize("state", [S.APPROVED, S.AGREED, S.LIVE])
def test_hours_that_are_promised_or_live_count_at_the_provider(offer, state):
    placed = make_placement(state, offer, hours=9, referral=make_referral(state="placed"))
    there = provider_in(gathered().problem)
    assert there.hours_by_child == {f"child {placed.child_id}": 9}


@pytest.mark.parametrize("state", [S.PROPOSED, S.CANCELLED, S.ENDED])
def test_hours_that_are_not_promised_or_over_do_not(offer, state):
    make_placement(state, offer)
    assert provider_in(gathered().problem).hours_by_child == {}


def test_a_placement_whose_last_day_is_past_does_not_count(offer):
    first = today() - timedelta(days=60)
    make_placement(S.LIVE, offer, starts_on=first, ends_on=today() - timedelta(days=1))
    assert provider_in(gathered().problem).hours_by_child == {}


def test_a_child_with_a_plan_is_not_made_full_time_by_a_second_service(offer):
    child = make_child(sen_provision=SenProvision.EHCP)
    make_placement(S.LIVE, offer, referral=make_referral(child, state="placed"), hours=12)
    waiting = make_referral(child, hours={make_service(): 10})
    problem = gathered().problem
    (asked,) = problem.children
    assert provider_in(problem).hours_by_child == {waiting.id: 12}
    assert asked.current_providers == {offer.provider_id}
    (part,) = now.parts_of(waiting)
    assert part.choices == ()
    assert "this would make 22" in part.refused[0].reasons[0]


def test_a_young_person_above_school_age_makes_nobody_the_one_too_many(offer):
    adult = make_child(born_on=today() - timedelta(days=19 * 366), sen_provision=SenProvision.NONE)
    make_placement(S.LIVE, offer, referral=make_referral(adult, state="placed"), hours=25)
    assert list(provider_in(gathered().problem).hours_by_child.values()) == [18]


def test_a_part_that_has_a_place_is_not_asked_for_again(offer):
    mentoring, tutoring = make_service(), make_service("tutoring_qts")
    waiting = make_referral(hours={mentoring: 6, tutoring: 4})
    have = next(part for part in waiting.components if part.service is mentoring)
    make_placement(S.APPROVED, offer, referral=waiting, component=have, hours=6)
    (asked,) = gathered().problem.children
    assert [(part.service, part.hours) for part in asked.components] == [(tutoring.name, 4)]
    run = run_match()
    assert (run.hours_asked, run.children) == (4, 1)
    assert queries.waiting_counts() == (1, 4)


def test_a_child_all_of_whose_parts_have_places_is_left_out(offer):
    waiting = make_referral(hours={make_service(): 6})
    make_placement(S.APPROVED, offer, referral=waiting, component=waiting.components[0], hours=6)
    found = gathered()
    assert found.problem.children == () and found.referrals == []
