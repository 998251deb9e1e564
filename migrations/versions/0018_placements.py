"""Proposals, placements, their plans, agreements and costs; budgets, limits, panels and bulk work."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this change."""
    op.create_table('agreement_text',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('saved_by', sa.String(length=200), nullable=False),
    sa.Column('saved_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_agreement_text'))
    )
    op.create_table('budget_line',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('tier', sa.Enum('1', '2', '3', name='tier', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('pence', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('pence >= 0', name=op.f('ck_budget_line_sum_not_negative')),
    sa.CheckConstraint('year BETWEEN 2000 AND 2200', name=op.f('ck_budget_line_year_in_range')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_budget_line')),
    sa.UniqueConstraint('year', 'tier', name=op.f('uq_budget_line_year_tier'))
    )
    op.create_table('panel_meeting',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('held_on', sa.Date(), nullable=False),
    sa.Column('state', sa.Enum('planned', 'held', 'cancelled', name='state', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('place', sa.String(length=200), nullable=False),
    sa.Column('present', sa.String(length=1000), nullable=True),
    sa.Column('notes', sa.String(length=4000), nullable=True),
    sa.Column('called_by', sa.String(length=200), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_panel_meeting'))
    )
    with op.batch_alter_table('panel_meeting') as table:
        table.create_index(table.f('ix_panel_meeting_state'), ['state'], unique=False)

    op.create_table('approval_limit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('role', sa.Enum('send_officer', 'commissioner', 'ap_lead', 'quality_adviser', 'provider', 'finance', 'administrator', name='role', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('pence', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('(role IS NULL) <> (user_id IS NULL)', name=op.f('ck_approval_limit_role_or_person')),
    sa.CheckConstraint('pence >= 0', name=op.f('ck_approval_limit_sum_not_negative')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_approval_limit_user_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_approval_limit')),
    sa.UniqueConstraint('role', 'user_id', name=op.f('uq_approval_limit_role_user_id')),
    sa.UniqueConstraint('user_id', name=op.f('uq_approval_limit_user_id'))
    )
    op.create_table('bulk_work',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('queued', 'running', 'finished', 'failed', name='state', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('kind', sa.Enum('propose', 'approve', name='kind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('match_run_id', sa.Integer(), nullable=False),
    sa.Column('requested_by_id', sa.Integer(), nullable=True),
    sa.Column('requested_by', sa.String(length=200), nullable=False),
    sa.Column('requested_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('failure', sa.String(length=500), nullable=True),
    sa.Column('options', sa.JSON(), nullable=False),
    sa.Column('chosen', sa.JSON(), nullable=False),
    sa.Column('done', sa.JSON(), nullable=False),
    sa.Column('set_aside', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['match_run_id'], ['match_run.id'], name=op.f('fk_bulk_work_match_run_id_match_run')),
    sa.ForeignKeyConstraint(['requested_by_id'], ['user_account.id'], name=op.f('fk_bulk_work_requested_by_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bulk_work'))
    )
    with op.batch_alter_table('bulk_work') as table:
        table.create_index(table.f('ix_bulk_work_match_run_id'), ['match_run_id'], unique=False)
        table.create_index(table.f('ix_bulk_work_state'), ['state'], unique=False)

    op.create_table('placement_proposal',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('referral_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('draft', 'submitted', 'questioned', 'approved', 'refused', 'withdrawn', name='state', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('match_run_id', sa.Integer(), nullable=True),
    sa.Column('why', sa.String(length=2000), nullable=False),
    sa.Column('reasons', sa.JSON(), nullable=False),
    sa.Column('candidates', sa.JSON(), nullable=False),
    sa.Column('proposed_by_id', sa.Integer(), nullable=True),
    sa.Column('proposed_by', sa.String(length=200), nullable=False),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('question', sa.String(length=1000), nullable=True),
    sa.Column('answer', sa.String(length=1000), nullable=True),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('decided_by', sa.String(length=200), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decision_reason', sa.String(length=1000), nullable=True),
    sa.CheckConstraint("state NOT IN ('approved', 'refused') OR decided_at IS NOT NULL", name=op.f('ck_placement_proposal_decided_has_day')),
    sa.CheckConstraint('decided_by_id IS NULL OR proposed_by_id IS NULL OR decided_by_id <> proposed_by_id', name=op.f('ck_placement_proposal_decided_by_another')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['user_account.id'], name=op.f('fk_placement_proposal_decided_by_id_user_account')),
    sa.ForeignKeyConstraint(['match_run_id'], ['match_run.id'], name=op.f('fk_placement_proposal_match_run_id_match_run')),
    sa.ForeignKeyConstraint(['proposed_by_id'], ['user_account.id'], name=op.f('fk_placement_proposal_proposed_by_id_user_account')),
    sa.ForeignKeyConstraint(['referral_id'], ['referral.id'], name=op.f('fk_placement_proposal_referral_id_referral')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_placement_proposal'))
    )
    with op.batch_alter_table('placement_proposal') as table:
        table.create_index(table.f('ix_placement_proposal_match_run_id'), ['match_run_id'], unique=False)
        table.create_index(table.f('ix_placement_proposal_proposed_at'), ['proposed_at'], unique=False)
        table.create_index(table.f('ix_placement_proposal_proposed_by_id'), ['proposed_by_id'], unique=False)
        table.create_index(table.f('ix_placement_proposal_referral_id'), ['referral_id'], unique=False)
        table.create_index(table.f('ix_placement_proposal_state'), ['state'], unique=False)

    op.create_table('panel_item',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('panel_meeting_id', sa.Integer(), nullable=False),
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('decision', sa.Enum('approved', 'questioned', 'refused', name='decision', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('reason', sa.String(length=1000), nullable=True),
    sa.Column('recorded_by', sa.String(length=200), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['panel_meeting_id'], ['panel_meeting.id'], name=op.f('fk_panel_item_panel_meeting_id_panel_meeting')),
    sa.ForeignKeyConstraint(['proposal_id'], ['placement_proposal.id'], name=op.f('fk_panel_item_proposal_id_placement_proposal')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_panel_item')),
    sa.UniqueConstraint('panel_meeting_id', 'proposal_id', name=op.f('uq_panel_item_panel_meeting_id_proposal_id'))
    )
    with op.batch_alter_table('panel_item') as table:
        table.create_index(table.f('ix_panel_item_proposal_id'), ['proposal_id'], unique=False)

    op.create_table('placement_plan',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('purpose', sa.String(length=2000), nullable=True),
    sa.Column('route_back', sa.String(length=2000), nullable=True),
    sa.Column('longest_weeks', sa.Integer(), nullable=True),
    sa.Column('risk_assessment', sa.String(length=4000), nullable=True),
    sa.Column('attendance', sa.String(length=2000), nullable=True),
    sa.Column('absence', sa.String(length=2000), nullable=True),
    sa.Column('transport', sa.String(length=2000), nullable=True),
    sa.Column('review_dates', sa.JSON(), nullable=False),
    sa.CheckConstraint('longest_weeks > 0', name=op.f('ck_placement_plan_longest_positive')),
    sa.ForeignKeyConstraint(['proposal_id'], ['placement_proposal.id'], name=op.f('fk_placement_plan_proposal_id_placement_proposal')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_placement_plan')),
    sa.UniqueConstraint('proposal_id', name=op.f('uq_placement_plan_proposal_id'))
    )
    op.create_table('placement',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('referral_id', sa.Integer(), nullable=False),
    sa.Column('child_id', sa.Integer(), nullable=False),
    sa.Column('component_id', sa.Integer(), nullable=True),
    sa.Column('offer_id', sa.Integer(), nullable=False),
    sa.Column('service_id', sa.Integer(), nullable=False),
    sa.Column('hours', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('proposed', 'approved', 'agreed', 'live', 'ended', 'cancelled', name='state', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('delivery', sa.Enum('at_base', 'at_home', 'in_community', 'online', name='delivery', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('sessions', sa.Integer(), nullable=False),
    sa.Column('pence_per_hour', sa.Integer(), nullable=False),
    sa.Column('pence_a_week', sa.Integer(), nullable=False),
    sa.Column('transport_pence_a_week', sa.Integer(), nullable=False),
    sa.Column('tier', sa.Enum('1', '2', '3', name='tier', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('legal_basis', sa.Enum('s19', 's61', 'off_site_direction', 'suspension', name='legal_basis', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('officer_id', sa.Integer(), nullable=True),
    sa.Column('commitment_id', sa.Integer(), nullable=True),
    sa.Column('awarded_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('cancelled_reason', sa.String(length=1000), nullable=True),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('destination', sa.Enum('reintegrated', 'specialist', 'new_school', 'post_16', 'other_ap', 'home_educated', 'moved_away', 'broke_down', 'other', name='destination', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.CheckConstraint("state <> 'ended' OR (ended_on IS NOT NULL AND destination IS NOT NULL)", name=op.f('ck_placement_ended_has_destination')),
    sa.CheckConstraint("state IN ('proposed', 'cancelled') OR (commitment_id IS NOT NULL AND awarded_at IS NOT NULL)", name=op.f('ck_placement_awarded_has_commitment')),
    sa.CheckConstraint('ended_on IS NULL OR ended_on >= starts_on', name=op.f('ck_placement_ended_after_start')),
    sa.CheckConstraint('ends_on >= starts_on', name=op.f('ck_placement_ends_after_start')),
    sa.CheckConstraint('hours BETWEEN 1 AND 40', name=op.f('ck_placement_hours_in_week')),
    sa.CheckConstraint('pence_per_hour >= 0 AND pence_a_week >= 0 AND transport_pence_a_week >= 0', name=op.f('ck_placement_prices_not_negative')),
    sa.CheckConstraint('sessions BETWEEN 0 AND 1023', name=op.f('ck_placement_sessions_in_week')),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_placement_child_id_child')),
    sa.ForeignKeyConstraint(['commitment_id'], ['commitment.id'], name=op.f('fk_placement_commitment_id_commitment')),
    sa.ForeignKeyConstraint(['component_id'], ['component.id'], name=op.f('fk_placement_component_id_component'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['offer_id'], ['offer.id'], name=op.f('fk_placement_offer_id_offer')),
    sa.ForeignKeyConstraint(['officer_id'], ['user_account.id'], name=op.f('fk_placement_officer_id_user_account')),
    sa.ForeignKeyConstraint(['proposal_id'], ['placement_proposal.id'], name=op.f('fk_placement_proposal_id_placement_proposal')),
    sa.ForeignKeyConstraint(['referral_id'], ['referral.id'], name=op.f('fk_placement_referral_id_referral')),
    sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_placement_service_id_service')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_placement')),
    sa.UniqueConstraint('commitment_id', name=op.f('uq_placement_commitment_id'))
    )
    with op.batch_alter_table('placement') as table:
        table.create_index(table.f('ix_placement_child_id'), ['child_id'], unique=False)
        table.create_index(table.f('ix_placement_component_id'), ['component_id'], unique=False)
        table.create_index(table.f('ix_placement_offer_id'), ['offer_id'], unique=False)
        table.create_index(table.f('ix_placement_officer_id'), ['officer_id'], unique=False)
        table.create_index(table.f('ix_placement_proposal_id'), ['proposal_id'], unique=False)
        table.create_index(table.f('ix_placement_referral_id'), ['referral_id'], unique=False)
        table.create_index(table.f('ix_placement_service_id'), ['service_id'], unique=False)
        table.create_index(table.f('ix_placement_state'), ['state'], unique=False)
        table.create_index(table.f('ix_placement_state_starts_on'), ['state', 'starts_on'], unique=False)
        table.create_index(table.f('ix_placement_tier'), ['tier'], unique=False)

    op.create_table('plan_objective',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('plan_id', sa.Integer(), nullable=False),
    sa.Column('aim', sa.String(length=300), nullable=False),
    sa.Column('indicator', sa.String(length=300), nullable=False),
    sa.Column('baseline', sa.String(length=300), nullable=False),
    sa.Column('target', sa.String(length=300), nullable=False),
    sa.ForeignKeyConstraint(['plan_id'], ['placement_plan.id'], name=op.f('fk_plan_objective_plan_id_placement_plan')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_plan_objective'))
    )
    with op.batch_alter_table('plan_objective') as table:
        table.create_index(table.f('ix_plan_objective_plan_id'), ['plan_id'], unique=False)

    op.create_table('identity_disclosure',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('child_id', sa.Integer(), nullable=False),
    sa.Column('provider_id', sa.Integer(), nullable=False),
    sa.Column('placement_id', sa.Integer(), nullable=True),
    sa.Column('ground', sa.String(length=200), nullable=False),
    sa.Column('told_by', sa.String(length=200), nullable=False),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_identity_disclosure_child_id_child')),
    sa.ForeignKeyConstraint(['placement_id'], ['placement.id'], name=op.f('fk_identity_disclosure_placement_id_placement')),
    sa.ForeignKeyConstraint(['provider_id'], ['provider.id'], name=op.f('fk_identity_disclosure_provider_id_provider')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_identity_disclosure'))
    )
    with op.batch_alter_table('identity_disclosure') as table:
        table.create_index(table.f('ix_identity_disclosure_child_id'), ['child_id'], unique=False)
        table.create_index(table.f('ix_identity_disclosure_placement_id'), ['placement_id'], unique=False)
        table.create_index(table.f('ix_identity_disclosure_provider_id'), ['provider_id'], unique=False)

    op.create_table('placement_agreement',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('placement_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('waiting', 'offered', 'accepted', 'declined', 'refused', 'withdrawn', 'replaced', name='state', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('effective_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('hours', sa.Integer(), nullable=False),
    sa.Column('pence_per_hour', sa.Integer(), nullable=False),
    sa.Column('pence_a_week', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=1000), nullable=True),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('agreement_text_id', sa.Integer(), nullable=True),
    sa.Column('proposed_by_id', sa.Integer(), nullable=True),
    sa.Column('proposed_by', sa.String(length=200), nullable=False),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('decided_by', sa.String(length=200), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('accepted_by_id', sa.Integer(), nullable=True),
    sa.Column('accepted_by', sa.String(length=200), nullable=True),
    sa.Column('accepted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answer', sa.String(length=1000), nullable=True),
    sa.CheckConstraint("state NOT IN ('accepted', 'replaced') OR accepted_at IS NOT NULL", name=op.f('ck_placement_agreement_accepted_has_day')),
    sa.CheckConstraint('ends_on >= effective_on', name=op.f('ck_placement_agreement_ends_after_start')),
    sa.CheckConstraint('hours BETWEEN 1 AND 40', name=op.f('ck_placement_agreement_hours_in_week')),
    sa.CheckConstraint('pence_per_hour >= 0 AND pence_a_week >= 0', name=op.f('ck_placement_agreement_prices_not_negative')),
    sa.ForeignKeyConstraint(['accepted_by_id'], ['user_account.id'], name=op.f('fk_placement_agreement_accepted_by_id_user_account')),
    sa.ForeignKeyConstraint(['agreement_text_id'], ['agreement_text.id'], name=op.f('fk_placement_agreement_agreement_text_id_agreement_text')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['user_account.id'], name=op.f('fk_placement_agreement_decided_by_id_user_account')),
    sa.ForeignKeyConstraint(['placement_id'], ['placement.id'], name=op.f('fk_placement_agreement_placement_id_placement')),
    sa.ForeignKeyConstraint(['proposed_by_id'], ['user_account.id'], name=op.f('fk_placement_agreement_proposed_by_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_placement_agreement')),
    sa.UniqueConstraint('placement_id', 'number', name=op.f('uq_placement_agreement_placement_id_number'))
    )
    with op.batch_alter_table('placement_agreement') as table:
        table.create_index(table.f('ix_placement_agreement_state'), ['state'], unique=False)

    op.create_table('placement_cost',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('placement_id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('pence', sa.BigInteger(), nullable=False),
    sa.Column('transport_pence', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('pence >= 0 AND transport_pence >= 0', name=op.f('ck_placement_cost_sums_not_negative')),
    sa.ForeignKeyConstraint(['placement_id'], ['placement.id'], name=op.f('fk_placement_cost_placement_id_placement')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_placement_cost')),
    sa.UniqueConstraint('placement_id', 'year', name=op.f('uq_placement_cost_placement_id_year'))
    )


def downgrade() -> None:
    """Undo this change."""
    op.drop_table('placement_cost')
    with op.batch_alter_table('placement_agreement') as table:
        table.drop_index(table.f('ix_placement_agreement_state'))

    op.drop_table('placement_agreement')
    with op.batch_alter_table('identity_disclosure') as table:
        table.drop_index(table.f('ix_identity_disclosure_provider_id'))
        table.drop_index(table.f('ix_identity_disclosure_placement_id'))
        table.drop_index(table.f('ix_identity_disclosure_child_id'))

    op.drop_table('identity_disclosure')
    with op.batch_alter_table('plan_objective') as table:
        table.drop_index(table.f('ix_plan_objective_plan_id'))

    op.drop_table('plan_objective')
    with op.batch_alter_table('placement') as table:
        table.drop_index(table.f('ix_placement_tier'))
        table.drop_index(table.f('ix_placement_state_starts_on'))
        table.drop_index(table.f('ix_placement_state'))
        table.drop_index(table.f('ix_placement_service_id'))
        table.drop_index(table.f('ix_placement_referral_id'))
        table.drop_index(table.f('ix_placement_proposal_id'))
        table.drop_index(table.f('ix_placement_officer_id'))
        table.drop_index(table.f('ix_placement_offer_id'))
        table.drop_index(table.f('ix_placement_component_id'))
        table.drop_index(table.f('ix_placement_child_id'))

    op.drop_table('placement')
    op.drop_table('placement_plan')
    with op.batch_alter_table('panel_item') as table:
        table.drop_index(table.f('ix_panel_item_proposal_id'))

    op.drop_table('panel_item')
    with op.batch_alter_table('placement_proposal') as table:
        table.drop_index(table.f('ix_placement_proposal_state'))
        table.drop_index(table.f('ix_placement_proposal_referral_id'))
        table.drop_index(table.f('ix_placement_proposal_proposed_by_id'))
        table.drop_index(table.f('ix_placement_proposal_proposed_at'))
        table.drop_index(table.f('ix_placement_proposal_match_run_id'))

    op.drop_table('placement_proposal')
    with op.batch_alter_table('bulk_work') as table:
        table.drop_index(table.f('ix_bulk_work_state'))
        table.drop_index(table.f('ix_bulk_work_match_run_id'))

    op.drop_table('bulk_work')
    op.drop_table('approval_limit')
    with op.batch_alter_table('panel_meeting') as table:
        table.drop_index(table.f('ix_panel_meeting_state'))

    op.drop_table('panel_meeting')
    op.drop_table('budget_line')
    op.drop_table('agreement_text')
