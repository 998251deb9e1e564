"""The cells of one row of the supplier tool: what is offered, and what proves it safe."""

from datetime import date
from functools import partial

from providers import compliance
from providers.compliance import Evidence, EvidenceKind
from providers.intake import spans, terms, values
from providers.intake.faults import RowReader
from providers.intake.postcodes import Coordinates
from providers.intake.supplier_columns import ASKS, SupplierRules
from providers.needs import ALL_SESSIONS, Delivery, Judgement, PriceUnit, Service, VatBasis
from providers.pricing import Price, above_cap, cap_on, cap_remark

MOST_HOURS = 10_000  # a week, of one offer
MOST_PLACES = 2_000

_places = partial(values.whole, least=0, most=MOST_PLACES, what="places")
_hours = partial(values.whole, least=0, most=MOST_HOURS, what="hours a week")
_notes = partial(values.words, most=2000)


def offer_facts(cells: RowReader, rules: SupplierRules, names: dict[str, Service]) -> dict:
    """The fields of `SupplierRow` that describe the offer; None where a cell has a fault.

    names: as `terms.service_names` gives them. The service comes as a `Service`.
    """
    ages = cells.need("ages", spans.ages, ASKS["ages"])
    service = cells.need("service", partial(terms.service, known=names), ASKS["service"])
    postcode = cells.need("postcode", values.postcode, ASKS["postcode"])
    deliveries = cells.need("delivery", terms.deliveries, ASKS["delivery"])
    days = cells.take("days", spans.sessions)
    if service:
        _check_lot(cells, service)
    return {
        "service": service,
        "needs": cells.need("needs", terms.needs, ASKS["needs"]),
        "min_age": ages and ages[0],
        "max_age": ages and ages[1],
        "deliveries": deliveries,
        "postcode": postcode,
        "coordinates": postcode and _located(cells, rules, postcode),
        "travel_radius_km": _radius(cells, deliveries),
        "sessions": ALL_SESSIONS if cells.text("days") is None else days,
        "hours_free": _hours_free(cells),
        "places_free": cells.need("places", _places, ASKS["places"]),
        "group_size": cells.take("group_size", spans.group_size) or 1,
        "min_hours": cells.take("min_hours", values.hours_of_a_week) or 1,
        "price": _price(cells, rules, service),
        "confirmed_on": _confirmed_on(cells, rules),
        "notes": cells.take("notes", _notes),
    }


def evidence_facts(cells: RowReader, rules: SupplierRules) -> dict:
    """The fields of `SupplierRow` for insurance, staff checks and the last visit."""
    found = {
        "insurance_expires_on": cells.take("insurance", values.day),
        "staff_checked_on": _past(cells, rules, "staff_checks"),
        "visited_on": _past(cells, rules, "visited_on"),
        "judgement": cells.take("judgement", terms.judgement),
    }
    items = {
        "insurance": Evidence(EvidenceKind.INSURANCE, expires_on=found["insurance_expires_on"]),
        "staff_checks": Evidence(EvidenceKind.STAFF_CHECKS, issued_on=found["staff_checked_on"]),
    }
    for column, item in items.items():
        lapse = compliance.lapse(item.kind, [item], rules.today, rules.compliance)
        if lapse and not cells.refused_in(column):
            cells.flag(column, lapse)
    if not cells.refused_in("visited_on"):
        _remark_on_visit(cells, rules, found["visited_on"], found["judgement"])
    return found


def _remark_on_visit(
    cells: RowReader, rules: SupplierRules, visited_on: date | None, judgement: Judgement | None
) -> None:
    timely = compliance.visit_remarks(visited_on, None, rules.today, rules.compliance)
    for remark in compliance.visit_remarks(visited_on, judgement, rules.today, rules.compliance):
        cells.flag("visited_on" if remark in timely else "judgement", remark)


def _check_lot(cells: RowReader, service: Service) -> None:
    lot = cells.text("lot")
    if lot and terms.key(lot).removeprefix("lot") != terms.key(service.lot or ""):
        right = f"lot {service.lot}" if service.lot else "no lot"
        cells.flag("lot", f"{service.name} is in {right}; that is kept. Correct the lot.")


def _located(cells: RowReader, rules: SupplierRules, postcode: str) -> Coordinates | None:
    coordinates = rules.locate(postcode)
    if coordinates is None:
        cells.refuse(
            "postcode", f"{postcode} is not a known postcode. Check it against the address."
        )
    return coordinates


def _radius(cells: RowReader, deliveries: tuple[Delivery, ...] | None) -> float | None:
    mobile = {Delivery.AT_HOME, Delivery.IN_COMMUNITY} & set(deliveries or ())
    if mobile and cells.text("radius") is None:
        cells.refuse("radius", "Enter how many miles staff travel from the base.")
    return cells.take("radius", values.kilometres)


def _hours_free(cells: RowReader) -> int | None:
    """Hours a week that are free; None, with a flag, where the provider has to be asked."""
    text = cells.text("hours")
    if text is None or text.casefold() in ("ask", "tbc", "on request"):
        cells.flag(
            "hours",
            "The hours that are free are not given. Ask the provider; the offer is kept, and not "
            "used until then.",
        )
        return None
    return cells.take("hours", _hours)


def _price(cells: RowReader, rules: SupplierRules, service: Service | None) -> Price | None:
    quote = cells.need("price", values.quote, ASKS["price"])
    basis = cells.take("vat", values.vat_basis)
    if quote is None or cells.refused_in("vat"):
        return None
    if quote.vat and basis and quote.vat is not basis:
        cells.refuse("vat", "The price says otherwise about VAT. Make the two agree.")
        return None
    basis = quote.vat or basis
    if basis is None:
        cells.flag("vat", "VAT is not given; the price is taken as exempt. Ask the provider.")
        basis = VatBasis.EXEMPT
    price = Price(quote.pence, quote.unit or PriceUnit.HOUR, basis)
    if service:
        _hold_against_cap(cells, rules, service, price)
    return price


def _hold_against_cap(
    cells: RowReader, rules: SupplierRules, service: Service, price: Price
) -> None:
    cap = cap_on(rules.caps, service.code, rules.today)
    if above := above_cap(price, cap, service.name, rules.pricing):
        cells.refuse("price", above)
    elif remark := cap_remark(price, cap, service.name, rules.pricing):
        cells.flag("price", remark)


def _confirmed_on(cells: RowReader, rules: SupplierRules) -> date | None:
    confirmed = _past(cells, rules, "confirmed_on", ASKS["confirmed_on"])
    if confirmed:
        remark = compliance.freshness_remark(confirmed, rules.today, rules.compliance)
        if remark:
            cells.flag("confirmed_on", remark)
    return confirmed


def _past(cells: RowReader, rules: SupplierRules, name: str, ask: str | None = None) -> date | None:
    """A date that cannot lie in the future."""
    found = cells.need(name, values.day, ask) if ask else cells.take(name, values.day)
    if found and found > rules.today:
        cells.refuse(name, "This date is in the future. Enter the day on which it was done.")
        return None
    return found
