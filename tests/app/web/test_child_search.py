"""Looking for a child by name: three lists, and nothing of it in an address."""

import csv
import io
import re

import pytest

from app.accounts.roles import Role
from app.web.child_search import LONGEST
from tests.app.web.visitors import signed_in
from tests.factories.accounts import PASSWORD, make_user
from tests.factories.children import make_child, make_referral
from tests.factories.outcomes import make_outcome, make_run
from tests.factories.placements import make_placement

LISTS = ("/children/", "/placements/", "/matches/1")
SUMMARY = {
    "engine": "cp-sat", "on": "2026-11-26", "open_offers": 2, "closed_offers": 0, "closed": {},
    "rulings_not_kept": [],
}  # fmt: skip
UNPLACED = {"headline": "None", "components": [{"service": "Mentoring", "hours": 10}]}
SHOWN = re.compile(r"Amara|Bo Baker|Sian")
LINK = re.compile(r'(?:href|action)="([^"]*)"')


@pytest.fixture
def officer(given, sign_in):
    """An officer, and three children who wait, are placed and were matched."""
    with given():
        run = make_run(summary=SUMMARY, parameters={"seed": 1})
        for forename, surname in (("Amara", "Able"), ("Bo", "Baker"), ("Sian", "O'Neil")):
            child = make_child(
                forename=forename, surname=surname, reference=f"C-{forename.upper()}"
            )
            referral = make_referral(child)
            make_placement(referral=referral)
            make_outcome(run, referral, reasons=UNPLACED)
    return sign_in(Role.AP_LEAD)


def names(page) -> set[str]:
    """Whose rows a page shows."""
    assert page.status_code == 200
    table = page.text.partition("<table")[2]
    return set(SHOWN.findall(table))


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize("text", ["baker", "C-BO", " BO  Baker ", "aker bo"])
def test_a_list_is_narrowed_by_a_name_or_a_reference(officer, address, text):
    answer = officer.post(address, data={"text": text})
    assert (answer.status_code, answer.location) == (303, address)
    page = officer.get(address)
    assert names(page) == {"Bo Baker"}
    assert f"contains <strong>{' '.join(text.split())}</strong>" in page.text
    assert not [link for link in LINK.findall(page.text) if "baker" in link.lower()]


@pytest.mark.parametrize("address", LISTS)
def test_an_empty_search_and_the_clear_button_show_everyone(officer, address):
    officer.post(address, data={"text": "o'neil"})
    assert names(officer.get(address)) == {"Sian"}
    assert "Clear search" in officer.get(address).text
    officer.post(address, data={"text": " "})
    page = officer.get(address)
    assert names(page) == {"Amara", "Bo Baker", "Sian"}
    assert "Clear search" not in page.text


def test_filters_and_sort_stay_in_the_address_and_the_page_begins_anew(officer):
    answer = officer.post("/children/?need=SEMH&sort=-name&page=3&text=old", data={"text": "a"})
    assert answer.location == "/children/?need=SEMH&sort=-name"
    assert names(officer.get(answer.location)) == {"Amara", "Bo Baker", "Sian"}
    assert names(officer.get("/children/?need=VI")) == set()
    assert "clear the search or remove a filter" in officer.get("/children/?need=VI").text


def test_paging_keeps_the_search(given, officer):
    with given():
        for number in range(21):
            make_referral(make_child(forename="Zoe", surname=f"Many{number:02}"))
    officer.post("/children/", data={"text": "zoe"})
    first, second = officer.get("/children/?sort=name"), officer.get("/children/?sort=name&page=2")
    assert "Showing 1 to 20 of 21" in first.text
    assert "Many20" in second.text and "Amara" not in second.text


@pytest.mark.parametrize(
    "address",
    ["/children/download.csv", "/placements/download.csv", "/matches/1/download.csv"],
)
def test_a_spreadsheet_is_narrowed_as_its_list_is(officer, address):
    officer.post(
        address.removesuffix("/download.csv") + "/" * (address[1] != "m"), data={"text": "bo"}
    )
    rows = list(csv.reader(io.StringIO(officer.get(address).text)))
    assert len(rows) == 2 and any("Baker" in cell or "C-BO" in cell for cell in rows[1])


def test_each_list_has_a_search_of_its_own(officer):
    officer.post("/children/", data={"text": "bo"})
    officer.post("/placements/", data={"text": "sian"})
    assert names(officer.get("/children/")) == {"Bo Baker"}
    assert names(officer.get("/placements/")) == {"Sian"}
    assert len(names(officer.get("/matches/1"))) == 3


def test_who_knows_children_by_reference_alone_neither_searches_nor_sorts_by_name(app, officer):
    finance = signed_in(app, Role.FINANCE)
    finance.post("/placements/", data={"text": "baker"})
    page = finance.get("/placements/").text
    assert "No placement fits this search" in page
    assert "Child or reference" not in page
    assert len(finance.get("/placements/download.csv").text.splitlines()) == 1
    finance.post("/placements/", data={"text": "c-bo"})
    assert len(finance.get("/placements/download.csv").text.splitlines()) == 2
    finance.post("/placements/", data={"text": ""})
    found = re.findall(r"C-[A-Z]+", finance.get("/placements/?sort=name").text)
    assert list(dict.fromkeys(found)) == sorted(set(found))


def test_a_name_in_an_address_is_not_searched_for(officer):
    assert names(officer.get("/children/?text=baker")) == {"Amara", "Bo Baker", "Sian"}


def test_the_browser_keeps_no_name_that_can_be_read(officer):
    with officer.session_transaction() as session:
        before = dict(session)
    officer.post("/children/", data={"text": "baker"})
    with officer.session_transaction() as session:
        assert "baker" not in str(dict(session)).lower()
        assert set(session) - set(before) == {"child_search"}


def test_a_search_that_cannot_be_read_any_more_is_none(officer):
    with officer.session_transaction() as session:
        session["child_search"] = {"waiting": "kept with another key"}
    assert len(names(officer.get("/children/"))) == 3


def test_a_long_search_is_cut(officer):
    officer.post("/children/", data={"text": "x" * 5000})
    assert f"<strong>{'x' * LONGEST}</strong>" in officer.get("/children/").text


def test_the_next_person_at_the_browser_does_not_see_what_was_searched_for(given, officer):
    officer.post("/children/", data={"text": "baker"})
    officer.post("/sign-out")
    with officer.session_transaction() as session:
        assert "child_search" not in session
    with given():
        email = make_user(Role.SEND_OFFICER).email
    officer.post("/sign-in", data={"email": email, "password": PASSWORD})
    assert names(officer.get("/children/")) == {"Amara", "Bo Baker", "Sian"}


def test_a_search_is_a_form_of_ours_and_escapes_what_it_shows(officer):
    officer.post("/children/", data={"text": "<b>bo"})
    assert "<strong>&lt;b&gt;bo</strong>" in officer.get("/children/").text


def test_a_search_from_another_site_is_refused(sqlite_app):
    client = signed_in(sqlite_app, Role.SEND_OFFICER)
    sqlite_app.config["WTF_CSRF_ENABLED"] = True
    assert client.post("/children/", data={"text": "bo"}).status_code == 400
