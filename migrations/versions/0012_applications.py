"""Applications to join the framework, and decisions about a provider's standing."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

STATES = ("draft", "submitted", "in_review", "clarifying", "admitted", "refused", "withdrawn")
SECTIONS = (
    "organisation", "sites", "offers", "staff", "evidence", "methods", "references",
    "declarations",
)  # fmt: skip
JUDGEMENTS = ("green", "amber", "red")
REVIEWS = ("not_yet", "meets", "does_not_meet")


def choice(name: str, values: tuple[str, ...]) -> sa.Enum:
    """A column of a few values with a CHECK constraint of that name."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def row_of(table: str) -> sa.ForeignKey:
    """A reference to a row of a table."""
    return sa.ForeignKey(f"{table}.id")


def upgrade() -> None:
    """Apply this change."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "application",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("provider_id", sa.Integer(), row_of("provider"), nullable=False, index=True),
        sa.Column("scheme_id", sa.Integer(), row_of("scheme"), nullable=False, index=True),
        sa.Column("state", choice("state", STATES), nullable=False, index=True),
        sa.Column("started_at", moment, nullable=False),
        sa.Column("started_by", sa.String(200), nullable=False),
        sa.Column("submitted_at", moment),
        sa.Column("visited_on", sa.Date()),
        sa.Column("visit_judgement", choice("visit_judgement", JUDGEMENTS)),
        sa.Column("visit_notes", sa.String(4000)),
        sa.Column("visit_recorded_by", sa.String(200)),
        sa.Column("decided_at", moment),
        sa.Column("decided_by", sa.String(200)),
        sa.Column("refusal_reasons", sa.JSON()),
        sa.Column("copied_from_id", sa.Integer(), row_of("application")),
        sa.CheckConstraint(
            "(visited_on IS NULL) = (visit_judgement IS NULL)", name="visit_has_judgement"
        ),
        sa.CheckConstraint(
            "state <> 'refused' OR refusal_reasons IS NOT NULL", name="refused_with_reasons"
        ),
    )
    op.create_table(
        "application_section",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("application_id", sa.Integer(), row_of("application"), nullable=False),
        sa.Column("section", choice("section", SECTIONS), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("saved_at", moment),
        sa.Column("saved_by", sa.String(200)),
        sa.Column("review", choice("review", REVIEWS), nullable=False),
        sa.Column("review_note", sa.String(2000)),
        sa.Column("reviewed_by", sa.String(200)),
        sa.Column("reviewed_at", moment),
        sa.UniqueConstraint("application_id", "section"),
    )
    op.create_table(
        "clarification",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "application_id", sa.Integer(), row_of("application"), nullable=False, index=True
        ),
        sa.Column("section", choice("section", SECTIONS), nullable=False),
        sa.Column("question", sa.String(2000), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("asked_by", sa.String(200), nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("answer", sa.String(4000)),
        sa.Column("answered_by", sa.String(200)),
        sa.Column("answered_at", moment),
        sa.CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered_at_a_time"),
    )
    op.create_table(
        "standing_decision",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("provider_id", sa.Integer(), row_of("provider"), nullable=False, index=True),
        sa.Column("decision", sa.String(40), nullable=False),
        sa.Column("reason", sa.String(1000), nullable=False),
        sa.Column("decided_by", sa.String(200), nullable=False),
        sa.Column("decided_at", moment, nullable=False),
        sa.CheckConstraint("length(reason) > 0", name="reason_given"),
    )


def downgrade() -> None:
    """Undo this change."""
    op.drop_table("standing_decision")
    op.drop_table("clarification")
    op.drop_table("application_section")
    op.drop_table("application")
