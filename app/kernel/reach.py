"""Which rows about a child whoever asks may read: held in one place, for every query.

What belongs to a child is found from the foreign keys, so a table that is added later is guarded
too. A request names its reach once (`read_as`); from then on each query for whole rows of such a
table is narrowed to it, whether or not the view thought of it. Sums and counts are not narrowed,
and a rule that must see the whole authority, such as what an offer has left, says so by `whole`.
A table that everybody may read in spite of its key has `info={"open": True}`.
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, Subquery, Table, and_, event, func, or_, select, true
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.sql.functions import count

from app.kernel.database import db

CHILD = "child"
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Reach:
    """What somebody reaches. hidden: ids of children whose rows they never see.

    within: the condition on a column that holds a child's id, in SQL; judge: the same for one id.
    Both None where every child that is not hidden is in reach. open_to_them: tables whose rows
    they read whichever child these are about.
    """

    hidden: frozenset[int] = frozenset()
    open_to_them: frozenset[str] = frozenset()
    within: Callable[[Any], ColumnElement[bool]] | None = None
    judge: Callable[[int], bool] | None = None

    @property
    def is_all(self) -> bool:
        """Whether nothing is out of reach."""
        return not self.hidden and self.within is None

    def admits_child(self, child_id: int) -> bool:
        """Whether one child is in reach."""
        return child_id not in self.hidden and (self.judge is None or self.judge(child_id))

    def admits(self, row: Any) -> bool:
        """Whether a row is in reach; a row about no child always is."""
        if self.is_all or row.__tablename__ in self.open_to_them:
            return True
        return all(self.admits_child(child_id) for child_id in children_of(row))

    def condition(self, column: Any) -> ColumnElement[bool]:
        """The same for a column that holds a child's id."""
        parts = [column.not_in(sorted(self.hidden))] if self.hidden else []
        if self.within is not None:
            parts.append(self.within(column))
        return and_(true(), *parts)

    def clause(self, model: Any) -> ColumnElement[bool] | None:
        """The same as a condition on a query of a model; None where every row is in reach.

        model: a mapped class, or an alias of one.
        """
        name = table_of(model).name
        if self.is_all or name in self.open_to_them or name not in chains():
            return None
        return self._linked(model, chains()[name])

    def _linked(self, row: Any, link: "Link") -> ColumnElement[bool]:
        """A condition on a row, through as many tables as lie between it and the child.

        row: what has the link's columns as attributes.
        """
        parts = []
        for name in link.columns:
            column = getattr(row, name)
            inside = self._inside(column, link.owner)
            parts.append(or_(column.is_(None), inside) if link.optional else inside)
        return and_(*parts)

    def _inside(self, column: Any, owner: str) -> ColumnElement[bool]:
        if owner == CHILD:
            return self.condition(column)
        table = db.metadata.tables[owner].alias()
        key = next(iter(table.primary_key))
        return column.in_(select(key).where(self._linked(table.c, chains()[owner])))


@dataclass(frozen=True)
class Link:
    """How a table leads towards the child: by which columns, to which table, and if it may not."""

    columns: tuple[str, ...]
    owner: str
    optional: bool


EVERYTHING = Reach()
_reader: ContextVar[Callable[[], Reach] | None] = ContextVar("reader", default=None)
_known: ContextVar[dict[Any, Any] | None] = ContextVar("known", default=None)


@cache
def chains() -> dict[str, Link]:
    """Each table that belongs to a child, by its name, with the shortest way there.

    A way by columns that are always filled goes before a shorter one by a column that may be empty.
    """
    found = {CHILD: Link(("id",), CHILD, False)}
    for optional in (False, True):
        edge = list(found)
        while edge:
            owner = edge.pop(0)
            for name, table in sorted(db.metadata.tables.items()):
                columns = _keys_to(table, owner, optional)
                if columns and name not in found and not table.info.get("open"):
                    found[name] = Link(columns, owner, optional)
                    edge.append(name)
    return found


def _keys_to(table: Table, owner: str, optional: bool) -> tuple[str, ...]:
    """The columns by which a table leads to another: several where it is about several children."""
    keys = [key.parent for key in table.foreign_keys if key.column.table.name == owner]
    return tuple(sorted(c.name for c in keys if bool(c.nullable) is optional))


def table_of(model: Any) -> Table:
    """The table of a mapped class or of an alias of one."""
    return db.inspect(model).mapper.local_table


def children_of(row: Any) -> set[int]:
    """The ids of the children whom a row is about; none for a row about no child."""
    name = row.__tablename__
    if name not in chains():
        return set()
    numbers = {getattr(row, column) for column in chains()[name].columns} - {None}
    while numbers and chains()[name].owner != CHILD:
        name = chains()[name].owner
        table = db.metadata.tables[name]
        columns = [table.c[column] for column in chains()[name].columns]
        key = next(iter(table.primary_key))
        rows = db.session.execute(select(*columns).where(key.in_(numbers)))
        numbers = {number for found in rows for number in found} - {None}
    return numbers


def read_as(reach: Callable[[], Reach]) -> None:
    """Narrow every query to a reach for the rest of this context; it is asked for when needed."""
    _reader.set(reach)
    _known.set({})


def forget_reader() -> None:
    """Narrow no query any longer, at the end of a request."""
    _reader.set(None)
    _known.set(None)


def once(key: Hashable, ask: Callable[[], Answer]) -> Answer:
    """What was asked for already while this request lasts; outside of one it is asked anew."""
    known = _known.get()
    if known is None:
        return ask()
    if key not in known:
        known[key] = ask()
    return known[key]


def current() -> Reach:
    """The reach that queries are narrowed to now."""
    reader = _reader.get()
    return EVERYTHING if reader is None else reader()


@contextmanager
def whole() -> Iterator[None]:
    """Read the whole authority inside the block: for rules, and for work in the background."""
    token = _reader.set(None)
    try:
        yield
    finally:
        _reader.reset(token)


def narrowed(statement: Any) -> Any:
    """A query for whole rows, narrowed to what the reader reaches, or the count of such a query.

    Any other query as it is: a sum over the authority stays one.
    """
    if _reader.get() is None or not isinstance(statement, Select):
        return statement
    for described in statement.column_descriptions:
        model = described.get("entity")
        if model is not None and described["expr"] is model and table_of(model).name in chains():
            clause = current().clause(model)
            statement = statement if clause is None else statement.where(clause)
    return _count_narrowed(statement)


def _count_narrowed(statement: Select) -> Select:
    """`select(count()).select_from(rows.subquery())`, which pages of a list ask, by the rows."""
    [column, *others] = statement.selected_columns
    if others or not isinstance(column, count):
        return statement
    [source] = statement.get_final_froms() if len(statement.get_final_froms()) == 1 else [None]
    if not isinstance(source, Subquery) or not isinstance(source.element, Select):
        return statement
    rows = narrowed(source.element)
    return (
        statement if rows is source.element else select(func.count()).select_from(rows.subquery())
    )


@event.listens_for(Session, "do_orm_execute")
def _narrow(state: ORMExecuteState) -> None:
    if state.is_select and not state.is_column_load and not state.is_relationship_load:
        state.statement = narrowed(state.statement)
