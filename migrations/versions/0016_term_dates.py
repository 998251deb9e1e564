"""The authority's term dates and the single days on which its schools are closed."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def choice(name: str, *values: str) -> sa.Enum:
    """A column of a few values with a CHECK constraint of that name."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    """Apply this change."""
    op.create_table(
        "school_term",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("school_year", sa.Integer(), nullable=False, index=True),
        sa.Column("name", choice("name", "autumn", "spring", "summer"), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("break_starts_on", sa.Date(), nullable=False),
        sa.Column("break_ends_on", sa.Date(), nullable=False),
        sa.UniqueConstraint("school_year", "name"),
        sa.CheckConstraint(
            "starts_on < break_starts_on AND break_starts_on <= break_ends_on"
            " AND break_ends_on < ends_on",
            name="days_in_order",
        ),
    )
    op.create_table(
        "closed_day",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("school_year", sa.Integer(), nullable=False, index=True),
        sa.Column("day", sa.Date(), nullable=False, unique=True),
        sa.Column("kind", choice("kind", "inset", "bank_holiday", "other"), nullable=False),
    )


def downgrade() -> None:
    """Undo it."""
    op.drop_table("closed_day")
    op.drop_table("school_term")
