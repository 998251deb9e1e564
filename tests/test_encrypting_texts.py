"""The migration that encrypts texts: over real rows, both ways, and again after it was cut off."""

import importlib

from alembic.migration import MigrationContext
from alembic.operations import Operations
from flask_migrate import downgrade, upgrade
from sqlalchemy import select, text

from app.commissioning.enquiries.models import Enquiry
from app.commissioning.models.ruling import PairRuling, RulingKind
from app.commissioning.placements.models import Proposal
from app.kernel import audit
from app.kernel.clock import now
from app.kernel.database import db
from providers.models.intake import IntakeRow, RowOutcome
from tests.conftest import TESTER
from tests.factories.children import make_referral
from tests.factories.enquiries import make_enquiry
from tests.factories.intakes import make_intake
from tests.factories.placements import make_proposal
from tests.factories.providers import make_offer
from tests.test_migrations import differences, empty_app

__all__ = ["empty_app"]
MARKER = "Zebedee"
BEFORE = "0044"
ROWS = 1_203
"""Rows of a spreadsheet: more than two batches."""
STORED = {
    "placement_proposal": ("reasons", "candidates", "decision_reason"),
    "enquiry": ("profile",),
    "pair_ruling": ("reason",),
    "intake_row": ('"values"', "label"),
}
revision = importlib.import_module("migrations.versions.0045_texts_encrypted")


def fill() -> None:
    proposal = make_proposal(reasons={"cost": f"{MARKER} “needs” it\nnow"})
    proposal.candidates = [{"why": MARKER, "km": 3.5, "other": None}]
    proposal.decision_reason = f"gAAAA{MARKER}"
    make_enquiry(make_offer()).profile = {"age_band": MARKER, "needs": ["ASD"]}
    db.session.add(
        PairRuling(
            kind=RulingKind.FIXED,
            referral=make_referral(),
            offer=make_offer(),
            reason=MARKER,
            made_by="A",
            made_at=now(),
        )
    )
    intake = make_intake()
    db.session.add_all(
        IntakeRow(
            intake_id=intake.id,
            number=number,
            outcome=RowOutcome.NEW,
            label=f"{MARKER} {number}",
            values={"Notes": f"{MARKER} {number}"},
        )
        for number in range(1, ROWS + 1)
    )
    db.session.commit()


def as_stored() -> list[str]:
    return [
        value if isinstance(value, str) else str(value)
        for table, columns in STORED.items()
        for column in columns
        for value in db.session.scalars(text(f"SELECT {column} FROM {table}"))
        if value is not None
    ]


def as_read() -> list:
    proposal = db.session.scalars(select(Proposal)).one()
    rows = db.session.scalars(select(IntakeRow).order_by(IntakeRow.number)).all()
    return [
        proposal.reasons,
        proposal.candidates,
        proposal.decision_reason,
        [enquiry.profile for enquiry in db.session.scalars(select(Enquiry))],
        [ruling.reason for ruling in db.session.scalars(select(PairRuling))],
        [(row.label, row.values, row.faults, row.changes) for row in rows],
    ]


def run_again() -> None:
    """As after a run that was cut off: every value is sealed already."""
    with db.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        with Operations.context(MigrationContext.configure(connection)):
            for name, columns in revision.COLUMNS.items():
                revision._move(name, list(columns), revision.sealed)


def test_texts_are_encrypted_and_opened_again_and_a_second_run_changes_nothing(empty_app):
    with empty_app.app_context(), audit.acting(TESTER, "test"):
        upgrade()
        fill()
        said = as_read()
        db.session.remove()
        downgrade(revision=BEFORE)
        assert all(MARKER in value for value in as_stored())
        db.session.remove()
        upgrade(revision=revision.revision)
        assert all(value.startswith("gAAAA") and MARKER not in value for value in as_stored())
        assert as_read() == said
        db.session.remove()
        run_again()
        assert as_read() == said
        upgrade()
        assert differences() == []
