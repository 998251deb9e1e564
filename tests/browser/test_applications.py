"""A new provider applies and is admitted, in a real browser, from the public page to the map."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.accounts.roles import Role
from app.kernel import audit
from app.kernel.clock import today
from app.kernel.database import db
from providers.applications.sections import QUESTIONS, Kind, Section
from providers.models.place import Accuracy, Postcode
from tests.browser.axe import assert_accessible
from tests.conftest import TESTER
from tests.factories.accounts import PASSWORD, make_user
from tests.factories.applications import answers_to, make_capped_service
from tests.factories.evidence import PDF

pytestmark = pytest.mark.browser
APPLICANT = ("anna@example.org", "three random words")


@pytest.fixture
def county(live_server):
    """A framework that is open, and the people who review."""
    with live_server.app.app_context(), audit.acting(TESTER, "test"):
        make_capped_service()
        make_user(Role.AP_LEAD, email="lead@example.org")
        make_user(Role.QUALITY_ADVISER, email="adviser@example.org")
        db.session.add(
            Postcode(code="SO238", sector="SO238", accuracy=Accuracy.SECTOR, latitude=51.06,
                     longitude=-1.31)
        )  # fmt: skip
        db.session.commit()
    return live_server


def in_boxes(page: Page, legend: str, day) -> None:
    group = page.get_by_role("group", name=legend)
    group.get_by_label("Day").fill(str(day.day))
    group.get_by_label("Month").fill(str(day.month))
    group.get_by_label("Year").fill(str(day.year))


def begin(page: Page, address: str) -> None:
    page.goto(f"{address}/join/")
    expect(page.get_by_text("Open to applications")).to_be_visible()
    page.get_by_role("button", name="Start now").click()
    page.get_by_label("Name of your organisation").fill("Brook Learning CIC")
    page.get_by_label("Your full name").fill("Anna Applicant")
    page.get_by_label("Your email address").fill(APPLICANT[0])
    page.get_by_label("Choose a password").fill(APPLICANT[1])
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.get_by_role("heading", name="Brook Learning CIC")).to_be_visible()


def answer_questions(page: Page) -> None:
    for section in QUESTIONS:
        page.get_by_role("link", name=section.label).click()
        given = answers_to(section)
        for question in QUESTIONS[section]:
            if question.kind in (Kind.CHOICE, Kind.YES_NO):
                page.locator(f"input[name={question.key}][value={given[question.key]}]").check()
            else:
                page.locator(f"[name={question.key}]").fill(given[question.key])
        page.get_by_role("button", name="Save").click()


def add_site(page: Page) -> None:
    page.get_by_role("link", name="Sites").click()
    page.get_by_role("button", name="Add a site").click()
    page.get_by_label("Name of the site").fill("Brook House")
    page.get_by_label("Postcode").fill("so23 8uj")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Your application").click()


def add_offer(page: Page) -> None:
    """An offer that is first too dear, and is refused with the cap, its date and the excess."""
    page.get_by_role("link", name="Lots, services and prices").click()
    page.get_by_role("button", name="Add an offer").click()
    page.get_by_label("Service", exact=True).select_option("Mentoring")
    page.get_by_label("Site", exact=True).select_option("Brook House")
    page.get_by_label("Social, emotional and mental health").check()
    page.get_by_label("At the provider's site").check()
    page.get_by_label("Monday morning").check()
    figures = {
        "Youngest age": "11",
        "Oldest age": "16",
        "Hours a week that are free": "20",
        "Places that are free": "4",
        "Price for one child, in pounds": "60",
    }
    for label, value in figures.items():
        page.get_by_label(label).fill(value)
    page.get_by_label("What does the price buy?").select_option("An hour")
    page.get_by_label("Exempt from VAT").check()
    page.get_by_role("button", name="Save").click()

    refusal = page.locator(".govuk-error-summary")
    expect(refusal).to_contain_text("£60.00 an hour is £5.00 above the cap of £55.00 an hour")
    expect(refusal).to_contain_text("in force since")
    assert_accessible(page)
    expect(page.get_by_label("Oldest age")).to_have_value("16")
    page.get_by_label("Price for one child, in pounds").fill("45.50")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("£45.50 an hour, SEMH, ages 11 to 16")).to_be_visible()
    page.get_by_role("link", name="Your application").click()


def send_evidence(page: Page, folder: Path) -> None:
    file = folder / "certificate.pdf"
    file.write_bytes(PDF)
    for name in ("Public liability insurance", "Written confirmation of staff checks"):
        page.get_by_role("link", name="Evidence").last.click()
        page.get_by_role("link", name=f"Send {name}").click()
        in_boxes(page, "When was it issued?", today())
        in_boxes(page, "When does it expire?", today().replace(year=today().year + 1, day=1))
        page.get_by_label("Choose the file").set_input_files(file)
        page.get_by_role("button", name="Send the document").click()
        expect(page.get_by_text("It counts once it has been checked")).to_be_visible()
        page.goto(page.url.partition("/evidence")[0] + "/applications/1")


def accept_documents(page: Page, address: str) -> None:
    page.goto(f"{address}/evidence/documents")
    for _ in range(2):
        page.locator("tbody a").first.click()
        page.get_by_role("button", name="Accept").click()
    expect(page.get_by_text("Nothing waits to be checked")).to_be_visible()


def review_and_admit(page: Page, address: str) -> None:
    page.goto(f"{address}/applications/1")
    page.get_by_role("button", name="Start the review").click()
    for section in Section:
        page.get_by_role("link", name=section.label).last.click()
        page.get_by_label("Meets what is asked", exact=True).check()
        page.get_by_role("button", name="Save the review").click()
    page.get_by_role("button", name="Admit").click()
    expect(page.get_by_text("The initial visit is not recorded.")).to_be_visible()
    page.get_by_role("link", name="Application 1").click()
    page.get_by_role("link", name="Record the initial visit").click()
    in_boxes(page, "When was the visit?", today())
    page.get_by_label("Green: meets the standards").check()
    page.get_by_label("What was seen?").fill("A calm place with good routines.")
    page.get_by_role("button", name="Record the visit").click()
    assert_accessible(page)
    page.get_by_role("button", name="Admit").click()
    page.get_by_role("button", name="Admit and publish").click()
    expect(
        page.get_by_text("Brook Learning CIC was admitted. 1 offer is published.")
    ).to_be_visible()


def test_a_new_provider_applies_and_is_admitted(county, page: Page, open_context, tmp_path):
    begin(page, county.address)
    assert_accessible(page)
    answer_questions(page)
    add_site(page)
    add_offer(page)
    send_evidence(page, tmp_path)
    expect(page.get_by_text("Everything is answered")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Check and submit").click()
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_text("Your application was submitted")).to_be_visible()

    adviser, lead = open_context().new_page(), open_context().new_page()
    county.sign_in(adviser, "adviser@example.org", PASSWORD)
    accept_documents(adviser, county.address)
    county.sign_in(lead, "lead@example.org", PASSWORD)
    review_and_admit(lead, county.address)

    lead.goto(f"{county.address}/providers/1")
    expect(lead.get_by_text("Mentoring").first).to_be_visible()
    page.reload()
    expect(page.locator(".fp-heading").get_by_text("Admitted")).to_be_visible()
