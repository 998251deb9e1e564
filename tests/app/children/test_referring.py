"""Referring a child: who is known already, what a draft may hold, and when it may be submitted."""

from datetime import date

import pytest

from app.children import referring
from app.children.lifecycle import ReferralState
from app.children.models import Referral
from app.children.queries import waiting
from app.commissioning.queries import waiting_counts
from app.kernel.database import db
from app.kernel.rules import RuleBroken
from providers.needs import NeedType, ReferralReason, SenProvision
from tests.factories.accounts import make_user
from tests.factories.children import make_child, make_referral
from tests.factories.providers import make_provider, make_service

UPN = "B801200005001"
CASE = {"reason": ReferralReason.SUSPENSION, "out_of_education_since": date(2026, 11, 2)}


def draft(child=None, **facts) -> Referral:
    return referring.begin(child or make_child(), CASE | facts, make_user())


@pytest.mark.parametrize(
    ("upn", "forename", "surname", "born", "found"),
    [
        (UPN, "Somebody", "Else", date(2010, 1, 1), "The same UPN"),
        (None, "sian", "o'NEILL  jones", date(2013, 3, 1), "The same name and date of birth"),
        (UPN, "Siân", "O’Neill-Jones", date(2013, 3, 1), "The same UPN"),
        (None, "Siân", "O’Neill-Jones", date(2013, 3, 2), None),
        (None, "Sion", "O’Neill-Jones", date(2013, 3, 1), None),
        ("X850200024001", "Somebody", "Else", date(2013, 3, 1), None),
    ],
)
def test_a_child_on_record_is_found_by_upn_and_by_name_with_birth_date(
    context, upn, forename, surname, born, found
):
    make_child(upn=UPN, forename="Siân", surname="O’Neill-Jones", born_on=date(2013, 3, 1))
    known = referring.known_children(upn, forename, surname, born)
    assert [match.why for match in known] == ([found] if found else [])


def test_a_draft_is_on_no_list_and_in_no_count(context):
    referral = draft()
    referring.save_support(referral, {make_service().id: 10})
    assert referral.state is ReferralState.DRAFT
    assert db.session.scalars(waiting()).all() == []
    assert waiting_counts() == (0, 0)
    referring.submit(referral)
    assert db.session.scalars(waiting()).all() == [referral]
    assert waiting_counts() == (1, 10)


def test_a_draft_is_submitted_once_its_needs_and_support_are_there(context):
    referral = draft(make_child(needs=()))
    assert len(referring.missing(referral)) == 2
    with pytest.raises(RuleBroken, match="primary need"):
        referring.submit(referral)
    referring.save_needs(referral, [NeedType.SEMH, NeedType.ASD, NeedType.SEMH])
    referring.save_support(referral, {make_service().id: 40})
    assert referral.child.need_types == (NeedType.SEMH, NeedType.ASD)
    referring.submit(referral)
    assert referral.provision_due_on == date(2026, 11, 9)


def test_a_child_without_special_provision_may_have_no_need(sqlite_app_context):
    referral = draft(make_child(needs=(), sen_provision=SenProvision.NONE))
    referring.save_support(referral, {make_service().id: 5})
    referring.submit(referral)
    assert referral.state is ReferralState.WAITING


def test_a_child_waits_and_is_drafted_once(sqlite_app_context):
    child = make_child()
    first = draft(child)
    with pytest.raises(RuleBroken, match="has a draft already"):
        draft(child)
    make_referral(child)  # a file brings the child in meanwhile
    db.session.refresh(child)
    referring.save_support(first, {make_service().id: 5})
    with pytest.raises(RuleBroken, match="waiting already"):
        referring.submit(first)


@pytest.mark.parametrize(
    ("hours", "words"),
    [((0,), "from 1 to 40"), ((41,), "from 1 to 40"), ((30, 11), "come to 41 hours a week")],
)
def test_hours_outside_a_week_are_refused_whole(sqlite_app_context, hours, words):
    referral = draft()
    known = (make_service(), make_service("tutoring_qts"))
    with pytest.raises(RuleBroken, match=words):
        referring.save_support(referral, {s.id: n for s, n in zip(known, hours, strict=False)})
    assert referral.components == []


def test_a_provider_wanted_and_not_wanted_is_refused(sqlite_app_context):
    referral, provider = draft(), make_provider()
    with pytest.raises(RuleBroken, match="on both lists"):
        referring.save_wishes(referral, [provider.reference], [provider.reference])


def test_a_referral_is_withdrawn_with_its_reason_and_then_stays_as_it_is(context):
    referral = make_referral()
    with pytest.raises(RuleBroken, match="Enter why"):
        referring.withdraw(referral, "  ")
    referring.withdraw(referral, "Moved to another authority")
    assert referral.state is ReferralState.WITHDRAWN
    assert referral.withdrawn_because == "Moved to another authority"
    with pytest.raises(RuleBroken, match="cannot be changed"):
        referring.save_case(referral, {"notes": "more"})


def test_a_placed_referral_cannot_be_withdrawn(sqlite_app_context):
    with pytest.raises(RuleBroken, match="it is placed"):
        referring.withdraw(make_referral(state=ReferralState.PLACED), "A slip")
