"""What an address and a form may hold, so that the database is never asked what it cannot take."""

from flask import Flask, abort, request
from werkzeug.routing import IntegerConverter, Map

LARGEST = 2**31 - 1
"""The largest number that a row, or a page of a list, can have."""


class RowNumber(IntegerConverter):
    """A whole number in an address; one that no row can have is an address that is not found."""

    def __init__(self, map: Map, *arguments, **options) -> None:
        super().__init__(map, *arguments, **{"max": LARGEST} | options)


def register(app: Flask) -> None:
    """Use such numbers in every address, and refuse what nobody can have meant."""
    app.url_map.converters["int"] = RowNumber

    @app.before_request
    def refuse_unreadable() -> None:
        page = request.args.get("page", type=int)
        if page is not None and page > LARGEST:
            abort(404)
        written = (*request.args.items(multi=True), *request.form.items(multi=True))
        if any("\0" in value for pair in written for value in pair):
            abort(400)
