"""The first page of each role: that person's next work."""

import re
from datetime import date, timedelta

import pytest
import time_machine

from app.accounts.roles import Role
from app.commissioning.lifecycle import RunState
from app.visits import reports
from providers.admission import AdmissionState
from providers.compliance import EvidenceKind
from providers.models.intake import IntakeState
from providers.needs import Judgement
from tests.conftest import TESTER
from tests.factories.children import make_child, make_referral
from tests.factories.concerns import make_concern
from tests.factories.intakes import make_intake
from tests.factories.outcomes import make_outcome, make_run
from tests.factories.providers import an_item, make_cap, make_offer, make_provider, make_service
from tests.factories.stops import make_stop
from tests.factories.visits import drafted, finished, make_visit

TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _on_a_november_day():
    with time_machine.travel("2026-11-23 09:00", tick=False):
        yield


def home(browser) -> str:
    answer = browser.get("/")
    assert answer.status_code == 200
    return answer.text


def test_a_visitor_is_asked_to_sign_in(client):
    assert "/sign-in" in client.get("/").location


@pytest.mark.parametrize("role", list(Role))
def test_every_role_has_a_home_before_there_is_any_data(sign_in, role):
    page = home(sign_in(role))
    assert role.label in page


@pytest.mark.parametrize("role", [Role.QUALITY_ADVISER, Role.FINANCE, Role.ADMINISTRATOR])
def test_no_child_is_named_to_those_who_do_no_casework(given, sign_in, role):
    with given():
        referral = make_referral(make_child(reference="REF-ALONE", forename="Zoë", surname="Young"))
        make_outcome(make_run(children=1), referral)
    page = home(sign_in(role))
    assert "Young" not in page
    assert "REF-ALONE" not in page


def test_a_send_officer_sees_who_has_waited_longest(given, sign_in):
    with given():
        for day in range(1, 13):
            child = make_child(reference=f"REF-DAY-{day:02}")
            make_referral(child, out_of_education_since=date(2026, 6, day))
    page = home(sign_in(Role.SEND_OFFICER))
    assert "175 days" in page
    assert page.index("REF-DAY-01") < page.index("REF-DAY-10")
    assert "REF-DAY-11" not in page
    assert "See all 12 children who wait" in page
    assert ">120<" in page  # hours asked for by all


def test_a_send_officer_sees_the_last_match_that_finished(given, sign_in):
    with given():
        make_run(children=4, placed=1)
        latest = make_run(children=9, placed=7, hours_asked=90, hours_placed=70)
        make_run(state=RunState.FAILED)
        number = latest.id
    page = home(sign_in(Role.SEND_OFFICER))
    assert "7 of 9" in page
    assert "70 of 90" in page
    assert f"/matches/{number}" in page
    assert "Run a new match" in page


def test_a_send_officer_sees_spreadsheets_with_refused_rows(given, sign_in):
    with given():
        make_intake(filename="good.csv", state=IntakeState.SAVED)
        make_intake(filename="gone.csv", state=IntakeState.DISCARDED, refused=2)
        found = make_intake(filename="faulty.csv", state=IntakeState.SAVED, refused=18)
        number = found.id
    page = home(sign_in(Role.SEND_OFFICER))
    assert "faulty.csv" in page
    assert ">18<" in page
    assert f"/spreadsheets/{number}?show=refused" in page
    assert "good.csv" not in page
    assert "gone.csv" not in page


def test_a_commissioner_sees_the_totals_and_who_was_not_placed(given, sign_in):
    with given():
        run = make_run(
            children=2,
            placed=1,
            hours_asked=20,
            hours_placed=10,
            weekly_cost_pence=45_000,
            mean_distance_km=5.0,
        )
        make_outcome(run, make_referral(make_child(reference="C-PLACED")), make_offer())
        lost = make_outcome(run, make_referral(make_child(reference="C-LOST")))
        number = lost.id
    page = home(sign_in(Role.COMMISSIONER))
    assert "£450" in page
    assert "£17,100 a year of 38 school weeks" in page
    assert "1 of 2" in page
    assert "C-LOST" in page
    assert "C-PLACED" not in page
    assert f"/matches/outcomes/{number}" in page
    assert "No provider of mentoring can take the child." in page
    assert "See all 1 child not placed" in page


def test_a_commissioner_is_told_when_nobody_was_left_out(given, sign_in):
    with given():
        make_outcome(make_run(children=1, placed=1), make_referral(), make_offer())
    assert "Every child has a place recommended" in home(sign_in(Role.COMMISSIONER))


def test_an_ap_lead_sees_every_concern_with_its_providers(given, sign_in):
    with given():
        make_offer(provider=make_provider(name="Pending Ltd", state=AdmissionState.PENDING))
        make_provider(name="Stopped Ltd", state=AdmissionState.SUSPENDED)
        soon = an_item(EvidenceKind.INSURANCE, expires_on=TODAY + timedelta(days=59))
        lapsing = make_provider(
            name="Lapsing Ltd", evidence=[soon, an_item(EvidenceKind.STAFF_CHECKS)]
        )
        make_offer(provider=lapsing)
        service = make_service("vocational")
        make_cap(service, 4_000)
        make_offer(provider=make_provider(name="Dear Ltd"), service=service)
        make_offer(
            provider=make_provider(name="Quiet Ltd"), confirmed_on=TODAY - timedelta(days=29)
        )
        make_offer(provider=make_provider(name="Settled Ltd"))
    page = home(sign_in(Role.AP_LEAD))
    for words in (
        "Pending Ltd",
        "Stopped Ltd",
        "Lapsing Ltd",
        "Public liability insurance runs out on 21 January 2027",
        "Dear Ltd",
        "above the cap of £40.00",
        "Quiet Ltd",
        "29 days ago",
    ):
        assert words in page, words
    assert "Settled Ltd" not in page


def test_an_ap_lead_sees_ten_of_a_concern_and_the_way_to_the_rest(given, sign_in):
    with given():
        for number in range(12):
            pending = make_provider(name=f"Pending {number:02}", state=AdmissionState.PENDING)
            make_offer(provider=pending)
    lead = sign_in(Role.AP_LEAD)
    page = home(lead)
    assert "Pending 09" in page
    assert "Pending 10" not in page
    assert "/providers/?concern=pending" in page
    assert "Pending 11" in lead.get("/providers/?concern=pending").text


def test_a_quality_adviser_sees_poor_judgements_and_overdue_visits(given, sign_in):
    with given():
        make_provider(name="Amber Ltd", judgement=Judgement.AMBER)
        make_provider(name="Red Ltd", judgement=Judgement.RED)
        make_provider(name="Never Ltd", judgement=None, last_visit_on=None)
        make_provider(name="Overdue Ltd", last_visit_on=TODAY - timedelta(days=366))
        make_provider(name="Due Ltd", last_visit_on=TODAY - timedelta(days=365))
    page = home(sign_in(Role.QUALITY_ADVISER))
    assert page.index("Red Ltd") < page.index("Amber Ltd")
    assert page.index("Never Ltd") < page.index("Overdue Ltd")
    assert "366 days ago" in page
    assert "Due Ltd" not in page.replace("Overdue Ltd", "")


def test_a_provider_sees_its_own_offers_and_evidence_and_nobody_else_s(given, sign_in):
    with given():
        lapsed = an_item(EvidenceKind.INSURANCE, expires_on=date(2026, 10, 30))
        own = make_provider(name="Own Ltd", evidence=[lapsed])
        make_offer(provider=own, confirmed_on=TODAY - timedelta(days=60))
        make_offer(provider=make_provider(name="Other Ltd"))
        number = own.id
    page = home(sign_in(Role.PROVIDER, number))
    for words in ("Own Ltd", "Mentoring", "24 Sept 2026", "Confirm again", "30 October 2026"):
        assert words in page, words
    assert "1 offer has not been confirmed lately" in page
    assert "Other Ltd" not in page
    assert f"/providers/{number}" in page


def test_finance_sees_recommended_cost_by_service_marked_as_no_spend(given, sign_in):
    with given():
        run = make_run(children=1, placed=1, hours_placed=10, weekly_cost_pence=45_000)
        make_outcome(run, make_referral(), make_offer())
    page = home(sign_in(Role.FINANCE))
    assert "They are not spend" in page
    assert "Recommended cost by service" in page
    assert "Mentoring" in page
    assert "£450" in page
    assert "£17,100" in page
    assert "£45.00" in page


def test_the_lead_sees_stops_open_concerns_and_overdue_actions(given, sign_in):
    with given():
        visit = finished(make_visit(provider=make_provider(name="Oak Farm")))
        visit.actions[0].due_on = TODAY - timedelta(days=1)
        make_concern()
        make_stop(visit.provider)
    page = home(sign_in(Role.AP_LEAD))
    assert "Oak Farm" in page
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "Stops in force 1" in words
    assert "Open concerns 1 1 with nobody yet" in words
    assert "Open actions from visits 1" in words
    assert "Of them overdue 1 0 critical" in words


def test_a_provider_sees_its_stop_its_actions_and_the_report_to_check(given, sign_in):
    with given():
        provider = make_provider()
        number = provider.id
        finished(make_visit(provider=provider))
        reports.share(drafted(make_visit(provider=provider)), by=TESTER)
        make_stop(provider, reason="An inspector fell ill.")
    page = home(sign_in(Role.PROVIDER, provider_id=number))
    assert "is making no new placements with you" in page
    assert "inspector" not in page
    assert "Hold a fire drill and record it." in page
    assert "Check the facts of the report" in page


def test_an_administrator_sees_accounts_deeds_and_counts_without_personal_data(given, sign_in):
    with given():
        make_referral(make_child(forename="Zoë", surname="Young"))
        make_referral()
    page = home(sign_in(Role.ADMINISTRATOR))
    assert "2 children added" in page
    assert "2 referrals added" in page
    assert "1 account added" in page
    assert "Test" in page
    assert "Referrals waiting" in page
    assert "Young" not in page
    assert "example.org" not in page


@pytest.mark.parametrize("role", list(Role))
def test_a_home_asks_few_queries_however_much_there_is(given, sign_in, count_queries, role):
    with given():
        run = make_run(children=15)
        for number in range(15):
            one = make_provider(state=AdmissionState.PENDING if number % 2 else "approved")
            offer = make_offer(provider=one)
            make_outcome(run, make_referral(), offer if number % 2 else None)
    person = sign_in(role)
    with count_queries() as asked:
        home(person)
    assert len(asked) <= 17, asked
