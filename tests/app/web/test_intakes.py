"""Spreadsheets through the pages: sent, looked at, accepted, corrected and sent again."""

import io
from datetime import UTC, datetime

import openpyxl
import pytest
from sqlalchemy import func, select

from app.accounts.roles import Role
from app.kernel import audit
from app.kernel.database import db
from providers.models.intake import Intake, IntakeKind, IntakeRow, IntakeState
from providers.models.offer import Offer
from providers.models.provider import Provider
from tests.app.web.visitors import signed_in
from tests.conftest import TESTER
from tests.factories.places import a_mapped_county
from tests.providers.intake.builders import OFFER, TODAY, csv_file

WRONG = OFFER | {"Supplier ref": "SUP0002", "Supplier name": "O'Neil & Søn", "Ages": "16-11"}
FLAGGED = OFFER | {"Supplier ref": "SUP0003", "Status": "Pending"}


@pytest.fixture(autouse=True)
def on_the_day(time_machine):
    time_machine.move_to(TODAY)


def prepare(app):
    """Give an application a framework and two postcode sectors, and nothing else."""
    with app.app_context(), audit.acting(TESTER, "test"):
        a_mapped_county()
        db.session.commit()
    return app


@pytest.fixture
def directory(app):
    return prepare(app)


@pytest.fixture
def sqlite_directory(sqlite_app):
    return prepare(sqlite_app)


@pytest.fixture
def officer(directory):
    return signed_in(directory, Role.SEND_OFFICER)


@pytest.fixture
def sqlite_officer(sqlite_directory):
    return signed_in(sqlite_directory, Role.SEND_OFFICER)


def sheet(*rows: dict[str, str]) -> io.BytesIO:
    return csv_file([list(OFFER), *(row.values() for row in rows)])


def send(client, file: io.BytesIO, name: str = "supplier tool.csv", kind="supplier_tool"):
    """Send a file through the page; returns the page that follows."""
    data = {"kind": kind, "file": (file, name)}
    return client.post("/spreadsheets/send", data=data, follow_redirects=True)


def accept(client, number: int = 1):
    return client.post(f"/spreadsheets/{number}/accept", follow_redirects=True)


def count(app, model) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model))


def counts(app, number: int) -> tuple[str, int, int, int, int]:
    """State, new, changed, unchanged and refused of a file."""
    with app.app_context():
        row = db.session.get_one(Intake, number)
        return row.state.value, row.new, row.changed, row.unchanged, row.refused


def test_a_preview_shows_what_each_row_would_do_and_saves_nothing(directory, officer):
    page = send(officer, sheet(OFFER, WRONG, FLAGGED))
    assert page.status_code == 200
    assert "supplier_tool.csv" in page.text
    assert "“16-11” runs from 16 down to 11" in page.text
    assert "Accept 2 rows" in page.text
    assert count(directory, Provider) == 0


@pytest.mark.parametrize(
    ("shown", "there", "not_there"),
    [
        ("", ["Oak Futures", "SUP0002", "SUP0003"], []),
        ("new", ["Oak Futures", "SUP0003"], ["SUP0002"]),
        ("refused", ["SUP0002"], ["Oak Futures", "SUP0003"]),
        ("flagged", ["SUP0003"], ["SUP0001", "SUP0002"]),
        ("changed", ["No row of this file had this result"], ["SUP000"]),
        ("nonsense", ["Oak Futures", "SUP0002", "SUP0003"], []),
    ],
)
def test_a_preview_can_be_narrowed_to_one_result(sqlite_officer, shown, there, not_there):
    send(sqlite_officer, sheet(OFFER, WRONG, FLAGGED))
    page = sqlite_officer.get(f"/spreadsheets/1?show={shown}").text
    assert [words for words in there if words not in page] == []
    assert [words for words in not_there if words in page] == []


def test_accepting_saves_the_good_rows_and_leaves_the_refused_ones_out(directory, officer):
    send(officer, sheet(OFFER, WRONG, FLAGGED))
    page = accept(officer)
    assert "Saved on 23 November 2026" in page.text
    assert counts(directory, 1) == ("saved", 2, 0, 0, 1)
    with directory.app_context():
        assert set(db.session.scalars(select(Provider.reference))) == {"SUP0001", "SUP0003"}


def test_the_same_file_twice_changes_nothing(directory, officer):
    for number in (1, 2):
        send(officer, sheet(OFFER, FLAGGED))
        accept(officer, number)
    assert counts(directory, 2) == ("saved", 0, 0, 2, 0)
    assert count(directory, Offer) == 2


def test_a_file_that_is_only_unchanged_needs_no_accepting(directory, officer):
    send(officer, sheet(OFFER))
    accept(officer)
    page = send(officer, sheet(OFFER))
    assert "There is nothing new to save" in page.text
    assert "Accept" not in page.text


def test_a_change_is_shown_before_it_is_saved(directory, officer):
    send(officer, sheet(OFFER))
    accept(officer)
    page = send(officer, sheet(OFFER | {"Hours per week available": "40"}))
    assert "60 becomes 40" in page.text
    accept(officer, 2)
    assert counts(directory, 2) == ("saved", 0, 1, 0, 0)
    with directory.app_context():
        assert db.session.scalars(select(Offer.hours_free)).all() == [40]


def test_refused_rows_come_back_to_be_corrected_and_sent_again(directory, officer):
    send(officer, sheet(OFFER, WRONG))
    accept(officer)
    answer = officer.get("/spreadsheets/1/refused.xlsx")
    assert answer.headers["Content-Disposition"] == "attachment; filename=to-correct-1.xlsx"
    workbook = openpyxl.load_workbook(io.BytesIO(answer.data))
    assert workbook.active.max_row == 2
    workbook.active.cell(2, list(OFFER).index("Ages") + 1).value = "11-16"
    corrected = io.BytesIO()
    workbook.save(corrected)
    corrected.seek(0)

    send(officer, corrected, "to-correct-1.xlsx")
    accept(officer, 2)
    assert counts(directory, 2) == ("saved", 1, 0, 0, 0)
    with directory.app_context():
        names = set(db.session.scalars(select(Provider.name)))
    assert names == {"Oak Futures Ltd", "O'Neil & Søn"}


def test_accepting_twice_is_refused_and_saves_once(directory, officer):
    send(officer, sheet(OFFER))
    accept(officer)
    again = accept(officer)
    assert again.status_code == 409
    assert "You cannot accept this file: it is saved" in again.text
    assert count(directory, Offer) == 1


def test_a_discarded_file_changes_nothing_and_keeps_no_row(directory, officer):
    send(officer, sheet(OFFER))
    assert "Discard supplier_tool.csv?" in officer.get("/spreadsheets/1/discard").text
    page = officer.post("/spreadsheets/1/discard", follow_redirects=True)
    assert "It changed nothing" in page.text
    assert counts(directory, 1)[0] == "discarded"
    assert count(directory, IntakeRow) == count(directory, Provider) == 0
    assert accept(officer).status_code == 409


def test_a_saved_file_cannot_be_discarded(directory, officer):
    send(officer, sheet(OFFER))
    accept(officer)
    assert officer.post("/spreadsheets/1/discard").status_code == 409
    assert count(directory, IntakeRow) == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.7 and so on", "The file is a PDF document, not a spreadsheet"),
        (b"Name,Address\nOak,Winchester\n", "No row of headings was found"),
        (b"Supplier ref,Supplier name\nSUP1,Oak\n", "The file has no columns"),
        (b"\x00\x01\x02\x03" * 50, "not a spreadsheet"),
        (b"PK\x03\x04 not a zip at all", "damaged"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_and_what_to_do(
    sqlite_directory, sqlite_officer, content, words
):
    page = send(sqlite_officer, io.BytesIO(content), "list.xlsx")
    assert page.status_code == 200
    assert words in page.text
    assert "Nothing was saved. Correct the file and send it again." in page.text
    assert counts(sqlite_directory, 1)[0] == "failed"
    assert sqlite_officer.post("/spreadsheets/1/discard").status_code == 302


def test_an_empty_file_is_refused_beside_its_field(directory, officer):
    page = send(officer, io.BytesIO(b""))
    assert page.status_code == 200
    assert "The file is empty" in page.text
    assert count(directory, Intake) == 0


def test_a_form_sent_without_kind_or_file_says_what_to_choose(sqlite_officer):
    page = sqlite_officer.post("/spreadsheets/send", data={})
    assert "Error: Send a spreadsheet" in page.text
    assert "Select which spreadsheet it is" in page.text
    assert "Choose a file to send" in page.text


def test_a_file_without_rows_says_so(sqlite_directory, sqlite_officer):
    page = send(sqlite_officer, sheet())
    assert "The file has its headings and nothing below them." in page.text


def test_a_file_that_is_too_large_is_refused_with_the_limit(sqlite_directory, sqlite_officer):
    page = send(sqlite_officer, io.BytesIO(b"x" * (21 * 1024 * 1024)))
    assert page.status_code == 413
    assert "20 MB" in page.text
    assert count(sqlite_directory, Intake) == 0


def test_the_wrong_spreadsheet_names_the_columns_that_are_missing(sqlite_officer):
    page = send(sqlite_officer, sheet(OFFER), kind="waiting_list")
    assert "The file has no columns" in page.text or "No row of headings" in page.text


def test_what_a_sender_wrote_is_shown_as_text_and_never_run(sqlite_officer):
    page = send(sqlite_officer, sheet(WRONG | {"Supplier name": "<script>alert(1)</script>"}))
    assert "<script>alert(1)" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text


def test_a_file_under_way_shows_its_progress_as_a_page_and_as_json(
    sqlite_directory, sqlite_officer
):
    with sqlite_directory.app_context(), audit.acting(TESTER, "test"):
        sent = Intake(
            kind=IntakeKind.SUPPLIER_TOOL,
            filename="tool.csv",
            content=b"x",
            sent_by="Test",
            sent_at=datetime(2026, 11, 23, tzinfo=UTC),
        )
        db.session.add(sent)
        db.session.commit()
        assert sent.state is IntakeState.READING
    assert "Reading tool.csv" in sqlite_officer.get("/spreadsheets/1").text
    told = sqlite_officer.get("/spreadsheets/1", headers={"Accept": "application/json"})
    assert told.json == {"done": False, "fraction": 0.0, "message": "Waiting to start"}


def test_the_list_shows_every_file_with_what_became_of_it(officer):
    assert "No spreadsheet has been sent yet" in officer.get("/spreadsheets/").text
    send(officer, sheet(OFFER), "first.csv")
    send(officer, io.BytesIO(b"%PDF"), "second.csv")
    page = officer.get("/spreadsheets/").text
    assert page.index("second.csv") < page.index("first.csv")
    assert "Ready to look at" in page
    assert "Could not be read" in page
