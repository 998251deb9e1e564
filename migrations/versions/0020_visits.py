"""Quality visits: templates, visits with their parts, findings and actions."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

KINDS = ("initial", "follow_up", "yearly", "termly", "unannounced", "closing")
STATES = ("planned", "under_way", "carried_out", "draft", "checking", "final", "cancelled")
STANDARDS = ("safeguarding", "health_safety", "admissions", "quality")
PARTS = (*STANDARDS, "people", "pupils", "record")
FINDINGS = ("strength", "improvement", "critical")
ACTION_STATES = ("open", "answered", "returned", "closed")
JUDGEMENTS = ("green", "amber", "red")


def choice(name: str, values: tuple[str, ...]) -> sa.Enum:
    """A column of a few values with a CHECK constraint of that name."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def reference(table: str, ondelete: str | None = None) -> sa.ForeignKey:
    """A key of another table."""
    return sa.ForeignKey(f"{table}.id", ondelete=ondelete)


def upgrade() -> None:
    """Apply this change."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "visit_template",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("kind", choice("kind", KINDS), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(300), nullable=False),
        sa.Column("made_by", sa.String(200), nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.UniqueConstraint("kind", "version"),
        sa.CheckConstraint("version > 0", name="version_positive"),
    )
    op.create_table(
        "visit",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("kind", choice("kind", KINDS), nullable=False),
        sa.Column("state", choice("state", STATES), nullable=False, index=True),
        sa.Column("provider_id", sa.Integer(), reference("provider"), nullable=False, index=True),
        sa.Column("site_id", sa.Integer(), reference("site", "SET NULL")),
        sa.Column("adviser_id", sa.Integer(), reference("user_account"), nullable=False),
        sa.Column("visit_template_id", sa.Integer(), reference("visit_template"), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False, index=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(2000), nullable=False),
        sa.Column("started_at", moment),
        sa.Column("visited_on", sa.Date()),
        sa.Column("summary", sa.String(8000)),
        sa.Column("judgement", choice("judgement", JUDGEMENTS)),
        sa.Column("judgement_reason", sa.String(2000)),
        sa.Column("judged_by", sa.String(200)),
        sa.Column("sent_at", moment),
        sa.Column("check_due_on", sa.Date()),
        sa.Column("response", sa.String(8000)),
        sa.Column("checked_by", sa.String(200)),
        sa.Column("checked_at", moment),
        sa.Column("final_at", moment),
        sa.Column("final_by", sa.String(200)),
        sa.Column("cancel_reason", sa.String(1000)),
        sa.CheckConstraint("minutes BETWEEN 15 AND 720", name="minutes_of_a_day"),
        sa.CheckConstraint(
            "state NOT IN ('carried_out', 'draft', 'checking', 'final') OR visited_on IS NOT NULL",
            name="carried_out_on_a_day",
        ),
        sa.CheckConstraint(
            "state NOT IN ('draft', 'checking', 'final') OR judgement IS NOT NULL",
            name="report_has_judgement",
        ),
        sa.CheckConstraint(
            "state <> 'checking' OR check_due_on IS NOT NULL", name="check_has_deadline"
        ),
        sa.CheckConstraint(
            "state <> 'cancelled' OR cancel_reason IS NOT NULL", name="cancelled_with_reason"
        ),
        sa.Index("ix_visit_adviser_id_planned_on", "adviser_id", "planned_on"),
    )
    op.create_table(
        "visit_part",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("visit_id", sa.Integer(), reference("visit", "CASCADE"), nullable=False),
        sa.Column("part", choice("part", PARTS), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("saved_by", sa.String(200)),
        sa.Column("saved_at", moment),
        sa.Column("judgement", choice("judgement", JUDGEMENTS)),
        sa.Column("judgement_reason", sa.String(2000)),
        sa.UniqueConstraint("visit_id", "part"),
    )
    op.create_table(
        "visit_save",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "visit_part_id", sa.Integer(), reference("visit_part", "CASCADE"), nullable=False
        ),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_at", moment, nullable=False),
        sa.UniqueConstraint("visit_part_id", "key"),
    )
    op.create_table(
        "visit_file",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "visit_id", sa.Integer(), reference("visit", "CASCADE"), nullable=False, index=True
        ),
        sa.Column("part", choice("part", PARTS), nullable=False),
        sa.Column("stored_file_id", sa.Integer(), reference("stored_file"), nullable=False),
        sa.Column("caption", sa.String(300), nullable=False),
    )
    op.create_table(
        "visit_finding",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "visit_id", sa.Integer(), reference("visit", "CASCADE"), nullable=False, index=True
        ),
        sa.Column("standard", choice("standard", STANDARDS), nullable=False),
        sa.Column("kind", choice("kind", FINDINGS), nullable=False, index=True),
        sa.Column("text", sa.String(2000), nullable=False),
        sa.Column("recorded_by", sa.String(200), nullable=False),
        sa.Column("recorded_at", moment, nullable=False),
    )
    op.create_table(
        "visit_action",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "visit_id", sa.Integer(), reference("visit", "CASCADE"), nullable=False, index=True
        ),
        sa.Column(
            "visit_finding_id",
            sa.Integer(),
            reference("visit_finding", "CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("state", choice("state", ACTION_STATES), nullable=False, index=True),
        sa.Column("text", sa.String(2000), nullable=False),
        sa.Column("owner", sa.String(200), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("evidence_required", sa.String(1000), nullable=False),
        sa.Column("critical", sa.Boolean(), nullable=False),
        sa.Column("answer", sa.String(4000)),
        sa.Column("answered_by", sa.String(200)),
        sa.Column("answered_at", moment),
        sa.Column("stored_file_id", sa.Integer(), reference("stored_file")),
        sa.Column("decision_note", sa.String(2000)),
        sa.Column("decided_by", sa.String(200)),
        sa.Column("decided_at", moment),
        sa.Column("escalated_on", sa.Date()),
        sa.CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered_at_a_time"),
        sa.CheckConstraint("state <> 'closed' OR decided_at IS NOT NULL", name="closed_at_a_time"),
        sa.Index("ix_visit_action_state_due_on", "state", "due_on"),
    )
    op.create_table(
        "declared_interest",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "user_account_id", sa.Integer(), reference("user_account"), nullable=False, index=True
        ),
        sa.Column("provider_id", sa.Integer(), reference("provider"), nullable=False, index=True),
        sa.Column("what", sa.String(500), nullable=False),
        sa.Column("declared_at", moment, nullable=False),
        sa.Column("ended_on", sa.Date()),
    )
    op.create_table(
        "visit_cycle",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.String(200), nullable=False),
        sa.Column("made_at", moment, nullable=False),
    )
    op.create_table(
        "visit_calendar",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "user_account_id",
            sa.Integer(),
            reference("user_account"),
            nullable=False,
            unique=True,
        ),
        sa.Column("digest", sa.String(64), nullable=False, unique=True),
        sa.Column("renewed_at", moment, nullable=False),
    )


def downgrade() -> None:
    """Undo this change."""
    for table in (
        "visit_calendar",
        "visit_cycle",
        "declared_interest",
        "visit_action",
        "visit_finding",
        "visit_file",
        "visit_save",
        "visit_part",
        "visit",
        "visit_template",
    ):
        op.drop_table(table)
