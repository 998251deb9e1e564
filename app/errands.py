"""Commands that keep the directory true: ask what is free, settle commitments, load schools."""

from datetime import datetime
from pathlib import Path

import click
from flask import Flask
from flask.cli import AppGroup

from app import mail
from app.accounts.people import addresses_of
from app.cli import DAY, OPERATOR, bar, deed
from app.kernel.clock import today
from app.web.formats import plural
from app.web.letters import capacity_letter
from providers import commitments as service
from providers import confirmations, gias, uplifts
from providers.models.provider import Provider

capacity = AppGroup("capacity", help="What providers have free.")
prices = AppGroup("prices", help="What offers cost.")
commitments = AppGroup("commitments", help="Room at offers that is promised.")
schools = AppGroup("schools", help="The national register of schools.")


def register(app: Flask) -> None:
    """Add the commands."""
    for command in (capacity, prices, commitments, schools):
        app.cli.add_command(command)


@prices.command("change")
@click.option("--on", "day", type=DAY, help="The day to judge by; today unless given.")
def change_prices(day: datetime | None) -> None:
    """Put prices in force that were accepted in a yearly round, once their day has come.

    Run it daily, soon after midnight.
    """
    with deed("uplift:apply"):
        changed, returned = uplifts.put_in_force(day.date() if day else today(), by=OPERATOR)
    click.echo(f"{plural(changed, 'price')} changed, {returned} returned to the provider.")


@capacity.command("ask")
def ask() -> None:
    """Write to every provider whose figures are stale, with a link that confirms them.

    Run it daily: a provider that does not answer is asked again after a week.
    """
    asked = 0
    for provider in confirmations.to_ask(today()):
        asked += _ask(provider)
    click.echo(f"{plural(asked, 'provider')} asked.")


def _ask(provider: Provider) -> bool:
    """Ask one provider, in a transaction of its own, so that one failure stops no other."""
    reference, addresses = provider.reference, addresses_of(provider)
    if not addresses:
        click.echo(f"{reference} has no email address. Invite somebody, or ask by telephone.")
        return False
    try:
        with deed("capacity:ask"):
            question = confirmations.ask(provider)
            for address in addresses:
                mail.send(capacity_letter(question, address))
    except click.ClickException as failure:
        click.echo(f"{reference} could not be asked. {failure.message}")
        return False
    return True


@commitments.command("settle")
@click.option("--on", "day", type=DAY, help="The day to judge by; today unless given.")
def settle(day: datetime | None) -> None:
    """Start commitments whose first day has come, end those whose last day has passed."""
    with deed("commitment:settle"):
        begun, over = service.settle(day.date() if day else today())
    click.echo(f"{plural(begun, 'commitment')} started, {plural(over, 'commitment')} ended.")


@schools.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def load_schools(file: Path) -> None:
    """Load the national register (edubasealldata….csv, or the zip that holds it)."""
    with deed("school:load"), bar("Reading the register") as report:
        load = gias.load_schools(file, file.name, report)
    click.echo(
        f"{load.new:,} new, {load.changed:,} changed, {load.closed:,} closed, "
        f"{load.unchanged:,} unchanged; {load.left_out:,} of other kinds, {load.faulty:,} faulty."
    )
    for provider, claim in gias.claims():
        if claim.finding.is_doubtful:
            click.echo(f"  {provider.reference} {provider.name}: {claim.text}")
