"""The audit trail writes itself, names who acted, and cannot be got round."""

from datetime import UTC

import pytest
from sqlalchemy import delete, select, update

from app.kernel import audit
from app.kernel.audit import AuditError, AuditEvent
from app.kernel.database import db
from providers.models.provider import Provider
from tests.factories.accounts import make_user
from tests.factories.providers import make_provider


def events(subject="provider"):
    statement = select(AuditEvent).where(AuditEvent.subject == subject).order_by(AuditEvent.id)
    return db.session.scalars(statement).all()


def test_a_new_row_is_recorded_with_its_actor_and_action(context):
    provider = make_provider(name="Heron Learning")
    [event] = events()
    assert (event.kind, event.actor_name, event.action) == ("created", "Test", "test")
    assert event.subject_id == provider.id
    assert event.changes["name"] == [None, "Heron Learning"]
    assert event.at.tzinfo is UTC


def test_a_change_is_recorded_with_before_and_after_only(context):
    provider = make_provider(name="Heron Learning")
    provider.name = "Heron Tuition"
    db.session.flush()
    assert events()[-1].changes == {"name": ["Heron Learning", "Heron Tuition"]}


def test_the_before_is_recorded_even_when_the_row_was_not_loaded(context):
    provider = make_provider(name="Heron Learning")
    db.session.commit()  # expires every attribute
    provider.name = "Heron Tuition"
    db.session.flush()
    assert events()[-1].changes == {"name": ["Heron Learning", "Heron Tuition"]}


def test_setting_the_same_value_records_nothing(context):
    provider = make_provider(name="Heron Learning")
    provider.name = "Heron Learning"
    db.session.flush()
    assert len(events()) == 1


def test_a_deleted_row_is_recorded_with_what_it_held(context):
    provider = make_provider(name="Heron Learning")
    db.session.delete(provider)
    db.session.flush()
    assert events()[-1].kind == "deleted"
    assert events()[-1].changes["name"] == ["Heron Learning", None]


def test_a_row_taken_out_of_a_list_is_recorded_as_deleted(context):
    provider = make_provider()
    site = provider.sites[0]
    provider.sites.remove(site)
    db.session.flush()
    event = events("site")[-1]
    assert (event.kind, event.subject_id) == ("deleted", site.id)
    assert event.changes["postcode"] == [site.postcode, None]


def test_a_deletion_with_no_named_actor_raises(context):
    provider = make_provider()
    audit.forget_deed()
    db.session.delete(provider)
    with pytest.raises(AuditError, match="Name who is acting"):
        db.session.flush()


def test_a_write_with_no_named_actor_raises(context):
    audit.forget_deed()
    with pytest.raises(AuditError, match="Name who is acting"):
        make_provider()


def test_a_change_undone_leaves_no_record(context):
    make_provider()
    db.session.rollback()
    assert events() == []


def test_a_password_is_never_recorded(context):
    make_user(password="a long enough password")
    [event] = events("user_account")
    assert "password" not in event.changes
    assert "fs_uniquifier" not in event.changes


def test_the_trail_cannot_be_edited_or_deleted(context):
    make_provider()
    [event] = events()
    event.actor_name = "Somebody else"
    with pytest.raises(AuditError, match="cannot be edited"):
        db.session.flush()
    db.session.rollback()


@pytest.mark.parametrize(
    "statement",
    [
        update(Provider).values(name="Renamed"),
        delete(Provider),
        update(AuditEvent).values(actor_name="Somebody else"),
        delete(AuditEvent),
    ],
)
def test_bulk_writes_that_would_escape_the_trail_raise(context, statement):
    make_provider()
    with pytest.raises(AuditError, match="escape the audit trail"):
        db.session.execute(statement)
