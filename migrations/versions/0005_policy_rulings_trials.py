"""Matches keep their inputs and answer; policies, officers' rulings, and trials on a match."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def choice(name: str, *values: str) -> sa.Enum:
    """A column of a few values with a CHECK constraint of that name."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


KIND = choice("kind", "match", "again", "policy", "what_if", "choice")


def upgrade() -> None:
    """Apply this change."""
    op.create_table(
        "match_policy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            choice("state", "draft", "in_force", "replaced", "discarded"),
            nullable=False,
        ),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("confirmed_within_days", sa.Integer()),
        sa.Column("note", sa.String(1000), nullable=False),
        sa.Column("written_by_id", sa.Integer()),
        sa.Column("written_by", sa.String(200), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(200)),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["written_by_id"],
            ["user_account.id"],
            name="fk_match_policy_written_by_id_user_account",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_match_policy"),
    )
    op.create_index("ix_match_policy_state", "match_policy", ["state"])
    _one_in_force("match_policy", "state")
    op.create_table(
        "pair_ruling",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("state", choice("state", "in_force", "withdrawn"), nullable=False),
        sa.Column("kind", choice("kind", "fixed", "ruled_out"), nullable=False),
        sa.Column("referral_id", sa.Integer(), nullable=False),
        sa.Column("offer_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("made_by_id", sa.Integer()),
        sa.Column("made_by", sa.String(200), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_by", sa.String(200)),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name="fk_pair_ruling_referral_id_referral"
        ),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name="fk_pair_ruling_offer_id_offer"),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["user_account.id"], name="fk_pair_ruling_made_by_id_user_account"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_pair_ruling"),
    )
    for column in ("state", "referral_id", "offer_id"):
        op.create_index(f"ix_pair_ruling_{column}", "pair_ruling", [column])
    _one_in_force("pair_ruling", "referral_id", "offer_id")
    with op.batch_alter_table("match_run") as table:
        table.add_column(sa.Column("kind", KIND, nullable=False, server_default="match"))
        table.add_column(sa.Column("base_id", sa.Integer()))
        table.add_column(sa.Column("policy_id", sa.Integer()))
        table.add_column(sa.Column("result", sa.JSON(), nullable=False, server_default="{}"))
        table.add_column(
            sa.Column("trail_mark", sa.BigInteger(), nullable=False, server_default="0")
        )
        table.create_foreign_key("fk_match_run_base_id_match_run", "match_run", ["base_id"], ["id"])
        table.create_foreign_key(
            "fk_match_run_policy_id_match_policy", "match_policy", ["policy_id"], ["id"]
        )
        table.create_check_constraint("trial_has_base", "(kind = 'match') = (base_id IS NULL)")
        table.create_index("ix_match_run_base_id", ["base_id"])
        table.create_index("ix_match_run_policy_id", ["policy_id"])
    with op.batch_alter_table("recommendation") as table:
        table.drop_constraint("fk_recommendation_component_id_component", type_="foreignkey")
        table.alter_column("component_id", existing_type=sa.Integer(), nullable=True)
        table.create_foreign_key(
            "fk_recommendation_component_id_component",
            "component",
            ["component_id"],
            ["id"],
            ondelete="SET NULL",
        )
        table.create_index("ix_recommendation_component_id", ["component_id"])


def _one_in_force(table: str, *columns: str) -> None:
    in_force = sa.text("state = 'in_force'")
    op.create_index(
        f"uq_{table}_in_force",
        table,
        list(columns),
        unique=True,
        sqlite_where=in_force,
        postgresql_where=in_force,
    )


def downgrade() -> None:
    """Take it back: trials go, and with them what recommendations no component asks for."""
    op.execute("DELETE FROM recommendation WHERE component_id IS NULL")
    op.execute("DELETE FROM match_run WHERE base_id IS NOT NULL")
    with op.batch_alter_table("recommendation") as table:
        table.drop_index("ix_recommendation_component_id")
        table.drop_constraint("fk_recommendation_component_id_component", type_="foreignkey")
        table.alter_column("component_id", existing_type=sa.Integer(), nullable=False)
        table.create_foreign_key(
            "fk_recommendation_component_id_component", "component", ["component_id"], ["id"]
        )
    with op.batch_alter_table("match_run") as table:
        table.drop_index("ix_match_run_policy_id")
        table.drop_index("ix_match_run_base_id")
        table.drop_constraint("trial_has_base", type_="check")
        table.drop_constraint("fk_match_run_policy_id_match_policy", type_="foreignkey")
        table.drop_constraint("fk_match_run_base_id_match_run", type_="foreignkey")
        table.drop_constraint("kind", type_="check")
        for column in ("trail_mark", "result", "policy_id", "base_id", "kind"):
            table.drop_column(column)
    op.drop_table("pair_ruling")
    op.drop_table("match_policy")
