"""What in the directory needs a person, and in which order."""

from datetime import timedelta

import pytest

from app.kernel.clock import today
from providers.admission import AdmissionState
from providers.attention import Concern, files_to_correct, needing_attention
from providers.compliance import EvidenceKind
from providers.models.intake import IntakeState
from providers.needs import Judgement
from tests.factories.intakes import make_intake
from tests.factories.providers import an_item, make_cap, make_offer, make_provider, make_service


def named(concern: Concern) -> list[str]:
    return [flag.provider.name for flag in needing_attention(today())[concern]]


def days(number: int):
    return today() + timedelta(days=number)


def test_a_provider_in_order_needs_nothing(context):
    make_offer()
    assert not any(needing_attention(today()).values())


@pytest.mark.parametrize("state", [AdmissionState.REMOVED, AdmissionState.LEFT])
def test_a_provider_that_is_gone_needs_nothing(context, state):
    gone = make_provider(state=state, evidence=[], judgement=Judgement.RED, last_visit_on=None)
    make_offer(provider=gone, confirmed_on=days(-200))
    assert not any(needing_attention(today()).values())


def test_evidence_that_ran_out_longest_ago_stands_first(context):
    for name, until in (("Soon", 59), ("Lately", -1), ("Long", -90), ("Later", 61)):
        held = [an_item(expires_on=days(until)), an_item(EvidenceKind.STAFF_CHECKS)]
        make_offer(provider=make_provider(name=name, evidence=held))
    make_offer(provider=make_provider(name="Nothing", evidence=[]))
    assert named(Concern.EVIDENCE) == ["Nothing", "Long", "Lately", "Soon"]


def test_evidence_that_is_only_expected_is_no_concern_until_it_runs_out(context):
    held = [
        an_item(),
        an_item(EvidenceKind.STAFF_CHECKS),
        an_item(EvidenceKind.SAFEGUARDING_POLICY, expires_on=days(-1)),
    ]
    make_offer(provider=make_provider(name="Lapsed", evidence=held))
    make_offer(provider=make_provider(name="Usual"))
    assert named(Concern.EVIDENCE) == ["Lapsed"]


def test_capacity_confirmed_longest_ago_stands_first(context):
    for name, age in (("A month", -29), ("Half a year", -180), ("Lately", -28)):
        make_offer(provider=make_provider(name=name), confirmed_on=days(age))
    assert named(Concern.CAPACITY) == ["Half a year", "A month"]


def test_every_price_above_its_cap_is_named(context):
    service = make_service()
    make_cap(service, 4_000)
    dear = make_provider(name="Dear")
    make_offer(provider=dear, service=service, price_pence=4_001)
    make_offer(provider=make_provider(name="Fair"), service=service, price_pence=4_000)
    (flag,) = needing_attention(today())[Concern.CAP]
    assert flag.provider is dear
    assert "£0.01 above the cap of £40.00" in flag.remarks[0]


def test_a_service_judged_by_itself_is_named_and_red_comes_first(context):
    amber = make_provider(name="Amber", judgement=Judgement.AMBER)
    mixed = make_provider(name="Mixed", judgement=Judgement.GREEN)
    make_offer(provider=mixed, judgement=Judgement.RED, last_visit_on=days(-10))
    assert named(Concern.JUDGEMENT) == ["Mixed", "Amber"]
    first, second = needing_attention(today())[Concern.JUDGEMENT]
    assert first.remarks[0].startswith("Mentoring was judged red at the visit of ")
    assert second.remarks[0].startswith("The provider was judged amber at the visit of ")
    assert second.provider is amber


def test_a_visit_is_overdue_the_day_after_a_year_or_when_there_was_none(context):
    make_provider(name="Never", last_visit_on=None)
    make_provider(name="Overdue", last_visit_on=days(-366))
    make_provider(name="Due", last_visit_on=days(-365))
    assert named(Concern.VISIT) == ["Never", "Overdue"]


def test_only_looked_at_files_with_refused_rows_are_to_be_corrected(context):
    wanted = make_intake(refused=3, state=IntakeState.READY)
    latest = make_intake(refused=1, state=IntakeState.SAVED)
    make_intake(refused=0, state=IntakeState.SAVED)
    make_intake(refused=2, state=IntakeState.DISCARDED)
    assert files_to_correct(10) == [latest, wanted]
    assert files_to_correct(1) == [latest]
