"""Four people and a child, in their browsers: from the referral to the way back to school.

Officer, provider, commissioner and finance each have a window of their own. The budget page and
the history of the placement are read after each step; at the end they agree with the invoice.
"""

from datetime import date, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from app.accounts.roles import Role
from app.kernel import audit
from app.kernel.clock import LONDON
from app.kernel.database import db
from providers.directory_queries import services
from tests.browser.test_referring import day, follow, press
from tests.conftest import TESTER
from tests.factories.accounts import PASSWORD, make_user
from tests.factories.children import make_child
from tests.factories.places import a_mapped_county
from tests.factories.providers import make_offer, make_provider

pytestmark = pytest.mark.browser
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=LONDON)
FORTNIGHT = [MONDAY.date() + timedelta(days=number) for number in (0, 1, 2, 3, 4, 7, 8, 9, 10, 11)]
WORDS = {
    "Purpose of the placement": "To come back to lessons.",
    "Route back": "Two mornings at school from January.",
    "Maximum length in weeks": "12",
    "Risk assessment": "Leaves the room when it is loud; a quiet room is kept free.",
    "Absence": "The family is called by 10.",
    "Transport": "By bicycle.",
}


@pytest.fixture
def site(live_server, time_machine):
    """A county with one provider of mentoring at £45 an hour, and a child on record."""
    time_machine.move_to(MONDAY)
    with live_server.app.app_context(), audit.acting(TESTER, "test"):
        a_mapped_county()
        mentoring = next(service for service in services() if service.code == "mentoring")
        offer = make_offer(provider=make_provider(name="Oak Farm"), service=mentoring)
        make_child(forename="Amara", surname="Able")
        for role, name in (
            (Role.SEND_OFFICER, "Olive Officer"),
            (Role.PROVIDER, "Priya Provider"),
            (Role.COMMISSIONER, "Carol Commissioner"),
            (Role.FINANCE, "Fatima Finance"),
        ):
            own = {"provider": offer.provider} if role is Role.PROVIDER else {}
            make_user(role, name=name, email=f"{name.split()[0].lower()}@example.org", **own)
        db.session.commit()
    return live_server


class Window:
    """One person's browser, signed in."""

    def __init__(self, site, open_context, name: str) -> None:
        self.site, self.name = site, name
        self.page: Page = open_context(viewport={"width": 1280, "height": 900}).new_page()
        self.sign_in()

    def sign_in(self) -> None:
        """Sign in, again where an hour has passed."""
        self.site.sign_in(self.page, f"{self.name}@example.org", PASSWORD)
        expect(self.page.get_by_role("button", name="Sign out").first).to_be_attached()

    def open(self, address: str) -> Page:
        """A page of the site."""
        self.page.goto(f"{self.site.address}{address}")
        return self.page

    def sees(self, text: str) -> None:
        """The page says so."""
        expect(self.page.get_by_text(text).first).to_be_visible()


def read(window: Window) -> dict[str, float]:
    """What the budget page says of tier 2, in pounds."""
    window.open("/budgets/?year=2026")
    heads = [each.strip() for each in window.page.get_by_role("columnheader").all_inner_texts()]
    cells = window.page.get_by_role("row", name="Tier 2").locator("th, td").all_inner_texts()
    told = dict(zip(heads, cells, strict=True))
    return {name: _pounds(told[name]) for name in ("Committed", "Waiting", "Actual", "Forecast")}


def _pounds(text: str) -> float:
    return float(text.split("£")[-1].split()[0].replace(",", ""))


def test_from_a_referral_to_the_way_back_four_people_and_one_sum(
    site, open_context, screenshot, time_machine
):
    officer, provider, commissioner, finance = (
        Window(site, open_context, name) for name in ("olive", "priya", "carol", "fatima")
    )
    refer_and_enquire(officer)
    the_provider_offers(provider)
    propose(officer)
    whole = 39 * 64  # 39 school days to the end of January, a fifth of 8 hours at £40 each
    assert read(finance) == {"Committed": 0, "Waiting": whole, "Actual": 0, "Forecast": whole}
    commissioner.open("/placement-proposals/1")
    commissioner.sees("Oak Farm: After a visit to the site")
    commissioner.page.get_by_label("Approve", exact=True).check()
    press(commissioner.page, "Save the decision")
    commissioner.sees("was approved")
    committed = {"Committed": whole, "Waiting": 0, "Actual": 0, "Forecast": whole}
    assert read(finance) == committed
    history(officer, "Proposal approved")
    agree_and_plan(provider, officer)
    assert read(finance) == committed
    history(officer, "Proposal approved", "was told who the child is", "PL-00001 started")
    time_machine.move_to(MONDAY + timedelta(days=11, hours=6))
    for window in (officer, provider, finance):
        window.sign_in()
    a_fortnight(provider)
    net = an_invoice(provider, finance)
    assert net == 6 * 1.5 * 40  # six mornings of November
    agreed = 6 * 64  # for the six school days of November
    paid = committed | {"Actual": net, "Forecast": whole - agreed + net}
    assert read(finance) == paid
    review_and_end(officer)
    spent = 10 * 64  # the fortnight
    after = {"Committed": spent, "Waiting": 0, "Actual": net, "Forecast": spent - agreed + net}
    assert read(finance) == after
    screenshot(finance.page, "budget-after-a-placement")
    history(officer, "Proposal approved", "PL-00001 started", "PL-00001 ended")


def refer_and_enquire(officer: Window) -> None:
    """The officer refers a child on record and asks the provider."""
    page = officer.open("/referrals/children/1/begin")
    page.get_by_label("Reason").select_option("Suspension")
    day(page, "First day out of education", date(2026, 11, 16))
    press(page, "Save the draft")
    follow(page, "What is asked for")
    page.get_by_label("Mentoring").fill("10")
    press(page, "Save")
    press(page, "Submit: put on the waiting list")
    officer.open("/enquiries/referrals/1/new?offer=1")
    press(page, "Send the enquiry")
    officer.sees("1 provider asked")


def the_provider_offers(provider: Window) -> None:
    """The provider offers fewer hours, below its list price, on a condition."""
    page = provider.open("/answers/1")
    assert "Amara" not in page.content()
    page.get_by_label("Yes, we make an offer").check()
    day(page, "First day", MONDAY.date())
    page.get_by_label("Hours a week").fill("8")
    page.get_by_label("Price an hour, net of VAT, in pounds").fill("40.00")
    page.get_by_label("Condition, if there is one").fill("After a visit to the site")
    press(page, "Send the answer")


def propose(officer: Window) -> None:
    """The officer takes the offer and proposes the placement."""
    page = officer.open("/enquiries/1")
    follow(page, "Choose Oak Farm")
    press(page, "Choose this offer")
    follow(page, "Propose the placement with Oak Farm")
    expect(page.get_by_label("Mentoring, 10 hours a week")).to_contain_text(
        "8 hours for £320.00 a week as offered"
    )
    day(page, "First day", MONDAY.date())
    day(page, "Last day", date(2027, 1, 29))
    page.get_by_label("Tier 2").check()
    page.get_by_label("Section 19").check()
    press(page, "Continue")
    officer.sees("£40.00")
    page.get_by_label("Why this placement is right for the child").fill("It is near.")
    press(page, "Submit for a decision")
    officer.sees("was submitted for a decision")


def agree_and_plan(provider: Window, officer: Window) -> None:
    """The provider accepts, now that it knows who the child is; the plan is written; it starts."""
    page = provider.open("/agreements/1")
    provider.sees("Amara Able")
    provider.sees("£40.00 an hour, £320.00 a week")
    press(page, "Accept")
    page = officer.open("/plans/1/write")
    for label, words in WORDS.items():
        page.get_by_label(label, exact=True).fill(words)
    page.get_by_label("Attendance", exact=True).fill("The provider, each morning.")
    page.get_by_label("Objective", exact=True).first.fill("Comes each day")
    page.get_by_label("How it is measured", exact=True).first.fill("The register")
    page.get_by_label("Where the child starts", exact=True).first.fill("Two days a week")
    press(page, "Save")
    officer.sees("Complete")
    officer.open("/placements/1")
    press(page, "Record that the child has started")
    officer.sees("is live")


def a_fortnight(provider: Window) -> None:
    """Ten mornings of an hour and a half are recorded."""
    for when in FORTNIGHT:
        page = provider.open(f"/attendance/register?day={when.isoformat()}")
        morning = page.get_by_role("region", name="Amara Able, morning")
        morning.get_by_label("Present", exact=True).check()
        morning.get_by_text("Hours, another code, note").click()
        morning.get_by_label("Hours delivered").fill("1.5")
        press(page, "Save the register")
        provider.sees("1 session was saved")


def an_invoice(provider: Window, finance: Window) -> float:
    """The provider invoices November, finance approves; what is to be paid, in pounds."""
    page = provider.open("/invoices/start")
    page.get_by_label("Month").select_option("2026-11-01")
    press(page, "Fill the invoice")
    page = provider.open("/invoices/1/submit")
    page.get_by_label("Your invoice number").fill("OAK-1")
    press(page, "Submit the invoice")
    page = finance.open("/invoices/1/decide")
    page.get_by_label("Approve it for payment").check()
    press(page, "Save the decision")
    finance.sees("IN-00001 was approved")
    return _pounds(page.get_by_text("£360.00").first.inner_text())


def review_and_end(officer: Window) -> None:
    """A review says that the child goes back, and the placement ends with where."""
    page = officer.open("/progress/placements/1/review")
    day(page, "When was it held", date(2026, 12, 4))
    page.get_by_label("Who took part?").fill("Amara, her mother, the mentor")
    page.get_by_label("On track").check()
    page.get_by_label("What did the child say?").fill("I want to go back.")
    page.get_by_label("What did the parents or carers say?").fill("She is ready.")
    page.get_by_label("What did the review conclude, and why?").fill("She goes back.")
    page.get_by_label("Go back to school").check()
    press(page, "Record the review")
    officer.sees("The review was recorded")
    page = officer.open("/progress/placements/1/end")
    day(page, "Last day", date(2026, 12, 4))
    page.get_by_label("Back in a mainstream school").check()
    page.get_by_label("Name of the school or setting").fill("Oak School")
    page.get_by_label("Why did it end?").fill("The aims were met.")
    page.get_by_label("Met", exact=True).check()
    press(page, "End the placement")
    officer.sees("Back in a mainstream school")


def history(officer: Window, *steps: str) -> None:
    """The placement's page tells the way so far in plain words."""
    officer.open("/placements/1")
    for words in steps:
        officer.sees(words)
