"""Whether the site can do its work now: its database, at this version; its files; its queue."""

import io
from collections.abc import Callable
from functools import cache

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app

from app.kernel.database import db
from app.web import files
from providers.storage import new_key


def checks() -> dict[str, bool]:
    """Each thing that a request may need, and whether it answers. What is wrong is in the log."""
    return {
        "database": _holds(_database),
        "files": _holds(_files),
        "queue": _holds(_queue),
    }


def _holds(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except Exception:  # whatever is wrong, the answer is the same: not ready
        current_app.logger.exception("Not ready: %s", check.__name__.strip("_"))
        return False


@cache
def _newest_revision(folder: str) -> str | None:
    return ScriptDirectory(folder).get_current_head()


def _database() -> bool:
    newest = _newest_revision(current_app.extensions["migrate"].directory)
    with db.engine.connect() as connection:
        here = MigrationContext.configure(connection).get_current_revision()
    if here != newest:
        current_app.logger.error("Not ready: the database is at %s, not %s", here, newest)
    return here == newest


def _files() -> bool:
    key = new_key()
    files.storage().put(key, io.BytesIO(b"ready?"))
    files.storage().delete(key)
    return True


def _queue() -> bool:
    current_app.extensions["jobs"].pending_count()
    return True
