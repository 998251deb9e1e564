"""When a child's record is past its time nothing names the child, and every figure is the same."""

import io
import json
import zipfile
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from app.accounts import holds, looks
from app.accounts.roles import Role
from app.children import retention
from app.children.lifecycle import REFERRAL
from app.children.models import Child, Component
from app.children.retention import ERASED, Schedule, due, erase_due
from app.kernel import audit, seals
from app.kernel.clock import now
from app.kernel.database import db
from providers.models.intake import INTAKE, Intake, IntakeRow, RowOutcome
from tests.app.web.visitors import signed_in
from tests.conftest import TESTER
from tests.factories.accounts import make_user
from tests.factories.children import make_referral
from tests.factories.intakes import make_intake

MARKER = "Zebedee-Marker"


@pytest.fixture
def grown(context):
    """A child long past school, who waits for nothing, with a marker in every text."""
    referral = make_referral(notes=f"Note of {MARKER}")
    child = referral.child
    child.forename = child.surname = MARKER
    child.born_on = date(1990, 5, 17)
    REFERRAL.fire(referral, "withdraw")
    db.session.commit()
    return child


def everything_in_the_database() -> str:
    return " ".join(
        str(row)
        for table in db.metadata.sorted_tables
        for row in db.session.execute(select(table)).all()
    )


def test_a_dry_run_names_what_is_due_and_changes_nothing(grown):
    [children, *_] = due(Schedule(), date(2026, 11, 25))
    assert children.count == 1
    assert grown.forename == MARKER


def test_what_names_the_child_is_erased_everywhere_and_the_trail_stays_whole(grown):
    hours = db.session.scalar(select(func.sum(Component.hours)))
    assert MARKER in everything_in_the_database()
    erase_due(Schedule(), date(2026, 11, 25))
    db.session.commit()
    assert MARKER not in everything_in_the_database()
    assert seals.verify().faults == ()
    assert db.session.scalar(select(func.sum(Component.hours))) == hours
    child = db.session.scalars(select(Child)).one()
    assert (child.surname, child.born_on, child.upn) == (ERASED, date(1990, 1, 1), None)
    assert due(Schedule(), date(2026, 11, 25))[0].count == 0


@pytest.mark.parametrize("keeps", ["young", "waiting"])
def test_a_child_who_is_young_or_waits_is_kept(grown, keeps):
    if keeps == "young":
        grown.born_on = date(2010, 5, 17)
    else:
        REFERRAL.fire(grown.referrals[0], "return to waiting")
    assert due(Schedule(), date(2026, 11, 25))[0].count == 0


def test_old_spreadsheets_and_looks_are_erased_and_new_ones_kept(context):
    old, new = (make_intake(sent_at=now() - timedelta(days=days)) for days in (120, 1))
    for intake in (old, new):
        INTAKE.fire(intake, "fail")
        intake.rows = [IntakeRow(number=2, outcome=RowOutcome.NEW, values={"Name": "x"})]
    user = make_user(Role.SEND_OFFICER)
    for child_id in (1, 2):
        looks.note(user, child_id, "children.show")
    db.session.flush()
    db.session.scalars(select(looks.RecordLook)).first().at -= timedelta(days=3000)
    db.session.flush()
    erase_due(Schedule(), date(2026, 11, 25))
    assert db.session.scalars(select(IntakeRow.intake_id).distinct()).all() == [new.id]
    assert db.session.scalar(select(func.count(Intake.id))) == 2
    assert db.session.scalar(select(func.count(looks.RecordLook.id))) == 1


def test_tries_to_sign_in_that_were_held_up_go_after_a_year(context):
    old, new = (holds.hold("password", None, f"192.0.2.{number}") for number in (1, 2))
    old.at -= timedelta(days=366)
    kept = new.id
    db.session.flush()
    [found] = [each for each in due(Schedule(), date(2026, 11, 25)) if "held up" in each.what]
    assert found.count == 1
    assert db.session.scalar(select(func.count(holds.SignInHold.id))) == 2
    erase_due(Schedule(), date(2026, 11, 25))
    assert db.session.scalars(select(holds.SignInHold.id)).all() == [kept]


def test_the_command_lists_first_and_erases_only_when_told(sqlite_app):
    run = sqlite_app.test_cli_runner()
    listed = run.invoke(args=["data", "retain"])
    assert "Nothing was changed" in listed.output, listed.output
    assert "Erased." in run.invoke(args=["data", "retain", "--apply"]).output


def test_the_page_of_an_erased_child_can_still_be_opened(sqlite_app):
    lead = signed_in(sqlite_app, Role.AP_LEAD)
    with sqlite_app.app_context(), audit.acting(TESTER, "test"):
        child = make_referral().child
        REFERRAL.fire(child.referrals[0], "withdraw")
        retention.erase(child)
        db.session.commit()
        number = child.id
    assert lead.get(f"/children/{number}").status_code == 200


def test_everything_held_on_a_child_is_in_the_bundle_and_nothing_of_another(sqlite_app):
    lead = signed_in(sqlite_app, Role.AP_LEAD)
    with sqlite_app.app_context(), audit.acting(TESTER, "test"):
        child = make_referral(notes=f"Note of {MARKER}").child
        make_referral(notes="Another child’s note")
        db.session.commit()
        number = child.id
    lead.get(f"/children/{number}")
    answer = lead.get(f"/children/{number}/everything.zip")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        data = json.loads(archive.read("record.json"))
        page = archive.read("record.html").decode()
    assert data["referral"][0]["notes"] == f"Note of {MARKER}"
    assert data["who_looked"][0]["role"] == "AP lead"
    assert {"child", "child_need", "component", "audit_trail"} <= data.keys()
    assert MARKER in page
    assert "Another child" not in page + json.dumps(data)
