"""What belongs to a row: every row that refers to it, and those that refer to them in turn.

Found from the foreign keys themselves, so a table that is added later is never forgotten by the
trail of a child, the export of all that is held on one, or its erasure.
"""

from sqlalchemy import Table, or_, select

from app.kernel.database import db

MOST_NAMED = 500


def belongings(table: str, row_id: int) -> dict[str, list[int]]:
    """The first key of each row that belongs to a row, itself included, by table.

    A row of a table whose first key is its owner's, such as a child's needs, counts under that.
    """
    tables = db.metadata.tables
    found: dict[str, set[int]] = {table: {row_id}}
    edge = [table]
    while edge:
        owner = edge.pop()
        for other in tables.values():
            fresh = _referring(other, tables[owner], found[owner]) - found.get(other.name, set())
            if fresh:
                found.setdefault(other.name, set()).update(fresh)
                edge.append(other.name)
    return {name: sorted(ids) for name, ids in sorted(found.items())}


def _referring(table: Table, owner: Table, ids: set[int]) -> set[int]:
    """The first keys of a table's rows that refer to rows of another."""
    columns = [key.parent for key in table.foreign_keys if key.column.table is owner]
    if not columns or not ids:
        return set()
    first = next(iter(table.primary_key.columns))
    listed, refer = sorted(ids), set()
    for start in range(0, len(listed), MOST_NAMED):
        named = listed[start : start + MOST_NAMED]
        condition = or_(*(column.in_(named) for column in columns))
        refer.update(db.session.scalars(select(first).where(condition)))
    return refer
