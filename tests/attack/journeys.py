"""Kills and doubles every form that the tests of pages send: a plugin for pytest.

`python -m pytest -p tests.attack.journeys tests/app/web -k sqlite` runs those tests as they are.
Before each form that is sent to a site on SQLite, copies of its database take the same form: in
one the process is killed as it writes, in the other two processes take the form at once. The
copies are then looked at: what was killed before it was saved has left no trace, and the double is
there once. FAIRPLACE_JOURNEYS names a file for the figures, FAIRPLACE_SEED another run,
FAIRPLACE_SHARE how many of the forms are attacked.
"""

import io
import json
import os
import random
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event

from app.kernel import seals
from app.kernel.database import db

PATIENCE = 60
WRITES = ("INSERT", "UPDATE", "DELETE")
UNCOUNTED = frozenset({"sign_in_session", "sqlite_sequence"})
"""Tables that may differ between one taking of a form and another."""
NOTED = frozenset({"audit_event", "audit_seal", "record_look", "census_export"})
"""What is rightly noted once more: a second download, a code that no longer works."""
SHARE = float(os.environ.get("FAIRPLACE_SHARE", "1"))
"""How many of the forms are attacked; the others are let through."""


@dataclass
class Journeys:
    """What was tried, and what was found. faults: in words, each with the address it belongs to."""

    forms: int = 0
    killed: int = 0
    doubled: int = 0
    faults: list[str] = field(default_factory=list)


SEEN = Journeys()
LEFT_OPEN: list = []
CHANCE = random.Random(int(os.environ.get("FAIRPLACE_SEED", "0")))


def counts(path: Path) -> dict[str, int]:
    """How many rows each table of a database has; raises where the file itself is not whole."""
    with closing(sqlite3.connect(path)) as database:
        (whole,) = database.execute("PRAGMA integrity_check").fetchone()
        stray = database.execute("PRAGMA foreign_key_check").fetchall()
        if whole != "ok" or stray:
            raise AssertionError(f"integrity: {whole}, rows that lead nowhere: {stray}")
        names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        tables = [name for (name,) in names if name not in UNCOUNTED]
        return {
            name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
            for name in tables
        }


def copy_of(path: Path, name: str) -> Path:
    """A copy of a database as it stands, whoever has it open."""
    copy = path.with_name(f"{name}-{uuid4().hex}.db")
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        target.execute("PRAGMA synchronous = OFF")
        source.backup(target)
    return copy


class Attacker:
    """Stands before a site and tries each form on copies first."""

    def __init__(self, app: Flask, path: Path) -> None:
        self.app, self.path, self.serve = app, path, app.wsgi_app
        self.within = False

    def __call__(self, environ, start_response):
        """Attack with a form, then let it through."""
        spared = SHARE < 1 and CHANCE.random() >= SHARE
        if environ["REQUEST_METHOD"] != "POST" or self.within or spared:
            return self.serve(environ, start_response)
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        self.within = True
        try:
            double = self._attack(environ, body)
        finally:
            self.within = False
        answer = self.serve(self._again(environ, body), start_response)
        if double is not None:
            self._compare(environ, double)
        return answer

    def _attack(self, environ, body: bytes) -> Path | None:
        SEEN.forms += 1
        before = copy_of(self.path, "killed")
        held = counts(before)
        self._fork(environ, body, before, CHANCE.randint(1, 12))
        self._judge(environ, before, held)
        SEEN.killed += 1
        before.unlink()
        if environ["PATH_INFO"].startswith("/sign-in"):
            return None
        double = copy_of(self.path, "doubled")
        first = self._start(environ, body, double, None)
        self._wait(first, self._start(environ, body, double, None))
        SEEN.doubled += 1
        return double

    def _judge(self, environ, path: Path, held: dict[str, int]) -> None:
        try:
            left = counts(path)
        except AssertionError as fault:
            SEEN.faults.append(f"{environ['PATH_INFO']}, killed: {fault}")
            return
        changed = {name for name in left if left[name] != held.get(name)}
        if changed:
            SEEN.faults.append(f"{environ['PATH_INFO']}, killed: left rows in {sorted(changed)}")

    def _compare(self, environ, double: Path) -> None:
        single = copy_of(self.path, "once")
        once, twice = counts(single), counts(double)
        single.unlink()
        more = {name: twice[name] - once[name] for name in once if twice[name] > once[name]}
        more = {name: rows for name, rows in more.items() if name not in NOTED}
        if more:
            SEEN.faults.append(f"{environ['PATH_INFO']}, sent twice: {more}")
        double.unlink()

    @staticmethod
    def _again(environ, body: bytes) -> dict:
        return {**environ, "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}

    def _fork(self, environ, body: bytes, path: Path, at: int | None) -> None:
        self._wait(self._start(environ, body, path, at))

    def _start(self, environ, body: bytes, path: Path, at: int | None) -> int:
        child = os.fork()
        if child:
            return child
        try:
            self._in_child(environ, body, path, at)
        finally:
            os.kill(os.getpid(), signal.SIGKILL)

    def _in_child(self, environ, body: bytes, path: Path, at: int | None) -> None:
        with self.app.app_context():
            engine = db.engine
        LEFT_OPEN.append(engine.pool)  # its connections are the parent's: never to be closed
        engine.dispose(close=False)
        event.listen(engine, "do_connect", _to(path))
        if at is not None:
            _die_at(engine, at)
        list(self.serve(self._again(environ, body), lambda *_: None))

    @staticmethod
    def _wait(*children: int) -> None:
        end = time.monotonic() + PATIENCE
        for child in children:
            while os.waitpid(child, os.WNOHANG) == (0, 0):
                if time.monotonic() > end:
                    os.kill(child, signal.SIGKILL)
                time.sleep(0.002)


def _to(path: Path):
    def elsewhere(_dialect, _record, arguments, parameters):
        return sqlite3.connect(path, **{**parameters, "check_same_thread": False})

    return elsewhere


def _die_at(engine: Engine, at: int) -> None:
    """Kill this process before its at-th write, or where it comes first, before it commits."""
    written = 0

    def count(_connection, _cursor, statement, *_rest) -> None:
        nonlocal written
        written += statement.lstrip().upper().startswith(WRITES)
        if written >= at:
            os.kill(os.getpid(), signal.SIGKILL)

    def commit(_connection) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    event.listen(engine, "before_cursor_execute", count)
    event.listen(engine, "commit", commit)


@pytest.fixture(autouse=True)
def attacked(request, monkeypatch) -> Iterator[None]:
    """Put an attacker before the site of a test on SQLite, and a token on each of its forms."""
    if "sqlite_app" not in request.fixturenames and "app" not in request.fixturenames:
        yield
        return
    app = request.getfixturevalue("app" if "app" in request.fixturenames else "sqlite_app")
    address = app.config["SQLALCHEMY_DATABASE_URI"]
    if not address.startswith("sqlite:///"):
        yield
        return
    post = FlaskClient.post

    def with_token(self, *arguments, **options):
        if options.get("data") is None or isinstance(options["data"], dict):
            options["data"] = {"csrf_token": uuid4().hex, **(options.get("data") or {})}
        return post(self, *arguments, **options)

    monkeypatch.setattr(FlaskClient, "post", with_token)
    app.wsgi_app = Attacker(app, Path(address.removeprefix("sqlite:///")))
    yield
    app.wsgi_app = app.wsgi_app.serve
    with app.app_context():
        SEEN.faults += [f"{request.node.name}: {fault}" for fault in seals.verify().faults]


def pytest_terminal_summary(terminalreporter) -> None:
    """Say what was tried and found; the file of FAIRPLACE_JOURNEYS gets the same as JSON."""
    terminalreporter.section("journeys under attack")
    terminalreporter.line(
        f"{SEEN.forms:,} forms: {SEEN.killed:,} killed, {SEEN.doubled:,} sent twice at once, "
        f"{len(SEEN.faults)} faults"
    )
    for fault in SEEN.faults:
        terminalreporter.line(f"  {fault}")
    if "FAIRPLACE_JOURNEYS" in os.environ:
        Path(os.environ["FAIRPLACE_JOURNEYS"]).write_text(json.dumps(asdict(SEEN)))
