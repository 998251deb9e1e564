"""A directory of any size to measure searches in: invented, thrown away, the same each time."""

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import insert

from app.accounts.roles import Role
from app.accounts.service import open_account
from app.kernel.clock import now, today
from app.kernel.database import db
from providers.admission import AdmissionState
from providers.compliance import EvidenceKind
from providers.directory_queries import services
from providers.models.commitment import Commitment, CommitmentState
from providers.models.offer import Offer, OfferNeed
from providers.models.place import Accuracy
from providers.models.provider import Evidence, Provider, Site
from providers.needs import ALL_SESSIONS, Judgement, NeedType, PriceUnit, Registration, VatBasis
from providers.places import load_sectors
from providers.service import start_framework

OFFERS_EACH = 3
EMAIL, PASSWORD = "benchmark@example.org", "a password for measuring"


def fill(size: int) -> int:
    """A directory of so many offers round Winchester; returns the id of a service to search for."""
    start_framework(
        reference="BENCHMARK",
        name="Framework for measuring",
        starts_on=today() - timedelta(days=600),
        ends_on=today() + timedelta(days=2000),
    )
    load_sectors()
    open_account(email=EMAIL, name="Benchmark", role=Role.SEND_OFFICER, password=PASSWORD)
    draw = random.Random(7)
    known = list(services())
    count = size // OFFERS_EACH + 1
    _insert(Provider, (_provider(draw, number) for number in range(1, count + 1)))
    _insert(Site, (_site(draw, number) for number in range(1, count + 1)))
    _insert(Evidence, _evidence(draw, count))
    _insert(Offer, (_offer(draw, number, known) for number in range(1, size + 1)))
    _insert(OfferNeed, _needs(draw, size))
    _insert(Commitment, _commitments(draw, size))
    return next(service.id for service in known if service.code == "tutoring_qts")


def _insert(model: Any, rows: Iterator[dict[str, Any]]) -> None:
    """Rows into a table, past the audit trail: this database is thrown away."""
    db.session.connection().execute(insert(model.__table__), list(rows))


def _provider(draw: random.Random, number: int) -> dict[str, Any]:
    registered = number % 12 == 0
    return {
        "id": number,
        "reference": f"B{number:06}",
        "name": f"Provider {number}",
        "state": AdmissionState.APPROVED if draw.random() < 0.93 else AdmissionState.SUSPENDED,
        "registration": Registration.PRU if registered else Registration.UNREGISTERED,
        "urn": f"{100_000 + number}" if registered else None,
        "judgement": draw.choice([Judgement.GREEN, Judgement.GREEN, Judgement.AMBER, None]),
        "last_visit_on": today() - timedelta(days=draw.randrange(700)),
    }


def _site(draw: random.Random, number: int) -> dict[str, Any]:
    return {
        "id": number,
        "provider_id": number,
        "name": "Main site",
        "postcode": "SO238UJ",
        "latitude": draw.uniform(50.72, 51.38),
        "longitude": draw.uniform(-1.95, -0.75),
        "accuracy": Accuracy.POSTCODE,
    }


def _evidence(draw: random.Random, providers: int) -> Iterator[dict[str, Any]]:
    for provider_id in range(1, providers + 1):
        for kind in list(EvidenceKind)[:5]:
            yield {
                "provider_id": provider_id,
                "kind": kind,
                "issued_on": today() - timedelta(days=200),
                "expires_on": today() + timedelta(days=draw.randrange(-20, 400)),
            }


def _offer(draw: random.Random, number: int, known: list) -> dict[str, Any]:
    youngest = draw.choice([4, 5, 7, 11, 11, 14])
    home = draw.random() < 0.4
    return {
        "id": number,
        "reference": f"B{number}",
        "provider_id": (number - 1) // OFFERS_EACH + 1,
        "site_id": (number - 1) // OFFERS_EACH + 1,
        "service_id": draw.choice(known).id,
        "min_age": youngest,
        "max_age": draw.choice([age for age in (11, 14, 16, 19, 25) if age >= youngest]),
        "at_base": not home,
        "at_home": home,
        "in_community": False,
        "online": draw.random() < 0.2,
        "travel_radius_km": draw.choice([8.0, 16.0, 32.0]) if home else None,
        "sessions": ALL_SESSIONS if draw.random() < 0.6 else draw.randrange(1, ALL_SESSIONS),
        "hours_free": draw.choice([None, 0, 5, 10, 20, 40, 80]),
        "places_free": draw.choice([0, 1, 2, 4, 8]),
        "group_size": draw.choice([1, 1, 3]),
        "min_hours": draw.choice([1, 2, 5]),
        "confirmed_on": today() - timedelta(days=draw.randrange(90)),
        "price_pence": draw.randrange(3_000, 9_000, 25),
        "price_unit": PriceUnit.HOUR,
        "vat_basis": draw.choice(list(VatBasis)),
    }


def _needs(draw: random.Random, offers: int) -> Iterator[dict[str, Any]]:
    for offer_id in range(1, offers + 1):
        for need in draw.sample(list(NeedType), draw.randrange(2, 6)):
            yield {"offer_id": offer_id, "need_type": need}


def _commitments(draw: random.Random, offers: int) -> Iterator[dict[str, Any]]:
    for number, offer_id in enumerate(draw.sample(range(1, offers + 1), offers // 10)):
        yield {
            "offer_id": offer_id,
            "reference": f"CO{number}",
            "state": CommitmentState.LIVE,
            "hours": draw.choice([2, 5, 10]),
            "places": 1,
            "sessions": 0,
            "pence_a_week": 50_000,
            "starts_on": today() - timedelta(days=draw.randrange(200)),
            "source": "Benchmark",
            "recorded_by": "Benchmark",
            "recorded_at": now(),
        }
