"""Concerns as rows of a spreadsheet: where each stands, and nothing of what it says."""

from collections.abc import Iterable, Iterator
from typing import Any

from app.visits.concerns.models import Concern

EXPORT_HEADER = (
    "Concern", "Provider reference", "Provider", "About", "State", "Recorded", "Happened on",
    "How soon", "Handled by", "Designated officer told on", "Outcome", "Closed",
)  # fmt: skip


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
