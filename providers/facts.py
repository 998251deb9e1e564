"""What a provider may change of its profile: one table says each fact, its words and its weight.

A fact is read from a row as a plain value, the same that a form sends, a proposal keeps and a
version holds. Facts that matter wait for the AP lead; the others publish at once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.kernel.database import db
from providers.models.framework import Service
from providers.models.offer import Offer, OfferNeed
from providers.models.profile import OfferWords, Profile
from providers.models.provider import Provider
from providers.needs import Delivery, NeedType, PriceUnit, Registration, VatBasis
from providers.pricing import Price

Row = Provider | Offer
Facts = dict[str, Any]


@dataclass(frozen=True)
class Fact:
    """One fact of a row. matters: whether a change of it waits for the AP lead.

    read, write: between the row and a plain value. words: the value as people read it.
    """

    name: str
    label: str
    matters: bool
    read: Callable[[Any], Any]
    write: Callable[[Any, Any], None]
    words: Callable[[Any], str] = str


def facts_for(row: Row) -> dict[str, Fact]:
    """The facts that a row has, by name, in the order of the page."""
    return PROVIDER_FACTS if isinstance(row, Provider) else OFFER_FACTS


def read_facts(row: Row) -> Facts:
    """The published value of each fact of a row."""
    return {name: fact.read(row) for name, fact in facts_for(row).items()}


def profile_of(provider: Provider) -> Profile:
    """A provider's own words and contacts; a blank one that is not saved where it has none."""
    found = db.session.get(Profile, provider.id)
    blank = {column.key: "" for column in Profile.__table__.columns if column.key != "provider_id"}
    return found or Profile(**blank)


def words_of_all(provider: Provider) -> dict[int, str]:
    """What a provider says of each of its offers, by the offer's id."""
    found = select(OfferWords).join(OfferWords.offer).where(Offer.provider_id == provider.id)
    return {row.offer_id: row.about for row in db.session.scalars(found) if row.about}


def words_of(offer: Offer) -> str:
    """What the provider says of an offer in its own words."""
    found = db.session.get(OfferWords, offer.id)
    return found.about if found else ""


def _kept_profile(provider: Provider) -> Profile:
    found = db.session.get(Profile, provider.id)
    if found is None:
        found = Profile(provider=provider)
        db.session.add(found)
        db.session.flush()
    return found


def _of_profile(name: str, label: str, *, matters: bool = False) -> Fact:
    """A text of the provider's profile."""
    return Fact(
        name,
        label,
        matters,
        lambda provider: getattr(profile_of(provider), name) or "",
        lambda provider, value: setattr(_kept_profile(provider), name, value),
        _said,
    )


def _said(value: str) -> str:
    return value or "Not given"


_CONTACT = ("name", "email", "phone")


def _write_safeguarding(provider: Provider, value: dict[str, str]) -> None:
    for part in _CONTACT:
        setattr(_kept_profile(provider), f"safeguarding_{part}", value[part])


def _read_safeguarding(provider: Provider) -> dict[str, str]:
    profile = profile_of(provider)
    return {part: getattr(profile, f"safeguarding_{part}") or "" for part in _CONTACT}


def _write_registration(provider: Provider, value: dict[str, str]) -> None:
    provider.registration, provider.urn = Registration(value["kind"]), value["urn"] or None


def _registration_in_words(value: dict[str, str]) -> str:
    kind = Registration(value["kind"]).label
    return f"{kind}, URN {value['urn']}" if value["urn"] else kind


def _write_sites(provider: Provider, value: dict[str, str]) -> None:
    for site in provider.sites:
        site.name = value.get(str(site.id), site.name)


PROVIDER_FACTS = {
    fact.name: fact
    for fact in (
        Fact(
            "name",
            "Name",
            True,
            lambda provider: provider.name,
            lambda provider, value: setattr(provider, "name", value),
        ),
        _of_profile("about", "About us"),
        _of_profile("contact_email", "Email address for referrals"),
        _of_profile("contact_phone", "Telephone"),
        _of_profile("website", "Website"),
        Fact(
            "sites",
            "Names of sites",
            False,
            lambda provider: {str(site.id): site.name for site in provider.sites},
            _write_sites,
            lambda value: "; ".join(value.values()) or "None",
        ),
        Fact(
            "safeguarding",
            "Safeguarding contact",
            True,
            _read_safeguarding,
            _write_safeguarding,
            lambda value: ", ".join(part for part in value.values() if part) or "Nobody named",
        ),
        Fact(
            "registration",
            "Registration as a school",
            True,
            lambda provider: {"kind": provider.registration.value, "urn": provider.urn or ""},
            _write_registration,
            _registration_in_words,
        ),
    )
}


def _write_words(offer: Offer, value: str) -> None:
    found = db.session.get(OfferWords, offer.id)
    if found is None:
        found = OfferWords(offer=offer)
        db.session.add(found)
        db.session.flush()
    found.about = value


def _write_service(offer: Offer, value: str) -> None:
    offer.service = db.session.scalars(select(Service).where(Service.code == value)).one()


def service_name(code: str) -> str:
    """A service's name by its code."""
    return db.session.scalar(select(Service.name).where(Service.code == code)) or code


def _write_needs(offer: Offer, value: list[str]) -> None:
    kept = {need.need_type.value: need for need in offer.needs}
    offer.needs = [kept.get(code) or OfferNeed(need_type=NeedType(code)) for code in value]


def _write_ages(offer: Offer, value: list[int]) -> None:
    offer.min_age, offer.max_age = value


def _write_delivery(offer: Offer, value: list[str]) -> None:
    for way in Delivery:
        setattr(offer, way.value, way.value in value)


def price_of(value: dict[str, Any]) -> Price:
    """A price from its plain value. Raises ValueError where it is not more than nothing."""
    return Price(value["pence"], PriceUnit(value["unit"]), VatBasis(value["vat"]))


def _write_price(offer: Offer, value: dict[str, Any]) -> None:
    offer.price_pence = value["pence"]
    offer.price_unit, offer.vat_basis = PriceUnit(value["unit"]), VatBasis(value["vat"])


def _column(name: str, label: str, words: Callable[[Any], str], *, matters: bool) -> Fact:
    return Fact(
        name,
        label,
        matters,
        lambda offer: getattr(offer, name),
        lambda offer, value: setattr(offer, name, value),
        words,
    )


OFFER_FACTS = {
    fact.name: fact
    for fact in (
        Fact(
            "service",
            "Service",
            True,
            lambda offer: offer.service.code,
            _write_service,
            service_name,
        ),
        Fact(
            "price",
            "Price",
            True,
            lambda offer: {
                "pence": offer.price_pence,
                "unit": offer.price_unit.value,
                "vat": offer.vat_basis.value,
            },
            _write_price,
            lambda value: str(price_of(value)),
        ),
        Fact(
            "needs",
            "Needs",
            True,
            lambda offer: sorted(need.need_type.value for need in offer.needs),
            _write_needs,
            lambda value: "; ".join(NeedType(code).label for code in value),
        ),
        Fact(
            "ages",
            "Ages",
            True,
            lambda offer: [offer.min_age, offer.max_age],
            _write_ages,
            lambda value: f"{value[0]} to {value[1]}",
        ),
        Fact(
            "delivery",
            "Where it is given",
            True,
            lambda offer: [way.value for way in Delivery if way in offer.deliveries],
            _write_delivery,
            lambda value: "; ".join(Delivery(way).label for way in value),
        ),
        _column("group_size", "Largest group", str, matters=True),
        _column("min_hours", "Least hours a week", str, matters=False),
        Fact("about", "About this offer", False, words_of, _write_words, _said),
    )
}
