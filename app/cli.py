"""Commands for operators: set up, load, match, serve. Each says what it did, or why it did not."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click
import waitress
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from rich import progress as rich

from app import demonstration, jobs
from app.accounts.roles import Role
from app.accounts.service import open_account
from app.commissioning import policies, trials
from app.commissioning import service as commissioning
from app.commissioning.lifecycle import RunState
from app.commissioning.models.match import MatchRun, RunKind
from app.example import additions as example_additions
from app.example import (
    attendance,
    concerns,
    invoices,
    joining,
    placed,
    placements,
    progress,
    visits,
)
from app.example import enquiries as example_enquiries
from app.example import referrals as example_referrals
from app.kernel import audit
from app.kernel.database import db
from app.kernel.progress import Progress, Report
from app.kernel.rules import RuleBroken, require
from app.supervisor import kept_running
from app.web.formats import money, per_cent, plural
from providers import places
from providers.intake.staging import refused_rows
from providers.models.intake import Intake, IntakeKind
from providers.queries import provider_by_reference
from providers.service import start_framework

OPERATOR = audit.Actor(None, "Command line")
NO_EXAMPLE = (
    "The example county comes with sign-ins whose password everyone knows. "
    "It is not loaded where FAIRPLACE_ENV=production."
)
EXAMPLES = (example_referrals, example_enquiries, example_additions, joining)
DAY = click.DateTime(["%Y-%m-%d", "%d/%m/%Y"])


@contextmanager
def deed(action: str) -> Iterator[None]:
    """Do something in the operator's name, all or nothing; show a refusal as one line."""
    with audit.acting(OPERATOR, action):
        try:
            yield
            db.session.commit()
        except RuleBroken as refusal:
            db.session.rollback()
            raise click.ClickException("\n".join(refusal.reasons)) from refusal


@contextmanager
def bar(title: str) -> Iterator[Report]:
    """A progress bar; on a terminal it moves, in a log it is one line at the end."""
    columns = (
        rich.TextColumn("{task.description}"),
        rich.BarColumn(),
        rich.TaskProgressColumn(),
        rich.TimeElapsedColumn(),
    )
    with rich.Progress(*columns) as shown:
        task = shown.add_task(title, total=1.0)

        def report(progress: Progress) -> None:
            shown.update(task, completed=progress.fraction, description=progress.message)

        yield report


def register(app: Flask) -> None:
    """Add the commands."""
    for command in (
        example,
        framework,
        postcodes,
        accounts,
        intake,
        match,
        serve,
        worker,
    ):
        app.cli.add_command(command)


example = AppGroup("example", help="The example county: invented children and suppliers.")
framework = AppGroup("framework", help="The open framework that providers join.")
postcodes = AppGroup("postcodes", help="Where postcodes lie.")
accounts = AppGroup("accounts", help="Who may sign in.")


@example.command("load")
def load_example() -> None:
    """Load the example county and run a first match; does nothing where data exist."""
    if current_app.config["PRODUCTION"]:
        raise click.ClickException(NO_EXAMPLE)
    if not demonstration.is_empty():
        click.echo("The database has data already; the example was not loaded.")
        return
    with deed("load example"):
        demonstration.load_foundations()
        for kind, path in demonstration.FILES:
            with bar(f"Reading {path.name}") as report:
                _tell(demonstration.load_file(kind, path, report))
        demonstration.open_accounts()
        placed.load()
        attendance.load()
        invoices.load()
        progress.load()
        visits.load()
        concerns.load()
    click.echo("The example is dated: this first match counts free hours of any age.")
    _run_match(confirmed_within_days=None)
    with deed("load example"):
        for part in EXAMPLES:
            part.load()
        placements.load(demonstration.PASSWORD)


@framework.command("start")
@click.option("--reference", required=True)
@click.option("--name", required=True)
@click.option("--starts", type=DAY, required=True)
@click.option("--ends", type=DAY, required=True)
@click.option("--max-value", type=int, help="Whole pounds over the whole term.")
def start(reference: str, name: str, starts: datetime, ends: datetime, max_value: int | None):
    """Start a framework with the standard lots, services and opening price caps."""
    with deed("framework:start"):
        row = start_framework(
            reference=reference,
            name=name,
            starts_on=starts.date(),
            ends_on=ends.date(),
            max_value_pence=None if max_value is None else max_value * 100,
        )
        click.echo(f"{row.name}: {len(row.lots)} lots, {len(row.price_caps)} price caps.")


@postcodes.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def load_postcodes(file: Path) -> None:
    """Load full-precision postcodes (NSPL, ONSPD, Code-Point Open; csv or zip)."""
    with deed("postcodes:load"), bar("Reading postcodes") as report:
        loaded = places.load_postcodes(file, report)
    click.echo(f"{loaded.taken:,} postcodes loaded, {loaded.left_out:,} rows left out.")
    click.echo(f"{loaded.moved:,} homes and sites now have full-precision coordinates.")


@postcodes.command("sectors")
def load_sectors() -> None:
    """Load the postcode sectors that come with the product."""
    with deed("postcodes:load"):
        click.echo(f"{places.load_sectors():,} postcode sectors loaded.")


@accounts.command("open")
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--provider", "provider_reference", help="For a provider's account: its reference.")
@click.password_option(help="At least 12 characters; asked for where it is not given.")
def open_one(email: str, name: str, role: str, provider_reference: str | None, password: str):
    """Open an account."""
    with deed("account:open"):
        provider = provider_reference and provider_by_reference(provider_reference)
        open_account(email=email, name=name, role=Role(role), password=password, provider=provider)
        click.echo(f"{email} can sign in as {Role(role).label}.")


@click.command()
@click.argument("kind", type=click.Choice([kind.value for kind in IntakeKind]))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def intake(kind: str, file: Path) -> None:
    """Take in a spreadsheet: good rows are saved, refused rows listed."""
    with deed("intake:run"), bar(f"Reading {file.name}") as report:
        taken = demonstration.load_file(IntakeKind(kind), file, report)
    _tell(taken)
    for row in refused_rows(taken):
        for fault in row.faults:
            click.echo(f"  row {row.number}, {fault['column']}: {fault['message']}")


@click.command()
@with_appcontext
@click.option("--any-date", is_flag=True, help="Count free hours however old they are.")
@click.option("--again", type=int, metavar="MATCH", help="Repeat a match on its own inputs.")
def match(any_date: bool, again: int | None) -> None:
    """Match every waiting child with open offers now, or a past match again."""
    if again is not None:
        _match_again(again)
        return
    in_force = policies.capacity_days(policies.in_force())
    _run_match(confirmed_within_days=None if any_date else in_force)


@click.command()
@click.option("--host", default="127.0.0.1")
@click.option("--port", default=8000)
@with_appcontext
def serve(host: str, port: int) -> None:
    """Serve the site and work its background jobs, until stopped."""
    try:
        app = current_app._get_current_object()
        server = waitress.create_server(app, host=host, port=port, threads=8, ident="")
    except OSError as taken:
        raise click.ClickException(
            f"Port {port} of {host} cannot be used: {taken.strerror}. "
            f"Choose another, such as --port {port + 1} (make run PORT={port + 1})."
        ) from taken
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
    signal.signal(signal.SIGTERM, _interrupt)
    with kept_running(command):
        click.echo(f"Fairplace is at http://{host}:{port}/")
        for role, email in demonstration.sign_ins():
            click.echo(f"  {role:16} {email:28} {demonstration.PASSWORD}")
        try:
            server.run()
        finally:
            server.close()


def _interrupt(_signal: int, _frame: object) -> None:
    """Take a service manager's stop as Ctrl-C, so that the worker is stopped too."""
    raise KeyboardInterrupt


@click.command()
@with_appcontext
def worker() -> None:
    """Work background jobs until stopped."""
    jobs.work()


def _run_match(confirmed_within_days: int | None) -> None:
    with deed("match:run"):
        run = commissioning.request_match(
            None,
            seconds=current_app.config["MATCH_SECONDS"],
            confirmed_within_days=confirmed_within_days,
        )
    with bar("Matching") as report:
        jobs.run("match", run.id, report)
    _tell_match(db.session.get_one(MatchRun, run.id, populate_existing=True))


def _match_again(match_id: int) -> None:
    """Match a past match's inputs again, and say whether the answer is the same."""
    with deed("match:again"):
        base = db.session.get(MatchRun, match_id)
        require(None if base else f"There is no match {match_id}.")
        trial = commissioning.request_trial(None, RunKind.AGAIN, base)
    with bar("Matching again") as report:
        jobs.run("match", trial.id, report)
    trial = db.session.get_one(MatchRun, trial.id, populate_existing=True)
    _tell_match(trial)
    same = trials.compare(trial).is_the_same
    click.echo("The same result." if same else "Another result; see it side by side on the site.")


def _tell(taken: Intake) -> None:
    """One line on what became of a file; a file that could not be read ends the command."""
    if taken.failure:
        raise click.ClickException(f"{taken.filename}: {taken.failure}")
    click.echo(
        f"{taken.filename}: {taken.new:,} new, {taken.changed:,} changed, "
        f"{taken.unchanged:,} unchanged, {taken.refused:,} refused, {taken.flagged:,} to check."
    )


def _tell_match(run: MatchRun) -> None:
    if run.state is RunState.FAILED:
        raise click.ClickException(run.failure or "The match failed.")
    click.echo(
        f"{run.placed:,} of {plural(run.children, 'child', 'children')} placed, "
        f"{run.hours_placed:,} of {run.hours_asked:,} hours a week, "
        f"{money(run.weekly_cost_pence)} a week; "
        f"at most {per_cent(run.hours_gap, 2)} more hours and "
        f"{per_cent(run.cost_gap, 2)} less cost are possible."
    )
