"""A preview read before a child's record was restricted: what of it whoever asks sees."""

import io

import openpyxl
import pytest

from app.accounts.roles import Role
from app.kernel import audit
from app.kernel.database import db
from providers.models.intake import INTAKE, IntakeKind, IntakeRow, RowOutcome
from tests.app.web.visitors import signed_in
from tests.conftest import TESTER
from tests.factories.accounts import make_user
from tests.factories.children import make_referral
from tests.factories.intakes import make_intake
from tests.factories.reach import make_restriction

SECRET = "Zebedee"


@pytest.fixture
def preview(sqlite_app):
    """The address of a preview of three rows, two of them about a restricted child."""
    with sqlite_app.app_context(), audit.acting(TESTER, "test"):
        restricted, other = make_referral().child, make_referral().child
        intake = make_intake(kind=IntakeKind.WAITING_LIST, columns=["Child reference", "Notes"])
        INTAKE.fire(intake, "show preview")
        intake.rows = [
            IntakeRow(
                number=number,
                outcome=outcome,
                label=f"{child.reference} {said}",
                values={"Child reference": child.reference, "Notes": said},
                faults=[{"column": "Notes", "value": said, "message": "Wrong.", "severity": "x"}],
                changes={"Notes": [said, None]},
            )
            for number, outcome, child, said in (
                (2, RowOutcome.CHANGED, restricted, SECRET),
                (3, RowOutcome.REFUSED, restricted, SECRET),
                (4, RowOutcome.REFUSED, other, "Dougal"),
            )
        ]
        make_restriction(restricted, make_user(Role.SEND_OFFICER))
        db.session.commit()
        return f"/spreadsheets/{intake.id}"


def test_rows_about_a_record_that_is_not_shown_to_them_are_hidden(sqlite_app, preview):
    officer = signed_in(sqlite_app, Role.SEND_OFFICER)
    page = officer.get(preview).text
    assert SECRET not in page and "Dougal" in page
    assert page.count("The record of this child is not shown to you.") == 2
    workbook = openpyxl.load_workbook(io.BytesIO(officer.get(f"{preview}/refused.xlsx").data))
    cells = [str(cell.value) for row in workbook.active.iter_rows() for cell in row]
    assert "Dougal" in cells and SECRET not in " ".join(cells)
