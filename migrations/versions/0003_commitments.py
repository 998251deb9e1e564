"""Room at offers that is promised, and how many each half-day can take."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this change."""
    op.create_table('commitment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('offer_id', sa.Integer(), nullable=False),
    sa.Column('reference', sa.String(length=60), nullable=False),
    sa.Column('hours', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('promised', 'live', 'ended', 'released', name='state', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('places', sa.Integer(), nullable=False),
    sa.Column('sessions', sa.Integer(), nullable=False),
    sa.Column('pence_a_week', sa.Integer(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('source', sa.String(length=200), nullable=False),
    sa.Column('recorded_by', sa.String(length=200), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("state <> 'ended' OR ends_on IS NOT NULL", name=op.f('ck_commitment_ended_has_last_day')),
    sa.CheckConstraint('ends_on IS NULL OR ends_on >= starts_on', name=op.f('ck_commitment_ends_after_start')),
    sa.CheckConstraint('hours > 0', name=op.f('ck_commitment_hours_positive')),
    sa.CheckConstraint('pence_a_week >= 0', name=op.f('ck_commitment_price_not_negative')),
    sa.CheckConstraint('places > 0', name=op.f('ck_commitment_places_positive')),
    sa.CheckConstraint('sessions BETWEEN 0 AND 1023', name=op.f('ck_commitment_sessions_in_week')),
    sa.ForeignKeyConstraint(['offer_id'], ['offer.id'], name=op.f('fk_commitment_offer_id_offer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_commitment'))
    )
    with op.batch_alter_table('commitment') as table:
        table.create_index('ix_commitment_offer_id_starts_on', ['offer_id', 'starts_on'], unique=False)
        table.create_index('ix_commitment_reference', ['reference'], unique=False)
        table.create_index('ix_commitment_state', ['state'], unique=False)
    op.create_table('spare_half_day',
    sa.Column('offer_id', sa.Integer(), nullable=False),
    sa.Column('session', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('places', sa.Integer(), nullable=False),
    sa.CheckConstraint('places >= 0', name=op.f('ck_spare_half_day_places_not_negative')),
    sa.CheckConstraint('session BETWEEN 0 AND 9', name=op.f('ck_spare_half_day_session_in_week')),
    sa.ForeignKeyConstraint(['offer_id'], ['offer.id'], name=op.f('fk_spare_half_day_offer_id_offer'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('offer_id', 'session', name=op.f('pk_spare_half_day'))
    )


def downgrade() -> None:
    """Undo this change."""
    op.drop_table('spare_half_day')
    op.drop_table('commitment')
