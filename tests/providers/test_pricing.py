"""Prices become comparable, and caps refuse in words."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from app.kernel.money import pounds, to_pence, whole_pounds
from providers.needs import PriceUnit, VatBasis
from providers.pricing import Cap, CapBasis, Price, PricingSettings, above_cap, cap_on, cap_remark

CAP = Cap("tutoring_qts", 6500, date(2026, 4, 1))
INC, EXC, EXEMPT = VatBasis.INCLUSIVE, VatBasis.EXCLUSIVE, VatBasis.EXEMPT


@pytest.mark.parametrize(
    ("price", "net", "gross"),
    [
        (Price(4550), 4550, 4550),
        (Price(6000, vat=INC), 5000, 6000),
        (Price(5000, vat=EXC), 5000, 6000),
        (Price(9250, PriceUnit.DAY), 1850, 1850),
        (Price(11750, PriceUnit.DAY, EXC), 2350, 2820),
        (Price(12625, PriceUnit.DAY, INC), 2104, 2525),
        (Price(5000, PriceUnit.SESSION), 2000, 2000),
        (Price(50000, PriceUnit.WEEK), 2000, 2000),
    ],
)
def test_every_quote_becomes_pence_an_hour_net_and_gross(price, net, gross):
    assert (price.net_per_hour(), price.gross_per_hour()) == (net, gross)


def test_two_sessions_and_a_day_compare_alike():
    session, day = Price(5000, PriceUnit.SESSION), Price(10000, PriceUnit.DAY)
    assert session.net_per_hour() == day.net_per_hour()


def test_a_price_at_the_cap_is_within_it():
    assert above_cap(Price(6500), CAP, "Tutoring (QTS)") is None


def test_a_price_above_the_cap_is_refused_with_cap_date_and_excess():
    assert above_cap(Price(7000), CAP, "Tutoring (QTS)") == (
        "£70.00 an hour is £5.00 above the cap of £65.00 an hour net of VAT for Tutoring (QTS), "
        "in force since 1 April 2026. Enter a price within the cap."
    )


def test_a_daily_price_above_the_cap_shows_the_hourly_figure_that_was_judged():
    reason = above_cap(Price(40000, PriceUnit.DAY, EXC), CAP, "Tutoring (QTS)")
    assert reason.startswith("£400.00 a day plus VAT (£80.00 an hour net of VAT) is £15.00 above")


def test_a_fraction_of_a_penny_above_the_cap_is_above_it():
    cap = Cap("tutoring_qts", 2104, date(2026, 4, 1))
    reason = above_cap(Price(12625, PriceUnit.DAY, INC), cap, "Tutoring (QTS)")
    assert "£0.01 above" in reason


def test_a_price_above_the_cap_only_through_vat_is_within_it_but_remarked_upon():
    price = Price(6600, vat=INC)
    assert above_cap(price, CAP, "Tutoring (QTS)") is None
    assert "it is £55.00 net" in cap_remark(price, CAP, "Tutoring (QTS)")


@pytest.mark.parametrize("price", [Price(6500), Price(6500, vat=EXC), Price(7000), Price(100)])
def test_a_price_within_or_truly_above_the_cap_needs_no_remark(price):
    assert cap_remark(price, CAP, "Tutoring (QTS)") is None


@pytest.mark.parametrize(
    ("basis", "price", "refused"),
    [
        (CapBasis.NET, Price(6600, vat=INC), False),
        (CapBasis.QUOTED, Price(6600, vat=INC), True),
        (CapBasis.QUOTED, Price(6500, vat=EXC), False),
        (CapBasis.GROSS, Price(6500, vat=EXC), True),
        (CapBasis.GROSS, Price(6500, vat=INC), False),
    ],
)
def test_the_basis_of_caps_is_a_setting(basis, price, refused):
    settings = PricingSettings(cap_basis=basis)
    assert (above_cap(price, CAP, "Tutoring (QTS)", settings) is not None) is refused


def test_a_service_without_a_cap_is_never_above_it():
    assert above_cap(Price(999999), None, "AP school place") is None
    assert cap_remark(Price(999999, vat=INC), None, "AP school place") is None


def test_the_hours_of_a_day_are_a_setting():
    settings = PricingSettings(hours_per_day=Fraction(6))
    assert Price(12000, PriceUnit.DAY).net_per_hour(settings) == 2000


def test_caps_are_dated_and_the_one_in_force_is_found():
    old = Cap("mentoring", 5000, date(2024, 4, 1), date(2026, 3, 31))
    new = Cap("mentoring", 5500, date(2026, 4, 1))
    caps = [new, old, CAP]
    assert cap_on(caps, "mentoring", date(2026, 3, 31)) is old
    assert cap_on(caps, "mentoring", date(2026, 4, 1)) is new
    assert cap_on(caps, "mentoring", date(2023, 1, 1)) is None
    assert cap_on(caps, "ap_school_place", date(2026, 4, 1)) is None


@pytest.mark.parametrize("pence", [0, -100])
def test_a_price_of_nothing_is_not_a_price(pence):
    with pytest.raises(ValueError, match="more than £0"):
        Price(pence)


def test_money_reads_as_pounds():
    assert [pounds(0), pounds(5), pounds(123456), pounds(-100000)] == [
        "£0.00",
        "£0.05",
        "£1,234.56",
        "-£1,000.00",
    ]
    assert whole_pounds(123456789) == "£1,234,568"
    assert to_pence(Decimal("117.5")) == 11750
