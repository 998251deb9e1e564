"""Reviews of placements with progress per objective, and endings with their outcomes."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this change."""
    op.create_table('placement_ending',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('placement_id', sa.Integer(), nullable=False),
    sa.Column('where', sa.String(length=200), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('waits_again', sa.Boolean(), nullable=False),
    sa.Column('delivered_minutes', sa.Integer(), nullable=False),
    sa.Column('delivered_pence', sa.Integer(), nullable=False),
    sa.Column('agreed_pence', sa.Integer(), nullable=False),
    sa.Column('recorded_by', sa.String(length=200), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('delivered_minutes >= 0 AND delivered_pence >= 0 AND agreed_pence >= 0', name=op.f('ck_placement_ending_sums_not_negative')),
    sa.ForeignKeyConstraint(['placement_id'], ['placement.id'], name=op.f('fk_placement_ending_placement_id_placement')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_placement_ending')),
    sa.UniqueConstraint('placement_id', name=op.f('uq_placement_ending_placement_id'))
    )
    op.create_table('placement_review',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('placement_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('open', 'held', 'not_needed', name='state', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('kind', sa.Enum('half_termly', 'urgent', name='kind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('cause', sa.String(length=500), nullable=True),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('held_on', sa.Date(), nullable=True),
    sa.Column('present', sa.Text(), nullable=True),
    sa.Column('child_voice', sa.Text(), nullable=True),
    sa.Column('parents_voice', sa.Text(), nullable=True),
    sa.Column('summary', sa.Text(), nullable=True),
    sa.Column('next_step', sa.Enum('continue', 'change', 'step_down', 'reintegrate', 'end', name='next_step', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('new_hours', sa.Integer(), nullable=True),
    sa.Column('attended', sa.Integer(), nullable=True),
    sa.Column('possible', sa.Integer(), nullable=True),
    sa.Column('recorded_by', sa.String(length=200), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("kind <> 'urgent' OR cause IS NOT NULL", name=op.f('ck_placement_review_urgent_has_cause')),
    sa.CheckConstraint("state <> 'held' OR held_on IS NOT NULL", name=op.f('ck_placement_review_held_has_day')),
    sa.CheckConstraint("state <> 'held' OR next_step IS NOT NULL", name=op.f('ck_placement_review_held_has_next_step')),
    sa.CheckConstraint('new_hours IS NULL OR new_hours BETWEEN 0 AND 40', name=op.f('ck_placement_review_hours_in_week')),
    sa.ForeignKeyConstraint(['placement_id'], ['placement.id'], name=op.f('fk_placement_review_placement_id_placement')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_placement_review')),
    sa.UniqueConstraint('placement_id', 'held_on', 'kind', name=op.f('uq_placement_review_placement_id_held_on_kind'))
    )
    with op.batch_alter_table('placement_review') as table:
        table.create_index(table.f('ix_placement_review_due_on'), ['due_on'], unique=False)
        table.create_index(table.f('ix_placement_review_placement_id'), ['placement_id'], unique=False)
        table.create_index(table.f('ix_placement_review_placement_id_held_on'), ['placement_id', 'held_on'], unique=False)
        table.create_index(table.f('ix_placement_review_state'), ['state'], unique=False)
        table.create_index('uq_placement_review_open', ['placement_id'], unique=True, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))

    op.create_table('objective_outcome',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('ending_id', sa.Integer(), nullable=False),
    sa.Column('objective_id', sa.Integer(), nullable=False),
    sa.Column('outcome', sa.Enum('met', 'partly', 'not_met', 'not_judged', name='outcome', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.ForeignKeyConstraint(['ending_id'], ['placement_ending.id'], name=op.f('fk_objective_outcome_ending_id_placement_ending')),
    sa.ForeignKeyConstraint(['objective_id'], ['plan_objective.id'], name=op.f('fk_objective_outcome_objective_id_plan_objective')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_objective_outcome')),
    sa.UniqueConstraint('ending_id', 'objective_id', name=op.f('uq_objective_outcome_ending_id_objective_id'))
    )
    with op.batch_alter_table('objective_outcome') as table:
        table.create_index(table.f('ix_objective_outcome_objective_id'), ['objective_id'], unique=False)

    op.create_table('objective_progress',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('review_id', sa.Integer(), nullable=False),
    sa.Column('objective_id', sa.Integer(), nullable=False),
    sa.Column('progress', sa.Enum('not_begun', 'some', 'on_track', 'met', 'further_away', name='progress', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('note', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['objective_id'], ['plan_objective.id'], name=op.f('fk_objective_progress_objective_id_plan_objective')),
    sa.ForeignKeyConstraint(['review_id'], ['placement_review.id'], name=op.f('fk_objective_progress_review_id_placement_review')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_objective_progress')),
    sa.UniqueConstraint('review_id', 'objective_id', name=op.f('uq_objective_progress_review_id_objective_id'))
    )
    with op.batch_alter_table('objective_progress') as table:
        table.create_index(table.f('ix_objective_progress_objective_id'), ['objective_id'], unique=False)



def downgrade() -> None:
    """Undo this change."""
    with op.batch_alter_table('objective_progress') as table:
        table.drop_index(table.f('ix_objective_progress_objective_id'))

    op.drop_table('objective_progress')
    with op.batch_alter_table('objective_outcome') as table:
        table.drop_index(table.f('ix_objective_outcome_objective_id'))

    op.drop_table('objective_outcome')
    with op.batch_alter_table('placement_review') as table:
        table.drop_index('uq_placement_review_open', sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        table.drop_index(table.f('ix_placement_review_state'))
        table.drop_index(table.f('ix_placement_review_placement_id_held_on'))
        table.drop_index(table.f('ix_placement_review_placement_id'))
        table.drop_index(table.f('ix_placement_review_due_on'))

    op.drop_table('placement_review')
    op.drop_table('placement_ending')
