"""Stops of new placements, at a provider or for one of its offers."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

STATES = ("in_force", "lifted")
CAUSES = ("finding", "overdue_action", "no_initial_visit", "concern", "by_hand")


def choice(name: str, values: tuple[str, ...]) -> sa.Enum:
    """A column of a few values with a CHECK constraint of that name."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    """Apply this change."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "placement_stop",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "provider_id",
            sa.Integer(),
            sa.ForeignKey("provider.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column(
            "offer_id", sa.Integer(), sa.ForeignKey("offer.id", ondelete="CASCADE"), index=True
        ),
        sa.Column("state", choice("state", STATES), nullable=False, index=True),
        sa.Column("cause", choice("cause", CAUSES), nullable=False),
        sa.Column("source", sa.String(300), nullable=False),
        sa.Column("source_key", sa.String(80), nullable=False, index=True),
        sa.Column("reason", sa.String(1000), nullable=False),
        sa.Column("imposed_by", sa.String(200), nullable=False),
        sa.Column("imposed_at", moment, nullable=False),
        sa.Column("lifted_by", sa.String(200)),
        sa.Column("lifted_at", moment),
        sa.Column("lift_reason", sa.String(1000)),
        sa.CheckConstraint("length(reason) > 0", name="reason_given"),
        sa.CheckConstraint("length(source) > 0", name="source_given"),
        sa.CheckConstraint(
            "(state = 'lifted') = (lifted_at IS NOT NULL AND lifted_by IS NOT NULL"
            " AND lift_reason IS NOT NULL)",
            name="lifted_with_reason",
        ),
    )
    in_force = sa.text("state = 'in_force'")
    op.create_index(
        "uq_placement_stop_in_force",
        "placement_stop",
        ["provider_id", "source_key"],
        unique=True,
        sqlite_where=in_force,
        postgresql_where=in_force,
    )


def downgrade() -> None:
    """Undo this change."""
    op.drop_table("placement_stop")
