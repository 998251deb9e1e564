"""Words about a child that are kept encrypted: health, risks, views, concerns.

Fernet (AES-128-CBC with HMAC-SHA-256) from the package cryptography. The first key encrypts, all of
them decrypt, so a new key is put in front and `flask data rotate` moves what is there to it. The
audit trail records that such a text changed, and never what it says.
"""

import base64
import hashlib
import json
from collections.abc import Iterable
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import Column, Table, Text, select, update
from sqlalchemy.types import TypeDecorator

from app.kernel.database import db

SHADOW = "(text not shown)"
"""What stands in the audit trail instead of the text."""
ERASED = "Erased"
"""What stands where a text was that is erased and may not be missing."""
ROWS = 500
_ring: list[MultiFernet] = []


class Unreadable(RuntimeError):
    """A text that none of the keys opens: a key is missing from the settings."""


def configure(keys: Iterable[str], fallback: str) -> None:
    """Set the keys, the newest first; without any, one is made from the fallback secret.

    Raises ValueError where a key is not 32 bytes in URL-safe base64.
    """
    listed = [Fernet(key.encode()) for key in keys]
    if not listed:
        made = hashlib.sha256(b"texts about children\n" + fallback.encode()).digest()
        listed = [Fernet(base64.urlsafe_b64encode(made))]
    _ring[:] = [MultiFernet(listed)]


def new_key() -> str:
    """A key for the settings."""
    return Fernet.generate_key().decode()


def seal(text: str) -> str:
    """A text as only our keys open it."""
    return _ring[0].encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """What `seal` was given. Raises Unreadable where none of the keys opens it."""
    try:
        return _ring[0].decrypt(sealed.encode()).decode()
    except InvalidToken as fault:
        raise Unreadable(
            "A text cannot be decrypted: FAIRPLACE_DATA_KEYS lacks the key it was kept with."
        ) from fault


class Secret(TypeDecorator[Any]):
    """What is encrypted in the database. It can't be searched or sorted by.

    erased: what is left of it where the column must hold something.
    """

    impl = Text
    cache_ok = True
    erased: Any = ERASED


class SecretText(Secret):
    """Text that is encrypted in the database.

    length: the most characters that may be kept.
    """

    cache_ok = True

    def __init__(self, length: int) -> None:
        super().__init__()
        self.length = length

    def process_bind_param(self, value: str | None, dialect) -> str | None:
        if value is None:
            return None
        if len(value) > self.length:
            raise ValueError(f"A text of at most {self.length} characters can be kept here.")
        return seal(value)

    def process_result_value(self, value: str | None, dialect) -> str | None:
        return None if value is None else unseal(value)


class SecretJson(Secret):
    """Lists and mappings, as JSON holds them, that are encrypted in the database.

    shape: dict or list, whose empty one is left of it when it is erased. As with JSON, a change
    inside of a value is not noticed: a new value has to be set.
    """

    cache_ok = True

    def __init__(self, shape: type[dict] | type[list] = dict) -> None:
        super().__init__()
        self.shape = shape

    @property
    def erased(self) -> dict | list:
        """The empty one of its shape."""
        return self.shape()

    def process_bind_param(self, value: Any, dialect) -> str | None:
        if value is None:
            return None
        return seal(json.dumps(value, ensure_ascii=False, separators=(",", ":")))

    def process_result_value(self, value: str | None, dialect) -> Any:
        return None if value is None else json.loads(unseal(value))


def secret_columns() -> list[tuple[Table, Column]]:
    """Every column that is kept encrypted."""
    return [
        (table, column)
        for table in db.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Secret)
    ]


def rotate() -> int:
    """Encrypt every text anew with the first key; returns how many there were.

    What a text says does not change, so the audit trail has nothing to tell.
    """
    done = 0
    for table, column in secret_columns():
        [key] = table.primary_key.columns
        ids = db.session.scalars(select(key).where(column.is_not(None))).all()
        for start in range(0, len(ids), ROWS):
            some = key.in_(ids[start : start + ROWS])
            for number, text in db.session.execute(select(key, column).where(some)).all():
                db.session.connection().execute(
                    update(table).where(key == number).values({column.name: text})
                )
                done += 1
    return done
