"""Schemes of successive frameworks, when they take applications, and what was decided on them."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

FILL = (
    """INSERT INTO scheme (id, name) SELECT id, name || ' (' || reference || ')' FROM framework""",
    """INSERT INTO scheme_window (scheme_id, opens_on) SELECT id, starts_on FROM framework""",
    """UPDATE framework SET scheme_id = id""",
)


def upgrade() -> None:
    """Apply this change: each framework becomes the first of its scheme, open since it began."""
    op.create_table(
        "scheme",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(250), nullable=False, unique=True),
    )
    op.create_table(
        "scheme_window",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "scheme_id", sa.Integer(), sa.ForeignKey("scheme.id"), nullable=False, index=True
        ),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date()),
        sa.CheckConstraint(
            "closes_on IS NULL OR closes_on >= opens_on", name="closes_after_opening"
        ),
    )
    op.create_table(
        "scheme_decision",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "scheme_id", sa.Integer(), sa.ForeignKey("scheme.id"), nullable=False, index=True
        ),
        sa.Column("what", sa.String(500), nullable=False),
        sa.Column("reason", sa.String(1000), nullable=False),
        sa.Column("decided_by", sa.String(200), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(reason) > 0", name="reason_given"),
    )
    with op.batch_alter_table("framework") as table:
        table.add_column(sa.Column("scheme_id", sa.Integer()))
    for statement in FILL:
        op.execute(statement)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SELECT setval('scheme_id_seq', (SELECT coalesce(max(id), 0) FROM scheme) + 1, false)")
    with op.batch_alter_table("framework") as table:
        table.alter_column("scheme_id", existing_type=sa.Integer(), nullable=False)
        table.create_foreign_key("fk_framework_scheme_id_scheme", "scheme", ["scheme_id"], ["id"])
        table.create_index("ix_framework_scheme_id", ["scheme_id"])


def downgrade() -> None:
    """Undo this change; which framework follows which is lost."""
    with op.batch_alter_table("framework") as table:
        table.drop_index("ix_framework_scheme_id")
        table.drop_constraint("fk_framework_scheme_id_scheme", type_="foreignkey")
        table.drop_column("scheme_id")
    op.drop_table("scheme_decision")
    op.drop_table("scheme_window")
    op.drop_table("scheme")
