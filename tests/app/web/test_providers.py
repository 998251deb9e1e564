"""The directory and a provider's page."""

import csv
import io
import re
from datetime import date, timedelta

import pytest
import time_machine
from openpyxl import load_workbook

from app.accounts.roles import Role
from app.commissioning.placements.lifecycle import Destination, PlacementState
from providers.admission import AdmissionState
from providers.compliance import EvidenceKind
from providers.models.place import Accuracy
from providers.needs import Judgement, NeedType, PriceUnit, Registration, VatBasis
from tests.factories.commitments import make_commitment
from tests.factories.placements import make_placement
from tests.factories.providers import (
    a_site,
    an_item,
    make_cap,
    make_lot,
    make_offer,
    make_provider,
    make_service,
)

TODAY = date(2026, 11, 23)
AUTHORITY = tuple(role for role in Role if role is not Role.PROVIDER)
ROWS = re.compile(r'class="fp-quiet">(P-\w+)')


@pytest.fixture(autouse=True)
def _on_a_november_day():
    with time_machine.travel("2026-11-23 09:00", tick=False):
        yield


def listed(answer) -> list[str]:
    """The references on a page, in order, each once."""
    assert answer.status_code == 200
    return list(dict.fromkeys(ROWS.findall(answer.text)))


def provider(reference: str, **values):
    return make_provider(reference=reference, **{"name": f"Provider {reference[2:]}"} | values)


@pytest.mark.parametrize("role", AUTHORITY)
def test_everyone_of_the_authority_sees_every_provider(given, sign_in, role):
    with given():
        provider("P-A")
        provider("P-B", state=AdmissionState.SUSPENDED)
    assert listed(sign_in(role).get("/providers/")) == ["P-A", "P-B"]


def test_a_provider_is_sent_from_the_directory_to_its_own_page(given, sign_in):
    with given():
        own, other = provider("P-OWN").id, provider("P-OTHER").id
    person = sign_in(Role.PROVIDER, own)
    answer = person.get("/providers/")
    assert answer.status_code == 302
    assert answer.location == f"/providers/{own}"
    assert person.get(f"/providers/{own}").status_code == 200
    assert person.get(f"/providers/{other}").status_code == 404


def test_a_provider_takes_away_only_its_own_offers(given, sign_in):
    with given():
        own = provider("P-OWN")
        make_offer(provider=own)
        make_offer(provider=provider("P-OTHER"))
        number = own.id
    answer = sign_in(Role.PROVIDER, number).get("/providers/download.csv")
    assert "P-OWN" in answer.text
    assert "P-OTHER" not in answer.text


def test_a_visitor_is_asked_to_sign_in(client):
    for path in ("/providers/", "/providers/1", "/providers/download.csv"):
        assert "/sign-in" in client.get(path).location


def test_an_empty_directory_says_what_to_do(sign_in):
    assert "Send in a spreadsheet" in sign_in(Role.SEND_OFFICER).get("/providers/").text
    assert "The directory is empty" in sign_in(Role.FINANCE).get("/providers/").text


def test_a_provider_without_offers_is_listed_last_by_price(given, sign_in):
    with given():
        provider("P-BARE")
        make_offer(provider=provider("P-WITH"))
    officer = sign_in()
    assert listed(officer.get("/providers/")) == ["P-BARE", "P-WITH"]
    assert listed(officer.get("/providers/?sort=price")) == ["P-WITH", "P-BARE"]
    assert listed(officer.get("/providers/?sort=-price")) == ["P-WITH", "P-BARE"]


FILTERS = [
    ("need=ASD", ["P-A"]),
    ("need=SEMH", ["P-A", "P-B"]),
    ("age=4", ["P-B"]),
    ("age=16", ["P-A", "P-B"]),
    ("age=17", []),
    ("age=17%27", ["P-A", "P-B", "P-C"]),
    ("delivery=online", ["P-B"]),
    ("registered=yes", ["P-C"]),
    ("registered=no", ["P-A", "P-B"]),
    ("state=pending", ["P-C"]),
    ("state=approved", ["P-A", "P-B"]),
    ("text=oak", ["P-A"]),
    ("text=p-b", ["P-B"]),
    ("text=oak+p-a", ["P-A"]),
    ("text=_", []),
    ("need=SEMH&delivery=at_base", ["P-A"]),
    ("need=SEMH&delivery=online&age=4", ["P-B"]),
    ("need=ASD&delivery=online", []),
    ("concern=pending", ["P-C"]),
    ("concern=visit", []),
    ("need=NONSENSE&state=lost&concern=none", ["P-A", "P-B", "P-C"]),
]


@pytest.mark.parametrize(("query", "found"), FILTERS)
def test_the_directory_is_narrowed_by(given, sign_in, query, found):
    with given():
        one = provider("P-A", name="Oak Farm")
        make_offer((NeedType.SEMH, NeedType.ASD), provider=one)
        make_offer(
            (NeedType.SEMH,), provider=provider("P-B"), at_base=False, online=True, min_age=4
        )
        school = {"registration": Registration.PRU, "state": AdmissionState.PENDING}
        make_offer((NeedType.HI,), provider=provider("P-C", **school), max_age=11)
    assert listed(sign_in().get(f"/providers/?{query}")) == found


def test_what_is_asked_of_an_offer_must_hold_of_one_and_the_same_offer(given, sign_in):
    with given():
        both = provider("P-BOTH")
        make_offer((NeedType.SEMH,), provider=both)
        tutoring = make_service("tutoring_qts")
        make_offer((NeedType.ASD,), provider=both, service=tutoring)
        number = tutoring.id
    officer = sign_in()
    assert listed(officer.get(f"/providers/?service={number}&need=ASD")) == ["P-BOTH"]
    assert listed(officer.get(f"/providers/?service={number}&need=SEMH")) == []


def test_a_filtered_line_is_about_the_offers_that_fit(given, sign_in):
    with given():
        both = provider("P-BOTH")
        make_offer((NeedType.SEMH,), provider=both, price_pence=2_000)
        make_offer(
            (NeedType.ASD,), provider=both, service=make_service("tutoring_qts"), price_pence=6_000
        )
    page = sign_in().get("/providers/?need=ASD").text
    assert "£60.00" in page
    assert "£20.00" not in page
    assert "Need type: Autistic spectrum disorder" in page


def test_prices_are_compared_by_the_hour_net_of_vat(given, sign_in):
    with given():
        quotes = {
            "P-DAY": (20_000, PriceUnit.DAY, VatBasis.EXEMPT),  # £40
            "P-GROSS": (4_200, PriceUnit.HOUR, VatBasis.INCLUSIVE),  # £35
            "P-NET": (3_800, PriceUnit.HOUR, VatBasis.EXCLUSIVE),  # £38
            "P-WEEK": (75_000, PriceUnit.WEEK, VatBasis.EXEMPT),  # £30
        }
        for reference, (pence, unit, vat) in quotes.items():
            make_offer(
                provider=provider(reference), price_pence=pence, price_unit=unit, vat_basis=vat
            )
    officer = sign_in()
    by_price = officer.get("/providers/?sort=price")
    assert listed(by_price) == ["P-WEEK", "P-GROSS", "P-NET", "P-DAY"]
    assert "£35.00" in by_price.text
    assert listed(officer.get("/providers/?sort=-price")) == ["P-DAY", "P-NET", "P-GROSS", "P-WEEK"]


def test_hours_free_are_those_of_all_offers_together(given, sign_in):
    with given():
        two = provider("P-TWO")
        make_offer(provider=two, hours_free=15)
        make_offer(provider=two, hours_free=15, service=make_service("vocational"))
        make_offer(provider=provider("P-ONE"), hours_free=25)
        make_offer(provider=provider("P-ASK"), hours_free=None)
    answer = sign_in().get("/providers/?sort=-hours")
    assert listed(answer) == ["P-TWO", "P-ONE", "P-ASK"]
    assert "Not said" in answer.text


def test_twenty_stand_on_a_page_and_filters_stay_on_the_way_to_the_next(given, sign_in):
    with given():
        for number in range(22):
            make_offer(provider=provider(f"P-{number:02}"))
    officer = sign_in()
    first = officer.get("/providers/?need=SEMH")
    assert listed(first) == [f"P-{number:02}" for number in range(20)]
    assert "Showing 1 to 20 of 22 providers" in first.text
    assert "/providers/?need=SEMH&amp;page=2" in first.text
    assert listed(officer.get("/providers/?need=SEMH&page=2")) == ["P-20", "P-21"]
    assert officer.get("/providers/?page=99").status_code == 404


def test_the_directory_asks_at_most_twelve_queries_however_many_providers(
    given, sign_in, count_queries
):
    with given():
        for number in range(25):
            one = provider(f"P-{number}")
            make_offer(provider=one)
            make_offer(provider=one, service=make_service("vocational"))
    officer = sign_in()
    for query in ("", "?need=SEMH&sort=price", "?concern=capacity"):
        with count_queries() as asked:
            assert officer.get(f"/providers/{query}").status_code == 200
        assert len(asked) <= 14, asked


def test_a_provider_s_page_asks_as_many_queries_for_one_offer_as_for_many(
    given, sign_in, count_queries
):
    with given():
        one = provider("P-ONE")
        make_offer(provider=one)
        few_id = one.id
        many = provider("P-MANY")
        for code in ("mentoring", "vocational", "outdoor", "physiotherapy"):
            make_offer(provider=many, service=make_service(code))
        many_id = many.id
    officer = sign_in()
    with count_queries() as few:
        officer.get(f"/providers/{few_id}")
    with count_queries() as more:
        officer.get(f"/providers/{many_id}")
    assert len(more) == len(few) <= 18


def test_the_directory_as_csv_holds_one_row_an_offer(given, sign_in):
    with given():
        service = make_service("mentoring", lot=make_lot())
        make_cap(service, 4_000)
        make_offer(
            (NeedType.SEMH, NeedType.ASD),
            provider=provider("P-A", name="=Oak"),
            service=service,
            price_pence=5_400,
            vat_basis=VatBasis.INCLUSIVE,
            travel_radius_km=8.047,
            at_home=True,
        )
        make_offer((NeedType.HI,), provider=provider("P-B"))
    answer = sign_in().get("/providers/download.csv?need=ASD")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert len(rows) == 1
    row = rows[0]
    assert (row["Provider reference"], row["Provider"]) == ("P-A", "'=Oak")
    assert (row["Lot"], row["Service"], row["Needs"]) == ("B", "Mentoring", "ASD, SEMH")
    assert row["Price as quoted"] == "£54.00 an hour including VAT"
    assert float(row["Price an hour net of VAT (£)"]) == 45
    assert float(row["Cap an hour (£)"]) == 40
    assert float(row["Travel radius (miles)"]) == 5
    assert row["Where"] == "At the provider's site; At the child's home"
    assert row["Open today"] == "No"
    assert "above the cap of £40.00" in row["Why not"]


def test_the_directory_as_excel_keeps_dates_and_numbers(given, sign_in):
    with given():
        make_offer(provider=provider("P-A"), confirmed_on=date(2026, 11, 1))
    answer = sign_in().get("/providers/download.xlsx")
    header, row = load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True)
    found = dict(zip(header, row, strict=True))
    assert found["Capacity confirmed"].date() == date(2026, 11, 1)
    assert found["Hours free a week"] == 20
    assert found["Open today"] == "Yes"


def test_a_page_shows_price_against_cap_capacity_and_freshness(given, sign_in):
    with given():
        service = make_service("mentoring", lot=make_lot())
        make_cap(service, 5_500)
        one = provider("P-A")
        make_offer(
            provider=one,
            service=service,
            price_pence=5_700,
            vat_basis=VatBasis.INCLUSIVE,
            confirmed_on=TODAY - timedelta(days=40),
            sessions=0b11,
            group_size=3,
        )
        number = one.id
    page = sign_in().get(f"/providers/{number}").text
    for words in (
        "£47.50 an hour net of VAT",
        "Quoted as £57.00 an hour including VAT",
        "The cap is £55.00 an hour",
        "20 hours a week, 4 places",
        "Confirm before use",
        "Confirmed on 14 October 2026",
        "Check that the provider charges VAT",
        "5 to 16",
        "Monday",
        "in groups of up to 3",
        "B, Inclusion support",
        "1 of 1 offer",
        "SO23 8UJ",
        "To the postcode",
    ):
        assert words in page, words


def test_a_page_gives_every_reason_why_an_offer_is_closed_today(given, sign_in):
    with given():
        service = make_service()
        make_cap(service, 4_000)
        lapsed = an_item(EvidenceKind.INSURANCE, expires_on=date(2026, 10, 30))
        one = provider(
            "P-A",
            state=AdmissionState.SUSPENDED,
            judgement=Judgement.RED,
            evidence=[lapsed],
        )
        make_offer(provider=one, service=service, hours_free=None)
        number = one.id
    page = sign_in().get(f"/providers/{number}").text
    for words in (
        "Why it is closed today",
        "It is suspended.",
        "judged red",
        "Public liability insurance ran out on 30 October 2026",
        "(DBS register) is not held",
        "above the cap of £40.00",
        "It has not said how many hours are free",
        "Above the cap",
        "0 of 1 offer",
    ):
        assert words in page, words


def test_a_price_that_rounds_to_the_cap_but_is_above_it_is_marked_above(given, sign_in):
    with given():
        service = make_service()
        make_cap(service, 4_500)
        one = provider("P-A")
        make_offer(provider=one, service=service, price_pence=22_501, price_unit=PriceUnit.DAY)
        number = one.id
    assert "Above the cap" in sign_in().get(f"/providers/{number}").text


def test_a_sector_s_accuracy_is_said(given, sign_in):
    with given():
        one = provider("P-A", sites=[a_site(accuracy=Accuracy.SECTOR)])
        number = one.id
    assert "To the postcode sector only" in sign_in().get(f"/providers/{number}").text


def test_several_sites_are_drawn_on_a_map_with_their_table(given, sign_in):
    with given():
        sites = [
            a_site(name="Winchester"),
            a_site(name="Gosport", postcode="PO121AA", latitude=50.795, longitude=-1.12),
        ]
        many, single = provider("P-A", sites=sites).id, provider("P-B").id
    officer = sign_in()
    page = officer.get(f"/providers/{many}").text
    assert "fp-map" in page
    assert "PO12 1AA" in page
    assert "fp-map" not in officer.get(f"/providers/{single}").text


def test_a_provider_without_offers_has_a_page(given, sign_in):
    with given():
        number = provider("P-A").id
    assert "No offers are listed" in sign_in().get(f"/providers/{number}").text


def test_a_provider_does_not_read_the_authority_s_notes_about_it(given, sign_in):
    with given():
        own = provider("P-A", notes="Watch the staffing")
        make_offer(provider=own, notes="Slow to answer")
        number = own.id
    page = sign_in(Role.PROVIDER, number).get(f"/providers/{number}").text
    assert "Watch the staffing" not in page
    assert "Slow to answer" not in page
    officer = sign_in().get(f"/providers/{number}").text
    assert "Watch the staffing" in officer
    assert "Slow to answer" in officer


def test_a_provider_who_is_not_there_is_not_found(sign_in):
    assert sign_in().get("/providers/99999").status_code == 404


def test_a_provider_page_says_how_many_children_are_there_now(given, sign_in):
    with given():
        offer = make_offer()
        provider_id = offer.provider_id
        make_commitment(offer)
        make_commitment(offer, places=2)
        make_commitment(offer, starts_on=TODAY - timedelta(days=9), ends_on=TODAY - timedelta(1))
        make_commitment(offer, starts_on=TODAY + timedelta(days=1))
        make_commitment()
    page = sign_in().get(f"/providers/{provider_id}")
    assert "3 children through the authority" in page.text


def test_a_provider_page_says_how_far_a_price_is_from_the_cap(given, sign_in):
    with given():
        service = make_service()
        make_cap(service, 6_500)
        provider_id = make_offer(service=service, price_pence=4_850).provider_id
    page = sign_in().get(f"/providers/{provider_id}")
    assert "The cap is £65.00 an hour, £16.50 more" in page.text


def test_a_provider_page_reads_the_database_a_few_times(given, sign_in, count_queries):
    with given():
        provider = make_provider(sites=[a_site(), a_site(postcode="SO237AA")])
        for code in ("mentoring", "tutoring_qts", "outdoor"):
            make_commitment(make_offer(provider=provider, service=make_service(code)))
        provider_id = provider.id
    browser = sign_in()
    with count_queries() as asked:
        assert browser.get(f"/providers/{provider_id}").status_code == 200
    assert len(asked) <= 18, "\n".join(asked)


def test_a_provider_page_says_what_became_of_the_placements_that_ended(given, sign_in):
    with given():
        offer = make_offer()
        make_placement(PlacementState.ENDED, offer)
        make_placement(PlacementState.ENDED, offer, destination=Destination.BROKE_DOWN)
        provider_id = offer.provider_id
    page = sign_in().get(f"/providers/{provider_id}").text
    assert "Back in a mainstream school: 1" in page
    assert "The placement broke down: 1" in page
