"""Questions to providers about what is free."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this change."""
    op.create_table('capacity_ask',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('provider_id', sa.Integer(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['provider_id'], ['provider.id'], name=op.f('fk_capacity_ask_provider_id_provider')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_capacity_ask'))
    )
    with op.batch_alter_table('capacity_ask') as table:
        table.create_index('ix_capacity_ask_provider_id', ['provider_id'], unique=False)


def downgrade() -> None:
    """Undo this change."""
    op.drop_table('capacity_ask')
