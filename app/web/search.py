"""What the pages about a search share: reading the address, comparing, the map, the spreadsheet."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from app.children.models import Referral
from app.commissioning.freezing import Record, record_of
from app.commissioning.models.search import ShortlistEntry
from app.commissioning.search import Result, Search, judge, search
from app.commissioning.suitability import half_days_for, must_be_registered, rules_in_force
from app.kernel.geography import km_to_miles
from app.web import map as drawing
from app.web.forms.search import SearchDirectory
from app.web.places import postcode_in_words
from providers.intake.postcodes import Coordinates
from providers.models.framework import Service
from providers.needs import sessions_in_words
from providers.places import Whereabouts, whereabouts
from providers.search import services_on_offer
from providers.search_criteria import Home, SearchCriteria
from providers.search_words import asked_in_words, capacity_in_words, price_in_words
from providers.stages import age_on

PAGE = 20
MOST_COMPARED = 6
NOT_ASKED = ("page", "show", "offer", "csrf_token", "reason", "name", "note")
"""Values of an address that are no part of what is searched for."""


@dataclass(frozen=True)
class Asked:
    """What an address asks. criteria: None where it asks nothing yet, or makes no sense.

    on_offer: every service with the number of its offers. postcode, where: of the home. rules: of
    the matching policy in force, read once.
    """

    form: SearchDirectory
    referral: Referral | None
    on_offer: dict[Service, int]
    on: date
    criteria: SearchCriteria | None
    postcode: str | None = None
    where: Whereabouts | None = None
    rules: Any = None

    def search(self, *, others: bool = False) -> Search:
        """Make the search, where there are criteria. others: to look at what does not fit too."""
        return search(
            self.criteria, self.on, self.referral, self.on_offer, others, rules=self.rules
        )

    @cached_property
    def sector(self) -> Coordinates | None:
        """The middle of the home's postcode sector, which is all that a map may show."""
        if self.where is not None:
            return self.where.sector
        return whereabouts(self.postcode).sector if self.postcode else None

    @property
    def in_words(self) -> list[tuple[str, str]]:
        """What is asked, as names and values."""
        names = {service.id: service.name for service in self.on_offer}
        place = self.postcode and postcode_in_words("".join(self.postcode.split()))
        if self.referral and place:
            place = f"{self.referral.child.reference}’s home, {place[:-2]}"
        return asked_in_words(self.criteria, names.get(self.criteria.service_id), place)


def asked(args: MultiDict, referral: Referral | None, on: date) -> Asked:
    """What the address's values ask, for a child or for nobody in particular."""
    on_offer = services_on_offer()
    form = SearchDirectory(args, on_offer)
    if referral is not None:
        del form.postcode
    if not asked_values(args) or not form.validate():
        return Asked(form, referral, on_offer, on, None)
    rules = rules_in_force()
    criteria = SearchCriteria(**form.terms(), half_days=half_days_for(form.hours.data, rules))
    if referral is not None:
        criteria = _of_child(criteria, referral, rules)
        return Asked(form, referral, on_offer, on, criteria, referral.child.postcode, rules=rules)
    if not form.postcode.data:
        return Asked(form, None, on_offer, on, criteria, rules=rules)
    where = whereabouts(form.postcode.data)
    if where.place is None:
        form.postcode.errors = [
            f"We do not know where {form.postcode.data} is. Check the postcode, or use one nearby"
        ]
        return Asked(form, None, on_offer, on, None)
    home = Home(where.place.latitude, where.place.longitude)
    criteria = replace(criteria, home=home)
    return Asked(form, None, on_offer, on, criteria, form.postcode.data, where, rules)


def asked_values(args: MultiDict) -> MultiDict:
    """Those values of an address that are part of the search, without empty ones."""
    return MultiDict(
        [(name, value) for name, value in args.items(multi=True) if value and name not in NOT_ASKED]
    )


def query_of(args: MultiDict) -> str:
    """The search as the part of an address after the question mark."""
    return urlencode(list(asked_values(args).items(multi=True)))


def _of_child(criteria: SearchCriteria, referral: Referral, rules: Any) -> SearchCriteria:
    """The criteria with what is known of the child and of the family's wishes."""
    child = referral.child
    placed = child.latitude is not None and child.longitude is not None
    wished = {
        excluded: [w.provider.id for w in referral.wishes if w.provider and w.excluded is excluded]
        for excluded in (False, True)
    }
    return replace(
        criteria,
        home=Home(child.latitude, child.longitude) if placed else None,
        wished=tuple(need for need in child.need_types if need not in criteria.needs),
        must_be_registered=must_be_registered(child, criteria.hours, rules),
        preferred=tuple(wished[False]),
        excluded=frozenset(wished[True]),
    )


def shortlisted(
    referral: Referral, entries: Iterable[ShortlistEntry], on: date
) -> Iterator[Result]:
    """The offers of a child's shortlist, each judged by what the referral asks of its service."""
    by_service: dict[int, list[int]] = defaultdict(list)
    for entry in entries:
        by_service[entry.offer.service_id].append(entry.offer_id)
    for service_id, offer_ids in by_service.items():
        question = asked(MultiDict(prefilled(referral, on, service_id)), referral, on)
        yield from judge(question.criteria, referral, on, offer_ids, rules=question.rules)


def prefilled(referral: Referral, on: date, service_id: int | None = None) -> dict[str, Any]:
    """The values of an address that searches for what a referral asks.

    service_id: of the component to search for, the first unless another is named.
    """
    child = referral.child
    parts = {part.service_id: part for part in referral.components}
    part = parts.get(service_id) or next(iter(parts.values()), None)
    asked_for: dict[str, Any] = {
        "age": f"age-{age_on(child.born_on, max(on, referral.start_from or on))}",
        "need": child.need_types[0].value if child.need_types else None,
        "free": "yes",
    }
    if part is not None:
        asked_for |= {"service": str(part.service_id), "hours": str(part.hours)}
    if referral.max_travel_km is not None:
        asked_for["miles"] = f"{km_to_miles(referral.max_travel_km):.2f}".rstrip("0").rstrip(".")
    return {name: value for name, value in asked_for.items() if value is not None}


def map_of(results: Sequence[Result], sector: Coordinates | None) -> Markup:
    """The sites of one page of results, and the middle of the home's postcode sector."""
    sites = {result.offer.site: result.offer.provider for result in results}
    points = [
        drawing.Point(
            site.latitude, site.longitude, "provider", provider.name, area=site.postcode[:-3]
        )
        for site, provider in sites.items()
        if site.latitude is not None
    ]
    if not points:
        return Markup("")
    if sector is not None:
        points.append(drawing.Point(sector.latitude, sector.longitude, "home", "Home"))
    return drawing.draw(
        points,
        title="Where these offers are",
        description="The sites of the offers on this page. The list gives the same facts.",
        kinds=_KINDS,
    )


_KINDS = {
    "provider": drawing.KINDS["provider"],
    "home": drawing.Kind("Home, by postcode sector", "circle", "#1d70b8", home=True),
}


def comparison(results: Sequence[Result], on: date) -> list[tuple[str, list[Any]]]:
    """Results side by side: for each fact its name, and its value for each result."""
    facts = (_facts(result, on) for result in results)
    return [(row[0][0], [value for _name, value in row]) for row in zip(*facts, strict=True)]


def _facts(result: Result, on: date) -> Iterator[tuple[str, Any]]:
    offer, provider = result.offer, result.offer.provider
    ways = [way.label for way in sorted(offer.deliveries)]
    judged = offer.judgement or provider.judgement
    yield "Service", offer.service.name
    yield "Suitable", result.suitable
    yield "What speaks against it", list(result.against)
    yield "Ages", f"{offer.min_age} to {offer.max_age}"
    yield "Needs", ", ".join(sorted(need.value for need in offer.need_types))
    yield "Distance from home", result.km
    yield "Where", "; ".join(ways)
    yield "Price", price_in_words(offer, result.cap)
    yield "As quoted", str(offer.price)
    yield "Capacity", capacity_in_words(offer, result.free, on).capitalize()
    yield "Places free", result.free.places
    yield "Open", sessions_in_words(offer.sessions)
    yield "Least hours a week", offer.min_hours
    yield "A new child can start", offer.opens_on or "At once"
    yield "Group size", "One to one" if offer.group_size == 1 else f"Up to {offer.group_size}"
    yield "Registration", provider.registration.label
    yield "Judgement", judged.label if judged else "Not judged yet"
    yield "Evidence good until", record_of(result)["evidence"]
    yield "Last visit", offer.last_visit_on or provider.last_visit_on


EXPORT_HEADER = (
    "Suitable", "Provider reference", "Provider", "Service", "Distance (miles)",
    "Price an hour net of VAT (£)", "Price as quoted", "Cap an hour (£)", "Hours free a week",
    "Places free", "Capacity confirmed", "Judgement", "Last visit", "Registration",
    "Evidence good until", "Why it fits", "What speaks against it",
)  # fmt: skip


def rows_to_export(records: Iterable[Record]) -> Iterator[list[Any]]:
    """Results as rows of a spreadsheet, in the header's order."""
    for kept in records:
        until = (f"{kind}: {day or 'not held'}" for kind, day in kept["evidence"].items())
        yield [
            kept["suitable"],
            kept["provider_reference"],
            kept["provider"],
            kept["service"],
            None if kept["km"] is None else round(km_to_miles(kept["km"]), 1),
            kept["pence_per_hour"] / 100,
            kept["price"],
            None if kept["cap_pence"] is None else kept["cap_pence"] / 100,
            kept["hours_free"],
            kept["places_free"],
            _day(kept["confirmed_on"]),
            (kept["judgement"] or "").capitalize(),
            _day(kept["visited_on"]),
            kept["registration"],
            "; ".join(until),
            " · ".join(kept["why"]),
            ". ".join(kept["against"]),
        ]


def _day(iso: str | None) -> date | None:
    return date.fromisoformat(iso) if iso else None


def found_to_export(made: Search, *, suitable: bool) -> Iterator[list[Any]]:
    """The offers that a search found, or passed over, as rows of a spreadsheet."""
    ids = made.suitable if suitable else made.unsuitable
    return rows_to_export(record_of(result) for result in made.judged(ids))
