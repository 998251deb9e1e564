"""The audit trail is chained by hash, and the database refuses to change it
"""

import hashlib
import json
import secrets
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

EARLIER = "entries-before-the-chain"
COLUMNS = (
    "id", "at", "actor_id", "actor_name", "action", "kind", "subject", "subject_id", "content",
)  # fmt: skip
KEPT = (*COLUMNS, "batch")


def upgrade():
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "audit_seal",
        sa.Column("number", number, autoincrement=False, nullable=False),
        sa.Column("batch", sa.String(32), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("first_entry_id", number, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(
            ["first_entry_id"], ["audit_event.id"],
            name=op.f("fk_audit_seal_first_entry_id_audit_event"),
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_seal")),
        sa.UniqueConstraint("batch", name=op.f("uq_audit_seal_batch")),
    )
    with op.batch_alter_table("audit_event") as table:
        table.add_column(sa.Column("salt", sa.String(16), nullable=True))
        table.add_column(sa.Column("content", sa.String(64), nullable=True))
        table.add_column(sa.Column("batch", sa.String(32), nullable=True))
    _chain_what_is_there()
    with op.batch_alter_table("audit_event") as table:
        table.alter_column("content", existing_type=sa.String(64), nullable=False)
        table.alter_column("batch", existing_type=sa.String(32), nullable=False)
        table.create_index(op.f("ix_audit_event_batch"), ["batch"])
    for table in ("audit_event", "audit_seal"):
        _guard(table)


def downgrade():
    for table in ("audit_event", "audit_seal"):
        for verb in ("update", "delete"):
            name = f"{table}_no_{verb}"
            if op.get_bind().dialect.name == "postgresql":
                op.execute(f"DROP TRIGGER {name} ON {table}")
                op.execute(f"DROP FUNCTION {name}()")
            else:
                op.execute(f"DROP TRIGGER {name}")
    op.drop_table("audit_seal")
    with op.batch_alter_table("audit_event") as table:
        table.drop_index(op.f("ix_audit_event_batch"))
        table.drop_column("batch")
        table.drop_column("content")
        table.drop_column("salt")


def _chain_what_is_there():
    """One seal for all that was recorded before there were any."""
    bind = op.get_bind()
    events = sa.table(
        "audit_event",
        sa.column("id"), sa.column("at", sa.DateTime(timezone=True)), sa.column("actor_id"),
        sa.column("actor_name"), sa.column("action"), sa.column("kind"), sa.column("subject"),
        sa.column("subject_id"), sa.column("changes", sa.JSON()), sa.column("salt"),
        sa.column("content"), sa.column("batch"),
    )  # fmt: skip
    digest, first, count = "0" * 64, None, 0
    for row in bind.execute(sa.select(events).order_by(events.c.id)).mappings().all():
        salt = secrets.token_hex(8)
        said = json.dumps(row["changes"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        content = hashlib.sha256(f"{salt}{said}".encode()).hexdigest()
        bind.execute(
            sa.update(events)
            .where(events.c.id == row["id"])
            .values(salt=salt, content=content, batch=EARLIER)
        )
        facts = [row[name] if name != "content" else content for name in COLUMNS]
        at = facts[1].replace(tzinfo=UTC) if facts[1].tzinfo is None else facts[1].astimezone(UTC)
        facts[1] = at.isoformat()
        line = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
        digest = hashlib.sha256(f"{digest}\n{line}".encode()).hexdigest()
        first, count = first or row["id"], count + 1
    if count:
        seals = sa.table(
            "audit_seal",
            sa.column("number"), sa.column("batch"),
            sa.column("sealed_at", sa.DateTime(timezone=True)), sa.column("entries"),
            sa.column("first_entry_id"), sa.column("digest"),
        )  # fmt: skip
        bind.execute(
            sa.insert(seals).values(
                number=1, batch=EARLIER, sealed_at=datetime.now(UTC), entries=count,
                first_entry_id=first, digest=digest,
            )
        )  # fmt: skip


def _guard(table):
    """Only an erasure of content, which empties `changes` and `salt`, is let through."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    same, text = ("IS NOT DISTINCT FROM", "::text") if postgresql else ("IS", "")
    unchanged = " AND ".join(f"NEW.{name} {same} OLD.{name}" for name in KEPT)
    erasure = f"NEW.changes{text} = '{{}}' AND NEW.salt IS NULL AND {unchanged}"
    refusal = f"Rows of {table} are never changed or deleted."
    for verb in ("UPDATE", "DELETE"):
        name = f"{table}_no_{verb.lower()}"
        when = f"WHEN (NOT ({erasure})) " if (table, verb) == ("audit_event", "UPDATE") else ""
        if postgresql:
            op.execute(
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN RAISE EXCEPTION '{refusal}'; END $$"
            )
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW {when}"
                f"EXECUTE FUNCTION {name}()"
            )
        else:
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW {when}"
                f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
            )
