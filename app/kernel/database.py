"""The database: one `db`, named constraints, and the column types that every table shares.

SQLite serves a single machine, PostgreSQL production; nothing above this file knows which.
"""

import sqlite3
from datetime import UTC, datetime
from enum import StrEnum

import psycopg
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Engine, Enum, MetaData, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, ORMExecuteState, Session
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every table's base: constraints get names, so that migrations can speak of them."""

    metadata = MetaData(naming_convention=NAMING)


db = SQLAlchemy(model_class=Base, disable_autonaming=True)


class Moment(TypeDecorator[datetime]):
    """An aware moment, kept in UTC on both engines (SQLite itself forgets the zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value, dialect):
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment needs a time zone: use app.kernel.clock.now().")
        return value.astimezone(UTC)

    def process_result_value(self, value, dialect):
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def refusal_of(fault: DBAPIError) -> str:
    """What a database says as it refuses a row: the constraint, without the row.

    PostgreSQL quotes the values in the lines below the first.
    """
    return str(fault.orig).partition("\n")[0]


def choice(kind: type[StrEnum], name: str) -> Enum:
    """A column type that holds the values of an enum, with a CHECK constraint of that name."""
    return Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        validate_strings=True,
        length=40,
        values_callable=lambda members: [member.value for member in members],
    )


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection, _record) -> None:
    """Make SQLite keep foreign keys, read while another writes, and wait for its turn."""
    if not isinstance(connection, sqlite3.Connection):
        return
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA busy_timeout = 30000")
    cursor.close()


@event.listens_for(Session, "do_orm_execute")
def _lock_on_sqlite(context: ORMExecuteState) -> None:
    """Let `with_for_update` lock on SQLite too, which has no locks on rows.

    The one write lock of the file is taken before the row is read, so what was read still holds
    when it is changed. PostgreSQL locks the row itself.
    """
    if getattr(context.statement, "_for_update_arg", None) is None:
        return
    connection = context.session.connection(bind_arguments=context.bind_arguments)
    driver = connection.connection.dbapi_connection
    if isinstance(driver, sqlite3.Connection) and not driver.in_transaction:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


@event.listens_for(Engine, "connect")
def _prepare_postgresql(connection, _record) -> None:
    """Make PostgreSQL plan each statement for the values it comes with.

    A plan that serves any values alike takes twice as long for a search, since how many offers
    meet a need, or how many providers are approved, decides where to begin.
    """
    if not isinstance(connection, psycopg.Connection):
        return
    connection.execute("SET plan_cache_mode = force_custom_plan")
    connection.commit()
