"""Evidence lapses in words, and capacity ages."""

from datetime import date, timedelta

import pytest

from providers.compliance import (
    ComplianceSettings,
    Evidence,
    EvidenceKind,
    Freshness,
    evidence_objections,
    evidence_warnings,
    freshness,
    freshness_remark,
    good_until,
    visit_remarks,
)
from providers.needs import Judgement, ServiceGroup

TODAY = date(2026, 11, 23)
TEACHING = ServiceGroup.TEACHING
INSURED = Evidence(EvidenceKind.INSURANCE, expires_on=date(2027, 6, 1))
CHECKED = Evidence(EvidenceKind.STAFF_CHECKS, issued_on=date(2025, 8, 6))


def test_current_insurance_and_staff_checks_are_enough_to_be_used():
    assert evidence_objections(TEACHING, [INSURED, CHECKED], TODAY) == ()


@pytest.mark.parametrize("group", list(ServiceGroup))
def test_without_evidence_no_group_of_services_may_be_used(group):
    assert evidence_objections(group, [], TODAY) == (
        "Public liability insurance is not held. Ask the provider for it.",
        "Written confirmation of staff checks (DBS register) is not held. Ask the provider for it.",
    )


def test_lapsed_insurance_is_refused_with_its_date():
    lapsed = Evidence(EvidenceKind.INSURANCE, expires_on=date(2026, 10, 30))
    (reason,) = evidence_objections(TEACHING, [lapsed, CHECKED], TODAY)
    assert reason.startswith("Public liability insurance ran out on 30 October 2026.")


def test_insurance_counts_on_its_last_day():
    last_day = Evidence(EvidenceKind.INSURANCE, expires_on=TODAY)
    assert not evidence_objections(TEACHING, [last_day, CHECKED], TODAY)


def test_staff_checks_count_for_three_years():
    old = Evidence(EvidenceKind.STAFF_CHECKS, issued_on=date(2023, 11, 23))
    assert evidence_objections(TEACHING, [INSURED, old], TODAY)
    assert good_until(CHECKED) == date(2028, 8, 5)


def test_the_newest_item_of_a_kind_counts():
    lapsed = Evidence(EvidenceKind.INSURANCE, expires_on=date(2025, 1, 1))
    assert not evidence_objections(TEACHING, [INSURED, lapsed, CHECKED], TODAY)


def test_an_undated_item_is_not_evidence():
    assert evidence_objections(TEACHING, [Evidence(EvidenceKind.INSURANCE), CHECKED], TODAY)


def test_evidence_about_to_lapse_is_warned_of():
    soon = Evidence(EvidenceKind.INSURANCE, expires_on=TODAY + timedelta(days=42))
    warnings = evidence_warnings(ServiceGroup.SCHOOL_PLACE, [soon, CHECKED], TODAY)
    assert warnings == (
        "Public liability insurance runs out on 4 January 2027. Ask for its renewal.",
    )


def test_expected_evidence_is_asked_for_by_group():
    therapy = " ".join(evidence_warnings(ServiceGroup.THERAPY, [INSURED, CHECKED], TODAY))
    assert "Health professionals' registration is not held" in therapy
    assert evidence_warnings(ServiceGroup.SCHOOL_PLACE, [INSURED, CHECKED], TODAY) == ()


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
