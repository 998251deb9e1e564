"""Quality visits in a real browser: to admission, without a connection, and an action closed."""

from pathlib import Path

import pytest
import time_machine
from playwright.sync_api import Page, expect

from app.accounts.roles import Role
from app.kernel import audit
from app.kernel.database import db
from app.visits.models import Visit, VisitPart, VisitSave
from app.visits.terms import Part, VisitKind
from providers.applications import review, service
from providers.applications.sections import Section
from providers.compliance import EvidenceKind
from providers.models.application import Application, Review
from providers.models.place import Accuracy, Postcode
from tests.browser.axe import assert_accessible, overflow
from tests.browser.conftest import DESKTOP, PHONE
from tests.conftest import TESTER
from tests.factories.accounts import PASSWORD, make_user
from tests.factories.applications import complete, make_application
from tests.factories.concerns import make_handled
from tests.factories.evidence import CHECKER
from tests.factories.providers import an_item, make_offer
from tests.factories.stops import make_stop
from tests.factories.visits import a_photo, fill_in, finished, make_visit

pytestmark = pytest.mark.browser
TABLET = {"width": 820, "height": 1180}


@pytest.fixture(autouse=True)
def on_a_wednesday():
    """Visits are made on working days."""
    with time_machine.travel("2026-11-25 10:00 +0000"):
        yield


@pytest.fixture
def given(live_server):
    """Rows are made in a block of their own, saved before any page is asked for."""

    def make(build):
        with live_server.app.app_context(), audit.acting(TESTER, "test"):
            found = build()
            db.session.commit()
            return found

    return make


@pytest.fixture
def tablet(open_context):
    return open_context(viewport=TABLET, has_touch=True).new_page()


def people():
    make_user(Role.AP_LEAD, email="lead@example.org")
    return make_user(Role.QUALITY_ADVISER, email="adviser@example.org")


def test_an_offline_visit_arrives_whole(live_server, given, tablet, screenshot):
    number = given(lambda: make_visit(adviser=people()).id)
    live_server.sign_in(tablet, "adviser@example.org", PASSWORD)
    tablet.goto(f"{live_server.address}/visits/{number}")
    with tablet.expect_navigation():
        tablet.get_by_role("button", name="Start the visit").click()
    expect(tablet.get_by_role("heading", name="Pupil voice")).to_be_visible()
    assert_accessible(tablet)
    assert overflow(tablet) == 0

    safeguarding = tablet.locator("form[data-fp-name='Safeguarding and wellbeing']")
    safeguarding.get_by_label("Met", exact=True).first.check()
    expect(safeguarding.get_by_role("status")).to_contain_text("Saved")

    tablet.context.set_offline(True)
    safeguarding.locator("#safeguarding-note-dsl").fill("Named on the wall.")
    voice = tablet.locator("form[data-fp-name='Pupil voice']")
    voice.locator("#pupils-said").fill("Three children like the workshop.")
    people_form = tablet.locator("form[data-fp-name='Who was spoken to']")
    people_form.locator("#people-people").fill("The proprietor")
    for form in (safeguarding, voice, people_form):
        expect(form.get_by_role("status")).to_contain_text("Kept on this device")
    screenshot(tablet, "visit-offline")
    voice.locator("#pupils-said").fill("Three children like the workshop, one the garden.")

    tablet.context.set_offline(False)
    for form in (safeguarding, voice, people_form):
        expect(form.get_by_role("status")).to_contain_text("Saved")

    def stored():
        rows = db.session.query(VisitPart).filter_by(visit_id=number)
        return {row.part: (row.version, row.content) for row in rows}

    parts = given(stored)
    assert parts[Part.SAFEGUARDING][1]["notes"] == {"dsl": "Named on the wall."}
    assert parts[Part.SAFEGUARDING][1]["answers"] == {"dsl": "met"}
    said = "Three children like the workshop, one the garden."
    assert parts[Part.PUPILS][1] == {"said": said}
    assert parts[Part.PEOPLE] == (1, {"people": "The proprietor"})
    saves = given(lambda: db.session.query(VisitSave).count())
    assert saves == sum(version for version, _content in parts.values())


def test_what_was_typed_outlives_a_reload_and_a_newer_version_is_not_overwritten(
    live_server, given, tablet
):
    number = given(lambda: fill_in(make_visit(adviser=people())).id)
    live_server.sign_in(tablet, "adviser@example.org", PASSWORD)
    address = f"{live_server.address}/visits/{number}/carry-out"
    tablet.goto(address)
    tablet.context.set_offline(True)
    tablet.locator("#pupils-said").fill("Mine")
    voice = tablet.locator("form[data-fp-name='Pupil voice']")
    expect(voice.get_by_role("status")).to_contain_text("Kept on this device")

    def another_saves():
        part = db.session.query(VisitPart).filter_by(visit_id=number, part=Part.PUPILS).one()
        part.content, part.version, part.saved_by = {"said": "Theirs"}, 1, "Amara Lead"
        part.saved_at = db.session.get(Visit, number).started_at

    given(another_saves)
    tablet.context.set_offline(False)
    tablet.on("dialog", lambda dialog: dialog.accept())
    tablet.goto(address)
    expect(tablet.locator("#pupils-said")).to_have_value("Mine")
    expect(voice.get_by_text("Amara Lead saved a newer version")).to_be_visible()
    assert_accessible(tablet)
    voice.get_by_role("button", name="Keep mine").click()
    expect(voice.get_by_role("status")).to_contain_text("Saved")
    kept = given(
        lambda: (
            db.session.query(VisitPart).filter_by(visit_id=number, part=Part.PUPILS).one().content
        )
    )
    assert kept == {"said": "Mine"}


def a_photo_with_its_place(folder: Path) -> Path:
    path = folder / "IMG_2041.jpg"
    path.write_bytes(a_photo().getvalue())
    return path


def add_photograph(page: Page, path: Path, caption: str) -> None:
    form = page.locator("form[data-fp-files]")
    form.get_by_label("Health and safety").check()
    form.get_by_label("What does it show?").fill(caption)
    form.get_by_label("Choose the file").set_input_files(path)
    form.get_by_role("button", name="Add the file").click()


def test_the_page_opens_again_without_a_connection_and_all_arrives_once(
    live_server, given, tablet, tmp_path, screenshot
):
    number = given(lambda: fill_in(make_visit(adviser=people())).id)
    live_server.sign_in(tablet, "adviser@example.org", PASSWORD)
    address = f"{live_server.address}/visits/{number}/carry-out"
    tablet.goto(address)
    voice = tablet.locator("form[data-fp-name='Pupil voice']")
    said = tablet.locator("#pupils-said")
    said.fill("Before the connection went.")
    expect(voice.get_by_role("status")).to_contain_text("Saved")
    expect(tablet.get_by_text("This page also opens without a connection.")).to_be_visible()

    tablet.context.set_offline(True)
    tablet.reload()
    expect(said).to_have_value("Before the connection went.")
    said.fill("Three like the workshop.")
    expect(voice.get_by_role("status")).to_contain_text("Kept on this device")
    add_photograph(tablet, a_photo_with_its_place(tmp_path), "The fire exit")
    waiting = tablet.locator("[data-fp-queue]")
    expect(waiting).to_contain_text("The fire exit Kept on this device")
    tablet.reload()
    expect(said).to_have_value("Three like the workshop.")
    expect(waiting).to_contain_text("The fire exit Kept on this device")
    assert_accessible(tablet)
    assert overflow(tablet) == 0
    screenshot(tablet, "visit-offline-reloaded")
    tablet.get_by_role("button", name="Finish the visit").click()
    expect(tablet.get_by_role("alert")).to_contain_text("not saved yet")

    tablet.context.set_offline(False)
    expect(voice.get_by_role("status")).to_contain_text("Saved")
    expect(waiting).to_contain_text("The fire exit (Health and safety, JPEG picture)")

    def stored():
        visit = db.session.get(Visit, number)
        (photo,) = visit.files
        saves = db.session.query(VisitSave).count()
        assert saves == sum(part.version for part in visit.parts)
        with live_server.app.extensions["files"].open(photo.file.key) as kept:
            return photo.caption, visit.part(Part.PUPILS).content, b"Exif" in kept.read()

    assert given(stored) == ("The fire exit", {"said": "Three like the workshop."}, False)
    tablet.reload()
    expect(said).to_have_value("Three like the workshop.")
    with tablet.expect_navigation():
        tablet.get_by_role("button", name="Finish the visit").click()
    pages = f"""async () => (await (await caches.open('fairplace-visit-pages')).keys())
        .filter((kept) => kept.url.endsWith('/visits/{number}/carry-out')).length
        + (await navigator.serviceWorker.getRegistrations()).length"""
    for _ in range(50):
        if tablet.evaluate(pages) == 0:
            break
        tablet.wait_for_timeout(100)
    assert tablet.evaluate(pages) == 0


def test_a_photograph_that_is_too_large_is_refused_beside_its_field_and_nothing_typed_is_lost(
    live_server, given, tablet, tmp_path
):
    number = given(lambda: fill_in(make_visit(adviser=people())).id)
    live_server.sign_in(tablet, "adviser@example.org", PASSWORD)
    tablet.goto(f"{live_server.address}/visits/{number}/carry-out")
    large = tmp_path / "large.jpg"
    with large.open("wb") as file:
        file.truncate(80 * 1024 * 1024)
    add_photograph(tablet, large, "The whole yard")
    form = tablet.locator("form[data-fp-files]")
    expect(form.get_by_text("This file has 80 MB. Send one of at most 10 MB")).to_be_visible()
    expect(form.get_by_label("What does it show?")).to_have_value("The whole yard")
    expect(form.get_by_label("Health and safety")).to_be_checked()
    assert_accessible(tablet)


def test_signing_out_leaves_nothing_of_a_visit_on_the_device(
    live_server, given, tablet, tmp_path, screenshot
):
    number = given(lambda: fill_in(make_visit(adviser=people())).id)
    live_server.sign_in(tablet, "adviser@example.org", PASSWORD)
    address = f"{live_server.address}/visits/{number}/carry-out"
    tablet.goto(address)
    expect(tablet.get_by_text("This page also opens without a connection.")).to_be_visible()
    tablet.context.set_offline(True)
    tablet.locator("#pupils-said").fill("Not sent yet.")
    add_photograph(tablet, a_photo_with_its_place(tmp_path), "The fire exit")
    expect(tablet.locator("[data-fp-queue]")).to_contain_text("Kept on this device")
    tablet.get_by_role("button", name="Sign out").click()
    expect(tablet.get_by_role("alert").first).to_contain_text("has not been sent")
    assert_accessible(tablet)
    screenshot(tablet, "visit-unsent")
    tablet.context.set_offline(False)
    with tablet.expect_navigation():
        tablet.get_by_role("button", name="Delete it and sign out").click()
    left = """async () => [Object.keys(localStorage).length, (await caches.keys()).length,
        (await navigator.serviceWorker.getRegistrations()).length]"""
    assert tablet.evaluate(left) == [0, 0, 0]


def test_the_pages_around_visits_can_be_used_by_everybody(live_server, given, page, screenshot):
    def build():
        adviser = people()
        offer = make_offer()
        provider = offer.provider
        finished(make_visit(adviser=adviser, provider=provider))
        planned = make_visit(adviser=adviser, provider=make_offer().provider)
        concern = make_handled(adviser, provider=provider)
        stop = make_stop(provider)
        return provider.id, planned.id, concern.id, stop.id, adviser.id

    provider, visit, concern, stop, adviser = given(build)
    live_server.sign_in(page, "lead@example.org", PASSWORD)
    for path in (
        "/", "/visits/", "/visits/all", f"/visits/{visit}", f"/visits/plan/{provider}",
        "/visit-planner/", f"/visit-planner/day?adviser={adviser}&day=2026-11-25",
        f"/visit-history/{provider}", "/concerns/", f"/concerns/{concern}", "/concerns/pattern",
        "/scorecards/", f"/scorecards/{provider}", f"/stops/{stop}", f"/stops/impose/{provider}",
    ):  # fmt: skip
        page.set_viewport_size(DESKTOP)
        page.goto(live_server.address + path)
        assert overflow(page) == 0, path
        page.set_viewport_size(PHONE)
        assert overflow(page) == 0, path
        assert_accessible(page)
    page.goto(f"{live_server.address}/visit-history/{provider}")
    screenshot(page, "visit-history-phone")


def test_a_provider_closes_an_action(live_server, given, page, phone, tmp_path, screenshot):
    def build():
        visit = finished(make_visit(adviser=people()))
        make_user(Role.PROVIDER, email="anna@example.org", provider=visit.provider)

    given(build)
    own = phone.new_page()
    live_server.sign_in(own, "anna@example.org", PASSWORD)
    own.goto(f"{live_server.address}/visit-actions/")
    assert_accessible(own)
    assert overflow(own) == 0
    with own.expect_navigation():
        own.get_by_role("link", name="Hold a fire drill and record it.").click()
    assert_accessible(own)
    screenshot(own, "visit-action-phone")
    with own.expect_navigation():
        own.get_by_role("button", name="Answer").click()
    own.get_by_label("What did you do?").fill("We held a drill on Monday.")
    with own.expect_navigation():
        own.get_by_role("button", name="Send your answer").click()
    expect(own.get_by_text("Your answer was sent.")).to_be_visible()

    live_server.sign_in(page, "adviser@example.org", PASSWORD)
    page.goto(f"{live_server.address}/visit-actions/")
    with page.expect_navigation():
        page.get_by_role("link", name="Hold a fire drill and record it.").click()
    expect(page.get_by_text("We held a drill on Monday.")).to_be_visible()
    with page.expect_navigation():
        page.get_by_role("button", name="Close it").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Close the action").click()
    own.reload()
    expect(own.get_by_text("Closed", exact=True)).to_be_visible()


def an_applicant():
    """An application under review that lacks nothing but the initial visit."""
    adviser = people()
    application = complete(make_application())
    for kind in (EvidenceKind.INSURANCE, EvidenceKind.STAFF_CHECKS):
        application.provider.evidence.append(an_item(kind))
    db.session.add(
        Postcode(code="SO238", sector="SO238", accuracy=Accuracy.SECTOR, latitude=51.06,
                 longitude=-1.31)
    )  # fmt: skip
    make_user(Role.PROVIDER, email="anna@example.org", provider=application.provider)
    db.session.flush()
    service.submit(application)
    review.start_review(application)
    for section in Section:
        review.review(application, section, Review.MEETS, "", by=CHECKER)
    visit = make_visit(kind=VisitKind.INITIAL, provider=application.provider, adviser=adviser)
    fill_in(visit)
    return visit.id, application.id


def choose(page: Page, name: str, link: str) -> None:
    with page.expect_navigation():
        page.get_by_role("link", name=link).click()
    page.get_by_label(name).check()
    if page.get_by_label("Summary of the report").count():
        page.get_by_label("Summary of the report").fill("A calm place with clear routines.")
    with page.expect_navigation():
        page.get_by_role("button", name="Save the judgement").click()


def test_an_initial_visit_leads_to_admission(live_server, given, page, phone, screenshot):
    number, application = given(an_applicant)
    live_server.sign_in(page, "adviser@example.org", PASSWORD)
    page.goto(f"{live_server.address}/visits/{number}/carry-out")
    with page.expect_navigation():
        page.get_by_role("button", name="Finish the visit").click()
    assert_accessible(page)
    with page.expect_navigation():
        page.get_by_role("button", name="Record a finding").click()
    page.get_by_label("Quality of education").check()
    page.get_by_label("Strength").check()
    page.get_by_label("What was found?").fill("Children work with pleasure.")
    with page.expect_navigation():
        page.get_by_role("button", name="Record the finding").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Judge and write the report").click()
    for link in (
        "Judge Safeguarding and wellbeing",
        "Judge Health and safety",
        "Judge Admissions, support and guidance",
        "Judge Quality of education",
        "Judge your judgement",
    ):
        choose(page, "Green: meets the standards", link)
    assert_accessible(page)
    screenshot(page, "visit-judgement")
    with page.expect_navigation():
        page.get_by_role("button", name="Make the draft report").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Send it to the provider").click()

    own = phone.new_page()
    live_server.sign_in(own, "anna@example.org", PASSWORD)
    own.goto(f"{live_server.address}/visit-reports/{number}/check")
    assert_accessible(own)
    assert overflow(own) == 0
    with own.expect_navigation():
        own.get_by_role("button", name="Send your answer").click()

    page.reload()
    with page.expect_navigation():
        page.get_by_role("button", name="Make the report final").click()
    assert_accessible(page)
    screenshot(page, "visit-report")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as PDF").click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")

    with page.expect_navigation():
        page.get_by_role("button", name="Sign out").click()
    live_server.sign_in(page, "lead@example.org", PASSWORD)
    page.goto(f"{live_server.address}/applications/{application}")
    page.goto(f"{live_server.address}/reviews/{application}/admit")
    with page.expect_navigation():
        page.get_by_role("button", name="Admit").click()
    expect(page.get_by_text("was admitted")).to_be_visible()
    state = given(lambda: db.session.get(Application, application).provider.state.value)
    assert state == "approved"
