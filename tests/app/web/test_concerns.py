"""Pages of concerns: recording one, its receipt, and what its handlers see and decide."""

import re

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.accounts.roles import Role
from app.children.models import Child
from app.kernel.audit import AuditEvent
from app.kernel.clock import today
from app.kernel.database import db
from app.visits import interests
from app.visits.concerns.models import ConcernChild
from providers.models.provider import Provider
from tests.factories.accounts import make_user
from tests.factories.children import make_child
from tests.factories.concerns import make_concern, make_handled
from tests.factories.providers import make_offer, make_provider
from tests.factories.reach import make_restriction

TEXT = "Two adults for ten children."


@pytest.fixture
def app(app_on_sqlite):
    """Pages are tested on one engine; the rules behind them on both."""
    return app_on_sqlite


@pytest.fixture
def place(given):
    """The ids of a provider and an adviser, and a child's reference."""
    with given():
        adviser = make_user(Role.QUALITY_ADVISER)
        return make_offer().provider_id, adviser.id, make_child().reference


def boxes(day):
    return [f"{day.day}", f"{day.month}", f"{day.year}"]


def test_from_record_to_outcome(app, sign_in, place):
    provider_id, adviser_id, child = place
    officer, lead = sign_in(Role.SEND_OFFICER), sign_in(Role.AP_LEAD)
    entered = {"kind": "staffing", "text": TEXT, "child": child}
    receipt = officer.post(f"/concerns/record/{provider_id}", data=entered, follow_redirects=True)
    assert "CN-00001 was received" in receipt.text
    assert TEXT not in receipt.text
    assert "Not decided yet" in receipt.text
    page = lead.get("/concerns/1").text
    assert TEXT in page
    assert child in page
    triage = {"priority": "today", "handler": str(adviser_id), "note": "At once."}
    assert (
        "handles CN-00001"
        in lead.post("/concerns/1/triage", data=triage, follow_redirects=True).text
    )
    action = {"text": "Call the owner", "owner": "The adviser", "due_on": boxes(today())}
    lead.post("/concerns/1/action", data=action)
    refer = {"on": boxes(today()), "note": "LADO 17: no further advice."}
    assert "LADO 17" in lead.post("/concerns/1/refer", data=refer, follow_redirects=True).text
    stop = {"reason": "Until it is looked into."}
    stopped = lead.post("/concerns/1/stop", data=stop, follow_redirects=True).text
    assert "Stopped because of this concern" in stopped
    close = {"outcome": "partly", "note": "Seen and put right.", "told": "Thank you."}
    early = lead.post("/concerns/1/close", data=close)
    assert early.status_code == 409
    assert "open actions first" in early.text
    lead.post("/concerns/1/actions/1/done")
    assert lead.post("/concerns/1/actions/1/done").status_code == 409
    assert "is closed" in lead.post("/concerns/1/close", data=close, follow_redirects=True).text
    told = officer.get("/concerns/1").text
    assert "Partly substantiated" in told
    assert "Thank you." in told
    assert "Seen and put right." not in told


def test_others_of_the_authority_find_nothing_of_it(app, given, sign_in):
    with given():
        make_concern()
    for role in (Role.SEND_OFFICER, Role.COMMISSIONER, Role.FINANCE, Role.ADMINISTRATOR):
        person = sign_in(role)
        assert person.get("/concerns/1").status_code == 404
        assert "CN-00001" not in person.get("/concerns/?show=all").text
    provider = sign_in(Role.PROVIDER)
    assert provider.get("/concerns/1").status_code == 403


def test_only_the_lead_stops_placements_and_sees_the_pattern(app, given, sign_in):
    with given():
        make_concern()
    adviser, lead = sign_in(Role.QUALITY_ADVISER), sign_in(Role.AP_LEAD)
    assert adviser.get("/concerns/1").status_code == 200
    assert adviser.get("/concerns/1/stop").status_code == 403
    assert adviser.get("/concerns/pattern").status_code == 403
    page = lead.get("/concerns/pattern").text
    assert "1 concern about 1 provider" in page
    assert "<svg" in page


def test_what_was_left_out_is_asked_for_and_what_was_typed_stays(sign_in, place):
    provider_id, _, _ = place
    officer = sign_in(Role.SEND_OFFICER)
    page = officer.post(f"/concerns/record/{provider_id}", data={"text": TEXT}).text
    assert "Select what it is about" in page
    assert TEXT in page


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.PROVIDER])
def test_no_answer_tells_whether_a_reference_out_of_reach_exists(app, given, sign_in, place, role):
    """A child restricted to others and one who is not there: the same words, number apart."""
    provider_id, _, child = place
    with given():
        restricted = db.session.scalar(select(Child).where(Child.reference == child))
        make_restriction(restricted, make_user(Role.COMMISSIONER, name="Named"))
    writer = sign_in(role)
    pages = []
    for number, reference in enumerate((child, "C9999999"), 1):
        entered = {"kind": "staffing", "text": TEXT, "child": reference}
        told = writer.post(f"/concerns/record/{provider_id}", data=entered, follow_redirects=True)
        assert told.status_code == 200
        assert "You do not see a child with this reference" in told.text
        shown = re.search(r"<main.*</main>", told.text, re.DOTALL).group()
        plain = shown.replace(f"CN-0000{number}", "CN").replace(f"/{number}/", "/N/")
        plain = re.sub(r'name="csrf_token"[^>]*', "", plain).replace(reference, "REFERENCE")
        pages.append(plain)
    # the AP lead is told of every restriction, on a page of its own
    assert len(set(pages)) == 1 or role is Role.AP_LEAD
    lead = sign_in(Role.AP_LEAD)
    assert f"{child} (not shown to you)" in lead.get("/concerns/1").text
    assert "C9999999 (no record has this reference" in lead.get("/concerns/2").text
    with app.app_context():
        linked = select(ConcernChild.concern_id)
        assert db.session.scalars(linked).all() == [1]


def test_that_a_concern_names_a_child_is_in_the_trail_and_hidden_with_the_record(
    app, given, sign_in, place
):
    provider_id, _, child = place
    with given():
        restricted = db.session.scalar(select(Child).where(Child.reference == child))
        make_restriction(restricted, make_user(Role.COMMISSIONER, name="Named"))
    entered = {"kind": "staffing", "text": TEXT, "child": child}
    sign_in(Role.ADMINISTRATOR).post(f"/concerns/record/{provider_id}", data=entered)
    with app.app_context():
        written = select(AuditEvent).where(AuditEvent.subject == "concern_child")
        [event] = db.session.scalars(written)
        assert event.action == "concern:record"
        recorded = select(AuditEvent).where(AuditEvent.subject == "concern")
        assert not any(child in str(each.changes) for each in db.session.scalars(recorded))
    page = sign_in(Role.ADMINISTRATOR).get("/audit-trail/").text
    assert "Recorded a concern" in page
    assert page.count("Child of a concern") == 1  # as a choice of the filter alone


def test_concerns_are_narrowed_and_taken_away_without_what_they_say(app, given, sign_in):
    with given():
        oak, elm = make_provider(name="Oak Farm"), make_provider(name="Elm House")
        make_concern(provider=oak, text=TEXT, child_reference=make_child().reference)
        handled = make_handled(provider=elm)
        handler = handled.handler_id
    lead = sign_in(Role.AP_LEAD)
    listed = {
        "": {"CN-00001", "CN-00002"},
        "?provider=oak": {"CN-00001"},
        f"?handler={handler}": {"CN-00002"},
        "?priority=routine": set(),
        "?kind=money": set(),
        "?show=closed": set(),
        "?show=all": {"CN-00001", "CN-00002"},
        "?show=nonsense&handler=x": {"CN-00001", "CN-00002"},
    }
    for asked, found in listed.items():
        page = lead.get(f"/concerns/{asked}").text
        assert {each for each in ("CN-00001", "CN-00002") if each in page} == found, asked
    of_a_kind = lead.get("/concerns/?kind=staffing&show=all").text
    assert 'href="/concerns/download.csv?kind=staffing&amp;show=all"' in of_a_kind
    file = lead.get("/concerns/download.csv?provider=oak").text
    assert "CN-00001" in file
    assert "Oak Farm" in file
    assert "CN-00002" not in file
    assert TEXT not in file
    assert "C00" not in file
    assert lead.get("/concerns/download.xlsx").status_code == 200
    assert sign_in(Role.SEND_OFFICER).get("/concerns/download.csv").status_code == 403


def test_an_adviser_with_an_interest_finds_no_concern_and_decides_nothing(app, given, sign_in):
    with given():
        concern = make_handled()
        provider_id = concern.provider_id
    adviser = sign_in(Role.QUALITY_ADVISER)
    assert adviser.get("/concerns/1").status_code == 200
    with given():
        person = db.session.scalars(db.select(User).order_by(User.id.desc())).first()
        interests.declare(person, db.session.get(Provider, provider_id), "A relative works there.")
    assert "CN-00001" not in adviser.get("/concerns/?show=all").text
    for path in ("", "/triage", "/action", "/refer", "/visit", "/close"):
        assert adviser.get(f"/concerns/1{path}").status_code == 404
    assert "CN-00001" not in adviser.get("/concerns/download.csv?show=all").text


def test_concerns_are_listed_in_a_bounded_number_of_queries(given, sign_in, count_queries):
    with given():
        for _ in range(8):
            make_concern()
    lead = sign_in(Role.AP_LEAD)
    with count_queries() as asked:
        page = lead.get("/concerns/").text
    assert page.count("CN-0000") >= 8
    assert len(asked) <= 7
