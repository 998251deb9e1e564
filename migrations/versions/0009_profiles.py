"""Profiles, the changes that wait for approval, and every version that was published."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this change."""
    op.create_table('profile',
    sa.Column('provider_id', sa.Integer(), nullable=False),
    sa.Column('about', sa.String(length=2000), nullable=False),
    sa.Column('contact_email', sa.String(length=254), nullable=False),
    sa.Column('contact_phone', sa.String(length=40), nullable=False),
    sa.Column('website', sa.String(length=200), nullable=False),
    sa.Column('safeguarding_name', sa.String(length=120), nullable=False),
    sa.Column('safeguarding_email', sa.String(length=254), nullable=False),
    sa.Column('safeguarding_phone', sa.String(length=40), nullable=False),
    sa.ForeignKeyConstraint(['provider_id'], ['provider.id'], name=op.f('fk_profile_provider_id_provider')),
    sa.PrimaryKeyConstraint('provider_id', name=op.f('pk_profile'))
    )
    op.create_table('offer_words',
    sa.Column('offer_id', sa.Integer(), nullable=False),
    sa.Column('about', sa.String(length=2000), nullable=False),
    sa.ForeignKeyConstraint(['offer_id'], ['offer.id'], name=op.f('fk_offer_words_offer_id_offer'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('offer_id', name=op.f('pk_offer_words'))
    )
    op.create_table('change_item',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('provider_id', sa.Integer(), nullable=False),
    sa.Column('subject', sa.Enum('provider', 'offer', name='subject', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('subject_id', sa.Integer(), nullable=False),
    sa.Column('field', sa.String(length=40), nullable=False),
    sa.Column('before', sa.JSON(), nullable=False),
    sa.Column('after', sa.JSON(), nullable=False),
    sa.Column('state', sa.Enum('waiting', 'accepted', 'returned', 'withdrawn', name='state', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('proposed_by', sa.String(length=200), nullable=False),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by', sa.String(length=200), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('comment', sa.String(length=1000), nullable=False),
    sa.ForeignKeyConstraint(['provider_id'], ['provider.id'], name=op.f('fk_change_item_provider_id_provider')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_change_item'))
    )
    with op.batch_alter_table('change_item') as table:
        table.create_index('ix_change_item_provider_id', ['provider_id'], unique=False)
        table.create_index('ix_change_item_state', ['state'], unique=False)
        table.create_index(
            'uq_change_item_waiting',
            ['subject', 'subject_id', 'field'],
            unique=True,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )
    op.create_table('profile_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('provider_id', sa.Integer(), nullable=False),
    sa.Column('subject', sa.Enum('provider', 'offer', name='subject', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('subject_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('made_by', sa.String(length=200), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('why', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['provider_id'], ['provider.id'], name=op.f('fk_profile_version_provider_id_provider')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_profile_version')),
    sa.UniqueConstraint('subject', 'subject_id', 'number', name=op.f('uq_profile_version_subject_subject_id_number'))
    )
    with op.batch_alter_table('profile_version') as table:
        table.create_index('ix_profile_version_provider_id', ['provider_id'], unique=False)


def downgrade() -> None:
    """Undo this change."""
    op.drop_table('profile_version')
    op.drop_table('change_item')
    op.drop_table('offer_words')
    op.drop_table('profile')
