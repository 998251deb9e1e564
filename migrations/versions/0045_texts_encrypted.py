"""Texts about children that were still plain are encrypted; rows of spreadsheets as well.

Values are moved 500 rows at a time by key. A value that one of the keys opens already is left as it
is, so that a run that was cut off can be run again.
"""

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

from app.kernel.secret import Unreadable, seal, unseal

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

ROWS = 500
JSON = 0
"""In place of a length: a column that was JSON."""

COLUMNS = {
    "pair_ruling": {"reason": 500},
    "placement": {"cancelled_reason": 1000},
    "placement_proposal": {"reasons": JSON, "candidates": JSON, "decision_reason": 1000},
    "panel_item": {"reason": 1000},
    "panel_meeting": {"notes": 4000},
    "placement_agreement": {"reason": 1000, "answer": 1000},
    "enquiry": {"profile": JSON, "closed_because": 500},
    "enquiry_ask": {"condition": 500, "decline_note": 500},
    "shortlist_entry": {"note": 1000},
    "placement_ending": {"where": 200},
    "placement_review": {"cause": 500},
    "saved_search": {"query": 2000},
    "frozen_search": {
        "reason": 1000, "query": 2000, "criteria": JSON, "asked": JSON, "results": JSON,
    },
    "visit_part": {"content": JSON},
    "match_outcome": {"reasons": JSON},
    "recommendation": {"why": JSON, "drawbacks": JSON, "next_best": JSON},
    "bulk_work": {"set_aside": JSON},
    "intake_row": {"label": 200, "values": JSON, "faults": JSON, "changes": JSON},
}  # fmt: skip
NULLABLE = {
    "cancelled_reason", "decision_reason", "notes", "answer", "closed_because", "condition",
    "decline_note", "where", "cause",
}  # fmt: skip
NULLABLE_REASON = {"panel_item", "placement_agreement"}


def _nullable(table: str, column: str) -> bool:
    return column in NULLABLE or (column == "reason" and table in NULLABLE_REASON)


def _plain_type(length: int) -> sa.types.TypeEngine:
    return sa.JSON() if length is JSON else sa.String(length)


def sealed(value: str) -> str:
    """A value as only our keys open it; one that is so already as it is."""
    if value.startswith("gAAAA"):  # how every such token begins
        try:
            unseal(value)
        except Unreadable:
            return seal(value)
        return value
    return seal(value)


def opened(value: str) -> str:
    """A value as it was written; one that is plain already as it is."""
    return unseal(value) if value.startswith("gAAAA") else value


def _move(name: str, columns: list[str], turn: Callable[[str], str]) -> None:
    bind = op.get_bind()
    table = sa.table(name, sa.column("id"), *(sa.column(each, sa.Text()) for each in columns))
    into = {each: sa.bindparam(f"new_{each}") for each in columns}
    change = sa.update(table).where(table.c.id == sa.bindparam("row")).values(into)
    rows, last = sa.select(table).order_by(table.c.id).limit(ROWS), 0
    while some := bind.execute(rows.where(table.c.id > last)).all():
        last = some[-1].id
        bind.execute(
            change,
            [
                {"row": row.id}
                | {
                    f"new_{each}": None if value is None else turn(value)
                    for each, value in zip(columns, row[1:], strict=True)
                }
                for row in some
            ],
        )


def upgrade() -> None:
    """Apply this change."""
    for name, columns in COLUMNS.items():
        with op.batch_alter_table(name) as table:
            for column, length in columns.items():
                table.alter_column(
                    column,
                    existing_type=_plain_type(length),
                    existing_nullable=_nullable(name, column),
                    type_=sa.Text(),
                    postgresql_using=f'"{column}"::text',
                )
        _move(name, list(columns), sealed)


def downgrade() -> None:
    """Take this change back."""
    for name, columns in COLUMNS.items():
        _move(name, list(columns), opened)
        with op.batch_alter_table(name) as table:
            for column, length in columns.items():
                into = "json" if length is JSON else f"varchar({length})"
                table.alter_column(
                    column,
                    existing_type=sa.Text(),
                    existing_nullable=_nullable(name, column),
                    type_=_plain_type(length),
                    postgresql_using=f'"{column}"::{into}',
                )
