"""A placement from proposal to start through the pages, as its people do it."""

import pytest
import time_machine

from app.accounts.roles import Role
from app.commissioning.agreements import offering, service
from app.commissioning.agreements.terms import Change
from app.commissioning.budgets import limits
from app.commissioning.placements.lifecycle import Destination
from app.commissioning.placements.models import Placement, Proposal
from app.commissioning.progress import endings
from app.commissioning.progress.lifecycle import Outcome
from app.kernel import audit
from app.kernel.clock import today
from app.kernel.database import db
from providers.models.offer import Offer
from tests.factories.accounts import make_user
from tests.factories.children import make_child, make_referral
from tests.factories.placements import make_placement
from tests.factories.progress import hold_review, make_plan
from tests.factories.providers import make_lot, make_offer, make_provider, make_service


@pytest.fixture(autouse=True)
def on_monday():
    with time_machine.travel("2026-11-23 09:00", tick=False):
        yield


def day(name: str, text: str) -> dict:
    d, m, y = text.split()
    return [(name, d), (name, m), (name, y)]


def posted(client, address, *pairs, **values):
    """Post fields, some of which come several times, and follow."""
    data: dict = {}
    for name, value in [*pairs, *values.items()]:
        data.setdefault(name, []).append(value)
    return client.post(address, data=data, follow_redirects=True)


TERMS = [
    *day("starts_on", "23 11 2026"),
    *day("ends_on", "12 2 2027"),
    ("tier", "2"),
    ("legal_basis", "s19"),
]


PLAN = (
    "purpose",
    "route_back",
    "risk_assessment",
    "attendance",
    "absence",
    "transport",
    "aim_1",
    "indicator_1",
    "baseline_1",
)


def county(given):
    with given():
        service = make_service()
        service.lot = make_lot()
        offer = make_offer(service=service, provider=make_provider(name="Oak Farm"))
        referral = make_referral(make_child(forename="Amara", surname="Able"))
        db.session.flush()
        return offer.id, referral.id, referral.components[0].id, offer.provider_id


def test_from_proposal_to_start(app, given, sign_in):
    offer, referral, component, provider = county(given)
    officer, commissioner = sign_in(Role.SEND_OFFICER), sign_in(Role.COMMISSIONER)
    address = f"/placement-proposals/make/{referral}?offer={offer}"
    assert "Oak Farm" in officer.get(address).text
    shown = posted(officer, address, *TERMS, (f"offer_{component}", offer))
    assert "Submit for a decision" in shown.text
    shown = officer.post("/placement-proposals/1/submit", data={"why": ""}).text
    assert "Enter why this placement is right" in shown
    posted(officer, "/placement-proposals/1/submit", why="It is near.")
    assert "PR-00001" in commissioner.get("/placement-proposals/").text
    page = commissioner.get("/placement-proposals/1").text
    assert "What approving this does to the budget" in page
    assert officer.post("/placement-proposals/1/decide", data={}).status_code == 403
    shown = posted(commissioner, "/placement-proposals/1/decide", decision="question")
    assert "Enter your question" in shown.text
    shown = posted(commissioner, "/placement-proposals/1/decide", decision="approve")
    assert "was approved" in shown.text
    again = commissioner.post("/placement-proposals/1/decide", data={"decision": "approve"})
    assert again.status_code == 409
    assert "was approved already" in again.text
    refused = officer.post("/placements/1/start")
    assert refused.status_code == 409
    own = sign_in(Role.PROVIDER, provider)
    assert "waits for your answer" in own.get("/placements/1").text
    assert "Amara Able" in own.get("/agreements/1").text
    assert own.get("/agreements/1/agreement.pdf").data.startswith(b"%PDF")
    assert sign_in(Role.PROVIDER).get("/agreements/1").status_code == 404
    posted(own, "/agreements/1/accept")
    assert "Learner Intervention Plan" in officer.post("/placements/1/start").text
    plan = dict.fromkeys(PLAN, "Written.")
    shown = posted(
        officer, "/plans/1/write", *day("review_1", "17 12 2026"), **plan, longest_weeks="12"
    )
    assert "Complete" in shown.text
    assert officer.get("/plans/1/plan.pdf").data.startswith(b"%PDF")
    assert "Written." in own.get("/plans/of-placement/1").text
    assert "is live" in posted(officer, "/placements/1/start").text
    history = officer.get("/placements/1").text
    for words in ("Proposal approved", "PL-00001 started", "was told who the child is"):
        assert words in history
    assert "£" in commissioner.get("/budgets/").text
    assert commissioner.get("/budgets/download.csv").status_code == 200
    assert "PL-00001" in commissioner.get("/budgets/2026/2").text


def test_a_stale_page_decides_nothing_and_says_so(given, sign_in):
    with given():
        placement = make_placement("proposed", offer=make_offer())
        number = placement.proposal_id
    answer = sign_in(Role.COMMISSIONER).post(
        f"/placement-proposals/{number}/decide", data={"decision": "approve", "seen": "99"}
    )
    assert answer.status_code == 409
    assert "has changed since you opened it" in answer.text


def test_a_panel_decides_and_its_minutes_are_a_document(app, given, sign_in):
    offer, referral, component, _provider = county(given)
    officer, lead = sign_in(Role.SEND_OFFICER), sign_in(Role.AP_LEAD)
    address = f"/placement-proposals/make/{referral}?offer={offer}"
    posted(officer, address, *TERMS, (f"offer_{component}", offer))
    posted(officer, "/placement-proposals/1/submit", why="It is near.")
    posted(lead, "/budgets/limits", commissioner="100", ap_lead="200")
    assert "Beyond your limit" in lead.get("/placement-proposals/1").text
    refused = lead.post("/placement-proposals/1/decide", data={"decision": "approve"})
    assert refused.status_code == 409
    posted(lead, "/panels/call", *day("held_on", "23 11 2026"))
    posted(lead, "/panels/agenda/1", meeting="1")
    assert lead.get("/panels/1/minutes.pdf").data.startswith(b"%PDF")
    undecided = lead.post("/panels/1/close", data={"present": "Carol"})
    assert undecided.status_code == 409
    posted(lead, "/panels/items/1", decision="approved", reason="Agreed.")
    shown = posted(lead, "/panels/1/close", present="Carol, Petra")
    assert "The meeting is closed" in shown.text
    assert lead.get("/panels/1/minutes.pdf").data.startswith(b"%PDF")
    with app.app_context():
        assert db.session.get_one(Placement, 1).state == "approved"
        assert db.session.get_one(Proposal, 1).decided_by.startswith("Panel")


def test_the_authority_edits_its_text_and_a_fault_in_it_is_explained(sign_in):
    lead = sign_in(Role.AP_LEAD)
    assert "{{ reference }}" in lead.get("/agreements/text").text
    for body, words in [
        ("{{ nothing }}", "cannot be filled in"),
        ("{{ reference.__class__.__mro__ }}", "cannot be filled in"),
        ("Only words", "must use the field"),
    ]:
        assert words in lead.post("/agreements/text", data={"body": body}).text
    good = " ".join(
        "{{ " + name + " }}"
        for name in ("reference", "child", "hours", "price_an_hour", "starts_on", "ends_on")
    )
    tried = posted(lead, "/agreements/text", body=good, **{"try": "1"}).text
    assert "PL-00012 Robin Example 10 £45.00" in tried
    assert "holds for agreements from now on" in posted(lead, "/agreements/text", body=good).text


def test_pages_about_proposals_ask_a_bounded_number_of_questions(given, sign_in, count_queries):
    with given():
        for _ in range(12):
            make_placement("proposed", offer=make_offer())
    client = sign_in(Role.COMMISSIONER)
    for address, most in [
        ("/placement-proposals/", 16),
        ("/budgets/", 16),
        ("/budgets/2026/2", 18),
    ]:
        with count_queries() as asked:
            assert client.get(address).status_code == 200
        assert len(asked) <= most, address


def test_a_variation_beyond_the_limit_is_put_before_a_panel(app, given, sign_in):
    with given():
        placement = make_placement(hours=10)
        by = make_user()
        service.accept(offering.first_version(placement, by), by)
        limits.set_for_role(Role.COMMISSIONER, 100_000)
        change = Change(today(), placement.ends_on, 14, placement.pence_per_hour)
        version = service.propose(placement, change, "Going well.", by)
        db.session.flush()
        number, provider = version.id, placement.offer.provider_id
    commissioner = sign_in(Role.COMMISSIONER)
    page = commissioner.get(f"/agreements/{number}").text
    assert "Beyond your limit" in page
    assert "Approve this version" not in page
    agenda = f"/panels/agenda/versions/{number}"
    assert agenda in page
    assert "No meeting is planned" in commissioner.get(agenda).text
    refused = commissioner.post(f"/agreements/{number}/approve")
    assert refused.status_code == 409
    posted(commissioner, "/panels/call", *day("held_on", "23 11 2026"))
    shown = posted(commissioner, agenda, meeting="1")
    assert "PL-00001, version 2" in shown.text
    assert "Going well" in commissioner.get(f"/agreements/{number}").text
    posted(commissioner, "/panels/items/1", decision="approved", reason="It works.")
    assert sign_in(Role.PROVIDER, provider).get(f"/agreements/{number}").status_code == 200
    posted(commissioner, "/panels/1/close", present="All")
    assert commissioner.get("/panels/1/minutes.pdf").data.startswith(b"%PDF")
    assert "approved" in commissioner.get(f"/agreements/{number}").text


def test_half_days_are_agreed_with_the_proposal(app, given, sign_in):
    offer, referral, component, _provider = county(given)
    officer = sign_in(Role.SEND_OFFICER)
    address = f"/placement-proposals/make/{referral}?offer={offer}"
    assert "Half-days of mentoring, where they are agreed" in officer.get(address).text
    chosen = [(f"sessions_{component}", "mon_am"), (f"sessions_{component}", "tue_am")]
    shown = posted(officer, address, *TERMS, (f"offer_{component}", offer), *chosen)
    assert "Monday, Tuesday mornings" in shown.text or "Monday and Tuesday" in shown.text
    with app.app_context():
        assert db.session.get_one(Placement, 1).sessions == 0b101
        db.session.get_one(Offer, offer).sessions = 0b1
        with audit.acting(audit.Actor(None, "Test"), "test"):
            db.session.commit()
    assert "has no room on Tuesday mornings" in officer.get("/placement-proposals/1").text


def test_a_provider_reads_reviews_and_ending_but_nothing_said_in_confidence(app, given, sign_in):
    with given():
        placement = make_placement()
        make_plan(placement)
        hold_review(placement, parents_voice="His father has left.", child_voice="I am sad.")
        outcomes = {each.id: Outcome.MET for each in placement.plan.objectives}
        endings.end(
            placement,
            today(),
            Destination.REINTEGRATED,
            outcomes,
            where="Oak School",
            reason="The family moves.",
            waits_again=False,
            by=make_user(),
        )
        provider = placement.offer.provider_id
    own = sign_in(Role.PROVIDER, provider)
    assert "/progress/own/1" in own.get("/placements/1").text
    page = own.get("/progress/own/1").text
    for words in ("Aim 1", "On track", "Continue as it is", "Back in a mainstream school"):
        assert words in page
    for secret in ("father", "I am sad", "The family moves", "Oak School", "Going well"):
        assert secret not in page
    assert own.get("/progress/placements/1").status_code == 403
    assert sign_in(Role.PROVIDER).get("/progress/own/1").status_code == 404
