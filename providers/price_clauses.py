"""Prices as conditions of a query: an offer's price an hour, exactly, and held against its cap.

They say in SQL what `providers.pricing` says of one price, in whole numbers of a fixed fraction of
a penny, so that both engines reckon exactly.
"""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from functools import cache
from math import lcm
from typing import Protocol

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    String,
    and_,
    case,
    cast,
    literal_column,
    or_,
    true,
)

from providers.models.offer import Offer
from providers.needs import PriceUnit, VatBasis
from providers.pricing import SETTINGS, Cap, CapBasis, Price, cap_on

Condition = ColumnElement[bool]


class Capped(Protocol):
    """A service, as far as caps know it."""

    id: int
    code: str


def within_cap(on: date, services: Iterable[Capped], caps: Iterable[Cap]) -> Condition:
    """That an offer's price is no more than its service's cap, to the fraction of a penny."""
    caps = tuple(caps)
    limits = {
        service.id: cap.pence for service in services if (cap := cap_on(caps, service.code, on))
    }
    if not limits:
        return true()
    price, scale = _hourly(SETTINGS.cap_basis)
    most = case(
        *((number(service), number(pence * scale)) for service, pence in limits.items()),
        value=Offer.service_id,
        else_=number(_NO_CAP),
    )
    excepted = [
        and_(Offer.id == offer_id, price <= pence * scale)
        for each in caps
        for offer_id, pence in each.exceptions.items()
    ]
    return or_(price <= most, *excepted)


_NO_CAP = 2**62
"""Above any price in its fraction of a penny; both engines count so far."""


def costs_at_most(pence: int) -> Condition:
    """That an offer's price an hour net of VAT, to the nearest penny, is no more than this."""
    price, scale = _hourly(CapBasis.NET)
    return 2 * price < (2 * pence + 1) * scale


def net_per_hour() -> ColumnElement[int]:
    """The price an hour net of VAT, in a fixed fraction of a penny: exact, to put in order by."""
    return _hourly(CapBasis.NET)[0]


_MOST_INTEGER = 2**31 - 1


def number(value: int) -> ColumnElement[int]:
    """A number that never changes, written into the statement.

    The PostgreSQL driver reads a statement anew each time it is sent with many values beside it.
    """
    return literal_column(str(int(value)), BigInteger if value > _MOST_INTEGER else Integer)


def _word(member: StrEnum) -> ColumnElement[str]:
    """The stored code of a vocabulary, written into the statement likewise."""
    return literal_column(f"'{member.value}'", String)


@cache
def _hourly(basis: CapBasis) -> tuple[ColumnElement[int], int]:
    """A price an hour in whole numbers, and how many of them make a penny."""
    factors = {
        (unit, vat): Price(1, unit, vat).per_hour(basis) for unit in PriceUnit for vat in VatBasis
    }
    scale = lcm(*(factor.denominator for factor in factors.values()))
    by_unit = [
        (
            _word(unit),
            case(
                *((_word(vat), number(int(factors[unit, vat] * scale))) for vat in VatBasis),
                value=Offer.vat_basis,
            ),
        )
        for unit in PriceUnit
    ]
    return cast(Offer.price_pence, BigInteger) * case(*by_unit, value=Offer.price_unit), scale
