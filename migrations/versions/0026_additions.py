"""Further sites and offers that providers propose."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

STATES = ("waiting", "accepted", "returned", "withdrawn")


def choice(name: str, values: tuple[str, ...]) -> sa.Enum:
    """A column of a few values with a CHECK constraint of that name."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    """Apply this change."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "addition",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "provider_id", sa.Integer(), sa.ForeignKey("provider.id"), nullable=False, index=True
        ),
        sa.Column("kind", choice("kind", ("site", "offer")), nullable=False),
        sa.Column("wanted", sa.JSON(), nullable=False),
        sa.Column("state", choice("state", STATES), nullable=False, index=True),
        sa.Column("proposed_by", sa.String(200), nullable=False),
        sa.Column("proposed_at", moment, nullable=False),
        sa.Column("decided_by", sa.String(200)),
        sa.Column("decided_at", moment),
        sa.Column("comment", sa.String(1000), nullable=False),
        sa.Column("made_id", sa.Integer()),
        sa.Column("instead_of_id", sa.Integer(), sa.ForeignKey("addition.id")),
        sa.CheckConstraint(
            "(state = 'accepted') = (made_id IS NOT NULL)", name="accepted_was_made"
        ),
        sa.CheckConstraint(
            "state NOT IN ('accepted', 'returned') OR decided_at IS NOT NULL",
            name="decided_at_a_time",
        ),
    )


def downgrade() -> None:
    """Undo this change."""
    op.drop_table("addition")
