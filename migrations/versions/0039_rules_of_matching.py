"""Ties between children, needs that must be met, group sizes, and days on which offers open."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this change."""
    op.create_table(
        "child_tie",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "sibling", "apart", name="kind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("made_by", sa.String(length=200), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("first_id < second_id", name=op.f("ck_child_tie_first_before_second")),
        sa.ForeignKeyConstraint(
            ["first_id"], ["child.id"], name=op.f("fk_child_tie_first_id_child")
        ),
        sa.ForeignKeyConstraint(
            ["second_id"], ["child.id"], name=op.f("fk_child_tie_second_id_child")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_child_tie")),
        sa.UniqueConstraint("first_id", "second_id", name=op.f("uq_child_tie_first_id_second_id")),
    )
    op.create_index(op.f("ix_child_tie_second_id"), "child_tie", ["second_id"])
    with op.batch_alter_table("referral") as table:
        table.add_column(
            sa.Column("must_meet_all", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        table.add_column(sa.Column("largest_group", sa.Integer(), nullable=True))
        table.create_check_constraint(op.f("ck_referral_group_positive"), "largest_group > 0")
    with op.batch_alter_table("referral") as table:
        table.alter_column("must_meet_all", server_default=None)
    op.add_column("offer", sa.Column("opens_on", sa.Date(), nullable=True))
    op.add_column("recommendation", sa.Column("starts_on", sa.Date(), nullable=True))


def downgrade() -> None:
    """Take this change back."""
    with op.batch_alter_table("recommendation") as table:
        table.drop_column("starts_on")
    with op.batch_alter_table("offer") as table:
        table.drop_column("opens_on")
    with op.batch_alter_table("referral") as table:
        table.drop_constraint(op.f("ck_referral_group_positive"), type_="check")
        table.drop_column("largest_group")
        table.drop_column("must_meet_all")
    op.drop_index(op.f("ix_child_tie_second_id"), table_name="child_tie")
    op.drop_table("child_tie")
