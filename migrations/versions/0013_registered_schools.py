"""Registered schools, and the files they come from."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this change."""
    op.create_table('school_load',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('filename', sa.String(length=255), nullable=False),
    sa.Column('loaded_by', sa.String(length=200), nullable=False),
    sa.Column('loaded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('new', sa.Integer(), nullable=False),
    sa.Column('changed', sa.Integer(), nullable=False),
    sa.Column('closed', sa.Integer(), nullable=False),
    sa.Column('unchanged', sa.Integer(), nullable=False),
    sa.Column('left_out', sa.Integer(), nullable=False),
    sa.Column('faulty', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_school_load'))
    )
    op.create_table('registered_school',
    sa.Column('urn', sa.String(length=6), nullable=False),
    sa.Column('ukprn', sa.String(length=8), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('kind', sa.Enum('unregistered', 'pru', 'ap_academy', 'ap_free_school', 'special', 'non_maintained_special', 'independent_special', 'independent', 'post_16', 'online', 'other_school', name='kind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('status', sa.Enum('open', 'closing', 'proposed', 'closed', name='status', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('closed_on', sa.Date(), nullable=True),
    sa.Column('authority', sa.String(length=3), nullable=False),
    sa.Column('authority_name', sa.String(length=100), nullable=False),
    sa.Column('low_age', sa.Integer(), nullable=True),
    sa.Column('high_age', sa.Integer(), nullable=True),
    sa.Column('capacity', sa.Integer(), nullable=True),
    sa.Column('pru_places', sa.Integer(), nullable=True),
    sa.Column('street', sa.String(length=200), nullable=False),
    sa.Column('town', sa.String(length=100), nullable=False),
    sa.Column('postcode', sa.String(length=8), nullable=False),
    sa.Column('website', sa.String(length=200), nullable=False),
    sa.Column('telephone', sa.String(length=40), nullable=False),
    sa.Column('section_41', sa.Boolean(), nullable=True),
    sa.Column('needs', sa.JSON(), nullable=False),
    sa.Column('inspected_on', sa.Date(), nullable=True),
    sa.Column('rating', sa.String(length=60), nullable=False),
    sa.Column('load_id', sa.Integer(), nullable=False),
    sa.CheckConstraint('length(urn) = 6', name=op.f('ck_registered_school_urn_of_six_digits')),
    sa.ForeignKeyConstraint(['load_id'], ['school_load.id'], name=op.f('fk_registered_school_load_id_school_load')),
    sa.PrimaryKeyConstraint('urn', name=op.f('pk_registered_school'))
    )
    with op.batch_alter_table('registered_school') as table:
        table.create_index('ix_registered_school_authority', ['authority'], unique=False)
        table.create_index('ix_registered_school_kind', ['kind'], unique=False)
        table.create_index('ix_registered_school_load_id', ['load_id'], unique=False)
        table.create_index('ix_registered_school_name', ['name'], unique=False)
        table.create_index('ix_registered_school_status', ['status'], unique=False)


def downgrade() -> None:
    """Undo this change."""
    op.drop_table('registered_school')
    op.drop_table('school_load')
