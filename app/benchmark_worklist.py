"""How long the waiting list takes with 25,000 children, beside itself with a tenth of them.

    python -m app.benchmark_worklist

The same pages are asked for in turn of two applications, warm, in one process, so that the
machine's speed and its other work fall on both alike. Only the ratio is a promise.
"""

import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
from flask.testing import FlaskClient
from sqlalchemy import insert

from app.accounts.roles import Role
from app.accounts.service import open_account
from app.children.clocks import reckon_again
from app.children.lifecycle import ReferralState
from app.children.models import Child, ChildNeed, Component, Referral
from app.factory import create_app
from app.kernel import audit
from app.kernel.clock import today
from app.kernel.database import db
from providers.directory_queries import services
from providers.models.place import Accuracy
from providers.needs import LegalBasis, NeedType, ReferralReason, SenProvision, Sex, TransportNeed
from providers.service import start_framework

SIZES = (2_500, 25_000)
ROUNDS = 25
MOST = 3.0
BENCHMARK = audit.Actor(None, "Benchmark")
EMAIL, PASSWORD = "benchmark@example.org", "a password for measuring"
PAGES = {
    "Everyone, the most urgent first": ("/children/", ""),
    "Overdue after an exclusion": ("/children/?urgency=overdue&duty=exclusion", ""),
    "By name, the last page": ("/children/?sort=name&page={last}", ""),
    "A name looked for": ("/children/", "Example7"),
}
"""Of each page its address, and the name that is looked for there."""


def main() -> None:
    """Measure every page at both sizes and print the figures as a table."""
    with tempfile.TemporaryDirectory() as folder:
        readers = {size: reader(f"sqlite:///{Path(folder)}/{size}.db", size) for size in SIZES}
        click.echo("| page | children | ms | ratio |\n|---|---:|---:|---:|")
        for name, (address, text) in PAGES.items():
            small, large = timings(readers, address, text)
            click.echo(f"| {name} | {SIZES[0]:,} | {small:.0f} | |")
            verdict = "" if large / small <= MOST else f" (more than {MOST:.0f})"
            click.echo(f"| {name} | {SIZES[1]:,} | {large:.0f} | {large / small:.2f}{verdict} |")


def timings(readers: dict[int, FlaskClient], address: str, text: str = "") -> list[float]:
    """The median milliseconds of a page at each size, the sizes in turn in each round.

    text: a name that is looked for in the list there.
    """
    taken: dict[int, list[float]] = {size: [] for size in readers}
    if text:
        for client in readers.values():
            client.post(address, data={"text": text})
    for turn in range(ROUNDS + 3):
        for size, client in readers.items():
            started = time.perf_counter()
            answer = client.get(address.format(last=size // 20))
            if answer.status_code != 200:
                raise RuntimeError(f"{address} answered {answer.status_code}")
            if turn >= 3:  # the first turns warm it up
                taken[size].append(time.perf_counter() - started)
    return [statistics.median(times) * 1000 for times in taken.values()]


def reader(url: str, size: int) -> FlaskClient:
    """An officer signed in to an application where so many children wait."""
    app = create_app(
        {
            "SQLALCHEMY_DATABASE_URI": url,
            "JOBS_URL": "immediate:",
            "WTF_CSRF_ENABLED": False,
            "SECRET_KEY": "for measuring only",
            "SECURITY_PASSWORD_SALT": "for measuring only",
            "SESSION_COOKIE_SECURE": False,
        }
    )
    with app.app_context(), audit.acting(BENCHMARK, "benchmark:fill"):
        db.create_all()
        fill(size)
        db.session.commit()
        db.session.execute(db.text("ANALYZE"))
        db.session.commit()
    client = app.test_client()
    client.post("/sign-in", data={"email": EMAIL, "password": PASSWORD})
    return client


def fill(size: int) -> None:
    """So many children who wait, one referral each."""
    start_framework(
        reference="BENCHMARK",
        name="Framework for measuring",
        starts_on=today() - timedelta(days=600),
        ends_on=today() + timedelta(days=2000),
    )
    open_account(email=EMAIL, name="Benchmark", role=Role.SEND_OFFICER, password=PASSWORD)
    draw, known = random.Random(7), [service.id for service in services()]
    numbers = range(1, size + 1)
    put(Child, (_child(draw, number) for number in numbers))
    put(ChildNeed, _needs(draw, numbers))
    put(Referral, (_referral(draw, number) for number in numbers))
    put(Component, _components(draw, numbers, known))
    reckon_again()


def put(model: Any, rows: Iterator[dict[str, Any]]) -> None:
    """Rows into a table, past the audit trail: this database is thrown away."""
    db.session.connection().execute(insert(model.__table__), list(rows))


def _child(draw: random.Random, number: int) -> dict[str, Any]:
    return {
        "id": number,
        "reference": f"C{number:07}",
        "forename": draw.choice(["Robin", "Sam", "Alex", "Kim"]),
        "surname": f"Example{number}",
        "born_on": today() - timedelta(days=draw.randrange(5 * 365, 17 * 365)),
        "sex": draw.choice(list(Sex)),
        "sen_provision": draw.choice(list(SenProvision)),
        "looked_after": draw.random() < 0.1,
        "postcode": "SO238UJ",
        "latitude": draw.uniform(50.72, 51.38),
        "longitude": draw.uniform(-1.95, -0.75),
        "accuracy": Accuracy.POSTCODE,
    }


def _needs(draw: random.Random, numbers: range) -> Iterator[dict[str, Any]]:
    for number in numbers:
        for rank, need in enumerate(draw.sample(list(NeedType), draw.randrange(1, 4)), 1):
            yield {"child_id": number, "rank": rank, "need_type": need}


def _referral(draw: random.Random, number: int) -> dict[str, Any]:
    known = draw.random() < 0.95
    return {
        "id": number,
        "child_id": number,
        "state": ReferralState.WAITING,
        "reason": draw.choice(list(ReferralReason)),
        "legal_basis": draw.choice([None, *LegalBasis]),
        "out_of_education_since": today() - timedelta(days=draw.randrange(400)) if known else None,
        "transport": TransportNeed.NONE,
    }


def _components(draw: random.Random, numbers: range, known: list[int]) -> Iterator[dict[str, Any]]:
    ids = iter(range(1, 3 * len(numbers)))
    for number in numbers:
        for service in draw.sample(known, draw.randrange(1, 3)):
            yield {
                "id": next(ids),
                "referral_id": number,
                "service_id": service,
                "hours": draw.randrange(1, 20),
            }


if __name__ == "__main__":
    main()
