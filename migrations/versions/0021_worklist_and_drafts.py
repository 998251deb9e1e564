"""The day on which provision is due, drafts of referrals, and what the referral form asks."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

BEFORE = ("waiting", "placed", "withdrawn")
TEXTS = ("risks", "child_view", "parents_view", "withdrawn_because")
"""Encrypted by the program, so plain text to the database."""


def allow(states: tuple[str, ...]) -> None:
    """Let a referral be in these states and no others."""
    values = ", ".join(f"'{state}'" for state in states)
    with op.batch_alter_table("referral") as table:
        table.drop_constraint(op.f("ck_referral_state"), type_="check")
        table.create_check_constraint(op.f("ck_referral_state"), f"state IN ({values})")


def upgrade() -> None:
    """Apply this change."""
    allow(("draft", *BEFORE))
    with op.batch_alter_table("referral") as table:
        table.add_column(sa.Column("provision_due_on", sa.Date()))
        for name in TEXTS:
            table.add_column(sa.Column(name, sa.Text()))
        table.add_column(sa.Column("officer_id", sa.Integer()))
        table.create_foreign_key(
            "fk_referral_officer_id_user_account", "user_account", ["officer_id"], ["id"]
        )
        table.create_index("ix_referral_officer_id", ["officer_id"])
        table.create_index("ix_referral_state_provision_due_on", ["state", "provision_due_on"])
    # nobody sinks to the end of the list before the daily command has set the day itself
    op.execute("UPDATE referral SET provision_due_on = out_of_education_since")


def downgrade() -> None:
    """Undo it. Drafts are withdrawn, since nobody would see them."""
    op.execute("UPDATE referral SET state = 'withdrawn' WHERE state = 'draft'")
    with op.batch_alter_table("referral") as table:
        table.drop_index("ix_referral_state_provision_due_on")
        table.drop_index("ix_referral_officer_id")
        table.drop_constraint("fk_referral_officer_id_user_account", type_="foreignkey")
        for name in ("officer_id", *TEXTS, "provision_due_on"):
            table.drop_column(name)
    allow(BEFORE)
