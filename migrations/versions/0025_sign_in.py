"""Where people are signed in, and their second step."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "sign_in_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("browser", sa.String(80), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"],
            name=op.f("fk_sign_in_session_user_id_user_account"), ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_session")),
    )
    op.create_index(op.f("ix_sign_in_session_user_id"), "sign_in_session", ["user_id"])
    with op.batch_alter_table("user_account") as table:
        table.add_column(sa.Column("tf_primary_method", sa.String(64), nullable=True))
        table.add_column(sa.Column("tf_totp_secret", sa.String(255), nullable=True))
        table.add_column(sa.Column("mf_recovery_codes", sa.JSON(), nullable=True))


def downgrade():
    with op.batch_alter_table("user_account") as table:
        table.drop_column("mf_recovery_codes")
        table.drop_column("tf_totp_secret")
        table.drop_column("tf_primary_method")
    op.drop_table("sign_in_session")
