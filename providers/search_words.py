"""A search in words: what was asked, how results are ordered, why an offer fits or does not."""

from collections.abc import Iterable, Iterator
from datetime import date

from app.kernel.geography import km_to_miles
from app.kernel.money import pounds
from app.kernel.words import in_words, listed
from providers.capacity import Free
from providers.compliance import Freshness, freshness
from providers.models.offer import Offer
from providers.needs import Delivery, ServiceGroup, sessions_in_words
from providers.pricing import Cap
from providers.search_criteria import (
    GROUPS_OF_TIER,
    FreeNow,
    SearchCriteria,
    SearchOrder,
)

ORDER_WORDS: dict[SearchOrder, str] = {
    SearchOrder.FIT: "Best fit puts a provider that the family prefers first; then the offers that "
    "meet more of the needs, then those whose capacity was confirmed lately, then the better "
    "judged, then the nearer: within 5, 10, 20 and 40 km.",
    SearchOrder.DISTANCE: "The nearest comes first, from the child’s home to the provider’s site "
    "as the crow flies; what can only be had online comes last.",
    SearchOrder.PRICE: "The lowest price an hour, net of VAT, comes first.",
}
NEUTRAL_WORDS = (
    "Where offers are equal, their order is drawn by lot: the same each time for this search, "
    "another for the next, so no provider is always first."
)


def miles(km: float) -> str:
    """A distance as a result gives it: "3.2 miles (5.1 km)"."""
    return f"{km_to_miles(km):.1f} miles ({km:.1f} km)"


def why_it_fits(
    criteria: SearchCriteria,
    offer: Offer,
    km: float | None,
    cap: Cap | None,
    free: Free,
    on: date,
) -> tuple[str, ...]:
    """Why an offer fits, in a few short facts."""
    teaches = "Teaches" if offer.service.group in _TAUGHT else "Takes"
    ages = (
        f"age {offer.min_age}"
        if offer.min_age == offer.max_age
        else (f"ages {offer.min_age} to {offer.max_age}")
    )
    facts = [f"{teaches} {ages}"]
    asked = (*criteria.needs, *criteria.wished)
    met = [need.value for need in asked if need in offer.need_types]
    if met:
        facts.append(f"meets {listed(met)}")
    facts.append(place_in_words(offer, km))
    facts.append(price_in_words(offer, cap))
    facts.append(capacity_in_words(offer, free, on))
    return tuple(facts)


_TAUGHT = (ServiceGroup.TEACHING, ServiceGroup.SCHOOL_PLACE)


def place_in_words(offer: Offer, km: float | None) -> str:
    """How far away an offer is, or where it is given where no distance matters."""
    if km is not None:
        return miles(km)
    return listed((way.label.lower() for way in Delivery if way in offer.deliveries), "or")


def price_in_words(offer: Offer, cap: Cap | None) -> str:
    """The price an hour net of VAT, and how it stands to the cap."""
    pence = offer.price.net_per_hour()
    price = f"{pounds(pence)} an hour"
    if cap is None:
        return f"{price}, no cap applies"
    room = cap.pence - pence
    if room == 0:
        return f"{price}, at the cap"
    return f"{price}, {pounds(abs(room))} {'under' if room > 0 else 'above'} the cap"


def capacity_in_words(offer: Offer, free: Free, on: date) -> str:
    """What is free, and how far that can be relied on."""
    days = (on - offer.confirmed_on).days
    confirmed = f"confirmed {'today' if days <= 0 else _ago(days)}"
    if free.hours is None:
        return f"hours not said, ask the provider, {confirmed}"
    hours = f"{free.hours} hour{'' if free.hours == 1 else 's'} free"
    if free.is_full:
        return f"full, {confirmed}"
    if freshness(offer.confirmed_on, on) is Freshness.ASK:
        return f"{hours} when last {confirmed}: ask"
    return f"{hours}, {confirmed}"


def _ago(days: int) -> str:
    return "yesterday" if days == 1 else f"{days} days ago"


def terms_against(criteria: SearchCriteria, offer: Offer, free: Free, on: date) -> tuple[str, ...]:
    """What a search asks that an offer does not keep, of the terms an officer chose.

    What the child needs is judged by the matching rules, and whether an offer is open by
    `providers.queries.closed_reasons`.
    """
    return tuple(_terms_against(criteria, offer, free, on))


def _terms_against(criteria, offer, free, on) -> Iterator[str]:
    if criteria.deliveries and not criteria.deliveries & offer.deliveries:
        ways = listed((_given(way) for way in Delivery if way in criteria.deliveries), "or")
        yield f"It is not given {ways}"
    room = free.sessions if criteria.free else offer.sessions
    closed = criteria.sessions & ~room
    if closed:
        state = "full" if closed & offer.sessions == closed else "not open"
        yield f"It is {state} on {sessions_in_words(closed)}"
    price = offer.price.net_per_hour()
    if criteria.max_pence is not None and price > criteria.max_pence:
        excess = pounds(price - criteria.max_pence)
        yield f"It costs {pounds(price)} an hour, {excess} above the most to be paid"
    if criteria.tier and offer.service.group not in GROUPS_OF_TIER[criteria.tier]:
        yield f"{offer.service.name} is not used at tier {criteria.tier.value}"
    if criteria.registered_only and not offer.provider.registration.is_school:
        yield "It is not registered as a school"
    judged = offer.judgement or offer.provider.judgement
    if criteria.standard and judged not in criteria.standard.judgements:
        yield f"It was judged {judged.value}" if judged else "It has not been judged by a visit"
    if criteria.free is FreeNow.CONFIRMED and (freshness(offer.confirmed_on, on) is Freshness.ASK):
        yield f"Its capacity was last confirmed on {in_words(offer.confirmed_on)}: ask"


def _given(way: Delivery) -> str:
    return "in the community" if way is Delivery.IN_COMMUNITY else way.label.lower()


def asked_in_words(
    criteria: SearchCriteria, service: str | None, from_where: str | None
) -> list[tuple[str, str]]:
    """What a search asks, as names and values. from_where: the postcode or home, in words."""
    return [(name, value) for name, value in _asked(criteria, service, from_where) if value]


def _asked(criteria, service, from_where) -> Iterable[tuple[str, str | None]]:
    yield "Service", service or "Any service"
    joint = "and" if criteria.every_need else "or"
    yield "Needs", listed((need.label for need in criteria.needs), joint)
    yield "Ages", criteria.ages and _span(*criteria.ages)
    yield "From", from_where
    yield "Furthest the child may travel", criteria.within_km and miles(criteria.within_km)
    yield (
        "Where it is given",
        listed((way.label for way in Delivery if way in criteria.deliveries), "or"),
    )
    yield "Half-days", sessions_in_words(criteria.sessions) if criteria.sessions else None
    yield "Hours a week", None if criteria.hours is None else str(criteria.hours)
    yield "Most an hour, net of VAT", criteria.max_pence and pounds(criteria.max_pence)
    yield "Tier", criteria.tier and criteria.tier.label
    yield "Judged at least", criteria.standard and criteria.standard.label
    yield "Free now", criteria.free and criteria.free.label
    yield "Registration", _registration(criteria)
    yield "Order", criteria.order.label


def _span(youngest: int, oldest: int) -> str:
    return str(youngest) if youngest == oldest else f"{youngest} to {oldest}"


def _registration(criteria: SearchCriteria) -> str | None:
    if criteria.must_be_registered:
        return "Registered only: the law asks it for these hours"
    if criteria.registered_only:
        return "Registered schools only"
    return "Registered first" if criteria.registered_first else None
