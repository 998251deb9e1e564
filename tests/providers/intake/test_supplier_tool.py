"""Every fault of an offer is found and worded, and every good row comes through."""

from datetime import date

import pytest

from providers.intake import supplier_tool
from providers.intake.files import UnreadableFile
from providers.needs import ALL_SESSIONS, Delivery, NeedType, PriceUnit, Registration, VatBasis
from providers.pricing import CapBasis, Price, PricingSettings
from tests.providers.intake.builders import (
    OFFER,
    csv_file,
    flags,
    read_offers,
    refusals,
    supplier_rules,
)

SCHOOL = {
    "Registered with DfE?": "Yes - PRU",
    "URN": "107457",
    "Lot": "",
    "Service": "AP school place",
    "Rate per hour": "£92.50 per day",
}


def test_a_good_row_comes_through_whole_and_without_remark():
    (read,) = read_offers({})
    offer = read.record
    assert not read.faults
    assert (offer.reference, offer.offer) == ("SUP0001", "SUP0001/mentoring")
    assert offer.needs == (NeedType.SEMH, NeedType.ASD)
    assert (offer.min_age, offer.max_age) == (7, 16)
    assert offer.deliveries == (Delivery.AT_BASE,)
    assert offer.postcode == "SO23 8UJ"
    assert offer.sessions == ALL_SESSIONS
    assert (offer.hours_free, offer.places_free, offer.group_size, offer.min_hours) == (
        60,
        12,
        1,
        2,
    )
    assert offer.price == Price(3975, PriceUnit.HOUR, VatBasis.EXEMPT)
    assert offer.confirmed_on == date(2026, 11, 20)
    assert offer.registration is Registration.UNREGISTERED


def test_a_school_place_by_the_day_has_no_cap():
    (read,) = read_offers(SCHOOL | {"Rate per hour": "£600 per day"})
    assert not read.faults
    assert read.record.price == Price(60000, PriceUnit.DAY, VatBasis.EXEMPT)


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("Supplier ref", "", "Enter the supplier's reference"),
        ("Supplier name", "", "Enter the supplier's name"),
        ("Status", "", "Enter Approved, Pending or Suspended"),
        ("Status", "Maybe", "Enter Approved, Pending, Suspended"),
        ("Service", "", "Enter the service"),
        ("Service", "Karate", "“Karate” is not a service"),
        ("Needs supported", "", "Enter the needs supported"),
        ("Needs supported", "SEMH, XYZ", "“XYZ” is not a need type"),
        ("Ages", "", "Enter an age range"),
        ("Ages", "16-11", "Enter an age range such as 7 to 16"),
        ("Delivery", "", "Enter at base"),
        ("Base postcode", "", "Enter the full postcode"),
        ("Base postcode", "SO23", "only part of a postcode"),
        ("Base postcode", "ZZ1 1ZZ", "not a known postcode"),
        ("Days", "Sat", "Enter days from Monday to Friday"),
        ("Hours per week available", "-3", "Enter hours a week as a whole number"),
        ("Places", "", "Enter the number of places"),
        ("Places", "lots", "Enter places as a number"),
        ("Group size", "large", "not a group size"),
        ("Rate per hour", "", "Enter the price"),
        ("Rate per hour", "POA", "not a price"),
        ("Rate per hour", "0", "more than £0"),
        ("Rate per hour", "£70", "£15.00 above the cap of £55.00"),
        ("VAT", "sometimes", "not a VAT basis"),
        ("Capacity confirmed on", "", "last confirmed its capacity"),
        ("Capacity confirmed on", "soon", "“soon” is not a date"),
        ("Capacity confirmed on", "01/12/2026", "in the future"),
        ("Insurance expires", "31/13/2026", "not a date in the calendar"),
        ("DBS register confirmed", "24/11/2026", "in the future"),
        ("Last visit", "24/11/2026", "in the future"),
        ("Visit judgement", "Purple", "Green, Amber or Red"),
        ("URN", "12", "six digits"),
    ],
)
def test_a_fault_is_refused_in_its_column_with_what_to_do(column, value, words):
    (read,) = read_offers({column: value})
    assert read.record is None
    (found,) = [message for name, message in refusals(read) if name == column]
    assert words in found
    assert len(refusals(read)) == 1


def test_all_faults_of_a_row_are_found_at_once():
    (read,) = read_offers({"Needs supported": "XYZ", "Ages": "16-11", "Rate per hour": ""})
    assert [column for column, _ in refusals(read)] == ["Ages", "Needs supported", "Rate per hour"]


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("Status", "Suspended", "is suspended"),
        ("Status", "Pending", "is pending"),
        ("Lot", "A", "Mentoring is in lot B"),
        ("Hours per week available", "ask", "Ask the provider"),
        ("Hours per week available", "", "Ask the provider"),
        ("VAT", "", "VAT is not given"),
        ("Capacity confirmed on", "25/10/2026", "29 days ago"),
        ("Capacity confirmed on", "01/08/2026", "too old to rely on"),
        ("Insurance expires", "30 Oct 2026", "ran out on 30 October 2026"),
        ("Insurance expires", "", "is not held"),
        ("DBS register confirmed", "01/10/2023", "ran out on"),
        ("DBS register confirmed", "", "is not held"),
        ("Last visit", "14/02/2025", "visit is overdue"),
        ("Last visit", "", "No quality visit is recorded"),
        ("Visit judgement", "Red", "judged red"),
    ],
)
def test_a_doubt_is_flagged_in_its_column_and_the_row_is_taken(column, value, words):
    (read,) = read_offers({column: value})
    assert read.record is not None
    assert read.flagged
    ((name, message),) = flags(read)
    assert name == column
    assert words in message


def test_hours_to_be_asked_for_are_none():
    (read,) = read_offers({"Hours per week available": "ask"})
    assert read.record.hours_free is None


@pytest.mark.parametrize(
    ("price", "vat", "taken"),
    [
        ("£60", "inc VAT", True),  # £50 net
        ("£60", "+VAT", False),
        ("£55", "+VAT", True),
        ("£56", "exempt", False),
        ("£60 inc VAT", "", True),
    ],
)
def test_caps_are_held_net_of_vat(price, vat, taken):
    (read,) = read_offers({"Rate per hour": price, "VAT": vat})
    assert (read.record is not None) is taken


def test_a_price_above_the_cap_only_through_vat_is_flagged():
    (read,) = read_offers({"Rate per hour": "£60", "VAT": "inc VAT"})
    ((column, message),) = flags(read)
    assert column == "Rate per hour"
    assert "£50.00 net" in message


def test_the_basis_of_caps_is_a_setting():
    (read,) = read_offers(
        {"Rate per hour": "£60", "VAT": "inc VAT"},
        pricing=PricingSettings(cap_basis=CapBasis.QUOTED),
    )
    assert "£5.00 above the cap" in refusals(read)[0][1]


def test_price_and_vat_column_that_disagree_are_refused():
    (read,) = read_offers({"Rate per hour": "£40 +VAT", "VAT": "exempt"})
    assert refusals(read) == [("VAT", "The price says otherwise about VAT. Make the two agree.")]


@pytest.mark.parametrize("delivery", ["Child's home", "At base / community"])
def test_staff_who_travel_need_a_radius(delivery):
    (without, within) = read_offers(
        {"Delivery": delivery}, {"Delivery": delivery, "Travel radius (miles)": "10", "Ages": "5-9"}
    )
    assert refusals(without)[0][0] == "Travel radius (miles)"
    assert within.record.travel_radius_km == pytest.approx(16.093)


def test_only_a_registered_school_offers_a_school_place():
    (read,) = read_offers({"Service": "AP school place", "Lot": ""})
    assert refusals(read)[0][0] == "Service"


def test_a_school_has_a_urn_and_nobody_else_has():
    school, other = read_offers(SCHOOL | {"URN": ""}, {"URN": "107457"})
    assert refusals(school)[0] == ("URN", "Enter the URN of the registered school: six digits.")
    assert refusals(other)[0][0] == "Registered with DfE?"


def test_the_same_row_twice_is_refused_the_second_time():
    first, second = read_offers({}, {"Supplier ref": "sup0001", "Base postcode": "so238uj"})
    assert first.record is not None
    assert refusals(second) == [("", "This row repeats row 2, which is taken. Remove it.")]


def test_the_same_offer_with_other_details_is_refused_the_second_time():
    _first, second = read_offers({}, {"Rate per hour": "£41"})
    assert "with other details" in refusals(second)[0][1]


def test_a_row_after_a_refused_one_is_no_repeat():
    bad, good = read_offers({"Rate per hour": "POA"}, {})
    assert (bad.refused, good.refused) == (True, False)


@pytest.mark.parametrize(
    "change",
    [
        {"Ages": "5-7"},
        {"Delivery": "Online"},
        {"Base postcode": "SO22 4AA"},
        {"Service": "Vocational"},
    ],
)
def test_a_second_offer_that_differs_is_taken_under_its_own_reference(change):
    first, second = read_offers({}, change)
    assert second.record is not None
    assert first.record.offer != second.record.offer


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [("Status", "Pending", "Row 2 says “approved”"), ("URN", "107458", "Row 2 says “107457”")],
)
def test_rows_that_contradict_each_other_about_a_provider_are_refused(column, value, words):
    _first, second = read_offers(SCHOOL, SCHOOL | {"Ages": "5-7", column: value})
    ((name, message),) = refusals(second)
    assert name == column
    assert words in message


def test_a_second_name_for_a_provider_is_flagged_and_the_first_is_kept():
    _first, second = read_offers({}, {"Ages": "5-7", "Supplier name": "Oak Futures Limited"})
    assert second.record.name == "Oak Futures Ltd"
    assert flags(second)[0][0] == "Supplier name"


def test_a_note_below_the_table_is_refused_as_one():
    (read,) = read_offers(dict.fromkeys(OFFER, "") | {"Supplier ref": "Total: 105 offers"})
    assert refusals(read) == [("", "This row is not an offer. Complete it, or remove it.")]


def test_a_stray_comma_is_refused():
    stream = csv_file([list(OFFER), [*OFFER.values(), "extra"]])
    with supplier_tool.open_file(stream) as sheet:
        (read,) = supplier_tool.read(sheet, supplier_rules())
    assert refusals(read)[0] == (
        "",
        "There are values beyond the last heading. Look for a stray comma.",
    )


def test_a_file_without_prices_is_refused_as_a_whole():
    headings = [name for name in OFFER if name != "Rate per hour"]
    with pytest.raises(UnreadableFile, match="no column “Rate per hour”"):
        supplier_tool.open_file(csv_file([headings]))
