"""Files on their way in."""

from typing import Any

from app.kernel.clock import now
from app.kernel.database import db
from providers.models.intake import Intake, IntakeKind


def make_intake(**values: Any) -> Intake:
    """A supplier tool that was sent in and not yet read."""
    defaults = {
        "kind": IntakeKind.SUPPLIER_TOOL,
        "filename": "supplier_tool.xlsx",
        "sent_by": "Test",
        "sent_at": now(),
        "content": b"",
    }
    intake = Intake(**defaults | values)
    db.session.add(intake)
    db.session.flush()
    return intake
