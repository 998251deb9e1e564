"""Commands of casework, to run daily or hourly: due days of children, reminders of enquiries."""

import click
from flask import Flask
from flask.cli import AppGroup

from app.children.clocks import reckon_again
from app.cli import deed
from app.commissioning.enquiries import service as enquiries_service
from app.web.formats import plural

waiting = AppGroup("waiting", help="Children who wait for provision.")
enquiries = AppGroup("enquiries", help="What providers are asked about children.")


def register(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(waiting)
    app.cli.add_command(enquiries)


@waiting.command("reckon")
def reckon() -> None:
    """Set the day on which provision is due for every child who waits. Run it daily."""
    with deed("referral:reckon"):
        changed = reckon_again()
    click.echo(f"{plural(changed, 'day')} changed.")


@enquiries.command("chase")
def chase() -> None:
    """Remind providers, tell officers whose time has run out, close what is needless. Hourly."""
    with deed("enquiry:chase"):
        reminded, escalated, closed = enquiries_service.chase()
    click.echo(
        f"{plural(reminded, 'reminder')} sent, {plural(escalated, 'person', 'people')} told of"
        f" time that has run out, {plural(closed, 'enquiry', 'enquiries')} closed."
    )
