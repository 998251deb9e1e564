"""What people are told, and how each is written to."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

STATES = ("queued", "claimed", "handed", "sent", "failed", "kept")
MANNERS = ("at-once", "daily", "site")


def choice(name: str, values: tuple[str, ...]) -> sa.Enum:
    """A column of a few values with a CHECK constraint of that name."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    """Apply this change."""
    moment = sa.DateTime(timezone=True)
    person = sa.ForeignKey("user_account.id", ondelete="CASCADE")
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("user_id", sa.Integer(), person, nullable=False),
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("topic_code", sa.String(60), nullable=False),
        sa.Column("page", sa.String(300), nullable=False),
        sa.Column("state", choice("state", STATES), nullable=False, index=True),
        sa.Column("told_at", moment, nullable=False),
        sa.Column("due_at", moment, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("letter", sa.String(40), index=True),
        sa.Column("claimed_at", moment),
        sa.Column("sent_at", moment),
        sa.Column("fault", sa.String(300)),
        sa.Column("read_at", moment),
        sa.UniqueConstraint("key", "user_id"),
        sa.CheckConstraint("page LIKE '/%'", name="page_is_a_path"),
        sa.CheckConstraint("attempts >= 0", name="attempts_not_negative"),
        sa.CheckConstraint(
            "state NOT IN ('claimed', 'handed') OR (letter IS NOT NULL AND claimed_at IS NOT NULL)",
            name="claimed_has_letter",
        ),
        sa.CheckConstraint("state <> 'sent' OR sent_at IS NOT NULL", name="sent_has_moment"),
    )
    op.create_index("ix_notice_state_due_at", "notice", ["state", "due_at"])
    op.create_index("ix_notice_user_id_told_at", "notice", ["user_id", "told_at"])
    op.create_table(
        "notice_choice",
        sa.Column(
            "user_id",
            sa.Integer(),
            sa.ForeignKey("user_account.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("manner", choice("manner", MANNERS), nullable=False),
    )


def downgrade() -> None:
    """Undo this change."""
    op.drop_table("notice_choice")
    op.drop_table("notice")
