"""Pages of quality visits: planning, saving parts, reports, actions, and who sees what."""

import io
import re

import pytest
import time_machine
from sqlalchemy import select

from app.accounts.models import User
from app.accounts.roles import Role
from app.kernel.database import db
from app.visits import interests, reports, versions
from app.visits.models import Visit, VisitFile, VisitPart
from app.visits.terms import VisitKind
from providers.models.place import Accuracy, Postcode
from providers.models.provider import Provider
from providers.needs import Judgement
from tests.conftest import TESTER
from tests.factories.providers import make_provider
from tests.factories.visits import a_photo, drafted, fill_in, finished, make_finding, make_visit

WEDNESDAY = "2026-11-25 10:00 +0000"


@pytest.fixture
def app(app_on_sqlite):
    """Pages are tested on one engine; the rules behind them on both."""
    return app_on_sqlite


@pytest.fixture(autouse=True)
def on_a_wednesday():
    """Visits are made on working days."""
    with time_machine.travel(WEDNESDAY, tick=False):
        yield


@pytest.fixture
def adviser(sign_in):
    return sign_in(Role.QUALITY_ADVISER)


def in_boxes(day, month, year):
    return [str(day), str(month), str(year)]


def test_a_visit_is_planned_from_the_list_of_those_due(app, given, adviser):
    with given():
        make_provider(name="Oak Farm", last_visit_on=None, judgement=None)
    page = adviser.get("/visits/").text
    assert "No quality visit is recorded." in page
    link = re.search(r'href="(/visits/plan/\d+[^"]*)"', page).group(1).replace("&amp;", "&")
    form = adviser.get(link).text
    assert "No quality visit is recorded." in form
    who = re.search(r'<option selected value="(\d+)"', form) or re.search(
        r'name="adviser".*?value="(\d+)"', form, re.S
    )
    sent = {
        "kind": "yearly",
        "adviser": who.group(1),
        "site": "1",
        "planned_on": in_boxes(26, 11, 2026),
        "minutes": "",
        "why": "No visit yet",
    }
    answer = adviser.post(link, data=sent, follow_redirects=True)
    assert "The visit was planned." in answer.text
    refused = adviser.post(link, data=sent | {"planned_on": in_boxes(28, 11, 2026)})
    assert refused.status_code == 200
    assert "is a Saturday" in refused.text


def test_parts_are_saved_by_form_and_by_script_and_a_conflict_shows_both(app, given, adviser):
    with given():
        number = fill_in(make_visit()).id
    page = adviser.get(f"/visits/{number}/carry-out").text
    assert "A trained safeguarding lead is on site." in page
    address = f"/visits/{number}/parts/pupils"
    sent = {"key": "key-of-a-form", "seen": "0", "said": "It is calm here."}
    for _ in range(2):  # the back button, or an impatient finger
        assert (
            "Pupil voice was saved" in adviser.post(address, data=sent, follow_redirects=True).text
        )
    script = {"Accept": "application/json"}
    taken = sent | {"key": "key-by-script", "seen": "1", "said": "Calm and kind."}
    assert adviser.post(address, data=taken, headers=script).json["version"] == 2
    late = adviser.post(address, data=sent | {"key": "key-late-1", "said": "Loud."})
    assert late.status_code == 409
    assert "Calm and kind." in late.text
    assert "Loud." in late.text
    told = adviser.post(address, data=sent | {"key": "key-late-2"}, headers=script)
    assert (told.status_code, told.json["state"]) == (409, "conflict")
    assert told.json["fields"] == {"said": "Calm and kind."}
    with app.app_context():
        part = db.session.scalars(select(VisitPart).filter_by(visit_id=number, part="pupils")).one()
        assert (part.version, part.content) == (2, {"said": "Calm and kind."})


def test_a_save_by_script_after_the_end_says_why_in_words(given, adviser):
    with given():
        number = drafted(make_visit()).id
    sent = {"key": "key-of-a-form", "seen": "0", "said": "x"}
    address = f"/visits/{number}/parts/pupils"
    told = adviser.post(address, data=sent, headers={"Accept": "application/json"})
    assert told.json["state"] == "refused"
    assert "cannot be changed now" in told.json["reasons"][0]


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ((24, 11, 2026), "for a day that has passed"),
        ((28, 11, 2026), "Enter a working day"),
        ((25, 12, 2026), "Enter a working day"),
    ],
)
def test_a_day_that_is_past_or_closed_is_refused_beside_its_field(app, given, adviser, day, why):
    with given():
        visit = make_visit()
        who, provider_id, number = visit.adviser_id, visit.provider_id, visit.id
    sent = {
        "kind": "yearly", "adviser": str(who), "planned_on": in_boxes(*day), "site": "0",
        "why": "A year has passed.",
    }  # fmt: skip
    sent["site"] = re.search(
        r'name="site".*?<option[^>]*value="(\d+)"',
        adviser.get(f"/visits/plan/{provider_id}").text,
        re.S,
    ).group(1)
    page = adviser.post(f"/visits/plan/{provider_id}", data=sent)
    assert page.status_code == 200
    assert why in page.text.split('id="planned_on-error"')[1][:300]
    assert "A year has passed." in page.text
    moved = adviser.post(f"/visits/{number}/move", data=sent | {"minutes": "90"})
    assert why in moved.text.split('id="planned_on-error"')[1][:300]
    with app.app_context():
        assert [row.planned_on.day for row in db.session.scalars(select(Visit))] == [25]


def test_an_adviser_with_an_interest_is_refused_beside_the_field_and_by_every_deed(
    app, given, adviser
):
    with given():
        visit = fill_in(make_visit())
        person = db.session.scalars(select(User).order_by(User.id)).first()
        interests.declare(person, visit.provider, "A relative works there.")
        who, provider_id, number = person.id, visit.provider_id, visit.id
    sent = {"kind": "yearly", "adviser": str(who), "planned_on": in_boxes(26, 11, 2026)}
    page = adviser.post(f"/visits/{number}/findings", data={
        "standard": "quality", "kind": "critical", "text": "No plans.",
    })  # fmt: skip
    assert page.status_code == 409
    assert "has declared an interest" in page.text
    with given():
        planned = make_visit(provider=db.session.get(Provider, provider_id)).id
    moved = adviser.post(f"/visits/{planned}/move", data=sent | {"minutes": "90"})
    assert "has declared an interest" in moved.text.split('id="adviser-error"')[1][:300]


def test_an_action_due_on_a_closed_day_is_refused_beside_its_field(given, adviser):
    with given():
        finding = make_finding(fill_in(make_visit())).id
    sent = {"text": "Do it.", "owner": "The lead", "evidence_required": "A photograph"}
    page = adviser.post(
        f"/visits/findings/{finding}/action", data=sent | {"due_on": in_boxes(25, 12, 2026)}
    )
    assert "Enter a working day" in page.text.split('id="due_on-error"')[1][:300]
    assert "A photograph" in page.text


def a_large_photograph(megabytes):
    start = b"\xff\xd8\xff\xe0"
    return io.BytesIO(start + bytes(megabytes * 1024 * 1024) + b"\xff\xd9"), "photo.jpg"


def test_an_eighty_megabyte_photograph_is_refused_beside_its_field(app, given, adviser):
    with given():
        number = fill_in(make_visit()).id
    sent = {"part": "quality", "caption": "The classroom", "key": "key-0001"}
    answer = adviser.post(f"/visits/{number}/files", data=sent | {"file": a_large_photograph(80)})
    assert "There is a problem" in answer.text
    assert "The file is larger than 10 MB" in answer.text.split('id="file-error"')[1][:300]
    assert 'value="The classroom"' in answer.text
    assert re.search(r'value="quality"[^>]*checked', answer.text)
    with app.app_context():
        assert not db.session.scalars(select(VisitFile)).all()


def test_more_than_any_page_reads_is_refused_whole(given, adviser, sign_in):
    with given():
        number = fill_in(make_visit()).id
    sent = {"part": "quality", "caption": "x", "key": "key-0001"}
    address = f"/visits/{number}/files"
    assert adviser.post(address, data=sent | {"file": a_large_photograph(101)}).status_code == 413
    officer = sign_in(Role.SEND_OFFICER)
    assert officer.post(address, data=sent | {"file": a_large_photograph(21)}).status_code == 413


def test_a_photograph_sent_twice_by_script_is_kept_once_without_its_place(app, given, adviser):
    with given():
        number = fill_in(make_visit()).id
    sent = {"part": "quality", "caption": "Exit", "key": "key-0001"}
    for _ in range(2):
        told = adviser.post(
            f"/visits/{number}/files",
            data=sent | {"file": (a_photo(), "IMG_1.jpg")},
            headers={"Accept": "application/json"},
        )
        assert told.json == {"state": "saved", "about": "Quality of education, JPEG picture"}
    with app.app_context():
        (kept,) = db.session.scalars(select(VisitFile))
        content = adviser.get(f"/visits/files/{kept.id}").data
    assert content.startswith(b"\xff\xd8")
    assert b"Exif" not in content


@pytest.mark.parametrize(
    ("file", "why"),
    [
        ((io.BytesIO(b"MZ..."), "tool.exe"), "Send a file of one of these kinds"),
        (a_large_photograph(11), "larger than 10 MB"),
    ],
)
def test_a_file_that_a_script_sent_and_is_refused_says_why(given, adviser, file, why):
    with given():
        number = fill_in(make_visit()).id
    told = adviser.post(
        f"/visits/{number}/files",
        data={"part": "quality", "caption": "x", "key": "key-0001", "file": file},
        headers={"Accept": "application/json"},
    )
    assert told.status_code == 409
    assert why in told.json["reasons"][0]


def test_the_worker_is_ours_alone_and_stands_beside_the_pages_it_may_keep(given, adviser):
    answer = adviser.get("/visits/worker.js")
    assert answer.mimetype in ("text/javascript", "application/javascript")
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Service-Worker-Allowed" not in answer.headers


def test_a_provider_reads_reports_only_once_they_are_shared(given, sign_in):
    with given():
        provider = make_provider()
        draft = drafted(make_visit(provider=provider)).id
        shared = drafted(make_visit(provider=provider))
        reports.share(shared, by=TESTER)
        final = finished(make_visit(provider=provider))
        numbers = (draft, shared.id, final.id)
        actions = (shared.actions[0].id, final.actions[0].id)
        provider_id = provider.id
    own, other = sign_in(Role.PROVIDER, provider_id), sign_in(Role.PROVIDER)
    statuses = [own.get(f"/visit-reports/{number}").status_code for number in numbers]
    assert statuses == [404, 200, 200]
    assert [own.get(f"/visit-actions/{n}").status_code for n in actions] == [404, 200]
    assert own.get(f"/visit-reports/{numbers[2]}/report.pdf").data.startswith(b"%PDF")
    assert all(other.get(f"/visit-reports/{n}").status_code == 404 for n in numbers)
    officer = sign_in(Role.SEND_OFFICER)
    statuses = [officer.get(f"/visit-reports/{number}").status_code for number in numbers]
    assert statuses == [404, 404, 200]
    page = own.get("/visit-reports/").text
    assert f"/visit-reports/{numbers[0]}" not in page
    assert f"/visit-reports/{numbers[2]}" in page
    assert "2 actions" not in own.get("/visit-actions/").text


def test_a_provider_checks_the_facts_and_then_the_report_is_final(app, given, sign_in, adviser):
    with given():
        visit = drafted(make_visit())
        number, provider_id = visit.id, visit.provider_id
    adviser.post(f"/visit-reports/{number}/share")
    own = sign_in(Role.PROVIDER, provider_id)
    sent = {"response": "We have two tutors."}
    answer = own.post(f"/visit-reports/{number}/check", data=sent, follow_redirects=True)
    assert "We have two tutors." in answer.text
    adviser.post(f"/visit-reports/{number}/final")
    with app.app_context():
        visit = db.session.get(Visit, number)
        assert visit.state.value == "final"
        assert visit.provider.judgement is Judgement.GREEN
    assert "Hold a fire drill" in sign_in().get(f"/providers/{provider_id}").text


def test_a_judgement_that_differs_needs_its_reason_beside_the_field(given, adviser):
    with given():
        visit = fill_in(make_visit())
        number = visit.id
    adviser.post(f"/visits/{number}/finish")
    address = f"/visit-reports/{number}/judgement/quality"
    answer = adviser.post(address, data={"judgement": "amber", "reason": ""})
    assert "Your judgement differs from the suggestion. Enter the reason." in answer.text
    sent = {"judgement": "amber", "reason": "Too few children seen"}
    assert adviser.post(address, data=sent).status_code == 302


def test_the_lead_changes_a_template_and_an_adviser_does_not(app, given, sign_in, adviser):
    sent = {
        "standard": "quality",
        "text": "Children enjoy it.",
        "evidence": "observation",
        "weight": "2",
        "note": "New question",
    }
    address = "/visit-settings/templates/termly/question"
    assert adviser.post(address, data=sent).status_code == 403
    lead = sign_in(Role.AP_LEAD)
    answer = lead.post(address, data=sent, follow_redirects=True)
    assert "Version 2 is in use" in answer.text
    assert "Children enjoy it." in adviser.get("/visit-settings/templates/termly").text
    with app.app_context():
        assert versions.in_use(VisitKind.TERMLY).note == "New question"


def test_the_lead_changes_the_cycle_within_reason(sign_in):
    lead = sign_in(Role.AP_LEAD)
    form = lead.get("/visit-settings/cycle").text
    values = dict(re.findall(r'name="(\w+)"[^>]*value="([^"]*)"', form))
    values |= {b: a for a, b in re.findall(r'value="([^"]*)"[^>]*name="(\w+)"', form)}
    values.pop("csrf_token", None)
    assert lead.post("/visit-settings/cycle", data=values | {"yearly": "0"}).status_code == 200
    lead.post("/visit-settings/cycle", data=values | {"yearly": "300"})
    assert "300" in lead.get("/visit-settings/templates").text


def test_a_day_is_planned_with_map_times_and_calendar(app, given, sign_in):
    lead = sign_in(Role.AP_LEAD)
    with given():
        db.session.add(
            Postcode(code="SO238", sector="SO238", accuracy=Accuracy.SECTOR, latitude=51.06,
                     longitude=-1.31)
        )  # fmt: skip
        visit = make_visit()
        make_visit(adviser=visit.adviser)
        person = visit.adviser_id
    page = lead.get(f"/visit-planner/day?adviser={person}").text
    assert "The way of the day" in page
    assert lead.get("/visit-planner/").text.count("Plan the day") == 1
    lead.post("/visit-planner/day", data={"day": "2026-11-25", "adviser": f"{person}"})
    with app.app_context():
        begins = db.session.scalars(select(Visit.starts_minute).order_by(Visit.starts_minute)).all()
    assert begins[0] >= 9 * 60
    assert begins[1] >= begins[0] + 120


def test_a_calendar_address_is_secret_holds_no_name_and_ends_when_renewed(app, given, adviser):
    page = adviser.post("/visit-planner/calendar").text
    first = re.search(r"/visit-planner/feed/[\w-]+", page).group()
    with given():
        owner = db.session.execute(db.text("SELECT user_account_id FROM visit_calendar")).scalar()
        visit = make_visit()
        visit.adviser_id = owner
        reference, name = visit.provider.reference, visit.provider.name
    visitor = app.test_client()
    feed = visitor.get(first)
    assert feed.mimetype == "text/calendar"
    assert f"Yearly full visit\\, {reference}" in feed.text
    assert name not in feed.text
    adviser.post("/visit-planner/calendar")
    assert visitor.get(first).status_code == 404


def test_the_history_shows_each_standard_and_officers_only_what_is_final(
    given, sign_in, adviser, count_queries
):
    with given():
        provider = make_provider(name="Oak Farm")
        for _ in range(3):
            finished(make_visit(provider=provider))
        make_visit(provider=provider, kind=VisitKind.UNANNOUNCED)
        number, other = provider.id, make_provider().id
    with count_queries() as asked:
        page = adviser.get(f"/visit-history/{number}").text
    assert len(asked) <= 12
    assert page.count("Yearly full visit") == 3
    assert page.count("1 to improve") == 3
    assert "Unannounced visit" in page
    for person in (sign_in(Role.SEND_OFFICER), sign_in(Role.PROVIDER, provider_id=number)):
        page = person.get(f"/visit-history/{number}").text
        assert page.count("Yearly full visit") == 3
        assert "Unannounced visit" not in page
        assert len(person.get(f"/visit-history/{number}/download.csv").text.splitlines()) == 4
    assert (
        sign_in(Role.PROVIDER, provider_id=number).get(f"/visit-history/{other}").status_code == 404
    )
    assert sign_in(Role.FINANCE).get(f"/visit-history/{number}").status_code == 403


def test_a_provider_sees_visits_ahead_but_none_without_notice(given, sign_in):
    with given():
        provider = make_provider()
        number = provider.id
        make_visit(provider=provider)
        make_visit(provider=provider, kind=VisitKind.UNANNOUNCED)
    person = sign_in(Role.PROVIDER, provider_id=number)
    for address in ("/", "/visit-reports/"):
        page = person.get(address).text
        assert "Yearly full visit" in page
        assert "Unannounced" not in page


def test_lists_ask_a_fixed_number_of_queries(given, adviser, count_queries):
    def asked(address):
        with count_queries() as queries:
            assert adviser.get(address).status_code == 200
        return len(queries)

    addresses = ("/visits/?show=all", "/visits/all", "/visit-planner/", "/visit-actions/?show=all")
    with given():
        finished(make_visit())
        make_visit()
    few = [asked(address) for address in addresses]
    with given():
        for _ in range(3):
            finished(make_visit())
            make_visit()
    assert [asked(address) for address in addresses] == few


def test_the_worklist_is_taken_away_as_a_spreadsheet(given, adviser):
    with given():
        make_provider(last_visit_on=None)
    answer = adviser.get("/visits/due.csv")
    assert "No quality visit is recorded." in answer.text


def test_the_provider_answers_an_action_and_the_adviser_closes_it(given, sign_in, adviser):
    with given():
        visit = finished(make_visit())
        number, provider_id = visit.actions[0].id, visit.provider_id
    own = sign_in(Role.PROVIDER, provider_id)
    own.post(f"/visit-actions/{number}/answer", data={"answer": "Drill held."})
    page = adviser.get(f"/visit-actions/{number}").text
    assert "Drill held." in page
    closed = adviser.post(f"/visit-actions/{number}/close", data={}, follow_redirects=True)
    assert "The action was closed." in closed.text
    assert own.post(f"/visit-actions/{number}/answer", data={"answer": "x"}).status_code == 409
