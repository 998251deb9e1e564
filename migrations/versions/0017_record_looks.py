"""Who has looked at a child's record."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "record_look",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("view", sa.String(80), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_record_look_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_look")),
    )
    op.create_index(op.f("ix_record_look_at"), "record_look", ["at"])
    op.create_index(op.f("ix_record_look_child_id_at"), "record_look", ["child_id", "at"])
    op.create_index(op.f("ix_record_look_user_id"), "record_look", ["user_id"])


def downgrade():
    op.drop_table("record_look")
