"""Registers of attendance, and the codes that the authority sets."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this change."""
    op.create_table('attendance_code',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=2), nullable=False),
    sa.Column('label', sa.String(length=100), nullable=False),
    sa.Column('meaning', sa.Enum('present', 'authorised', 'unauthorised', 'unexplained', 'not_counted', name='meaning', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('quick', sa.Boolean(), nullable=False),
    sa.Column('in_use', sa.Boolean(), nullable=False),
    sa.CheckConstraint('length(code) BETWEEN 1 AND 2', name=op.f('ck_attendance_code_code_is_short')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attendance_code')),
    sa.UniqueConstraint('code', name=op.f('uq_attendance_code_code'))
    )
    op.create_table('attendance_mark',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('placement_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('half', sa.Enum('am', 'pm', name='half', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('code', sa.String(length=2), nullable=False),
    sa.Column('meaning', sa.Enum('present', 'authorised', 'unauthorised', 'unexplained', 'not_counted', name='meaning', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('out_of_term', sa.String(length=200), nullable=True),
    sa.Column('recorded_by', sa.String(length=200), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("meaning = 'present' OR minutes = 0", name=op.f('ck_attendance_mark_delivered_to_who_was_there')),
    sa.CheckConstraint('minutes BETWEEN 0 AND 480', name=op.f('ck_attendance_mark_minutes_in_session')),
    sa.ForeignKeyConstraint(['placement_id'], ['placement.id'], name=op.f('fk_attendance_mark_placement_id_placement')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attendance_mark')),
    sa.UniqueConstraint('placement_id', 'day', 'half', name=op.f('uq_attendance_mark_placement_id_day_half'))
    )
    with op.batch_alter_table('attendance_mark') as table:
        table.create_index(table.f('ix_attendance_mark_day'), ['day'], unique=False)
        table.create_index(table.f('ix_attendance_mark_meaning_day'), ['meaning', 'day'], unique=False)
        table.create_index(table.f('ix_attendance_mark_placement_id'), ['placement_id'], unique=False)



def downgrade() -> None:
    """Undo this change."""
    with op.batch_alter_table('attendance_mark') as table:
        table.drop_index(table.f('ix_attendance_mark_placement_id'))
        table.drop_index(table.f('ix_attendance_mark_meaning_day'))
        table.drop_index(table.f('ix_attendance_mark_day'))

    op.drop_table('attendance_mark')
    op.drop_table('attendance_code')
