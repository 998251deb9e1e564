"""Teams that limit what officers reach, records restricted to named people, urgent access."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

IN_FORCE = sa.text("lifted_at IS NULL")


def _teams() -> None:
    op.create_table(
        "team",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sa.UniqueConstraint("name", name=op.f("uq_team_name")),
    )
    op.create_table(
        "team_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id"], ["team.id"], name=op.f("fk_team_member_team_id_team"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_team_member_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_member")),
        sa.UniqueConstraint("team_id", "user_id", name=op.f("uq_team_member_team_id_user_id")),
    )
    op.create_index(op.f("ix_team_member_user_id"), "team_member", ["user_id"])
    op.create_table(
        "team_district",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("district", sa.String(length=4), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id"], ["team.id"], name=op.f("fk_team_district_team_id_team"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_district")),
        sa.UniqueConstraint("team_id", "district", name=op.f("uq_team_district_team_id_district")),
    )
    op.create_table(
        "team_rule",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("officers", sa.Boolean(), nullable=False),
        sa.Column("commissioners", sa.Boolean(), nullable=False),
        sa.Column("by_officer", sa.Boolean(), nullable=False),
        sa.Column("by_district", sa.Boolean(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_team_rule_one_row")),
        sa.CheckConstraint(
            "by_officer OR by_district OR NOT (officers OR commissioners)",
            name=op.f("ck_team_rule_limits_by_something"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_rule")),
    )


def _restrictions() -> None:
    op.create_table(
        "restricted_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("restricted_by", sa.String(length=200), nullable=False),
        sa.Column("restricted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_by", sa.String(length=200), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["child_id"], ["child.id"], name=op.f("fk_restricted_record_child_id_child")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restricted_record")),
    )
    op.create_index(
        op.f("ix_restricted_record_child_id"),
        "restricted_record",
        ["child_id"],
        unique=True,
        sqlite_where=IN_FORCE,
        postgresql_where=IN_FORCE,
    )
    for name, more in (
        ("restricted_reader", []),
        (
            "urgent_access",
            [
                sa.Column("reason", sa.Text(), nullable=False),
                sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
                sa.Column("until", sa.DateTime(timezone=True), nullable=False),
                sa.CheckConstraint(
                    "until > opened_at", name=op.f("ck_urgent_access_ends_after_it_begins")
                ),
            ],
        ),
    ):
        op.create_table(
            name,
            sa.Column("id", sa.Integer(), nullable=False),
            sa.Column("restriction_id", sa.Integer(), nullable=False),
            sa.Column("user_id", sa.Integer(), nullable=False),
            *more,
            sa.ForeignKeyConstraint(
                ["restriction_id"],
                ["restricted_record.id"],
                name=op.f(f"fk_{name}_restriction_id_restricted_record"),
                ondelete="CASCADE",
            ),
            sa.ForeignKeyConstraint(
                ["user_id"], ["user_account.id"], name=op.f(f"fk_{name}_user_id_user_account")
            ),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
            *(
                [
                    sa.UniqueConstraint(
                        "restriction_id",
                        "user_id",
                        name=op.f("uq_restricted_reader_restriction_id_user_id"),
                    )
                ]
                if name == "restricted_reader"
                else []
            ),
        )
        op.create_index(op.f(f"ix_{name}_user_id"), name, ["user_id"])
    op.create_index(op.f("ix_urgent_access_restriction_id"), "urgent_access", ["restriction_id"])


def upgrade() -> None:
    """Apply this change."""
    _teams()
    _restrictions()


def downgrade() -> None:
    """Take this change back."""
    for name in (
        "urgent_access",
        "restricted_reader",
        "restricted_record",
        "team_rule",
        "team_district",
        "team_member",
        "team",
    ):
        op.drop_table(name)
