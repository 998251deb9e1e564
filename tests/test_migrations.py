"""Migrations build what the models say, and can be walked both ways over real data."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import func, inspect, select, text

from app.factory import create_app
from app.kernel import audit
from app.kernel.database import db
from providers.models.offer import Offer
from tests.conftest import TESTER, settings
from tests.factories.children import make_referral, make_wish
from tests.factories.providers import make_offer


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_app(request, tmp_path):
    """The application on a database without a single table."""
    if request.param == "sqlite":
        app = create_app(settings(f"sqlite:///{tmp_path / 'fresh.db'}", tmp_path))
        yield app
        with app.app_context():
            db.engine.dispose()
        return
    server = request.getfixturevalue("postgres_server")
    main = request.getfixturevalue("postgres_app")
    name = f"migrations_{tmp_path.name}".replace("-", "_").lower()[:50]
    with (
        main.app_context(),
        db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection,
    ):
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}"'))
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    app = create_app(settings(server.replace("/postgres?", f"/{name}?"), tmp_path))
    yield app
    with app.app_context():
        db.engine.dispose()


def differences() -> list:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, db.metadata)


def test_upgrading_an_empty_database_gives_exactly_the_models(empty_app):
    with empty_app.app_context():
        upgrade()
        assert differences() == []


def test_a_populated_database_survives_down_and_up_again(empty_app):
    with empty_app.app_context(), audit.acting(TESTER, "test"):
        upgrade()
        wished = make_offer().provider
        make_wish(make_referral(), wished)
        db.session.commit()
        kept = db.session.scalar(select(func.count(Offer.id)))
        db.session.remove()
        downgrade(revision="-1")
        upgrade()
        assert differences() == []
        assert kept == 1


def test_downgrading_to_the_start_leaves_nothing(empty_app):
    with empty_app.app_context():
        upgrade()
        downgrade(revision="base")
        assert inspect(db.engine).get_table_names() == ["alembic_version"]
