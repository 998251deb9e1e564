"""Commands that keep the directory true: ask what is free, settle commitments, load schools."""

from datetime import datetime
from pathlib import Path
from typing import TextIO

import click
from flask import Flask
from flask.cli import AppGroup

from app import mail, post
from app.accounts.council import leave, not_among
from app.accounts.people import addresses_of
from app.cli import DAY, OPERATOR, accounts, bar, deed
from app.commissioning.attendance import queries as registers
from app.commissioning.placements import running
from app.commissioning.progress import reviews as held_reviews
from app.kernel.clock import today
from app.kernel.database import db
from app.kernel.rules import require
from app.notices import outbox
from app.notices.topics import Topic
from app.visits import actions, consequences
from app.visits.cycles import cycle_in_force
from app.visits.queries import worklist
from app.web.formats import plural
from app.web.letters import capacity_letter, evidence_letter
from app.web.placement_notices import tell_officer
from providers import commitments as service
from providers import confirmations, gias, uplifts
from providers.models.provider import Provider
from providers.renewals import NEVER_SENT, Renewal, of_today, renewals

capacity = AppGroup("capacity", help="What providers have free.")
evidence = AppGroup("evidence", help="What proves that providers are safe to use.")
prices = AppGroup("prices", help="What offers cost.")
commitments = AppGroup("commitments", help="Room at offers that is promised.")
visits = AppGroup("visits", help="Quality visits and what follows from them.")
reviews = AppGroup("reviews", help="Reviews of placements.")
attendance = AppGroup("attendance", help="Registers of attendance.")
placements = AppGroup("placements", help="Placements that were awarded.")
schools = AppGroup("schools", help="The national register of schools.")
notices = AppGroup("notices", help="What people are told.")


LEFT_AT_MOST = 20


def register(app: Flask) -> None:
    """Add the commands."""
    for command in (
        capacity,
        evidence,
        prices,
        commitments,
        reviews,
        attendance,
        placements,
        schools,
        visits,
        notices,
    ):
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


@evidence.command("remind")
@click.option("--on", "day", type=DAY, help="The day to judge by; today unless given.")
@click.option("--send", is_flag=True, help="Write to the providers whom it concerns today.")
def remind(day: datetime | None, send: bool) -> None:
    """List what evidence falls due; with --send, run daily, write to the providers.

    A provider is written to on the day on which an item enters a warning time (60, 30 and 7
    days before it runs out), and on the day after it ran out.
    """
    due = [i for i in renewals(day.date() if day else today()) if i.within != NEVER_SENT]
    for item in due:
        click.echo(f"{item.provider.reference}\t{item.provider.name}\t{item.text}")
    click.echo(f"{plural(len(due), 'item')} of evidence due.")
    if send:
        told = [_remind(*pair) for pair in of_today(due).items()]
        click.echo(f"{plural(sum(told), 'message')} sent.")


def _remind(provider: Provider, items: list[Renewal]) -> int:
    """Write to a provider's people about what falls due; returns how many messages were sent."""
    addresses = addresses_of(provider)
    if not addresses:
        click.echo(f"{provider.reference} has no email address. Tell it by telephone.")
    for address in addresses:
        mail.send(evidence_letter(provider, [item.text for item in items], address))
    return len(addresses)


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


@reviews.command("remind")
@click.option("--on", "day", type=DAY, help="The day to judge by; today unless given.")
def remind_of_reviews(day: datetime | None) -> None:
    """Tell officers of reviews that are due, and the AP lead of those long overdue. Daily."""
    with deed("reviews:remind"):
        due, overdue = held_reviews.remind(day.date() if day else today())
    click.echo(f"{plural(due, 'review')} due, {overdue} overdue.")


@attendance.command("remind")
@click.option("--on", "day", type=DAY, help="The day to judge by; today unless given.")
def remind_of_registers(day: datetime | None) -> None:
    """Tell providers whose registers are missing. Run it daily, in the morning."""
    with deed("attendance:remind"):
        behind = registers.remind(day.date() if day else today())
    click.echo(f"{plural(behind, 'provider')} told of missing registers.")


@placements.command("start")
@click.option("--on", "day", type=DAY, help="The day to judge by; today unless given.")
def start_placements(day: datetime | None) -> None:
    """Start placements whose first day has come; name those that lack something. Run it daily."""
    with deed("placement:start"):
        started, held = running.start_due(day.date() if day else today())
        for each in held:
            click.echo(f"{each.placement.reference}: {' '.join(each.reasons)}")
            tell_officer(each.placement, Topic.PLAN_NEEDED, "held")
    click.echo(f"{plural(len(started), 'placement')} started, {len(held)} cannot start yet.")


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


@visits.command("escalate")
@click.option("--on", "day", type=DAY, help="The day to judge by; today unless given.")
def escalate_actions(day: datetime | None) -> None:
    """List overdue actions from quality visits, and tell those who must act. Run it daily."""
    on = day.date() if day else today()
    with deed("visit:escalate"):
        told = actions.escalate(on)
        for action in told:
            provider = action.visit.provider
            what = "critical action" if action.critical else "action"
            late = plural((on - action.due_on).days, "day")
            click.echo(f"{provider.reference}\t{provider.name}\t{what} overdue by {late}")
    click.echo(f"{plural(len(told), 'overdue action')} escalated.")


@visits.command("stop")
@click.option("--on", "day", type=DAY, help="The day to judge by; today unless given.")
def stop_placements(day: datetime | None) -> None:
    """Stop new placements where a critical action is overdue or no initial visit was made.

    Run it daily, early in the morning.
    """
    with deed("visit:stop"):
        imposed = consequences.check(day.date() if day else today())
        for stop in imposed:
            click.echo(f"{stop.provider.reference}\t{stop.provider.name}\t{stop.cause.label}")
    click.echo(f"{plural(len(imposed), 'stop')} imposed.")


@visits.command("due")
@click.option("--on", "day", type=DAY, help="The day to judge by; today unless given.")
def due_visits(day: datetime | None) -> None:
    """List the providers whose quality visit is due or overdue, each with its reasons."""
    on = day.date() if day else today()
    late = [each for each in worklist(on, cycle_in_force()) if each.due.due_on <= on]
    for each in late:
        when = f"{each.due.kind.label} due {each.due.due_on:%d/%m/%Y}"
        click.echo(f"{each.provider.reference}\t{each.provider.name}\t{when}")
        for reason in (*each.due.reasons, *each.due.risks):
            click.echo(f"  {reason}")
    click.echo(f"{plural(len(late), 'visit')} due.")


@notices.command("send")
def send_notices() -> None:
    """Send every notice that is due now; the background worker does the same each minute."""
    click.echo(f"{plural(post.deliver(), 'letter')} sent.")


@notices.command("failed")
@click.option("--send-again", is_flag=True, help="Queue them once more, with all attempts.")
def failed_notices(send_again: bool) -> None:
    """List the notices whose letters could not be sent, and why."""
    rows = outbox.given_up()
    for row in rows:
        click.echo(f"{row.id}\t{row.user.email}\t{row.topic.subject}\t{row.fault}")
    click.echo(f"{plural(len(rows), 'notice')} could not be sent.")
    if send_again and rows:
        outbox.send_again(rows)
        db.session.commit()
        click.echo("They were queued again.")


@accounts.command("reconcile")
@click.argument("file", type=click.File(encoding="utf-8-sig"))
@click.option("--close", is_flag=True, help="Close the accounts that are listed.")
@click.option("--at-most", default=LEFT_AT_MOST, show_default=True, help="Refuse to close more.")
def reconcile(file: TextIO, close: bool, at_most: int) -> None:
    """List, and with --close close, accounts of people who no longer work at the council.

    FILE is exported from the council's directory: an email address or subject a line, of everyone
    in a group that may use Fairplace. Accounts with a password are left alone. An empty file, or
    one that would close many, is more likely a broken export than a mass departure.
    """
    there = [line.strip().strip('"') for line in file if line.strip()]
    with deed("account:reconcile"):
        gone = not_among(there)
        for identity in gone:
            click.echo(f"{identity.user.email}\t{identity.user.role.label}")
        require(
            None if there else "The file names nobody.",
            f"{len(gone)} accounts would be closed, more than --at-most {at_most}."
            if close and len(gone) > at_most
            else None,
        )
        for identity in gone if close else ():
            leave(identity)
    click.echo(f"{plural(len(gone), 'account')} {'closed' if close else 'to close'}.")
