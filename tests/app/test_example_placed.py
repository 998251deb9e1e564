"""The example's placed children: registers to keep, reviews that are due, one who is back."""

import pytest
from sqlalchemy import func, select

from app.accounts.roles import Role
from app.commissioning.attendance import queries
from app.commissioning.attendance.models import AttendanceMark
from app.commissioning.invoices.models import Invoice
from app.commissioning.placements.lifecycle import PlacementState
from app.commissioning.placements.models import Placement
from app.commissioning.progress import stepdown, worklist
from app.commissioning.progress.models import Ending, Review
from app.commissioning.progress.schedule import Urgency
from app.example import attendance, invoices, placed, progress
from app.kernel.clock import today
from app.kernel.database import db
from tests.factories.accounts import make_user
from tests.factories.children import make_child
from tests.factories.providers import make_offer, make_provider


@pytest.fixture(autouse=True)
def on_the_example_s_day(time_machine):
    time_machine.move_to("2026-11-23T12:00:00+00:00", tick=False)


def count(model) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


def load() -> None:
    for noun in (placed, attendance, progress):
        noun.load()


def test_the_pages_of_attendance_and_progress_have_life_in_them(sqlite_app_context):
    make_user(Role.SEND_OFFICER), make_user(Role.COMMISSIONER), make_child()
    make_offer(provider=make_provider(reference=placed.PROVIDERS_OWN))
    make_offer()
    load()
    states = db.session.scalars(select(Placement.state)).all()
    assert states.count(PlacementState.LIVE) == 6
    assert states.count(PlacementState.ENDED) == count(Ending) == 1
    assert count(AttendanceMark) > 30
    assert queries.missing(today())
    urgencies = {line.timing.urgency for line in worklist.lines(today())}
    assert urgencies >= {Urgency.OVERDUE, Urgency.LATER}
    assert stepdown.candidates(today())
    before = count(AttendanceMark), count(Review)
    attendance.load()
    progress.load()
    assert (count(AttendanceMark), count(Review)) == before


def test_finance_finds_invoices_to_decide_one_of_them_with_a_difference(sqlite_app_context):
    make_user(Role.SEND_OFFICER), make_user(Role.COMMISSIONER), make_child()
    make_user(Role.FINANCE)
    make_offer(provider=make_provider(reference=placed.PROVIDERS_OWN))
    make_offer()
    placed.load()
    attendance.load()
    invoices.load()
    found = db.session.scalars(select(Invoice).order_by(Invoice.id)).all()
    assert found and found[0].flags and found[0].net_pence > 0
    invoices.load()
    assert count(Invoice) == len(found)


def test_without_its_people_and_offers_the_example_places_nobody(sqlite_app_context):
    load()
    assert count(Placement) == 0
