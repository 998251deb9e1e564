"""The audit trail is chained: whatever is changed, taken out or put in is found."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.kernel import audit, seals
from app.kernel.audit import AuditEvent
from app.kernel.database import db
from app.kernel.seals import AuditSeal
from tests.factories.providers import make_provider

REFUSED = "never changed or deleted"


@pytest.fixture
def trail(context):
    """Three transactions, each with its seal."""
    for name in ("Heron", "Kestrel", "Lapwing"):
        make_provider(name=f"{name} Learning")
        db.session.commit()
    return context


def tampered(statement: str, **values) -> None:
    """Do what the database refuses, as somebody with its whole power would."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SET session_replication_role = replica"))
    else:
        for (name,) in db.session.execute(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        ).all():
            db.session.execute(text(f"DROP TRIGGER {name}"))
        db.session.execute(text("PRAGMA defer_foreign_keys = ON"))
    db.session.execute(text(statement), values)
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SET session_replication_role = origin"))


def faults() -> str:
    return " ".join(fault.text for fault in seals.verify().faults)


def last_entry() -> int:
    return db.session.scalar(select(AuditEvent.id).order_by(AuditEvent.id.desc()).limit(1))


def test_every_transaction_has_a_seal_and_a_whole_trail_has_no_faults(trail):
    found = seals.verify()
    assert found.faults == ()
    assert found.seals == 3
    assert found.newest[0] == 3
    assert found.entries == db.session.query(AuditEvent).count()


def test_a_transaction_that_is_rolled_back_leaves_no_seal(trail):
    make_provider()
    db.session.flush()
    db.session.rollback()
    make_provider()
    db.session.commit()
    found = seals.verify()
    assert (found.seals, found.faults) == (4, ())


def test_a_savepoint_that_is_undone_leaves_a_chain_without_gaps(trail):
    make_provider()
    nested = db.session.begin_nested()
    make_provider()
    db.session.flush()
    nested.rollback()
    db.session.commit()
    assert faults() == ""


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE audit_event SET actor_name = 'Nobody' WHERE id = :id", "seal 3 were changed"),
        ('UPDATE audit_event SET changes = \'{"name": [null, "x"]}\' WHERE id = :id', "content"),
        ("DELETE FROM audit_event WHERE id = :id", "Seal 3 is for"),
        ("UPDATE audit_event SET batch = 'elsewhere' WHERE id = :id", "Seal 3 is for"),
    ],
)
def test_an_entry_that_was_tampered_with_is_found(trail, statement, said):
    tampered(statement, id=last_entry())
    assert said in faults()


def test_an_entry_that_was_slipped_in_has_no_seal(trail):
    tampered(
        "INSERT INTO audit_event (at, actor_name, action, kind, subject, changes, content, batch)"
        " SELECT at, actor_name, action, kind, subject, changes, content, 'slipped in'"
        " FROM audit_event WHERE id = :id",
        id=last_entry(),
    )
    assert "1 entries have no seal" in faults()


def test_cutting_off_the_end_is_found_by_a_seal_that_was_noted(trail):
    noted = seals.verify().newest
    batch = db.session.scalar(select(AuditSeal.batch).where(AuditSeal.number == noted[0]))
    tampered("DELETE FROM audit_seal WHERE batch = :batch", batch=batch)
    tampered("DELETE FROM audit_event WHERE batch = :batch", batch=batch)
    assert seals.verify().faults == ()
    assert "not the one that was noted" in seals.verify(expected=[noted]).faults[0].text


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET actor_name = 'Nobody'",
        "UPDATE audit_event SET changes = '{}', salt = NULL, action = 'other'",
        "DELETE FROM audit_event",
        "UPDATE audit_seal SET digest = 'x'",
        "DELETE FROM audit_seal",
    ],
)
def test_the_database_itself_refuses_to_change_the_trail(trail, statement):
    with pytest.raises(DBAPIError, match=REFUSED):
        db.session.execute(text(statement))


def test_content_that_the_law_asks_to_erase_leaves_the_chain_whole(trail):
    erase = "UPDATE audit_event SET changes = '{}', salt = NULL WHERE id = :id"
    db.session.execute(text(erase), {"id": last_entry()})
    found = seals.verify()
    assert (found.faults, found.erased) == ((), 1)


def test_a_command_without_an_actor_still_cannot_write(trail):
    audit.forget_deed()
    with pytest.raises(audit.AuditError):
        make_provider()
        db.session.flush()
