"""Where files lie: a folder by default, or a bucket of any S3-compatible service by setting.

Files belong to the transaction that keeps them: a rollback removes what it had stored.
"""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, Protocol
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from sqlalchemy import event
from sqlalchemy.orm import Session

from app.kernel.database import db

KEY = re.compile(r"^[0-9a-f]{2}/[0-9a-f]{32}$")


class MissingFile(LookupError):
    """A file that should be in the storage and is not; a fault of the installation."""


class Storage(Protocol):
    """A place for files by key, never by a name that somebody chose."""

    def put(self, key: str, content: BinaryIO) -> None:
        """Keep a file's content, read from where the stream stands."""

    def open(self, key: str) -> BinaryIO:
        """A file's content, to be closed by the caller. Raises MissingFile."""

    def delete(self, key: str) -> None:
        """Remove a file; nothing happens where there is none."""


class FolderStorage:
    """Files in a folder of this machine, outside of what the web server shows."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, key: str, content: BinaryIO) -> None:
        """Write the file whole before it is seen under its key."""
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        with part.open("wb") as target:
            shutil.copyfileobj(content, target)
        part.replace(path)

    def open(self, key: str) -> BinaryIO:
        """Open the file. Raises MissingFile."""
        try:
            return self._path(key).open("rb")
        except FileNotFoundError as absent:
            raise MissingFile(key) from absent

    def delete(self, key: str) -> None:
        """Remove the file."""
        self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        if not KEY.match(key):
            raise ValueError(f"{key!r} is not the key of a file.")
        return self._folder / key


class BucketStorage:
    """Files in a bucket, through boto3's client for S3 or a service that speaks as it does."""

    def __init__(self, client: Any, bucket: str, prefix: str = "") -> None:
        self._client, self._bucket, self._prefix = client, bucket, prefix

    def put(self, key: str, content: BinaryIO) -> None:
        """Send the file."""
        self._client.put_object(Bucket=self._bucket, Key=self._name(key), Body=content.read())

    def open(self, key: str) -> BinaryIO:
        """Fetch the file. Raises MissingFile."""
        try:
            return self._client.get_object(Bucket=self._bucket, Key=self._name(key))["Body"]
        except self._client.exceptions.NoSuchKey as absent:
            raise MissingFile(key) from absent

    def delete(self, key: str) -> None:
        """Remove the file."""
        self._client.delete_object(Bucket=self._bucket, Key=self._name(key))

    def _name(self, key: str) -> str:
        if not KEY.match(key):
            raise ValueError(f"{key!r} is not the key of a file.")
        return self._prefix + key


def storage_from(url: str, connect: Callable[..., Any] | None = None) -> Storage:
    """The storage that a setting names.

    url: "folder:///absolute/path", or "s3://bucket/prefix/?endpoint_url=…&region_name=…".
    connect: makes the client of a bucket, as `boto3.client`; credentials come from where it looks
    for them. Raises ValueError for any other address, or a bucket without a way to connect.
    """
    parts = urlsplit(url)
    if parts.scheme == "folder" and parts.path:
        return FolderStorage(Path(parts.path))
    if parts.scheme == "s3" and parts.netloc:
        if connect is None:
            raise ValueError("Files in a bucket need the package boto3: install fairplace[s3].")
        options = {name: values[0] for name, values in parse_qs(parts.query).items()}
        return BucketStorage(connect("s3", **options), parts.netloc, parts.path.lstrip("/"))
    raise ValueError(f"{url!r} names no storage: use folder:///… or s3://….")


def new_key() -> str:
    """A key that nobody can guess and no other file has."""
    name = uuid4().hex
    return f"{name[:2]}/{name}"


def keep(storage: Storage, content: BinaryIO) -> str:
    """Store a file within the present transaction; returns its key."""
    key = new_key()
    db.session.connection()  # so that there is a transaction, whose end is told
    db.session().info.setdefault("files-stored", []).append((storage, key))
    storage.put(key, content)
    return key


@event.listens_for(Session, "after_commit")
def _settle(session: Session) -> None:
    if session.in_nested_transaction():  # a savepoint is not the end
        return
    session.info.pop("files-stored", None)


@event.listens_for(Session, "after_rollback")
def _undo(session: Session) -> None:
    if session.in_nested_transaction():
        return
    for storage, key in session.info.pop("files-stored", ()):
        storage.delete(key)
