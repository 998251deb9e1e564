"""How long placements and budgets take with 25,000 children and 5,000 live placements.

    python -m app.benchmark_pages

As `app.benchmark_worklist`: each page beside itself with a tenth of them, in turn, warm, in one
process. Only the ratio is a promise.
"""

import random
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import click
from flask.testing import FlaskClient
from sqlalchemy import insert

from app import benchmark_worklist as worklist
from app.accounts.roles import Role
from app.accounts.service import open_account
from app.children.terms import calendar
from app.commissioning.budgets.costs import Stretch, by_year
from app.commissioning.budgets.models import PlacementCost
from app.commissioning.invoices.models import Invoice, InvoiceKind, InvoiceLine, InvoiceState
from app.commissioning.placements.lifecycle import PlacementState, ProposalState
from app.commissioning.placements.models import Placement, Proposal
from app.kernel import audit
from app.kernel.clock import now, today
from app.kernel.database import db
from providers.admission import AdmissionState
from providers.directory_queries import services
from providers.models.commitment import Commitment, CommitmentState
from providers.models.offer import Offer
from providers.models.place import Accuracy
from providers.models.provider import Provider, Site
from providers.needs import (
    ALL_SESSIONS,
    Delivery,
    Judgement,
    LegalBasis,
    PriceUnit,
    Registration,
    Tier,
    VatBasis,
)

SIZES = (2_500, 25_000)
CHILDREN_A_PLACEMENT = 5
PROVIDERS = 60
LEAD = "lead@example.org"
PAGES = {
    "Placements, the latest first": ("/placements/", ""),
    "Placements, by cost, one tier": ("/placements/?tier=2&sort=-cost", ""),
    "Budget": ("/budgets/", ""),
    "Spend by provider": ("/spend/?by=provider", ""),
    "Invoices": ("/invoices/", ""),
    "Placements, a name looked for": ("/placements/", "Example7"),
}


def main() -> None:
    """Measure every page at both sizes and print the figures as a table."""
    with tempfile.TemporaryDirectory() as folder:
        readers = {size: reader(f"sqlite:///{Path(folder)}/{size}.db", size) for size in SIZES}
        click.echo("| page | live placements | ms | ratio |\n|---|---:|---:|---:|")
        for name, (address, text) in PAGES.items():
            small, large = worklist.timings(readers, address, text)
            counts = [size // CHILDREN_A_PLACEMENT for size in SIZES]
            verdict = "" if large / small <= worklist.MOST else f" (more than {worklist.MOST:.0f})"
            click.echo(f"| {name} | {counts[0]:,} | {small:.0f} | |")
            click.echo(f"| {name} | {counts[1]:,} | {large:.0f} | {large / small:.2f}{verdict} |")


def reader(url: str, size: int) -> FlaskClient:
    """The AP lead signed in to an application with so many children, a fifth of them placed."""
    client = worklist.reader(url, size)
    with client.application.app_context(), audit.acting(worklist.BENCHMARK, "fill"):
        open_account(
            email=LEAD, name="Benchmark lead", role=Role.AP_LEAD, password=worklist.PASSWORD
        )
        fill(size)
        db.session.commit()
        db.session.execute(db.text("ANALYZE"))
        db.session.commit()
    client.post("/sign-out")
    client.post("/sign-in", data={"email": LEAD, "password": worklist.PASSWORD})
    return client


def fill(size: int) -> None:
    """Providers with an offer each; for every fifth child a live placement, two months invoiced."""
    draw, known = random.Random(11), [service.id for service in services()]
    worklist.put(Provider, (_provider(number) for number in range(1, PROVIDERS + 1)))
    worklist.put(Site, (_site(number) for number in range(1, PROVIDERS + 1)))
    worklist.put(Offer, (_offer(draw, known, number) for number in range(1, PROVIDERS + 1)))
    parts = [_part(draw, number) for number in range(1, size // CHILDREN_A_PLACEMENT + 1)]
    worklist.put(Proposal, (_proposal(part) for part in parts))
    worklist.put(Commitment, (_commitment(part) for part in parts))
    _placements(parts)
    worklist.put(PlacementCost, _costs(parts))
    months = [_month_before(2), _month_before(1)]
    worklist.put(Invoice, _invoices(months))
    worklist.put(InvoiceLine, _lines(parts, months))


def _month_before(months: int) -> date:
    day = today().replace(day=1)
    for _number in range(months):
        day = (day - timedelta(days=1)).replace(day=1)
    return day


def _part(draw: random.Random, number: int) -> dict[str, Any]:
    """What placements, costs and invoices of one child say alike."""
    starts_on, hours = today() - timedelta(days=draw.randrange(70, 160)), draw.randrange(5, 20)
    return {
        "id": number,
        "child_id": number * CHILDREN_A_PLACEMENT,
        "offer_id": draw.randrange(1, PROVIDERS + 1),
        "hours": hours,
        "pence_per_hour": 4_500,
        "pence_a_week": 4_500 * hours,
        "tier": draw.choice(list(Tier)),
        "starts_on": starts_on,
        "ends_on": today() + timedelta(days=draw.randrange(10, 200)),
    }


def _placements(parts: list[dict[str, Any]]) -> None:
    rows = []
    service_of = dict(db.session.execute(db.select(Offer.id, Offer.service_id)).all())
    for part in parts:
        rows.append(
            part
            | {
                "proposal_id": part["id"],
                "referral_id": part["child_id"],
                "service_id": service_of[part["offer_id"]],
                "state": PlacementState.LIVE,
                "delivery": Delivery.AT_BASE,
                "sessions": 0,
                "transport_pence_a_week": 5_000,
                "legal_basis": LegalBasis.SECTION_19,
                "commitment_id": part["id"],
                "awarded_at": now(),
            }
        )
    db.session.connection().execute(insert(Placement.__table__), rows)


def _proposal(part: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": part["id"],
        "version": 1,
        "referral_id": part["child_id"],
        "state": ProposalState.APPROVED,
        "why": "Measured",
        "reasons": {},
        "candidates": [],
        "proposed_by": "Olive Officer",
        "proposed_at": now(),
        "decided_by": "Carol Commissioner",
        "decided_at": now(),
    }


def _commitment(part: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": part["id"],
        "offer_id": part["offer_id"],
        "reference": f"PL-{part['id']:05}",
        "state": CommitmentState.LIVE,
        "hours": part["hours"],
        "places": 1,
        "sessions": 0,
        "pence_a_week": part["pence_a_week"],
        "starts_on": part["starts_on"],
        "ends_on": part["ends_on"],
        "source": "Measured",
        "recorded_by": "Benchmark",
        "recorded_at": now(),
    }


def _costs(parts: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    days = calendar()
    for part in parts:
        stretch = Stretch(part["starts_on"], part["ends_on"], part["pence_a_week"], 5_000)
        for cost in by_year([stretch], days):
            yield {
                "placement_id": part["id"],
                "year": cost.year,
                "pence": cost.pence,
                "transport_pence": cost.transport,
            }


def _invoices(months: list[date]) -> Iterator[dict[str, Any]]:
    for place, first in enumerate(months):
        for number in range(1, PROVIDERS + 1):
            yield {
                "id": place * PROVIDERS + number,
                "version": 1,
                "provider_id": number,
                "kind": InvoiceKind.INVOICE,
                "state": InvoiceState.APPROVED,
                "number": f"M-{place}-{number}",
                "first_day": first,
                "last_day": first + timedelta(days=27),
                "net_pence": 0,
                "vat_pence": 0,
                "flags": 0,
                "submitted_at": now(),
                "decided_by": "Finance",
                "decided_at": now(),
            }


def _lines(parts: list[dict[str, Any]], months: list[date]) -> Iterator[dict[str, Any]]:
    for place, first in enumerate(months):
        for part in parts:
            yield {
                "invoice_id": place * PROVIDERS + part["offer_id"],
                "placement_id": part["id"],
                "first_day": first,
                "last_day": first + timedelta(days=27),
                "minutes": part["hours"] * 240,
                "pence_per_hour": part["pence_per_hour"],
                "vat_percent": 0,
                "net_pence": part["pence_a_week"] * 4,
                "vat_pence": 0,
                "agreed_pence": part["pence_a_week"] * 4,
                "differences": [],
            }


def _provider(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "reference": f"SUP{number:04}",
        "name": f"Measured provider {number}",
        "state": AdmissionState.APPROVED,
        "registration": Registration.UNREGISTERED,
        "judgement": Judgement.GREEN,
    }


def _site(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "provider_id": number,
        "name": "Main site",
        "postcode": "SO238UJ",
        "latitude": 51.06,
        "longitude": -1.31,
        "accuracy": Accuracy.POSTCODE,
    }


def _offer(draw: random.Random, known: list[int], number: int) -> dict[str, Any]:
    return {
        "id": number,
        "reference": f"SUP{number:04}/main",
        "provider_id": number,
        "service_id": draw.choice(known),
        "site_id": number,
        "min_age": 5,
        "max_age": 16,
        "at_base": True,
        "at_home": False,
        "in_community": False,
        "online": False,
        "sessions": ALL_SESSIONS,
        "hours_free": 2_000,
        "places_free": 200,
        "group_size": 1,
        "min_hours": 1,
        "confirmed_on": today(),
        "price_pence": 4_500,
        "price_unit": PriceUnit.HOUR,
        "vat_basis": VatBasis.EXEMPT,
    }


if __name__ == "__main__":
    main()
