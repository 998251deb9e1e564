"""Concerns about providers, the children whom they touch, and what is done."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

STATES = ("received", "handled", "closed")
KINDS = ("safeguarding", "staffing", "premises", "attendance", "money")
PRIORITIES = ("today", "week", "routine")
OUTCOMES = ("substantiated", "partly", "unsubstantiated", "false", "elsewhere")


def choice(name: str, values: tuple[str, ...]) -> sa.Enum:
    """A column of a few values with a CHECK constraint of that name."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    """Apply this change."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "concern",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "provider_id",
            sa.Integer(),
            sa.ForeignKey("provider.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("state", choice("state", STATES), nullable=False, index=True),
        sa.Column("kind", choice("kind", KINDS), nullable=False, index=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("happened_on", sa.Date()),
        sa.Column("user_id", sa.Integer(), sa.ForeignKey("user_account.id"), index=True),
        sa.Column("recorded_by", sa.String(200), nullable=False),
        sa.Column("recorded_at", moment, nullable=False, index=True),
        sa.Column("priority", choice("priority", PRIORITIES)),
        sa.Column("handler_id", sa.Integer(), sa.ForeignKey("user_account.id"), index=True),
        sa.Column("triage_note", sa.Text()),
        sa.Column("referred_on", sa.Date()),
        sa.Column("referral_note", sa.Text()),
        sa.Column("visit_id", sa.Integer(), sa.ForeignKey("visit.id", ondelete="SET NULL")),
        sa.Column("outcome", choice("outcome", OUTCOMES)),
        sa.Column("outcome_note", sa.Text()),
        sa.Column("told", sa.Text()),
        sa.Column("closed_by", sa.String(200)),
        sa.Column("closed_at", moment),
        sa.CheckConstraint(
            "state = 'received' OR (priority IS NOT NULL AND handler_id IS NOT NULL)",
            name="handled_by_somebody",
        ),
        sa.CheckConstraint(
            "state <> 'closed' OR (outcome IS NOT NULL AND closed_at IS NOT NULL)",
            name="closed_with_outcome",
        ),
    )
    op.create_index(
        op.f("ix_concern_provider_id_state"), "concern", ["provider_id", "state"]
    )
    op.create_table(
        "concern_child",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "concern_id",
            sa.Integer(),
            sa.ForeignKey("concern.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column(
            "child_id",
            sa.Integer(),
            sa.ForeignKey("child.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.UniqueConstraint("concern_id", "child_id"),
    )
    op.create_table(
        "concern_action",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "concern_id",
            sa.Integer(),
            sa.ForeignKey("concern.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(200), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date()),
        sa.Column("done_by", sa.String(200)),
    )


def downgrade() -> None:
    """Undo this change."""
    op.drop_table("concern_action")
    op.drop_table("concern_child")
    op.drop_table("concern")
