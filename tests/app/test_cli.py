"""The commands of an operator: what they do, what they say, and what they refuse."""

import socket
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.accounts.models import User
from app.accounts.roles import Role
from app.commissioning.models.match import MatchRun
from app.demonstration import EXAMPLE
from app.kernel.audit import AuditEvent
from app.kernel.database import db
from providers.models.framework import Framework, PriceCap
from providers.models.offer import Offer
from providers.models.place import Postcode
from tests.providers.intake.builders import OFFER, TODAY, csv_file

FRAMEWORK = (
    "framework start --reference HC-1 --name Framework --starts 2025-02-01 --ends 31/08/2029"
)
ACCOUNT = "accounts open --email Ada@Example.org --name Ada --role send_officer"
PASSWORD = "a long enough password"


@pytest.fixture(autouse=True)
def on_the_day(time_machine):
    time_machine.move_to(TODAY)


@pytest.fixture
def run(app):
    """Runs a command as it would be typed, and gives its result."""
    runner = app.test_cli_runner()

    def run_one(command: str, *more: str):
        return runner.invoke(args=[*command.split(), *more])

    return run_one


def ask(app, statement):
    with app.app_context():
        return db.session.scalar(statement)


@pytest.fixture
def sheet(tmp_path):
    """Writes a supplier tool of rows; gives its path."""

    def write(*rows: dict[str, str]) -> Path:
        path = tmp_path / "tool.csv"
        content = csv_file([list(OFFER), *(row.values() for row in rows)])
        path.write_bytes(content.getvalue())
        return path

    return write


def test_a_framework_is_started_with_its_lots_and_caps(app, run):
    result = run(FRAMEWORK, "--max-value", "160000000")
    assert result.exit_code == 0, result.output
    assert "Framework: 3 lots" in result.output
    assert ask(app, select(Framework.max_value_pence)) == 160_000_000_00
    assert ask(app, select(func.count(PriceCap.id))) > 0
    assert ask(app, select(AuditEvent.actor_name).limit(1)) == "Command line"


def test_a_second_framework_of_the_same_reference_is_refused_in_one_line(app, run):
    run(FRAMEWORK)
    result = run(FRAMEWORK)
    assert result.exit_code == 1
    assert result.output == "Error: A framework with reference HC-1 exists already.\n"
    assert ask(app, select(func.count(Framework.id))) == 1


def test_a_framework_that_ends_before_it_starts_is_refused(app, run):
    result = run(FRAMEWORK.replace("2025-02-01", "2030-02-01"))
    assert "must end after it starts" in result.output
    assert ask(app, select(func.count(Framework.id))) == 0


def test_the_shipped_sectors_are_loaded_once_however_often(app, run):
    for _time in range(2):
        assert "postcode sectors loaded" in run("postcodes sectors").output
    held = ask(app, select(func.count()).select_from(Postcode))
    assert held > 9_000


def test_published_postcodes_are_loaded_and_counted(app, run, tmp_path):
    file = tmp_path / "postcodes.csv"
    file.write_text("Postcode,lat,long\nSO23 8UJ,51.0632,-1.308\nnowhere,0,0\n")
    result = run("postcodes load", str(file))
    assert result.exit_code == 0, result.output
    assert "1 postcodes loaded, 1 rows left out." in result.output


def test_a_file_that_is_no_postcodes_is_refused(app, run, tmp_path):
    file = tmp_path / "other.csv"
    file.write_text("Name,Town\nOak,Winchester\n")
    result = run("postcodes load", str(file))
    assert result.exit_code == 1
    assert "Error: " in result.output
    assert ask(app, select(func.count()).select_from(Postcode)) == 0


def test_an_account_is_opened_for_an_address_in_small_letters(app, run):
    result = run(ACCOUNT, "--password", PASSWORD)
    assert result.exit_code == 0, result.output
    assert ask(app, select(User.email)) == "ada@example.org"
    assert ask(app, select(User.role)) is Role.SEND_OFFICER
    assert PASSWORD not in result.output


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (f"{ACCOUNT} --password short", "at least 12 characters"),
        (
            "accounts open --email ada --name A --role finance --password long-enough-pass",
            "email address such as",
        ),
        (f"{ACCOUNT} --provider SUP9 --password long-enough-pass", "There is no provider SUP9"),
        (
            "accounts open --email a@example.org --name A --role provider --password long-enough-p",
            "needs the provider",
        ),
    ],
)
def test_an_account_that_could_not_be_used_safely_is_refused(sqlite_app, command, words):
    result = sqlite_app.test_cli_runner().invoke(args=command.split())
    assert result.exit_code == 1, result.output
    assert words in result.output
    assert ask(sqlite_app, select(func.count(User.id))) == 0


def test_an_address_has_one_account(app, run):
    run(ACCOUNT, "--password", PASSWORD)
    result = run(ACCOUNT, "--password", PASSWORD)
    assert result.exit_code == 1
    assert "exists already" in result.output


def test_a_spreadsheet_is_taken_and_its_refused_rows_are_listed(app, run, sheet):
    run(FRAMEWORK)
    run("postcodes sectors")
    path = sheet(OFFER, OFFER | {"Supplier ref": "SUP0002", "Ages": "16-11"})
    result = run("intake supplier_tool", str(path))
    assert result.exit_code == 0, result.output
    assert "tool.csv: 1 new, 0 changed, 0 unchanged, 1 refused, 0 to check." in result.output
    assert "row 3, Ages: “16-11” runs from 16 down to 11" in result.output
    again = run("intake supplier_tool", str(path))
    assert "0 new, 0 changed, 1 unchanged, 1 refused" in again.output
    assert ask(app, select(func.count(Offer.id))) == 1


def test_a_spreadsheet_that_cannot_be_read_ends_the_command_with_the_reason(run, tmp_path):
    path = tmp_path / "letter.pdf"
    path.write_bytes(b"%PDF-1.7")
    result = run("intake supplier_tool", str(path))
    assert result.exit_code == 1
    assert "letter.pdf: The file is a PDF document" in result.output


def test_a_match_of_nobody_says_so(app, run):
    result = run("match")
    assert result.exit_code == 0, result.output
    assert "0 of 0 children placed" in result.output
    assert ask(app, select(MatchRun.requested_by)) == "Command line"


def test_the_example_is_not_loaded_over_data(app, run):
    run(FRAMEWORK)
    result = run("example load")
    assert result.exit_code == 0
    assert "the example was not loaded" in result.output
    assert ask(app, select(func.count(User.id))) == 0


def test_the_example_and_its_well_known_passwords_are_kept_out_of_production(sqlite_app):
    sqlite_app.config["PRODUCTION"] = True
    result = sqlite_app.test_cli_runner().invoke(args=["example", "load"])
    assert result.exit_code == 1
    assert "FAIRPLACE_ENV=production" in result.output
    assert ask(sqlite_app, select(func.count(Framework.id))) == 0


def test_a_port_that_is_taken_is_told_in_one_line_with_what_to_do(sqlite_app):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = sqlite_app.test_cli_runner().invoke(args=["serve", "--port", str(port)])
    assert result.exit_code == 1
    assert f"Port {port} of 127.0.0.1 cannot be used" in result.output
    assert f"PORT={port + 1}" in result.output


def test_the_files_of_the_example_are_there():
    assert (EXAMPLE / "supplier_tool.xlsx").exists()
    assert (EXAMPLE / "children_awaiting.csv").exists()
