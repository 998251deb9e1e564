"""What the pages about providers show: a line of the directory, its spreadsheet, a map of sites."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup
from sqlalchemy import Select

from app.kernel.database import db
from app.kernel.geography import km_to_miles
from app.web import map as drawing
from app.web.places import PLACE_WORDS, postcode_in_words
from providers.attention import Concern, needing_attention
from providers.capacity import Free, free_of
from providers.compliance import Freshness, freshness
from providers.directory_queries import DirectoryCriteria, fitting_offers
from providers.models.offer import Offer
from providers.models.provider import Provider
from providers.needs import Delivery, sessions_in_words
from providers.pricing import Cap, cap_on
from providers.queries import caps_in_force, closed_reasons


@dataclass(frozen=True)
class Line:
    """A provider of the list with its offers that fit. lowest: pence an hour net of VAT.

    hours: free a week in all of them, None where none of them says. freshness: of the capacity
    that was confirmed longest ago. open: how many can be used today.
    """

    provider: Provider
    offers: Sequence[Offer]
    lowest: int | None
    hours: int | None
    freshness: Freshness | None
    open: int

    @property
    def services(self) -> list[str]:
        """Names of the services, each once, in order."""
        return sorted({offer.service.name for offer in self.offers})

    @property
    def needs(self) -> list[str]:
        """Codes of the needs that any of the offers meets."""
        return sorted({need.value for offer in self.offers for need in offer.need_types})

    @property
    def ages(self) -> str:
        """Youngest and oldest age that any of the offers takes."""
        if not self.offers:
            return ""
        return ages(min(o.min_age for o in self.offers), max(o.max_age for o in self.offers))


def concerned(on: date, concern: Concern) -> frozenset[int]:
    """The ids of the providers that a concern is about on a date."""
    return frozenset(flag.provider.id for flag in needing_attention(on, (concern,))[concern])


def lines(providers: Sequence[Provider], criteria: DirectoryCriteria, on: date) -> list[Line]:
    """Providers of one page, each with its offers that fit and what they come to."""
    offers = fitting_offers(providers, criteria)
    caps = caps_in_force(on)
    free = free_of([offer for fitting in offers.values() for offer in fitting], on)
    return [_line(provider, offers[provider.id], on, caps, free) for provider in providers]


def _line(
    provider: Provider, offers: Sequence[Offer], on: date, caps, free: Mapping[int, Free]
) -> Line:
    said = [hours for o in offers if (hours := free[o.id].hours) is not None]
    return Line(
        provider,
        offers,
        min((offer.price.net_per_hour() for offer in offers), default=None),
        sum(said) if said else None,
        freshness(min(o.confirmed_on for o in offers), on) if offers else None,
        sum(not closed_reasons(offer, on, caps) for offer in offers),
    )


def ages(youngest: int, oldest: int) -> str:
    """A span of ages as it is read: "11 to 16", "16"."""
    return str(youngest) if youngest == oldest else f"{youngest} to {oldest}"


def ways(offer: Offer) -> list[str]:
    """Where an offer is given, always in the same order."""
    return [way.label for way in Delivery if way in offer.deliveries]


WORDS = {"ages": ages, "ways": ways, "days": sessions_in_words, **PLACE_WORDS}
"""What the templates about providers call to put an offer into words."""

EXPORT_HEADER = (
    "Provider reference", "Provider", "Standing", "Registration", "URN", "Lot", "Service",
    "Needs", "Youngest age", "Oldest age", "Where", "Postcode", "Travel radius (miles)", "Days",
    "Hours free a week", "Places free", "Group size", "Least hours a week", "Capacity confirmed",
    "Price as quoted", "Price an hour net of VAT (£)", "Cap an hour (£)", "Last visit",
    "Judgement", "Open today", "Why not",
)  # fmt: skip


def rows_to_export(statement: Select, on: date) -> Iterator[list[Any]]:
    """Offers as rows of a spreadsheet, in the header's order, read as they are written."""
    caps = caps_in_force(on)
    for batch in db.session.scalars(statement.execution_options(yield_per=500)).partitions():
        free = free_of(batch, on)
        for offer in batch:
            yield _row(offer, free[offer.id], caps, on)


def _row(offer: Offer, free: Free, caps: Iterable[Cap], on: date) -> list[Any]:
    cap = cap_on(caps, offer.service.code, on)
    reasons = [reason.text for reason in closed_reasons(offer, on, caps)]
    return [
        *_of_provider(offer),
        *_of_offer(offer, free),
        offer.price.net_per_hour() / 100,
        cap.pence / 100 if cap else None,
        offer.provider.last_visit_on,
        offer.provider.judgement,
        not reasons,
        " ".join(reasons),
    ]


def _of_provider(offer: Offer) -> list[Any]:
    provider = offer.provider
    return [
        provider.reference,
        provider.name,
        provider.state.value.capitalize(),
        provider.registration,
        provider.urn,
    ]


def _of_offer(offer: Offer, free: Free) -> list[Any]:
    radius = offer.travel_radius_km
    return [
        offer.service.lot.code if offer.service.lot else None,
        offer.service.name,
        ", ".join(sorted(need.value for need in offer.need_types)),
        offer.min_age,
        offer.max_age,
        "; ".join(ways(offer)),
        offer.site.postcode,
        None if radius is None else round(km_to_miles(radius), 1),
        sessions_in_words(offer.sessions),
        free.hours,
        free.places,
        offer.group_size,
        offer.min_hours,
        offer.confirmed_on,
        str(offer.price),
    ]


def map_of_sites(provider: Provider) -> Markup:
    """A provider's sites on a map; nothing for fewer than two, which a map would not relate."""
    placed = [site for site in provider.sites if site.latitude is not None]
    if len({(site.latitude, site.longitude) for site in placed}) < 2:
        return Markup("")
    return drawing.draw(
        [
            drawing.Point(site.latitude, site.longitude, "provider", site.name, site.postcode[:-3])
            for site in placed
        ],
        title=f"Where {provider.name} is",
        description=_described(placed),
    )


def _described(sites: Iterable) -> str:
    places = "; ".join(f"{site.name}, {postcode_in_words(site.postcode)}" for site in sites)
    return f"Sites: {places}. The table below holds the same facts."
