"""Pages of stops: who sees them, imposing one by hand, lifting one once."""

from datetime import timedelta

import pytest

from app.accounts.roles import Role
from app.commissioning.placements.lifecycle import PlacementState
from app.commissioning.progress import reviews
from app.commissioning.progress.lifecycle import NextStep
from app.kernel.clock import today
from app.kernel.database import db
from providers.models.stop import PlacementStop
from tests.conftest import TESTER
from tests.factories.accounts import make_user
from tests.factories.placements import make_placement
from tests.factories.providers import make_offer
from tests.factories.stops import make_stop

WHY = "An adult was left alone with a group."


@pytest.fixture
def app(app_on_sqlite):
    """Pages are tested on one engine; the rules behind them on both."""
    return app_on_sqlite


@pytest.fixture
def stopped(given):
    """Ids of a stop and its provider."""
    with given():
        stop = make_stop(make_offer().provider, reason=WHY)
        return stop.id, stop.provider_id


def test_the_lead_stops_placements_by_hand_and_lifts_the_stop_with_a_reason(app, given, sign_in):
    with given():
        provider_id = make_offer().provider_id
    lead, officer = sign_in(Role.AP_LEAD), sign_in(Role.SEND_OFFICER)
    entered = {"offer": "all", "source": "A call from the school", "reason": WHY}
    answer = lead.post(f"/stops/impose/{provider_id}", data=entered, follow_redirects=True)
    assert "are stopped: all its offers" in answer.text
    page = officer.get(f"/providers/{provider_id}").text
    assert "New placements are stopped." in page
    assert "Decision of the AP lead" in page
    assert WHY in officer.get("/stops/1").text
    again = lead.post(f"/stops/impose/{provider_id}", data=entered)
    assert again.status_code == 409
    assert "stopped already" in again.text
    assert "Enter why the stop is lifted" in lead.post("/stops/1/lift", data={}).text
    answer = lead.post("/stops/1/lift", data={"reason": "Put right."}, follow_redirects=True)
    assert "is lifted" in answer.text
    assert "Put right." in answer.text
    assert "New placements are stopped." not in officer.get(f"/providers/{provider_id}").text
    assert "No placements are stopped" in lead.get("/stops/").text
    assert "A call from the school" in lead.get("/stops/?show=all").text


def test_a_stop_that_a_colleague_lifted_is_not_lifted_again(app, sign_in, stopped):
    stop_id, _ = stopped
    lead = sign_in(Role.AP_LEAD)
    lead.post(f"/stops/{stop_id}/lift", data={"reason": "The first reason."})
    late = lead.post(f"/stops/{stop_id}/lift", data={"reason": "Another."})
    assert late.status_code == 409
    assert "has lifted this stop already" in late.text
    with app.app_context():
        assert db.session.get_one(PlacementStop, stop_id).lift_reason == "The first reason."


def test_one_offer_alone_can_be_stopped(app, given, sign_in):
    with given():
        offer = make_offer()
        ids = offer.provider_id, offer.id
    lead = sign_in(Role.AP_LEAD)
    entered = {"offer": str(ids[1]), "source": "A visit", "reason": WHY}
    answer = lead.post(f"/stops/impose/{ids[0]}", data=entered, follow_redirects=True)
    assert "are stopped: Mentoring" in answer.text
    nothing = lead.post(f"/stops/impose/{ids[0]}", data={})
    for message in ("Select what is stopped", "Enter what the stop rests on", "Enter why new"):
        assert message in nothing.text


def test_a_provider_reads_that_placements_are_stopped_but_not_why(sign_in, stopped):
    _, provider_id = stopped
    own = sign_in(Role.PROVIDER, provider_id=provider_id)
    for address in (f"/providers/{provider_id}", "/portal/"):
        page = own.get(address).text
        assert "making no new placements" in page
        assert WHY not in page
        assert "Critical finding" not in page
    assert own.get("/stops/1").status_code == 403


def test_the_public_directory_leaves_out_a_provider_that_is_stopped(app, sign_in, stopped):
    _, provider_id = stopped
    public = app.test_client()
    assert public.get(f"/directory/{provider_id}").status_code == 404
    assert "No provider" in public.get("/directory/").text


def test_the_children_there_each_have_an_officer_and_a_next_step_that_follows_the_review(
    given, sign_in, count_queries
):
    with given():
        offer = make_offer()
        officer = make_user(Role.SEND_OFFICER, name="Olive Officer")
        about = {"offer": offer, "officer": officer}
        to_review, kept, to_end = (make_placement(**about) for _ in range(3))
        make_placement(PlacementState.AGREED, **about)
        make_placement(PlacementState.ENDED, **about, ended_on=today() - timedelta(days=2))
        long_ago = today() - timedelta(days=90)
        make_placement(
            PlacementState.ENDED, **about, starts_on=long_ago,
            ended_on=long_ago + timedelta(days=50),
        )  # fmt: skip
        make_placement()
        number, first, last = offer.provider_id, to_review.id, to_end.id
        make_stop(offer.provider)
        for placement, step in ((kept, NextStep.CONTINUE), (to_end, NextStep.END)):
            said = reviews.Conclusion(today(), "All", "Fine", "Fine", "Seen today.", step)
            reviews.hold(placement, said, {}, by=TESTER)
    lead = sign_in(Role.AP_LEAD)
    with count_queries() as asked:
        page = lead.get(f"/stops/providers/{number}/children").text
    assert len(asked) <= 14
    assert "3 placements there now, 1 about to start, 1 ended in the last four weeks." in page
    assert page.count("Olive Officer") == 5
    for words in (
        "Review the placement at once, and end it if that is needed",
        ": continue as it is.",
        ": end the placement.",
        "cannot before the stop is lifted",
        "Ask the child and the family",
        f"/progress/placements/{first}/review",
        f"/progress/placements/{last}/end",
    ):
        assert page.count(words) == 1, words


def test_stops_are_listed_in_a_bounded_number_of_queries(given, sign_in, count_queries):
    with given():
        for _ in range(12):
            make_stop(make_offer().provider)
    lead = sign_in(Role.AP_LEAD)
    with count_queries() as asked:
        page = lead.get("/stops/").text
    assert page.count("Inadequate or critical finding") == 12
    assert len(asked) <= 5
    assert str(today().year) in page
