"""The example county: invented children and suppliers, and one sign-in a role, to try it all.

It comes in through the same intake as a council's own files, faults and all.
"""

from datetime import date
from pathlib import Path

from sqlalchemy import func, select

from app import jobs
from app.accounts.models import User
from app.accounts.roles import Role
from app.accounts.service import open_account
from app.kernel.database import db
from app.kernel.progress import Report
from providers import intake as intake_package
from providers.intake import staging
from providers.models.framework import Framework
from providers.models.intake import Intake, IntakeKind
from providers.models.provider import Provider
from providers.places import load_sectors
from providers.service import start_framework

EXAMPLE = Path(intake_package.__file__).parent / "data" / "example"
FILES = (
    (IntakeKind.SUPPLIER_TOOL, EXAMPLE / "supplier_tool.xlsx"),
    (IntakeKind.WAITING_LIST, EXAMPLE / "children_awaiting.csv"),
)
PASSWORD = "try-fairplace-today"
PEOPLE = {
    Role.SEND_OFFICER: ("officer@example.org", "Olive Officer"),
    Role.COMMISSIONER: ("commissioner@example.org", "Callum Commissioner"),
    Role.AP_LEAD: ("ap-lead@example.org", "Amara Lead"),
    Role.QUALITY_ADVISER: ("adviser@example.org", "Quentin Adviser"),
    Role.PROVIDER: ("provider@example.org", "Priya Provider"),
    Role.FINANCE: ("finance@example.org", "Fatima Finance"),
    Role.ADMINISTRATOR: ("admin@example.org", "Alex Administrator"),
}
PROVIDER_REFERENCE = "SUP0008"


def is_empty() -> bool:
    """Whether nothing has been set up yet, so that the example may be loaded."""
    return not db.session.scalar(select(func.count(Framework.id)))


def load_foundations() -> None:
    """The framework, its services and caps, and the postcode sectors."""
    start_framework(
        reference="EXAMPLE-2025",
        name="SEND open framework (example)",
        starts_on=date(2025, 2, 1),
        ends_on=date(2029, 8, 31),
        max_value_pence=160_000_000_00,
    )
    load_sectors()


def load_file(kind: IntakeKind, path: Path, report: Report) -> Intake:
    """Take in one of the county's files and accept its good rows."""
    intake = staging.send(kind, path.name, path.read_bytes(), "Command line")
    db.session.commit()
    jobs.run("read-intake", intake.id, report)
    db.session.refresh(intake)
    if not intake.failure:
        staging.accept(intake)
        db.session.commit()
        jobs.run("save-intake", intake.id, report)
        db.session.refresh(intake)
    return intake


def open_accounts() -> None:
    """One sign-in a role, all with the same well-known password: never on a real system."""
    provider = db.session.scalar(select(Provider).where(Provider.reference == PROVIDER_REFERENCE))
    for role, (email, name) in PEOPLE.items():
        open_account(
            email=email,
            name=name,
            role=role,
            password=PASSWORD,
            provider=provider if role is Role.PROVIDER else None,
        )


def sign_ins() -> list[tuple[str, str]]:
    """The example's role and address pairs, where its accounts exist."""
    known = set(db.session.scalars(select(User.email)))
    return [(role.label, email) for role, (email, _name) in PEOPLE.items() if email in known]
