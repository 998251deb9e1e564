"""The waiting list's rows against the children known: new, changed, unchanged, refused."""

from datetime import date

import pytest
from sqlalchemy import func, select

from app.children.lifecycle import REFERRAL, ReferralState
from app.children.models import Child, ChildNeed, Component, Referral
from app.children.waiting_list import WaitingListReader
from app.kernel.audit import AuditEvent
from app.kernel.clock import now
from app.kernel.database import db
from providers.intake.staging import Judged
from providers.models.intake import RowOutcome
from providers.models.place import Accuracy
from providers.needs import Delivery, NeedType, ReferralReason, SenProvision, Sex, TransportNeed
from tests.factories.accounts import make_user
from tests.factories.places import a_mapped_county
from tests.factories.providers import make_provider
from tests.factories.reach import make_restriction
from tests.providers.intake.builders import CHILD, TODAY

BOTH = {"Support required": "Tutoring (QTS); Mentoring", "Hours per week": "8; 6"}


@pytest.fixture(autouse=True)
def on_the_day(time_machine):
    time_machine.move_to(TODAY)


@pytest.fixture
def county(context):
    a_mapped_county()
    make_provider(reference="SUP0001")
    make_provider(reference="SUP0002")
    return context


def judge(changes: dict[str, str] | None = None) -> Judged:
    """A row, each a change of `CHILD`, as the children are known now."""
    return WaitingListReader().judge(2, CHILD | (changes or {}))


def save(changes: dict[str, str] | None = None) -> None:
    reader = WaitingListReader()
    reader.save(reader.judge(2, CHILD | (changes or {})).record)
    db.session.flush()
    db.session.expire_all()


def count(model) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


def the_child() -> Child:
    return db.session.scalars(select(Child)).one()


def the_referral() -> Referral:
    return db.session.scalars(select(Referral)).one()


def asked(referral: Referral) -> dict[str, int]:
    return {part.service.code: part.hours for part in referral.components}


def test_a_row_about_an_unknown_child_is_new(county):
    judged = judge()
    assert (judged.outcome, judged.label) == (RowOutcome.NEW, "C5000001 Siân O'Neil")
    assert count(Child) == 0


def test_a_new_row_is_saved_with_all_that_it_says(county):
    save(BOTH | {"Preferred delivery": "Child's home", "Transport": "taxi", "Notes": "Shy"})
    child, referral = the_child(), the_referral()
    assert (child.reference, child.upn, child.full_name) == (
        "C5000001", "B801200005001", "Siân O'Neil",
    )  # fmt: skip
    assert (child.born_on, child.sex) == (date(2012, 10, 9), Sex.FEMALE)
    assert (child.sen_provision, child.looked_after) == (SenProvision.EHCP, False)
    assert child.need_types == (NeedType.ASD, NeedType.SPLD)
    assert (child.postcode, child.accuracy) == ("SO23 8UJ", Accuracy.SECTOR)
    assert (referral.state, referral.reason) == (
        ReferralState.WAITING, ReferralReason.EHCP_NAMED,
    )  # fmt: skip
    assert asked(referral) == {"tutoring_qts": 8, "mentoring": 6}
    assert referral.out_of_education_since == date(2026, 10, 27)
    assert referral.start_from == date(2026, 12, 12)
    assert (referral.preferred_delivery, referral.transport) == (
        Delivery.AT_HOME, TransportNeed.TAXI,
    )  # fmt: skip
    assert referral.max_travel_km == pytest.approx(16.093)
    assert referral.notes == "Shy"


def test_wishes_are_ranked_as_written_and_exclusions_stand_apart(county):
    save({"Parental preference": "SUP0002", "Not with": "SUP0001"})
    wishes = {wish.provider_reference: wish for wish in the_referral().wishes}
    assert wishes["SUP0002"].rank == 1
    assert wishes["SUP0001"].excluded


def test_a_row_that_says_what_is_known_is_unchanged(county):
    save(BOTH)
    judged = judge(BOTH)
    assert (judged.outcome, judged.changes) == (RowOutcome.UNCHANGED, {})


@pytest.mark.parametrize(
    ("column", "value", "field"),
    [
        ("Surname", "O'Brien", "Surname"),
        ("Date of birth", "10/10/2012", "Date of birth"),
        ("Home postcode", "PO12 1AA", "Home postcode"),
        ("Looked after", "Y", "Looked after"),
        ("Primary need", "SEMH", "Needs"),
        ("Other needs", "", "Needs"),
        ("Hours per week", "12", "Support"),
        ("Support required", "Mentoring", "Support"),
        ("Out of education since", "01/10/2026", "Out of education since"),
        ("Preferred delivery", "Online", "Preferred delivery"),
        ("Max travel (miles)", "", "Travel limit"),
        ("Transport", "taxi", "Transport"),
        ("Parental preference", "SUP0002", "Preferred providers"),
        ("Not with", "SUP0001", "Not with"),
        ("Notes", "Likes horses", "Notes"),
    ],
)
def test_a_change_is_told_saved_and_then_known(sqlite_app_context, column, value, field):
    a_mapped_county()
    for reference in ("SUP0001", "SUP0002"):
        make_provider(reference=reference)
    save()
    judged = judge({column: value})
    assert (judged.outcome, list(judged.changes)) == (RowOutcome.CHANGED, [field])
    save({column: value})
    assert judge({column: value}).outcome is RowOutcome.UNCHANGED
    assert count(Child) == count(Referral) == 1


def test_needs_can_change_places(county):
    save()
    save({"Primary need": "SpLD", "Other needs": "ASC"})
    assert the_child().need_types == (NeedType.SPLD, NeedType.ASD)
    assert count(ChildNeed) == 2


def test_a_part_that_is_no_longer_asked_for_goes_and_the_rest_stays_the_same_row(county):
    save(BOTH)
    kept = next(p.id for p in the_referral().components if p.service.code == "mentoring")
    save({"Support required": "Mentoring", "Hours per week": "4"})
    (part,) = the_referral().components
    assert (part.id, part.hours) == (kept, 4)
    assert count(Component) == 1


def test_a_child_who_was_placed_and_waits_again_gets_a_second_referral(county):
    save()
    REFERRAL.fire(the_referral(), "record as placed")
    assert judge().outcome is RowOutcome.NEW
    save()
    states = db.session.scalars(select(Referral.state).order_by(Referral.id)).all()
    assert states == [ReferralState.PLACED, ReferralState.WAITING]
    assert count(Child) == 1


def test_a_number_that_another_child_has_is_refused(county):
    save()
    judged = judge({"Child ref": "C5000002", "Forename": "Kim"})
    assert judged.outcome is RowOutcome.REFUSED
    assert judged.faults[0]["column"] == "UPN"
    assert "C5000001" in judged.faults[0]["message"]


def test_what_was_changed_is_in_the_trail_with_before_and_after(county):
    save()
    save({"Surname": "O'Brien"})
    changes = db.session.scalars(
        select(AuditEvent.changes).where(
            AuditEvent.subject == "child", AuditEvent.kind == "changed"
        )
    ).all()
    assert changes == [{"surname": ["O'Neil", "O'Brien"]}]


def test_a_row_about_a_restricted_child_shows_and_changes_nothing(county):
    save()
    restriction = make_restriction(the_child(), make_user())
    judged = judge({"Forename": "Sean", "Notes": "Moved"})
    assert (judged.outcome, judged.label) == (RowOutcome.REFUSED, "C5000001")
    assert (judged.changes, judged.record) == ({}, None)
    assert "record of this child is restricted" in judged.faults[-1]["message"]
    restriction.lifted_at = now()
    db.session.flush()
    assert judge({"Forename": "Sean"}).outcome is RowOutcome.CHANGED
