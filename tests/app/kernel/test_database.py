"""The database keeps its promises on both engines."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, StatementError

from app.kernel.clock import LONDON
from app.kernel.database import db
from providers.models.provider import Site
from tests.factories.intakes import make_intake


def test_a_moment_comes_back_aware_and_the_same(context):
    sent = datetime(2026, 7, 1, 9, 30, tzinfo=LONDON)
    intake = make_intake(sent_at=sent)
    db.session.commit()
    db.session.refresh(intake)
    assert intake.sent_at == sent
    assert intake.sent_at.utcoffset() == datetime(2026, 7, 1, tzinfo=UTC).utcoffset()


def test_a_moment_without_a_zone_is_refused(context):
    with pytest.raises(StatementError, match="time zone"):
        make_intake(sent_at=datetime(2026, 7, 1, 9, 30))  # noqa: DTZ001


def test_a_row_cannot_point_at_nothing(context):
    db.session.add(Site(provider_id=999, name="Nowhere", postcode="SO238UJ"))
    with pytest.raises(IntegrityError):
        db.session.flush()


def test_every_constraint_has_a_name(app):
    for table in db.metadata.sorted_tables:
        assert all(constraint.name for constraint in table.constraints), table.name


def test_sqlite_waits_for_its_turn_to_write(sqlite_app):
    with sqlite_app.app_context():
        assert db.session.scalar(text("PRAGMA busy_timeout")) == 30000
        assert db.session.scalar(text("PRAGMA foreign_keys")) == 1
        assert db.session.scalar(text("PRAGMA journal_mode")) == "wal"
