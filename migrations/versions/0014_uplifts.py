"""The yearly round of price changes."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

STATES = ("proposed", "accepted", "returned", "applied")
UNITS = ("hour", "session", "day", "week")
VAT = ("exempt", "inclusive", "exclusive")


def choice(name: str, values: tuple[str, ...]) -> sa.Enum:
    """A column of a few values with a CHECK constraint of that name."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    """Apply this change."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "uplift_round",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False, unique=True),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("applies_on", sa.Date(), nullable=False),
        sa.Column("opened_by", sa.String(200), nullable=False),
        sa.Column("opened_at", moment, nullable=False),
        sa.CheckConstraint("closes_on >= opens_on", name="closes_after_opening"),
        sa.CheckConstraint("applies_on > closes_on", name="applies_after_closing"),
    )
    op.create_table(
        "uplift_proposal",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "uplift_round_id", sa.Integer(), sa.ForeignKey("uplift_round.id"), nullable=False
        ),
        sa.Column(
            "offer_id",
            sa.Integer(),
            sa.ForeignKey("offer.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("state", choice("state", STATES), nullable=False, index=True),
        sa.Column("pence_before", sa.Integer(), nullable=False),
        sa.Column("price_pence", sa.Integer(), nullable=False),
        sa.Column("price_unit", choice("price_unit", UNITS), nullable=False),
        sa.Column("vat_basis", choice("vat_basis", VAT), nullable=False),
        sa.Column("reason", sa.String(1000), nullable=False),
        sa.Column("proposed_by", sa.String(200), nullable=False),
        sa.Column("proposed_at", moment, nullable=False),
        sa.Column("comment", sa.String(1000)),
        sa.Column("decided_by", sa.String(200)),
        sa.Column("decided_at", moment),
        sa.UniqueConstraint("uplift_round_id", "offer_id"),
        sa.CheckConstraint("price_pence > 0", name="price_positive"),
    )


def downgrade() -> None:
    """Undo this change."""
    op.drop_table("uplift_proposal")
    op.drop_table("uplift_round")
