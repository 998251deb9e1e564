"""The directory: frameworks, services, providers and what they offer; all of it invented."""

from datetime import timedelta
from itertools import count
from typing import Any

from sqlalchemy import select

from app.kernel.clock import today
from app.kernel.database import db
from providers.admission import AdmissionState
from providers.compliance import EvidenceKind
from providers.models.framework import Framework, Lot, PriceCap, Scheme, SchemeWindow, Service
from providers.models.offer import Offer, OfferNeed
from providers.models.place import Accuracy
from providers.models.provider import Evidence, Provider, Site
from providers.needs import (
    ALL_SESSIONS,
    SERVICE_BY_CODE,
    Judgement,
    NeedType,
    PriceUnit,
    Registration,
    VatBasis,
)

_numbers = count(1)
WINCHESTER = {"postcode": "SO238UJ", "latitude": 51.0632, "longitude": -1.308}


def _saved(row: Any) -> Any:
    db.session.add(row)
    db.session.flush()
    return row


def make_framework(**values: Any) -> Framework:
    """A framework in its second year, open to providers since it began."""
    starts = today() - timedelta(days=400)
    number = next(_numbers)
    scheme = Scheme(name=f"SEND open framework {number}", windows=[SchemeWindow(opens_on=starts)])
    defaults = {
        "scheme": scheme,
        "reference": f"FW{number}",
        "name": "SEND open framework",
        "starts_on": starts,
        "ends_on": starts + timedelta(days=8 * 365),
    }
    return _saved(Framework(**defaults | values))


def make_service(code: str = "mentoring", **values: Any) -> Service:
    """A service of the vocabulary, outside any lot; the same row each time it is asked for."""
    found = db.session.scalar(select(Service).where(Service.code == code))
    if found is not None:
        return found
    known = SERVICE_BY_CODE[code]
    return _saved(Service(**{"code": code, "name": known.name, "group": known.group} | values))


def make_lot(**values: Any) -> Lot:
    """A lot of a framework of its own."""
    defaults = {"code": "B", "name": "Inclusion support"}
    return _saved(
        Lot(**{"framework": values.get("framework") or make_framework()} | defaults | values)
    )


def make_cap(service: Service, pence: int = 5_500, **values: Any) -> PriceCap:
    """A price cap on a service, in force for a year, by default of £55 an hour."""
    defaults = {"pence_per_hour": pence, "starts_on": today() - timedelta(days=365)}
    framework = values.get("framework") or make_framework()
    return _saved(PriceCap(**{"service": service, "framework": framework} | defaults | values))


def make_provider(**values: Any) -> Provider:
    """An approved provider in Winchester with one site and all evidence that is required."""
    number = next(_numbers)
    defaults = {
        "reference": f"SUP{number:04}",
        "name": f"Willow Tuition {number}",
        "state": AdmissionState.APPROVED,
        "judgement": Judgement.GREEN,
        "last_visit_on": today() - timedelta(days=90),
    }
    if values.get("registration", Registration.UNREGISTERED) is not Registration.UNREGISTERED:
        defaults["urn"] = f"{100000 + number}"
    if "sites" not in values:
        defaults["sites"] = [a_site()]
    if "evidence" not in values:
        defaults["evidence"] = [
            an_item(EvidenceKind.INSURANCE),
            an_item(EvidenceKind.STAFF_CHECKS),
        ]
    return _saved(Provider(**defaults | values))


def a_site(**values: Any) -> Site:
    """A site in Winchester, known to the postcode; belongs to nobody yet."""
    return Site(**{"name": "Main site", "accuracy": Accuracy.POSTCODE} | WINCHESTER | values)


def an_item(kind: EvidenceKind = EvidenceKind.INSURANCE, **values: Any) -> Evidence:
    """An item of evidence good for half a year; belongs to nobody yet."""
    day = today()
    defaults = {"issued_on": day - timedelta(days=180), "expires_on": day + timedelta(days=180)}
    return Evidence(**{"kind": kind} | defaults | values)


def make_offer(needs: tuple[NeedType, ...] = (NeedType.SEMH,), **values: Any) -> Offer:
    """Mentoring for SEMH at £45 an hour, ages 5 to 16, 20 hours and 4 places free.

    Of a provider of its own unless one is given.
    """
    provider = values.pop("provider", None) or make_provider()
    number = next(_numbers)
    defaults = {
        "reference": f"{provider.reference}/{number}",
        "site": provider.sites[0],
        "min_age": 5,
        "max_age": 16,
        "at_base": True,
        "sessions": ALL_SESSIONS,
        "hours_free": 20,
        "places_free": 4,
        "confirmed_on": today() - timedelta(days=3),
        "price_pence": 4_500,
        "price_unit": PriceUnit.HOUR,
        "vat_basis": VatBasis.EXEMPT,
    }
    service = values.pop("service", None) or make_service()
    offer = Offer(**{"provider": provider, "service": service} | defaults | values)
    offer.needs = [OfferNeed(need_type=need) for need in needs]
    return _saved(offer)
