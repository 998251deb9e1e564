"""What is told of a concern: to whoever recorded it, and as rows of a spreadsheet."""

from collections.abc import Iterable, Iterator
from typing import Any

from flask_login import current_user

from app.access import Permission, may
from app.visits.concerns import service
from app.visits.concerns.models import Concern

EXPORT_HEADER = (
    "Concern", "Provider reference", "Provider", "About", "State", "Recorded", "Happened on",
    "How soon", "Handled by", "Designated officer told on", "Outcome", "Closed",
)  # fmt: skip


def received(reference: str, named: str) -> str:
    """What whoever recorded a concern is told. named: the child's reference that they wrote.

    Of a child whom they do not reach it says the same as of one who is not there.
    """
    told = f"Concern {reference} was received. The AP lead has been told."
    reached = may(current_user, Permission.VIEW_CHILD) and service.reaches(named)
    if not named.strip() or reached:
        return told
    return f"{told} You do not see a child with this reference: whoever handles it checks that."


def rows(concerns: Iterable[Concern]) -> Iterator[list[Any]]:
    """Concerns in the header's order; what is said in them, and of whom, is left out."""
    for each in concerns:
        yield [
            each.reference,
            each.provider.reference,
            each.provider.name,
            each.kind.label,
            each.state.label,
            each.recorded_at,
            each.happened_on,
            each.priority.label if each.priority else None,
            each.handler.name if each.handler else None,
            each.referred_on,
            each.outcome.label if each.outcome else None,
            each.closed_at,
        ]
