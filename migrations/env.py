"""How Alembic runs here: on the application's own engine, with its metadata."""

from alembic import context
from flask import current_app

from app.kernel.database import Moment, db
from app.kernel.secret import Secret


def plainly(kind: str, item: object, _context: object) -> str | bool:
    """Write our own column types as what the database holds, so revisions stand alone."""
    if kind == "type" and isinstance(item, Moment):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Secret):
        return "sa.Text()"
    return False


SETTINGS = {
    "render_item": plainly,
    "target_metadata": db.metadata,
    "render_as_batch": True,  # SQLite alters a table by rebuilding it
    "compare_type": True,
    "compare_server_default": True,
}


def run_offline() -> None:
    """Write the SQL instead of running it."""
    url = current_app.config["SQLALCHEMY_DATABASE_URI"]
    context.configure(url=url, literal_binds=True, **SETTINGS)
    with context.begin_transaction():
        context.run_migrations()


def run_online() -> None:
    """Run on the application's database; a failed migration leaves it as it was."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        context.configure(connection=connection, **SETTINGS)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


if context.is_offline_mode():
    run_offline()
else:
    run_online()
