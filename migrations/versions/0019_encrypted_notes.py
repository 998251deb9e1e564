"""Notes on a referral are encrypted."""

import sqlalchemy as sa
from alembic import op

from app.kernel.secret import SecretText

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("referral") as table:
        table.alter_column("notes", existing_type=sa.String(2000), type_=sa.Text())
    plain = sa.table("referral", sa.column("id"), sa.column("notes", sa.Text()))
    secret = sa.table("referral", sa.column("id"), sa.column("notes", SecretText(2000)))
    _move(plain, secret)


def downgrade():
    plain = sa.table("referral", sa.column("id"), sa.column("notes", sa.Text()))
    secret = sa.table("referral", sa.column("id"), sa.column("notes", SecretText(2000)))
    _move(secret, plain)
    with op.batch_alter_table("referral") as table:
        table.alter_column("notes", existing_type=sa.Text(), type_=sa.String(2000))


def _move(source, target):
    bind = op.get_bind()
    for number, text in bind.execute(
        sa.select(source.c.id, source.c.notes).where(source.c.notes.is_not(None))
    ).all():
        bind.execute(sa.update(target).where(target.c.id == number).values(notes=text))
