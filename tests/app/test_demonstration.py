"""The example county in the database: each planted fault told, each good row there once."""

from collections import Counter

import pytest
from sqlalchemy import func, select

from app import demonstration
from app.accounts.models import User
from app.accounts.roles import Role
from app.children.models import Child, Referral
from app.kernel.database import db
from app.kernel.progress import silent
from providers.models.intake import Intake, IntakeKind, IntakeRow, RowOutcome
from providers.models.offer import Offer
from providers.models.place import Accuracy
from providers.models.provider import Provider, Site
from tests.providers.intake.builders import TODAY
from tests.providers.intake.test_example import CHILDREN_REFUSED, OFFERS_REFUSED

FAULTS = {
    IntakeKind.SUPPLIER_TOOL: OFFERS_REFUSED,
    IntakeKind.WAITING_LIST: CHILDREN_REFUSED,
}


@pytest.fixture
def county(context, time_machine):
    """What `flask example load` brings in before it runs a match."""
    time_machine.move_to(TODAY)
    assert demonstration.is_empty()
    demonstration.load_foundations()
    for kind, path in demonstration.FILES:
        demonstration.load_file(kind, path, silent)
    demonstration.open_accounts()
    db.session.commit()
    return context


def count(model, *where) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*where))


def rows_of(intake: Intake) -> dict[int, IntakeRow]:
    rows = db.session.scalars(select(IntakeRow).where(IntakeRow.intake_id == intake.id))
    return {row.number: row for row in rows}


def test_the_example_comes_in_whole_and_only_once(county):
    assert not demonstration.is_empty()
    for intake in db.session.scalars(select(Intake)):
        refused = {
            number: row
            for number, row in rows_of(intake).items()
            if row.outcome is RowOutcome.REFUSED
        }
        assert set(refused) == set(FAULTS[intake.kind])
        for number, (column, words) in FAULTS[intake.kind].items():
            told = [f for f in refused[number].faults if f["severity"] == "refused"]
            assert [fault["column"] for fault in told] == [column], number
            assert words in told[0]["message"]

    good_offers, good_children = _good_rows()
    offers = Counter(db.session.scalars(select(Provider.reference).join(Offer)))
    assert offers == Counter(values["Supplier ref"].strip() for values in good_offers)
    children = Counter(db.session.scalars(select(Child.reference)))
    assert children == Counter(values["Child ref"].strip() for values in good_children)
    assert set(children.values()) == {1}
    assert (count(Provider), count(Offer), count(Child), count(Referral)) == (57, 91, 284, 284)

    for kind, path in demonstration.FILES:
        again = demonstration.load_file(kind, path, silent)
        assert (again.new, again.changed) == (0, 0)
        assert again.unchanged == len(rows_of(again)) - len(FAULTS[kind])
    assert (count(Provider), count(Offer), count(Child), count(Referral)) == (57, 91, 284, 284)


def _good_rows() -> list[list[dict[str, str]]]:
    """The values of every row that was taken, of the supplier tool and of the waiting list."""
    return [
        [row.values for row in rows_of(intake).values() if row.outcome is not RowOutcome.REFUSED]
        for intake in db.session.scalars(select(Intake).order_by(Intake.id))
    ]


def test_the_example_can_be_walked_into_in_every_role(county):
    people = {user.role: user for user in db.session.scalars(select(User))}
    assert set(people) == set(Role)
    assert people[Role.PROVIDER].provider.reference == demonstration.PROVIDER_REFERENCE
    assert len(demonstration.sign_ins()) == len(Role)
    for place in (Child, Site):
        assert count(place, place.accuracy != Accuracy.SECTOR) == 0
        assert count(place, place.latitude.is_(None)) == 0
