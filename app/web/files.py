"""Files between the browser and the storage: how one comes in, and how one is given out."""

from collections.abc import Callable

from flask import Flask, Response, abort, current_app, request, send_file
from flask_login import current_user
from werkzeug.datastructures import FileStorage

from app.access import Permission, may
from providers.evidence import Upload
from providers.models.file import StoredFile
from providers.storage import MissingFile, Storage, storage_from

try:
    from boto3 import client as connect
except ImportError:  # an extra, needed only for files in a bucket
    connect = None

LARGEST_READ = 100 * 1024 * 1024
"""Bytes of a request that pages with photographs read, to say what is wrong beside the field."""


def register(app: Flask) -> None:
    """Attach the storage that FILES_URL names. Raises ValueError where it names none."""
    app.extensions["files"] = storage_from(app.config["FILES_URL"], connect)


def take_large(endpoint: str, permission: Permission) -> Callable:
    """Lets a page read a file that is far too large, of those who may send one there at all.

    So the answer stands beside the field, and what else was typed is not lost: a request that is
    cut off before it is read can only be refused whole.
    """

    def allow(asked: str | None, _values: object) -> None:
        if asked == endpoint and may(current_user, permission):
            request.max_content_length = LARGEST_READ

    return allow


def storage() -> Storage:
    """Where this application keeps its files."""
    return current_app.extensions["files"]


def upload(sent: FileStorage) -> Upload:
    """A file from a form as services take it."""
    return Upload(sent.filename or "", sent.stream)


def give(file: StoredFile) -> Response:
    """A kept file, always to be saved and never shown inside the site."""
    try:
        content = storage().open(file.key)
    except MissingFile:
        current_app.logger.error("The file %s (%s) is not in the storage", file.id, file.key)
        abort(404)
    return send_file(
        content, mimetype=file.type.media_type, as_attachment=True, download_name=file.name
    )


def give_or_404(file: StoredFile | None) -> Response:
    """A kept file to be saved; a 404 where none was sent."""
    return abort(404) if file is None else give(file)
