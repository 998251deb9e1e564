"""Evidence lapses in words, and capacity ages."""

from datetime import date, timedelta

import pytest

from providers.compliance import (
    Asked,
    ComplianceSettings,
    Evidence,
    EvidenceKind,
    Freshness,
    demand,
    evidence_objections,
    evidence_warnings,
    freshness,
    freshness_remark,
    good_until,
    reminder_due,
    visit_remarks,
)
from providers.needs import Judgement, ServiceGroup

TODAY = date(2026, 11, 23)
REQUIRED = demand(ServiceGroup.TEACHING, "tutoring_qts").required
INSURED = Evidence(EvidenceKind.INSURANCE, expires_on=date(2027, 6, 1))
CHECKED = Evidence(EvidenceKind.STAFF_CHECKS, issued_on=date(2025, 8, 6))


def test_current_insurance_and_staff_checks_are_enough_to_be_used():
    assert evidence_objections(REQUIRED, [INSURED, CHECKED], TODAY) == ()


@pytest.mark.parametrize("group", list(ServiceGroup))
def test_without_evidence_no_group_of_services_may_be_used(group):
    assert evidence_objections(demand(group, "any").required, [], TODAY) == (
        "Public liability insurance is not held. Ask the provider for it.",
        "Written confirmation of staff checks (DBS register) is not held. Ask the provider for it.",
    )


def test_lapsed_insurance_is_refused_with_its_date():
    lapsed = Evidence(EvidenceKind.INSURANCE, expires_on=date(2026, 10, 30))
    (reason,) = evidence_objections(REQUIRED, [lapsed, CHECKED], TODAY)
    assert reason.startswith("Public liability insurance ran out on 30 October 2026.")


def test_insurance_counts_on_its_last_day():
    last_day = Evidence(EvidenceKind.INSURANCE, expires_on=TODAY)
    assert not evidence_objections(REQUIRED, [last_day, CHECKED], TODAY)


def test_staff_checks_count_for_three_years():
    old = Evidence(EvidenceKind.STAFF_CHECKS, issued_on=date(2023, 11, 23))
    assert evidence_objections(REQUIRED, [INSURED, old], TODAY)
    assert good_until(CHECKED) == date(2028, 8, 5)


def test_the_newest_item_of_a_kind_counts():
    lapsed = Evidence(EvidenceKind.INSURANCE, expires_on=date(2025, 1, 1))
    assert not evidence_objections(REQUIRED, [INSURED, lapsed, CHECKED], TODAY)


def test_an_undated_item_is_not_evidence():
    assert evidence_objections(REQUIRED, [Evidence(EvidenceKind.INSURANCE), CHECKED], TODAY)


def test_evidence_about_to_lapse_is_warned_of():
    soon = Evidence(EvidenceKind.INSURANCE, expires_on=TODAY + timedelta(days=42))
    warnings = evidence_warnings((), [soon, CHECKED], TODAY)
    assert warnings == (
        "Public liability insurance runs out on 4 January 2027. Ask for its renewal.",
    )


def test_expected_evidence_is_asked_for_by_group():
    expected = demand(ServiceGroup.THERAPY, "physiotherapy").expected
    therapy = " ".join(evidence_warnings(expected, [INSURED, CHECKED], TODAY))
    assert "Health professionals' registration is not held" in therapy
    assert demand(ServiceGroup.SCHOOL_PLACE, "ap_school_place").expected == frozenset()


def test_an_outdoor_centre_and_a_home_tutor_are_asked_for_different_things():
    centre = demand(ServiceGroup.INCLUSION, "outdoor").expected
    tutor = demand(ServiceGroup.TEACHING, "tutoring_qts", at_home=True).expected
    assert EvidenceKind.EMPLOYERS_LIABILITY in centre - tutor
    assert EvidenceKind.LONE_WORKING in tutor - centre


def test_an_authority_may_ask_for_more_or_less_of_a_service():
    asked = {
        EvidenceKind.HEALTH_SAFETY.value: Asked.REQUIRED.value,
        EvidenceKind.DATA_PROTECTION.value: Asked.NOT_ASKED.value,
        EvidenceKind.INSURANCE.value: Asked.EXPECTED.value,
    }
    own = demand(ServiceGroup.INCLUSION, "outdoor", asked=asked)
    assert own.required == {EvidenceKind.STAFF_CHECKS, EvidenceKind.HEALTH_SAFETY}
    assert EvidenceKind.INSURANCE in own.expected
    assert EvidenceKind.DATA_PROTECTION not in own.expected


@pytest.mark.parametrize(
    ("left", "warning"),
    [(61, None), (60, 60), (31, 60), (30, 30), (8, 30), (7, 7), (0, 7), (-1, 0)],
)
def test_a_reminder_falls_due_sixty_thirty_and_seven_days_before_the_end(left, warning):
    assert reminder_due(TODAY + timedelta(days=left), TODAY) == warning


@pytest.mark.parametrize(
    ("days", "state"),
    [
        (0, Freshness.CONFIRMED),
        (28, Freshness.CONFIRMED),
        (29, Freshness.STALE),
        (56, Freshness.STALE),
        (57, Freshness.ASK),
    ],
)
def test_capacity_ages_from_confirmed_to_stale_to_ask(days, state):
    assert freshness(TODAY - timedelta(days=days), TODAY) is state


def test_capacity_never_confirmed_is_to_be_asked_for():
    assert freshness(None, TODAY) is Freshness.ASK
    assert freshness_remark(None, TODAY).startswith("Capacity has no date")


def test_old_capacity_is_remarked_upon_with_its_age():
    assert freshness_remark(TODAY, TODAY) is None
    assert freshness_remark(date(2026, 10, 25), TODAY) == (
        "Capacity was confirmed 29 days ago, on 25 October 2026. "
        "Confirm it with the provider before use."
    )
    assert "too old to rely on" in freshness_remark(date(2026, 8, 1), TODAY)


@pytest.mark.parametrize(
    ("visited", "judgement", "words"),
    [
        (date(2026, 5, 1), Judgement.GREEN, []),
        (date(2026, 5, 1), Judgement.RED, ["judged red"]),
        (date(2025, 11, 1), Judgement.AMBER, ["on 1 November 2025"]),
        (date(2025, 11, 1), Judgement.RED, ["overdue", "judged red"]),
        (None, None, ["No quality visit"]),
    ],
)
def test_a_visit_that_is_missing_old_or_red_is_remarked_upon(visited, judgement, words):
    remarks = visit_remarks(visited, judgement, TODAY)
    assert len(remarks) == len(words)
    assert all(word in remark for word, remark in zip(words, remarks, strict=True))


def test_periods_are_settings():
    settings = ComplianceSettings(ask_after=200, stale_after=100)
    assert freshness(date(2026, 8, 20), TODAY, settings) is Freshness.CONFIRMED
