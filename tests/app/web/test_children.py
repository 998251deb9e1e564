"""The waiting list and a child's record."""

import csv
import io
import re
from datetime import date

import pytest
import time_machine
from openpyxl import load_workbook

from app.accounts.roles import Role
from app.children.lifecycle import ReferralState
from app.children.models import Component, ProviderWish, Referral
from app.kernel import audit
from app.kernel.database import db
from providers.needs import Delivery, NeedType, SenProvision
from tests.factories.children import make_child, make_referral, make_wish
from tests.factories.outcomes import make_outcome, make_run
from tests.factories.providers import make_offer, make_provider, make_service

CASEWORK = (Role.SEND_OFFICER, Role.COMMISSIONER, Role.AP_LEAD)
OTHERS = tuple(role for role in Role if role not in CASEWORK)
ROWS = re.compile(r'class="fp-quiet">(C-\w+)')


@pytest.fixture(autouse=True)
def _on_a_november_day():
    with time_machine.travel("2026-11-23 09:00", tick=False):
        yield


def listed(answer) -> list[str]:
    """The references on a page, in order, each once."""
    assert answer.status_code == 200
    return list(dict.fromkeys(ROWS.findall(answer.text)))


def waiting(reference: str, child: dict | None = None, **values):
    return make_referral(make_child(reference=reference, **(child or {})), **values)


@pytest.mark.parametrize("role", OTHERS)
@pytest.mark.parametrize("path", ["/children/", "/children/1", "/children/download.csv"])
def test_only_casework_roles_see_children(sign_in, role, path):
    assert sign_in(role).get(path).status_code == 403


def test_a_visitor_is_asked_to_sign_in(client):
    answer = client.get("/children/")
    assert answer.status_code == 302
    assert "/sign-in" in answer.location


@pytest.mark.parametrize("role", CASEWORK)
def test_the_most_urgent_stands_first_with_days_and_reason(given, sign_in, role):
    with given():
        waiting("C-SHORT", out_of_education_since=date(2026, 11, 20))
        waiting("C-NONE", out_of_education_since=None)
        waiting("C-LONG", out_of_education_since=date(2026, 2, 6))
    answer = sign_in(role).get("/children/")
    assert listed(answer) == ["C-NONE", "C-LONG", "C-SHORT"]
    assert "290 days" in answer.text
    assert "since 6 Feb 2026" in answer.text
    assert "3 days" in answer.text
    assert "Not known" in answer.text
    assert "It is not recorded since when this child is out of education" in answer.text
    assert "the sixth school day of the exclusion: 146 school days late" in answer.text
    assert "Permanent exclusion" in answer.text


def test_a_line_shows_year_group_primary_need_and_hours(given, sign_in):
    with given():
        hours = {make_service(): 4, make_service("tutoring_qts"): 9}
        waiting(
            "C-1", {"needs": (NeedType.ASD, NeedType.HI), "born_on": date(2015, 9, 1)}, hours=hours
        )
    page = sign_in().get("/children/").text
    assert "Year 6" in page
    assert "Autistic spectrum disorder" in page
    assert "Tutoring (QTS)" in page
    assert ">13<" in page


def test_only_those_who_wait_are_listed(given, sign_in):
    with given():
        waiting("C-WAITS")
        waiting("C-PLACED", state=ReferralState.PLACED)
        waiting("C-GONE", state=ReferralState.WITHDRAWN)
    assert listed(sign_in().get("/children/")) == ["C-WAITS"]


def test_an_empty_waiting_list_says_what_to_do(sign_in):
    officer, commissioner = sign_in(Role.SEND_OFFICER), sign_in(Role.COMMISSIONER)
    assert "Send in a spreadsheet" in officer.get("/children/").text
    page = commissioner.get("/children/").text
    assert "Nobody is waiting" in page
    assert "Send in a spreadsheet" not in page


FILTERS = [
    ("need=ASD", ["C-B"]),
    ("need=SEMH", ["C-A", "C-C"]),
    ("year=KS4", ["C-A"]),
    ("year=11", ["C-A"]),
    ("year=0", ["C-C"]),
    ("year=KS1", []),
    ("ehcp=yes", ["C-A", "C-C"]),
    ("ehcp=no", ["C-B"]),
    ("looked_after=yes", ["C-B"]),
    ("looked_after=no", ["C-A", "C-C"]),
    ("need=SEMH&ehcp=yes&year=KS4", ["C-A"]),
    ("need=NONSENSE&year=99&service=abc", ["C-A", "C-B", "C-C"]),
]


@pytest.mark.parametrize(("query", "found"), FILTERS)
def test_the_list_is_narrowed_by(given, sign_in, query, found):
    with given():
        waiting(
            "C-A",
            {"forename": "Sian", "surname": "O'Neil", "born_on": date(2010, 9, 1)},
            out_of_education_since=date(2026, 9, 1),
        )
        waiting(
            "C-B",
            {
                "needs": (NeedType.PD, NeedType.ASD),
                "looked_after": True,
                "sen_provision": SenProvision.SUPPORT,
                "born_on": date(2010, 8, 31),
            },
            out_of_education_since=date(2026, 9, 2),
        )
        waiting("C-C", {"born_on": date(2022, 8, 31)}, out_of_education_since=date(2026, 9, 3))
    assert listed(sign_in().get(f"/children/?{query}")) == found


def test_the_list_is_narrowed_by_the_service_asked_for(given, sign_in):
    with given():
        tutoring = make_service("tutoring_qts")
        waiting("C-TUTORED", hours={tutoring: 5})
        waiting("C-MENTORED")
        number = tutoring.id
    answer = sign_in().get(f"/children/?service={number}")
    assert listed(answer) == ["C-TUTORED"]
    assert "Service asked for: Tutoring (QTS)" in answer.text


def test_filters_without_a_child_offer_the_way_back(given, sign_in):
    with given():
        waiting("C-1")
    page = sign_in().get("/children/?need=VI").text
    assert "No child fits these filters" in page
    assert "Show all children" in page


ORDERS = [
    ("waiting", ["C-C", "C-B", "C-A"]),
    ("-waiting", ["C-A", "C-B", "C-C"]),
    ("name", ["C-B", "C-C", "C-A"]),
    ("-name", ["C-A", "C-C", "C-B"]),
    ("reference", ["C-A", "C-B", "C-C"]),
    ("year", ["C-B", "C-A", "C-C"]),
    ("-year", ["C-C", "C-A", "C-B"]),
    ("need", ["C-B", "C-C", "C-A"]),
    ("hours", ["C-A", "C-C", "C-B"]),
    ("-hours", ["C-B", "C-C", "C-A"]),
    ("nonsense", ["C-A", "C-B", "C-C"]),
]


@pytest.mark.parametrize(("sort", "order"), ORDERS)
def test_the_list_is_sorted_by(given, sign_in, sort, order):
    with given():
        one = make_service()
        people = [
            ("C-A", "Zahra", NeedType.SEMH, date(2012, 1, 1), date(2026, 3, 1), 1),
            ("C-B", "Adams", NeedType.ASD, date(2018, 1, 1), date(2026, 4, 1), 20),
            ("C-C", "Moore", NeedType.MLD, date(2010, 1, 1), date(2026, 5, 1), 5),
        ]
        for reference, surname, need, born, since, hours in people:
            child = {"surname": surname, "needs": (need,), "born_on": born}
            waiting(reference, child, out_of_education_since=since, hours={one: hours})
    assert listed(sign_in().get(f"/children/?sort={sort}")) == order


def test_twenty_stand_on_a_page_and_filters_stay_on_the_way_to_the_next(given, sign_in):
    with given():
        for number in range(23):
            waiting(f"C-{number:02}", out_of_education_since=date(2026, 9, number + 1))
        waiting("C-OTHER", {"needs": (NeedType.ASD,)})
    officer = sign_in()
    first = officer.get("/children/?need=SEMH")
    assert listed(first) == [f"C-{number:02}" for number in range(20)]
    assert "Showing 1 to 20 of 23 children" in first.text
    assert "/children/?need=SEMH&amp;page=2" in first.text
    assert listed(officer.get("/children/?need=SEMH&page=2")) == ["C-20", "C-21", "C-22"]
    assert officer.get("/children/?need=SEMH&page=9").status_code == 404


def test_the_list_asks_the_same_number_of_queries_for_one_child_as_for_twenty(
    given, sign_in, count_queries
):
    with given():
        waiting("C-1")
    officer = sign_in()
    with count_queries() as few:
        officer.get("/children/")
    with given():
        for number in range(30):
            waiting(f"C-X{number}")
    with count_queries() as many:
        officer.get("/children/")
    assert len(many) == len(few) <= 12


def test_the_list_as_csv_holds_what_its_filters_leave(given, sign_in):
    with given():
        waiting(
            "C-A",
            {"forename": "Siân", "surname": "=HYPERLINK(1)", "needs": (NeedType.ASD, NeedType.HI)},
            out_of_education_since=date(2026, 11, 1),
            max_travel_km=16.093,
            preferred_delivery=Delivery.AT_HOME,
        )
        waiting("C-B")
    answer = sign_in().get("/children/download.csv?need=ASD&sort=name&page=3")
    assert answer.status_code == 200
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert len(rows) == 1
    row = rows[0]
    assert (row["Reference"], row["Forename"], row["Surname"]) == ("C-A", "Siân", "'=HYPERLINK(1)")
    assert row["Date of birth"] == "2013-03-01"
    assert row["Primary need"] == "Autistic spectrum disorder"
    assert row["Other needs"] == "Hearing impairment"
    assert row["Asked for"] == "Mentoring (10 hours)"
    assert row["Days out of education"] == "22"
    assert row["Travel limit (miles)"] == "10.0"
    assert row["Preferred delivery"] == "At the child's home"


def test_the_list_as_excel_is_in_the_order_of_the_page(given, sign_in):
    with given():
        waiting("C-A", {"surname": "Zahra"})
        waiting("C-B", {"surname": "Adams"})
    answer = sign_in().get("/children/download.xlsx?sort=name")
    sheet = load_workbook(io.BytesIO(answer.data)).active
    assert [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] == ["C-B", "C-A"]


def test_a_record_shows_what_is_known_and_what_is_asked(given, sign_in):
    with given():
        child = make_child(
            reference="C-1",
            forename="Zoë",
            surname="Young",
            needs=(NeedType.ASD, NeedType.SEMH),
            looked_after=True,
            upn="B801200005001",
        )
        referral = make_referral(child, max_travel_km=16.093, notes="Prefers mornings")
        make_wish(referral, make_provider(name="Oak Farm"))
        db.session.add(ProviderWish(referral=referral, provider_reference="SUP9999", rank=2))
        make_wish(referral, make_provider(name="Elm House"), rank=0)
        number = child.id
    page = sign_in().get(f"/children/{number}").text
    for words in (
        "Zoë Young",
        "1 March 2013, age 13",
        "Year 9",
        "Autistic spectrum disorder",
        "B801200005001",
        "SO23 8UJ",
        "To the postcode",
        "Mentoring, 10 hours a week",
        "Oak Farm",
        "Elm House",
        "SUP9999 (not in the directory yet)",
        "10.0 miles (16.1 km)",
        "1 October 2026, 53 days",
        "Prefers mornings",
        "No match has looked at this referral yet",
    ):
        assert words in page, words


def test_the_title_of_a_record_holds_the_reference_and_no_name(given, sign_in):
    with given():
        number = make_child(reference="C-1", forename="Zoë", surname="Young").id
    page = sign_in().get(f"/children/{number}").text
    title = re.search(r"<title[^>]*>(.*?)</title>", page, re.DOTALL).group(1)
    assert "C-1" in title
    assert "Young" not in title


def test_a_child_who_is_not_there_is_not_found(sign_in):
    assert sign_in().get("/children/99999").status_code == 404


def test_a_record_links_to_what_the_last_finished_match_found(given, sign_in):
    with given():
        referral = make_referral()
        older, newer = make_run(), make_run()
        make_outcome(older, referral)
        placed = make_outcome(newer, referral, make_offer(provider=make_provider(name="Oak Farm")))
        number, found = referral.child_id, placed.id
    page = sign_in().get(f"/children/{number}").text
    assert f"/matches/outcomes/{found}" in page
    assert "Oak Farm" in page
    assert "£450.00" in page
    assert "3.1 miles" in page


def test_a_record_says_where_the_last_match_found_no_place(given, sign_in):
    with given():
        referral = make_referral()
        make_outcome(make_run(), referral)
        number = referral.child_id
    page = sign_in().get(f"/children/{number}").text
    assert "No provider of mentoring can take the child." in page
    assert "See every reason" in page


def test_a_child_without_a_referral_has_a_page(given, sign_in):
    with given():
        number = make_child().id
    assert "Nothing has been asked for this child" in sign_in().get(f"/children/{number}").text


def test_history_says_in_words_who_changed_what(app, given, sign_in):
    with given():
        tutoring_id = make_service("tutoring_qts").id
        referral = make_referral(make_child(postcode="SO238UJ"))
        waiting_id = referral.id
        make_wish(referral, make_provider(name="Elm House"), rank=0)
        number = referral.child_id
    olive = audit.Actor(None, "Olive Officer")
    with (
        time_machine.travel("2026-11-23 10:30"),
        app.app_context(),
        audit.acting(olive, "intake:run"),
    ):
        referral = db.session.get(Referral, waiting_id)
        referral.child.postcode = "SO225AB"
        referral.child.looked_after = True
        referral.out_of_education_since = date(2026, 9, 1)
        referral.components[0].hours = 12
        referral.components.append(Component(service_id=tutoring_id, hours=5))
        db.session.flush()
        db.session.delete(referral.components[1])
        db.session.delete(referral.wishes[0])
        db.session.commit()
    page = sign_in().get(f"/children/{number}").text
    for words in (
        "Olive Officer",
        "23 November 2026 at 10:30am",
        "Child added",
        "Need added: Social, emotional and mental health",
        "Home postcode changed from SO238UJ to SO225AB",
        "Looked after changed from no to yes",
        "Out of education since changed from 1 October 2026 to 1 September 2026",
        "Hours of Mentoring changed from 10 to 12",
        "No longer asked for: Tutoring (QTS), 5 hours a week",
        "Provider not to be used added: Elm House",
        "Provider not to be used taken out: Elm House",
    ):
        assert words in page, words
    assert "latitude" not in page


def test_history_is_only_this_child_s(given, sign_in):
    with given():
        make_referral(make_child(reference="C-OTHER", needs=(NeedType.VI,)))
        number = make_child(reference="C-1").id
    assert "Vision impairment" not in sign_in().get(f"/children/{number}").text
