"""Commands of casework, to run daily: the days by which children are owed education."""

import click
from flask import Flask
from flask.cli import AppGroup

from app.children.clocks import reckon_again
from app.cli import deed
from app.web.formats import plural

waiting = AppGroup("waiting", help="Children who wait for provision.")


def register(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(waiting)


@waiting.command("reckon")
def reckon() -> None:
    """Set the day on which provision is due for every child who waits. Run it daily."""
    with deed("referral:reckon"):
        changed = reckon_again()
    click.echo(f"{plural(changed, 'day')} changed.")
