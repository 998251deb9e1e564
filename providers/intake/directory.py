"""The supplier tool's rows held against the directory: what each would change, and saving it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.kernel.clock import today
from app.kernel.database import db
from app.kernel.geography import km_to_miles
from app.kernel.rules import require
from app.kernel.words import in_words
from providers.admission import ADMISSION, AdmissionState
from providers.compliance import EvidenceKind
from providers.gias import check_claim
from providers.intake import supplier_tool
from providers.intake.faults import Fault, ReadRow, Severity
from providers.intake.staging import Judged, refusal, verdict
from providers.intake.supplier_columns import SupplierRow, SupplierRules
from providers.models.framework import Service
from providers.models.offer import Offer, OfferNeed
from providers.models.provider import Evidence, Provider, Site
from providers.needs import SERVICES, sessions_in_words
from providers.places import Locator, put_on_map
from providers.queries import caps_in_force


class DirectoryReader:
    """Reads the supplier tool for the preview, and saves its good rows."""

    def __init__(self) -> None:
        """Load what rows are held against."""
        self._services = {row.code: row for row in db.session.scalars(select(Service))}
        self._rules = SupplierRules(
            today=today(),
            caps=caps_in_force(today()),
            locate=Locator(),
            services=[service for service in SERVICES if service.code in self._services],
        )
        self._reader = supplier_tool.SupplierReader(self._rules)

    def open(self, content: bytes, tell) -> tuple[list[str], Iterator[Judged]]:
        """The file's headings, and its rows judged one by one. Raises UnreadableFile."""
        sheet = supplier_tool.open_file(BytesIO(content))
        rows = supplier_tool.read(sheet, self._rules, tell)
        return list(sheet.headings), map(self._judge, rows)

    def judge(self, number: int, values: dict[str, str]) -> Judged:
        """A row of the preview, judged again as things stand now."""
        return self._judge(self._reader.read_stored(number, values))

    def _judge(self, read: ReadRow[SupplierRow]) -> Judged:
        record = read.record
        if record is None:
            return verdict(read, _label_of_refused(read), None, {})
        label = f"{record.reference} {record.name}: {self._services[record.service].name}"
        read = _with_claim(read, record)
        provider, offer = _find(record)
        if provider and (reason := _against(provider, record)):
            return refusal(read, label, "standing", reason)
        before = _facts_of_offer(offer) if offer else None
        return verdict(read, label, before, _facts_of_record(record))

    def save(self, record: SupplierRow) -> None:
        """Bring one good row into the directory. Raises RuleBroken where a rule forbids it."""
        provider, offer = _find(record)
        if provider is None:
            provider = Provider(reference=record.reference, state=ADMISSION.initial)
            db.session.add(provider)
        require(_against(provider, record))
        provider.name = record.name
        provider.registration, provider.urn = record.registration, record.urn
        ADMISSION.bring(provider, record.standing)
        if offer is None:
            offer = Offer(reference=record.offer)
            provider.offers.append(offer)
        offer.service = self._services[record.service]
        offer.site = _site(provider, record)
        _save_offer(offer, record)
        _save_evidence(offer, EvidenceKind.INSURANCE, expires_on=record.insurance_expires_on)
        _save_evidence(offer, EvidenceKind.STAFF_CHECKS, issued_on=record.staff_checked_on)
        _note_visits(provider)
        db.session.flush()


def _with_claim(read: ReadRow[SupplierRow], record: SupplierRow) -> ReadRow[SupplierRow]:
    """The row, flagged where the national register does not bear out what it claims."""
    claim = check_claim(record.registration, record.urn)
    if claim is None or not claim.finding.is_doubtful:
        return read
    heading = read.row.headings.get("urn", "")
    said = read.row.texts.get(heading, "")
    fault = Fault(read.row.number, heading, said, claim.text, Severity.FLAGGED)
    return replace(read, faults=(*read.faults, fault))


def _find(record: SupplierRow) -> tuple[Provider | None, Offer | None]:
    """The provider and the offer that a row speaks of, where they exist already."""
    whole = selectinload(Provider.offers).options(
        selectinload(Offer.needs), selectinload(Offer.evidence), joinedload(Offer.service)
    )
    statement = (
        select(Provider)
        .where(Provider.reference == record.reference)
        .options(whole, selectinload(Provider.sites))
    )
    provider = db.session.scalar(statement)
    offers = {offer.reference: offer for offer in provider.offers} if provider else {}
    return provider, offers.get(record.offer)


def _against(provider: Provider, record: SupplierRow) -> str | None:
    """Why a row may not give a provider its standing: nobody who is gone comes back by a sheet."""
    gone = provider.state in (AdmissionState.REMOVED, AdmissionState.LEFT)
    if not gone and ADMISSION.path(provider.state, record.standing) is not None:
        return None
    return (
        f"A provider that is {provider.state} cannot become {record.standing}. "
        "It has to apply again."
    )


def _site(provider: Provider, record: SupplierRow) -> Site:
    site = next((site for site in provider.sites if site.postcode == record.postcode), None)
    if site is None:
        site = Site(name=record.name, postcode=record.postcode)
        provider.sites.append(site)
    put_on_map(site, record.coordinates)
    return site


def _save_offer(offer: Offer, record: SupplierRow) -> None:
    offer.min_age, offer.max_age = record.min_age, record.max_age
    for way in type(record.deliveries[0]):
        setattr(offer, way.value, way in record.deliveries)
    for name in (
        "travel_radius_km", "sessions", "hours_free", "places_free", "group_size", "min_hours",
        "confirmed_on", "judgement", "notes",
    ):  # fmt: skip
        setattr(offer, name, getattr(record, name))
    offer.last_visit_on = record.visited_on
    offer.price_pence, offer.price_unit = record.price.pence, record.price.unit
    offer.vat_basis = record.price.vat
    kept = {need.need_type: need for need in offer.needs}
    offer.needs = [kept.get(need) or OfferNeed(need_type=need) for need in sorted(record.needs)]


def _save_evidence(
    offer: Offer,
    kind: EvidenceKind,
    issued_on: date | None = None,
    expires_on: date | None = None,
) -> None:
    """Keep the item of a kind that the sheet gives for an offer; none where it gives none."""
    item = next((item for item in offer.evidence if item.kind is kind), None)
    if issued_on is None and expires_on is None:
        if item:
            offer.provider.evidence.remove(item)  # first: its loading would flush the other
            offer.evidence.remove(item)
        return
    if item is None:
        item = Evidence(kind=kind)
        offer.evidence.append(item)
        offer.provider.evidence.append(item)
    item.issued_on, item.expires_on = issued_on, expires_on


def _note_visits(provider: Provider) -> None:
    """The provider's own last visit is the latest to any of its services."""
    visited = [offer for offer in provider.offers if offer.last_visit_on]
    latest = max(visited, key=lambda offer: offer.last_visit_on, default=None)
    if latest and (provider.last_visit_on or date.min) <= latest.last_visit_on:
        provider.last_visit_on, provider.judgement = latest.last_visit_on, latest.judgement


def _facts_of_record(record: SupplierRow) -> dict[str, Any]:
    """A row as the preview compares it: words to words."""
    return _facts(
        name=record.name,
        standing=record.standing,
        registration=record.registration,
        urn=record.urn,
        needs=record.needs,
        ages=(record.min_age, record.max_age),
        deliveries=record.deliveries,
        postcode=record.postcode,
        radius=record.travel_radius_km,
        item=record,
        price=record.price,
        insurance=record.insurance_expires_on,
        staff_checks=record.staff_checked_on,
        visited=record.visited_on,
    )


def _facts_of_offer(offer: Offer) -> dict[str, Any]:
    """A row of the directory in the same words."""
    held = {item.kind: item for item in offer.evidence}
    insurance = held.get(EvidenceKind.INSURANCE)
    checks = held.get(EvidenceKind.STAFF_CHECKS)
    return _facts(
        name=offer.provider.name,
        standing=offer.provider.state,
        registration=offer.provider.registration,
        urn=offer.provider.urn,
        needs=offer.need_types,
        ages=(offer.min_age, offer.max_age),
        deliveries=offer.deliveries,
        postcode=offer.site.postcode,
        radius=offer.travel_radius_km,
        item=offer,
        price=offer.price,
        insurance=insurance and insurance.expires_on,
        staff_checks=checks and checks.issued_on,
        visited=offer.last_visit_on,
    )


def _facts(*, item: Any, **given: Any) -> dict[str, Any]:
    """Field names as people read them, with values in words; `item` is a record or an offer."""
    radius = given["radius"]
    return {
        "Name": given["name"],
        "Status": given["standing"].value,
        "Registration": given["registration"].label,
        "URN": given["urn"],
        "Needs": ", ".join(sorted(given["needs"])),
        "Ages": "{} to {}".format(*given["ages"]),
        "Delivery": ", ".join(sorted(way.label for way in given["deliveries"])),
        "Postcode": given["postcode"],
        "Travel radius": None if radius is None else f"{km_to_miles(radius):.1f} miles",
        "Days": sessions_in_words(item.sessions),
        "Hours a week free": item.hours_free,
        "Places free": item.places_free,
        "Group size": item.group_size,
        "Least hours": item.min_hours,
        "Price": str(given["price"]),
        "Capacity confirmed": in_words(item.confirmed_on),
        "Insurance until": _day(given["insurance"]),
        "Staff checks confirmed": _day(given["staff_checks"]),
        "Last visit": _day(given["visited"]),
        "Visit judgement": item.judgement.label if item.judgement else None,
        "Notes": item.notes,
    }


def _day(day: date | None) -> str | None:
    return in_words(day) if day else None


def _label_of_refused(read: ReadRow) -> str:
    words = [read.row.values.get(name) or "" for name in ("reference", "name", "service")]
    return " ".join(word for word in words if word)
