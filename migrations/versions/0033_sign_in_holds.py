"""Tries to sign in that were held up because there had been too many."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this change."""
    op.create_table(
        "sign_in_hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("came_from", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_sign_in_hold_user_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_hold")),
    )
    op.create_index(op.f("ix_sign_in_hold_at"), "sign_in_hold", ["at"])
    op.create_index(op.f("ix_sign_in_hold_user_id"), "sign_in_hold", ["user_id"])


def downgrade() -> None:
    """Undo this change."""
    op.drop_index(op.f("ix_sign_in_hold_user_id"), table_name="sign_in_hold")
    op.drop_index(op.f("ix_sign_in_hold_at"), table_name="sign_in_hold")
    op.drop_table("sign_in_hold")
