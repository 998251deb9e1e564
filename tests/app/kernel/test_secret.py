"""Texts about children: encrypted where they lie, readable through their keys alone."""

import pytest
from sqlalchemy import select, text

from app.children.models import Referral
from app.kernel import secret
from app.kernel.audit import AuditEvent
from app.kernel.database import db
from tests.factories.children import make_referral

SAID = "Has seizures at night"


@pytest.fixture
def keys():
    """Puts the keys back as they were."""
    before = list(secret._ring)
    yield
    secret._ring[:] = before


@pytest.fixture
def noted(context, keys):
    """A referral with a note."""
    referral = make_referral(notes=SAID)
    db.session.commit()
    return referral


def stored() -> str:
    return db.session.scalar(text("SELECT notes FROM referral"))


def test_the_database_does_not_hold_what_was_written(noted):
    assert noted.notes == SAID
    assert "seizures" not in stored()


def test_the_trail_tells_that_a_text_changed_and_not_what_it_says(noted):
    noted.notes = "Has seizures by day"
    db.session.commit()
    events = db.session.scalars(
        select(AuditEvent).where(AuditEvent.subject == "referral").order_by(AuditEvent.id)
    ).all()
    assert events[-1].changes["notes"] == [secret.SHADOW, secret.SHADOW]
    assert "seizures" not in str([event.changes for event in events])


def test_a_new_key_in_front_reads_what_the_old_one_wrote_and_rotation_moves_it(context, keys):
    old, new = secret.new_key(), secret.new_key()
    secret.configure([old], fallback="")
    referral = make_referral(notes=SAID)
    db.session.commit()
    secret.configure([new, old], fallback="")
    assert referral.notes == SAID
    assert secret.rotate() == 1
    db.session.commit()
    secret.configure([new], fallback="")
    db.session.expire_all()
    assert referral.notes == SAID


def test_without_its_key_a_text_is_unreadable_and_says_what_is_missing(noted):
    secret.configure([secret.new_key()], fallback="")
    db.session.expire_all()
    with pytest.raises(secret.Unreadable, match="FAIRPLACE_DATA_KEYS"):
        db.session.scalars(select(Referral)).one()


def test_the_same_words_look_different_each_time(noted):
    first = stored()
    make_referral(notes=SAID)
    db.session.flush()
    both = db.session.scalars(text("SELECT notes FROM referral")).all()
    assert len({first, *both}) == 2
