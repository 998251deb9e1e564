"""Every cell either gives a value or says what to do, and nothing else ever happens."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers.intake import values
from providers.intake.values import BadValue, Quote
from providers.needs import PriceUnit, VatBasis

HOUR, DAY, SESSION, WEEK = PriceUnit.HOUR, PriceUnit.DAY, PriceUnit.SESSION, PriceUnit.WEEK
INC, EXC, EXEMPT = VatBasis.INCLUSIVE, VatBasis.EXCLUSIVE, VatBasis.EXEMPT


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("09/08/2026", date(2026, 8, 9)),  # never the eighth of September
        ("9/8/2026", date(2026, 8, 9)),
        ("09-08-2026", date(2026, 8, 9)),
        ("09.08.2026", date(2026, 8, 9)),
        ("7 Sep 2027", date(2027, 9, 7)),
        ("7th September 2027", date(2027, 9, 7)),
        ("7-Sept-2027", date(2027, 9, 7)),
        ("2026-11-23", date(2026, 11, 23)),
        ("2026-11-23T10:00:00Z", date(2026, 11, 23)),
        ("05/08/2026 14:30", date(2026, 8, 5)),
        ("46349", date(2026, 11, 23)),
        ("29/02/2024", date(2024, 2, 29)),
    ],
)
def test_dates_read_the_british_way(text, day):
    assert values.day(text) == day


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("31/13/2012", "not a date in the calendar. Enter"),
        ("12/31/2026", "day comes before the month"),
        ("30/02/2026", "not a date in the calendar"),
        ("1/1/26", "not a date"),
        ("soon", "not a date"),
        ("7 Foo 2026", "not a date"),
        ("09/08/0206", "Check the year"),
        ("12", "not a date"),
        ("99999", "not a date"),
    ],
)
def test_what_is_not_a_date_is_refused_with_an_example(text, words):
    with pytest.raises(BadValue, match=words):
        values.day(text)


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("£45.50 per hour", Quote(4550, HOUR, None)),
        ("£92.50 per day", Quote(9250, DAY, None)),
        ("£117.5/day", Quote(11750, DAY, None)),
        ("79", Quote(7900, None, None)),
        ("36.75", Quote(3675, None, None)),
        ("£65/hr", Quote(6500, HOUR, None)),
        ("40ph", Quote(4000, HOUR, None)),
        ("per hour: £40", Quote(4000, HOUR, None)),
        ("£60+VAT", Quote(6000, None, EXC)),
        ("£60 an hour plus VAT", Quote(6000, HOUR, EXC)),
        ("£60 ex. VAT", Quote(6000, None, EXC)),
        ("£60 inc VAT per session", Quote(6000, SESSION, INC)),
        ("£60 (VAT exempt)", Quote(6000, None, EXEMPT)),
        ("£50 per half day", Quote(5000, SESSION, None)),
        ("£1,250.00 a week", Quote(125000, WEEK, None)),
        ("£50 per pupil per hour", Quote(5000, HOUR, None)),
        ("GBP 50", Quote(5000, None, None)),
    ],
)
def test_prices_read_with_unit_and_vat_where_they_name_them(text, quote):
    assert values.quote(text) == quote


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("POA", "not a price"),
        ("0", "more than £0"),
        ("-5", "more than £0"),
        ("£0.00 per hour", "more than £0"),
        ("£45-£50", "one price"),
        ("£45 or £50", "one price"),
        ("£45.505", "at most two decimals"),
        ("$45", "in pounds"),
        ("45 euros", "in pounds"),
        ("£60 per month", "not understood"),
        ("£60 negotiable", "not understood"),
        ("£6,000,000", "more than £10,000"),
        ("9" * 30, "too long"),
    ],
)
def test_what_is_not_one_price_is_refused(text, words):
    with pytest.raises(BadValue, match=words):
        values.quote(text)


@pytest.mark.parametrize(
    ("text", "basis"),
    [("exempt", EXEMPT), ("inc VAT", INC), ("+VAT", EXC), ("Plus VAT", EXC), ("No VAT", EXEMPT)],
)
def test_the_vat_basis_reads_in_its_usual_spellings(text, basis):
    assert values.vat_basis(text) is basis


def test_another_vat_basis_is_refused():
    with pytest.raises(BadValue, match="exempt, inc VAT or"):
        values.vat_basis("sometimes")


@pytest.mark.parametrize(
    ("text", "postcode"),
    [
        ("po142bq", "PO14 2BQ"),
        ("PO8 0NP", "PO8 0NP"),
        (" SO21  3nd", "SO21 3ND"),
        ("w1a1aa", "W1A 1AA"),
    ],
)
def test_postcodes_read_in_any_case_and_spacing(text, postcode):
    assert values.postcode(text) == postcode


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("SO23", "only part"),
        ("SO23 8", "only part"),
        ("Winchester", "not a postcode"),
        ("SO23 8CK", "not a postcode"),
    ],
)
def test_a_partial_or_false_postcode_is_refused(text, words):
    with pytest.raises(BadValue, match=words):
        values.postcode(text)


@pytest.mark.parametrize(
    "text",
    ["B801200005001", "x850 2000 24001", "W850400119007", "W85020002401A", "Z85040011907Z"],
)
def test_permanent_and_temporary_upns_are_taken(text):
    assert values.unique_pupil_number(text) == text.replace(" ", "").upper()


def test_a_upn_of_an_authority_newer_than_the_library_is_taken_by_its_check_letter():
    alphabet = "ABCDEFGHJKLMNPQRTUVWXYZ"
    digits = "838200005001"  # Dorset since 2019
    letter = alphabet[sum(n * int(d) for n, d in enumerate(digits, 2)) % 23]
    assert values.unique_pupil_number(letter + digits) == letter + digits
    wrong = "A" if letter != "A" else "B"
    with pytest.raises(BadValue, match="does not fit"):
        values.unique_pupil_number(wrong + digits)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A801200005001", "does not fit its digits"),
        ("B80120000500", "13 characters"),
        ("?", "13 characters"),
    ],
)
def test_a_false_upn_is_refused(text, words):
    with pytest.raises(BadValue, match=words):
        values.unique_pupil_number(text)


@pytest.mark.parametrize(
    ("text", "hours"), [("8", 8), ("8.0", 8), ("5 hours", 5), ("12 hrs a week", 12)]
)
def test_hours_of_a_week_are_whole_hours(text, hours):
    assert values.hours_of_a_week(text) == hours


@pytest.mark.parametrize("text", ["90", "0", "-3", "lots", "1.5", "8; 1", "h"])
def test_other_hours_are_refused(text):
    with pytest.raises(BadValue, match="Enter hours a week"):
        values.hours_of_a_week(text)


@pytest.mark.parametrize(("text", "km"), [("10", 16.093), ("5 miles", 8.047), ("10 km", 10.0)])
def test_miles_become_kilometres(text, km):
    assert values.kilometres(text) == km


@pytest.mark.parametrize("text", ["0", "-5", "far", "300"])
def test_other_distances_are_refused(text):
    with pytest.raises(BadValue):
        values.kilometres(text)


@pytest.mark.parametrize(
    "name", ["O'Neil", "O’Neil", "Søren", "Siân", "Zoë", "Smith-Hale", "de la Cruz", "李"]
)
def test_names_are_kept_as_they_are(name):
    assert values.person_name(name) == name


@pytest.mark.parametrize("name", ["R2D2", "?", "=cmd()", "<b>"])
def test_what_is_not_a_name_is_refused(name):
    with pytest.raises(BadValue, match="not a name"):
        values.person_name(name)


def test_references_read_as_a_list_in_capitals_each_once():
    assert values.references("sup0015; SUP0016, SUP0015") == ("SUP0015", "SUP0016")
    with pytest.raises(BadValue, match="not a reference"):
        values.references("the place on the hill!")


def test_yes_and_no_read_in_their_usual_spellings():
    assert [values.yes_no(t) for t in ("Y", "no", "TRUE", "0")] == [True, False, True, False]
    with pytest.raises(BadValue, match="Yes or No"):
        values.yes_no("maybe")


def test_a_urn_has_six_digits():
    assert values.unique_reference_number("107457") == "107457"
    with pytest.raises(BadValue, match="six digits"):
        values.unique_reference_number("10745")


PARSERS = [
    values.day,
    values.quote,
    values.vat_basis,
    values.yes_no,
    values.hours_of_a_week,
    values.kilometres,
    values.postcode,
    values.unique_pupil_number,
    values.unique_reference_number,
    values.references,
    values.person_name,
    values.words,
]
FRAGMENTS = st.sampled_from(
    [
        "£",
        "1",
        "31",
        "13",
        "2012",
        "/",
        "-",
        " ",
        "per hour",
        "+VAT",
        "Sep",
        ".",
        ",",
        "9" * 20,
        "١٢",
        "½",
        "e9",
        "inf",
    ]
)


@pytest.mark.parametrize("parse", PARSERS, ids=lambda parse: parse.__name__)
@settings(max_examples=150, deadline=None)
@given(text=st.text(min_size=1) | st.lists(FRAGMENTS, min_size=1, max_size=8).map("".join))
def test_no_text_raises_anything_but_a_bad_value_that_says_what_to_do(parse, text):
    try:
        parse(text)
    except BadValue as bad:
        assert str(bad).endswith(".")


@settings(deadline=None)
@given(st.dates(date(1941, 2, 1), date(2099, 12, 31)))
def test_a_date_reads_the_same_in_every_spelling(day):
    spellings = [f"{day:%d/%m/%Y}", day.isoformat(), f"{day.day} {day:%B %Y}", f"{day:%d-%b-%Y}"]
    serial = (day - date(1899, 12, 30)).days
    assert {values.day(text) for text in [*spellings, str(serial)]} == {day}


@settings(deadline=None)
@given(st.integers(1, 1_000_000))
def test_a_price_reads_back_to_the_penny(pence):
    assert values.quote(f"£{pence // 100:,}.{pence % 100:02} per hour") == Quote(pence, HOUR, None)
