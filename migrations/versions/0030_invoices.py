"""Invoices and credit notes of providers, their lines, and the batches taken to finance."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

STATES = ("draft", "submitted", "queried", "approved", "refused", "withdrawn")
KINDS = ("invoice", "credit_note")


def choice(name: str, values: tuple[str, ...]) -> sa.Enum:
    """A column of a few values with a CHECK constraint of that name."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    """Apply this change."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "invoice_export",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("made_by", sa.String(200), nullable=False),
        sa.Column("made_at", moment, nullable=False),
    )
    _invoice(moment)
    op.create_table(
        "invoice_line",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "invoice_id", sa.Integer(), sa.ForeignKey("invoice.id"), nullable=False, index=True
        ),
        sa.Column("placement_id", sa.Integer(), sa.ForeignKey("placement.id"), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("pence_per_hour", sa.Integer(), nullable=False),
        sa.Column("vat_percent", sa.Integer(), nullable=False),
        sa.Column("net_pence", sa.Integer(), nullable=False),
        sa.Column("vat_pence", sa.Integer(), nullable=False),
        sa.Column("agreed_pence", sa.Integer(), nullable=False),
        sa.Column("differences", sa.JSON(), nullable=False),
        sa.CheckConstraint("last_day >= first_day", name="days_in_order"),
        sa.CheckConstraint("pence_per_hour > 0", name="price_positive"),
        sa.CheckConstraint("vat_percent BETWEEN 0 AND 100", name="vat_is_a_share"),
    )
    op.create_index(
        "ix_invoice_line_placement_id_first_day", "invoice_line", ["placement_id", "first_day"]
    )


def _invoice(moment: sa.DateTime) -> None:
    op.create_table(
        "invoice",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), sa.ForeignKey("provider.id"), nullable=False),
        sa.Column("kind", choice("kind", KINDS), nullable=False),
        sa.Column("credits_id", sa.Integer(), sa.ForeignKey("invoice.id"), index=True),
        sa.Column("state", choice("state", STATES), nullable=False, index=True),
        sa.Column("number", sa.String(40)),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("net_pence", sa.Integer(), nullable=False),
        sa.Column("vat_pence", sa.Integer(), nullable=False),
        sa.Column("flags", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(1000)),
        sa.Column("submitted_by", sa.String(200)),
        sa.Column("submitted_at", moment),
        sa.Column("query", sa.String(1000)),
        sa.Column("answer", sa.String(1000)),
        sa.Column("decided_by_id", sa.Integer(), sa.ForeignKey("user_account.id")),
        sa.Column("decided_by", sa.String(200)),
        sa.Column("decided_at", moment),
        sa.Column("reason", sa.String(1000)),
        sa.Column(
            "invoice_export_id", sa.Integer(), sa.ForeignKey("invoice_export.id"), index=True
        ),
        sa.UniqueConstraint("provider_id", "number"),
        sa.CheckConstraint("last_day >= first_day", name="days_in_order"),
        sa.CheckConstraint(
            "(kind = 'credit_note') = (credits_id IS NOT NULL)", name="credit_of_one"
        ),
        sa.CheckConstraint(
            "(kind = 'credit_note') = (net_pence < 0) OR net_pence = 0", name="sign"
        ),
        sa.CheckConstraint(
            "state NOT IN ('submitted', 'queried', 'approved', 'refused') OR number IS NOT NULL",
            name="submitted_has_number",
        ),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'refused') OR decided_at IS NOT NULL",
            name="decided_has_day",
        ),
        sa.CheckConstraint(
            "invoice_export_id IS NULL OR state = 'approved'", name="exported_is_approved"
        ),
    )
    op.create_index("ix_invoice_state_submitted_at", "invoice", ["state", "submitted_at"])
    op.create_index("ix_invoice_provider_id_first_day", "invoice", ["provider_id", "first_day"])


def downgrade() -> None:
    """Undo this change."""
    op.drop_table("invoice_line")
    op.drop_table("invoice")
    op.drop_table("invoice_export")
