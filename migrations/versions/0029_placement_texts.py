"""What is written about a child in proposals and plans is kept encrypted, so as long text."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

TEXTS = {
    "placement_proposal": {"why": 2000, "question": 1000, "answer": 1000},
    "placement_plan": {
        "purpose": 2000,
        "route_back": 2000,
        "risk_assessment": 4000,
        "attendance": 2000,
        "absence": 2000,
        "transport": 2000,
    },
    "plan_objective": {"aim": 300, "indicator": 300, "baseline": 300, "target": 300},
}


def upgrade() -> None:
    """Apply this change. The tables are as new as the keys: no row has such a text yet."""
    for name, columns in TEXTS.items():
        with op.batch_alter_table(name) as table:
            for column, length in columns.items():
                table.alter_column(column, type_=sa.Text(), existing_type=sa.String(length))


def downgrade() -> None:
    """Undo this change."""
    for name, columns in TEXTS.items():
        with op.batch_alter_table(name) as table:
            for column, length in columns.items():
                table.alter_column(column, type_=sa.String(length), existing_type=sa.Text())
