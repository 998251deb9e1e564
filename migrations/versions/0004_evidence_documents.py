"""Documents sent as evidence, the files behind them, and what each service asks for."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BEFORE = (
    "insurance", "employers_liability", "professional_indemnity", "staff_checks",
    "safeguarding_training", "safeguarding_policy", "health_safety", "data_protection",
    "professional_register", "financial",
)  # fmt: skip
AFTER = (*BEFORE[:7], "lone_working", *BEFORE[7:])
FILE_TYPES = ("pdf", "png", "jpg", "docx", "odt")
STATES = ("sent", "accepted", "returned", "withdrawn")


def choice(name: str, values: tuple[str, ...]) -> sa.Enum:
    """A column of a few values with a CHECK constraint of that name."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def one_of(values: tuple[str, ...]) -> str:
    """The condition of the CHECK constraint on the kind of evidence."""
    return "kind IN (" + ", ".join(f"'{value}'" for value in values) + ")"


def allow(values: tuple[str, ...]) -> None:
    """Let evidence be of these kinds and no others."""
    with op.batch_alter_table("evidence") as table:
        table.drop_constraint(op.f("ck_evidence_kind"), type_="check")
        table.create_check_constraint(op.f("ck_evidence_kind"), one_of(values))


def upgrade() -> None:
    """Apply this change."""
    allow(AFTER)
    with op.batch_alter_table("service") as table:
        table.add_column(sa.Column("evidence_asked", sa.JSON()))
    op.create_table(
        "stored_file",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("key", sa.String(100), nullable=False, unique=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("file_type", choice("file_type", FILE_TYPES), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stored_by", sa.String(200), nullable=False),
        sa.CheckConstraint("size > 0", name="not_empty"),
    )
    op.create_table(
        "evidence_document",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "provider_id", sa.Integer(), sa.ForeignKey("provider.id"), nullable=False, index=True
        ),
        sa.Column("kind", choice("kind", AFTER), nullable=False),
        sa.Column("state", choice("state", STATES), nullable=False, index=True),
        sa.Column(
            "file_id", sa.Integer(), sa.ForeignKey("stored_file.id"), nullable=False, unique=True
        ),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date()),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by", sa.String(200), nullable=False),
        sa.Column("sent_by_id", sa.Integer()),
        sa.Column("checked_at", sa.DateTime(timezone=True)),
        sa.Column("checked_by", sa.String(200)),
        sa.Column("comment", sa.String(1000)),
        sa.Column(
            "evidence_id",
            sa.Integer(),
            sa.ForeignKey("evidence.id", ondelete="SET NULL"),
            unique=True,
        ),
        sa.CheckConstraint(
            "expires_on IS NULL OR expires_on >= issued_on", name="dates_in_order"
        ),
        sa.CheckConstraint(
            "(checked_at IS NULL) = (checked_by IS NULL)", name="checked_by_someone"
        ),
    )


def downgrade() -> None:
    """Undo this change; documents and the evidence of the new kind are lost."""
    op.drop_table("evidence_document")
    op.drop_table("stored_file")
    with op.batch_alter_table("service") as table:
        table.drop_column("evidence_asked")
    op.execute("DELETE FROM evidence WHERE kind = 'lone_working'")
    allow(BEFORE)
