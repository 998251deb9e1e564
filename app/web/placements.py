"""What pages about placements show: rows of an export."""

from collections.abc import Iterator
from typing import Any

from flask_login import current_user
from sqlalchemy import Select

from app.access import Permission, may
from app.commissioning.placements.models import Placement
from app.kernel.database import db

EXPORT_HEADER = (
    "Placement",
    "Child",
    "Name",
    "State",
    "Provider",
    "Service",
    "Hours a week",
    "Price an hour (£)",
    "Cost a week (£)",
    "Transport a week (£)",
    "Tier",
    "Legal basis",
    "First day",
    "Planned last day",
    "Ended on",
    "SEND officer",
)


def rows_to_export(statement: Select) -> Iterator[tuple[Any, ...]]:
    """A row a placement; a child's name only for those who see it in the list as well.

    To a provider a row says no more than its own list and the agreement do: not why the authority
    may place the child, nor what the transport costs.
    """
    own = current_user.provider_id is not None
    named = own or may(current_user, Permission.VIEW_CHILD)
    rows: Iterator[Placement] = db.session.scalars(statement.execution_options(yield_per=500))
    for placement in rows:
        yield (
            placement.reference,
            placement.child.reference,
            placement.child.full_name if named else "",
            placement.state,
            placement.offer.provider.name,
            placement.service.name,
            placement.hours,
            placement.pence_per_hour / 100,
            placement.pence_a_week / 100,
            None if own else placement.transport_pence_a_week / 100,
            None if own else placement.tier,
            None if own else placement.legal_basis,
            placement.starts_on,
            placement.ends_on,
            placement.ended_on,
            placement.officer.name if placement.officer else "",
        )
