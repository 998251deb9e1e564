"""Offering versions of an agreement to the provider; acceptance makes their terms hold."""

from app.accounts.models import User
from app.commissioning.agreements import text
from app.commissioning.agreements.lifecycle import AGREEMENT
from app.commissioning.agreements.models import Agreement
from app.commissioning.placements.models import Placement
from app.kernel.clock import now
from app.kernel.database import db

AUTHORITY = "the local authority"


def first_version(placement: Placement, by: User) -> Agreement:
    """The agreement of a placement that was just awarded, offered to its provider at once."""
    version = Agreement(
        number=1,
        state=AGREEMENT.initial,
        effective_on=placement.starts_on,
        ends_on=placement.ends_on,
        hours=placement.hours,
        pence_per_hour=placement.pence_per_hour,
        pence_a_week=placement.pence_a_week,
        proposed_by_id=by.id,
        proposed_by=by.name,
        proposed_at=now(),
    )
    with db.session.no_autoflush:
        placement.agreements.append(version)
        write(version)
    AGREEMENT.fire(version, "offer")
    db.session.flush()
    return version


def write(version: Agreement, changes: str = "") -> None:
    """Fill in the text in force for a version, as it will be offered."""
    base = text.in_force()
    version.agreement_text_id = base.id if base else None
    fields = text.fields_of(version.placement, version, AUTHORITY, changes)
    version.text = text.fill(text.body_in_force(), fields)
