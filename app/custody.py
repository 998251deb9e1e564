"""Commands that guard what is kept: check the audit trail, back everything up, restore it."""

from datetime import datetime
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import text

from app import backup
from app.children import retention
from app.children.retention import Schedule
from app.cli import DAY, bar, deed
from app.kernel import seals, secret
from app.kernel.clock import today
from app.kernel.database import db
from app.kernel.rules import RuleBroken
from app.web.formats import plural

PROTECTED = ("audit_event", "audit_seal")

audit = AppGroup("audit", help="The audit trail.")
data = AppGroup("data", help="Texts about children that are kept encrypted.")


def register(app: Flask) -> None:
    """Add the commands."""
    for command in (audit, data, back_up, restore):
        app.cli.add_command(command)


def _noted(_context, _parameter, values: tuple[str, ...]) -> list[tuple[int, str]]:
    try:
        pairs = [value.partition(":") for value in values]
        return [(int(number), digest) for number, _, digest in pairs]
    except ValueError as fault:
        raise click.BadParameter("Give a seal as NUMBER:DIGEST.") from fault


@audit.command("verify")
@click.option("--noted", multiple=True, callback=_noted, metavar="NUMBER:DIGEST")
def verify(noted: list[tuple[int, str]]) -> None:
    """Check that no entry of the trail was changed, taken out or slipped in.

    Note the last line somewhere else, and give it back as --noted another day: so a trail whose
    end was cut off shows too. Ends with an error where anything is wrong.
    """
    found = seals.verify(noted)
    for fault in found.faults:
        click.echo(f"FAULT  {fault.text}")
    click.echo(
        f"{plural(found.entries, 'entry', 'entries')} under {plural(found.seals, 'seal')}; "
        f"the content of {found.erased:,} was erased by retention."
    )
    if found.newest:
        click.echo(f"Newest good seal: {found.newest[0]}:{found.newest[1]}")
    if found.faults:
        raise click.ClickException("The audit trail is not whole.")
    click.echo("The audit trail is whole.")


@audit.command("grant")
@click.argument("role")
def grant(role: str) -> None:
    """Give a PostgreSQL role what the site needs, with the trail to read and to add to alone.

    Run it as the owner of the tables, after each `flask db upgrade`; the site then signs in to
    the database as that role, which can neither change nor empty the trail.
    """
    if db.engine.dialect.name != "postgresql":
        raise click.ClickException("Only PostgreSQL has roles; SQLite’s triggers guard the trail.")
    quoted = db.engine.dialect.identifier_preparer.quote(role)
    with db.engine.begin() as connection:
        for statement in (
            "GRANT USAGE ON SCHEMA public TO {role}",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
            f"REVOKE UPDATE, DELETE, TRUNCATE ON {', '.join(PROTECTED)} FROM {{role}}",
        ):
            connection.execute(text(statement.format(role=quoted)))
    click.echo(f"{role} may use every table, and only read and add to {' and '.join(PROTECTED)}.")


@data.command("retain")
@click.option("--on", "day", type=DAY, help="The day to judge by; today unless given.")
@click.option("--child-years", default=Schedule.child_years, show_default=True)
@click.option("--intake-days", default=Schedule.intake_days, show_default=True)
@click.option("--look-years", default=Schedule.look_years, show_default=True)
@click.option("--hold-days", default=Schedule.hold_days, show_default=True)
@click.option("--apply", "really", is_flag=True, help="Erase; without it, only list.")
def retain(
    day: datetime | None,
    child_years: int,
    intake_days: int,
    look_years: int,
    hold_days: int,
    really: bool,
) -> None:
    """List what is past its time; with --apply, erase it. Figures and money stay as they were.

    Back up first: what is erased is gone.
    """
    schedule = Schedule(child_years, intake_days, look_years, hold_days)
    on = day.date() if day else today()
    with deed("data:retain"):
        found = retention.erase_due(schedule, on) if really else retention.due(schedule, on)
    for part in found:
        click.echo(f"{part.count:,} {part.what}")
        for name in part.which:
            click.echo(f"  {name}")
    click.echo("Erased." if really else "Nothing was changed. Add --apply to erase.")


@data.command("new-key")
def new_key() -> None:
    """Print a key for FAIRPLACE_DATA_KEYS."""
    click.echo(secret.new_key())


@data.command("rotate")
def rotate() -> None:
    """Encrypt every text anew with the first key of FAIRPLACE_DATA_KEYS.

    Put a new key in front of the old ones, restart the site and the worker, run this, then take
    the old keys away.
    """
    done = secret.rotate()
    db.session.commit()
    click.echo(f"{plural(done, 'text')} encrypted with the first key.")


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def back_up(file: Path) -> None:
    """Write the database and every document into one archive; safe while the site runs."""
    try:
        with bar("Backing up") as report:
            made = backup.back_up(file, current_app.extensions["files"], report)
    except RuleBroken as refusal:
        raise click.ClickException(str(refusal)) from refusal
    _tell(made, "backed up")
    for key in made.missing:
        click.echo(f"  a document is missing from the storage: {key}")
    click.echo("Keep it as safely as the system itself, and keep the two secrets with it.")


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def restore(file: Path) -> None:
    """Fill an empty system, of either engine, from a backup, and compare them row by row.

    Run `flask db upgrade` on the new database first.
    """
    try:
        with bar("Restoring") as report:
            made = backup.restore(file, current_app.extensions["files"], report)
    except RuleBroken as refusal:
        raise click.ClickException("\n".join(refusal.reasons)) from refusal
    _tell(made, "restored and compared: no difference")
    found = seals.verify()
    click.echo("The audit trail is whole." if not found.faults else "The audit trail has faults.")


def _tell(made: backup.Contents, done: str) -> None:
    click.echo(
        f"{plural(made.rows, 'row')} of {plural(len(made.tables), 'table')} and "
        f"{plural(made.files, 'document')} {done} (revision {made.revision})."
    )
