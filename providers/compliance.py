"""Evidence that must be current before a provider is used, and how far to trust its capacity.

Pure functions over plain records; each returns what is wrong in words that say what to do.
Sources: Department for Education's voluntary national standards for non-school alternative
provision (2025) and Keeping children safe in education for the staff checks; councils' own
approval lists for the rest. The periods are settings.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from app.kernel.words import in_words
from providers.figures import figures
from providers.needs import Judgement, Labelled, ServiceGroup


class EvidenceKind(Labelled):
    """A document or confirmation that the authority holds for a provider."""

    INSURANCE = "insurance", "Public liability insurance"
    EMPLOYERS_LIABILITY = "employers_liability", "Employer's liability insurance"
    PROFESSIONAL_INDEMNITY = "professional_indemnity", "Professional indemnity insurance"
    STAFF_CHECKS = "staff_checks", "Written confirmation of staff checks (DBS register)"
    SAFEGUARDING_TRAINING = "safeguarding_training", "Safeguarding lead's training"
    SAFEGUARDING_POLICY = "safeguarding_policy", "Safeguarding policy"
    HEALTH_SAFETY = "health_safety", "Health and safety policy and risk assessments"
    LONE_WORKING = "lone_working", "Lone-working policy and home-visit risk assessment"
    DATA_PROTECTION = "data_protection", "Data protection registration"
    PROFESSIONAL_REGISTER = "professional_register", "Health professionals' registration"
    FINANCIAL = "financial", "Financial standing"


class Asked(Labelled):
    """How firmly an authority asks for a kind of evidence."""

    REQUIRED = "required", "Required: no child is placed without it"
    EXPECTED = "expected", "Expected: a warning where it is missing"
    NOT_ASKED = "not_asked", "Not asked for"


@dataclass(frozen=True)
class Evidence:
    """One item held: the day it was issued or confirmed, and the last day it is good for."""

    kind: EvidenceKind
    issued_on: date | None = None
    expires_on: date | None = None


_ALWAYS = frozenset({EvidenceKind.INSURANCE, EvidenceKind.STAFF_CHECKS})
_USUAL = frozenset(
    {
        EvidenceKind.SAFEGUARDING_TRAINING,
        EvidenceKind.SAFEGUARDING_POLICY,
        EvidenceKind.HEALTH_SAFETY,
        EvidenceKind.DATA_PROTECTION,
    }
)


def _required() -> Mapping[ServiceGroup, frozenset[EvidenceKind]]:
    return dict.fromkeys(ServiceGroup, _ALWAYS)


def _expected() -> Mapping[ServiceGroup, frozenset[EvidenceKind]]:
    return {
        ServiceGroup.TEACHING: _USUAL,
        ServiceGroup.INCLUSION: _USUAL | {EvidenceKind.EMPLOYERS_LIABILITY},
        ServiceGroup.THERAPY: _USUAL
        | {EvidenceKind.PROFESSIONAL_INDEMNITY, EvidenceKind.PROFESSIONAL_REGISTER},
        # a registered school's own inspection covers its policies
        ServiceGroup.SCHOOL_PLACE: frozenset(),
    }


def _expected_of_service() -> Mapping[str, frozenset[EvidenceKind]]:
    """Beyond the group's: an outdoor centre or a workshop has staff and hazards of its own."""
    centre = frozenset({EvidenceKind.EMPLOYERS_LIABILITY, EvidenceKind.HEALTH_SAFETY})
    return {"outdoor": centre, "vocational": centre}


def _good_for_days() -> Mapping[EvidenceKind, int]:
    year = 365
    return {
        EvidenceKind.INSURANCE: year,
        EvidenceKind.EMPLOYERS_LIABILITY: year,
        EvidenceKind.PROFESSIONAL_INDEMNITY: year,
        EvidenceKind.STAFF_CHECKS: 3 * year,
        EvidenceKind.SAFEGUARDING_TRAINING: 2 * year,
        EvidenceKind.SAFEGUARDING_POLICY: year,
        EvidenceKind.HEALTH_SAFETY: year,
        EvidenceKind.LONE_WORKING: year,
        EvidenceKind.DATA_PROTECTION: year,
        EvidenceKind.PROFESSIONAL_REGISTER: 2 * year,
        EvidenceKind.FINANCIAL: year,
    }


_WARN_AT = figures("FAIRPLACE_EVIDENCE_WARNING_DAYS", (60, 30, 7))
_STALE_AFTER, _ASK_AFTER = figures("FAIRPLACE_CAPACITY_DAYS", (28, 56))


@dataclass(frozen=True)
class ComplianceSettings:
    """What must be held, by group of services, and for how long it counts.

    required: without it no placement. expected: asked for, its absence a warning;
    expected_of_service: further, by the service's code; expected_at_home: further, of staff who
    work in a child's home. An authority may change any of these for a service
    (`Service.evidence_asked`). good_for_days: days after issue, for an item without an expiry
    date of its own. expiring_within: days; warn_at: days before expiry at which the provider is
    reminded, the longest first. stale_after, ask_after: days since capacity was confirmed.
    match_to_be_asked: whether automatic matching counts capacity older than ask_after.
    visit_every: days.
    """

    required: Mapping[ServiceGroup, frozenset[EvidenceKind]] = field(default_factory=_required)
    expected: Mapping[ServiceGroup, frozenset[EvidenceKind]] = field(default_factory=_expected)
    expected_of_service: Mapping[str, frozenset[EvidenceKind]] = field(
        default_factory=_expected_of_service
    )
    expected_at_home: frozenset[EvidenceKind] = frozenset({EvidenceKind.LONE_WORKING})
    good_for_days: Mapping[EvidenceKind, int] = field(default_factory=_good_for_days)
    expiring_within: int = _WARN_AT[0]
    warn_at: tuple[int, ...] = _WARN_AT
    stale_after: int = _STALE_AFTER
    ask_after: int = _ASK_AFTER
    match_to_be_asked: bool = False
    visit_every: int = 365

    @property
    def matched_within(self) -> int | None:
        """Days since capacity was confirmed within which matching counts it; None for any age."""
        return None if self.match_to_be_asked else self.ask_after


SETTINGS = ComplianceSettings()


def good_until(evidence: Evidence, settings: ComplianceSettings = SETTINGS) -> date | None:
    """The last day an item counts: its expiry, or its period after issue; None where undated."""
    if evidence.expires_on:
        return evidence.expires_on
    if evidence.issued_on is None:
        return None
    return evidence.issued_on + timedelta(days=settings.good_for_days[evidence.kind])


@dataclass(frozen=True)
class Demand:
    """The evidence that one offer has to have. required, expected: as in the settings."""

    required: frozenset[EvidenceKind] = frozenset()
    expected: frozenset[EvidenceKind] = frozenset()


def demand(
    group: ServiceGroup,
    service: str,
    *,
    at_home: bool = False,
    asked: Mapping[str, str] | None = None,
    settings: ComplianceSettings = SETTINGS,
) -> Demand:
    """What evidence a service has to have.

    service: its code. at_home: whether staff work in the child's home. asked: what the authority
    has laid down for this service instead, as values of `EvidenceKind` to values of `Asked`.
    """
    required = set(settings.required[group])
    expected = set(
        settings.expected[group] | settings.expected_of_service.get(service, frozenset())
    )
    if at_home and group is not ServiceGroup.SCHOOL_PLACE:
        expected |= settings.expected_at_home
    for kind, firmness in (asked or {}).items():
        required.discard(EvidenceKind(kind))
        expected.discard(EvidenceKind(kind))
        if firmness == Asked.REQUIRED:
            required.add(EvidenceKind(kind))
        elif firmness == Asked.EXPECTED:
            expected.add(EvidenceKind(kind))
    return Demand(frozenset(required), frozenset(expected - required))


def evidence_objections(
    required: Collection[EvidenceKind],
    held: Iterable[Evidence],
    on: date,
    settings: ComplianceSettings = SETTINGS,
) -> tuple[str, ...]:
    """Why an offer may not be used on a date, by the evidence it requires; empty where it may."""
    until = _latest(held, settings)
    return tuple(
        reason for kind in EvidenceKind if kind in required and (reason := _lapse(kind, until, on))
    )


def evidence_warnings(
    expected: Collection[EvidenceKind],
    held: Iterable[Evidence],
    on: date,
    settings: ComplianceSettings = SETTINGS,
) -> tuple[str, ...]:
    """Evidence about to lapse, and expected evidence that is missing or out of date."""
    until = _latest(held, settings)
    warnings = []
    for kind in EvidenceKind:
        if kind in expected and (reason := _lapse(kind, until, on)):
            warnings.append(reason)
        elif (last := until.get(kind)) and 0 <= (last - on).days <= settings.expiring_within:
            warnings.append(f"{kind.label} runs out on {in_words(last)}. Ask for its renewal.")
    return tuple(warnings)


def reminder_due(until: date, on: date, settings: ComplianceSettings = SETTINGS) -> int | None:
    """The shortest warning time that an item has entered: 60, 30 or 7 days, 0 once it ran out.

    until: the last day it counts. None while none of them has begun.
    """
    left = (until - on).days
    if left < 0:
        return 0
    return min((days for days in settings.warn_at if left <= days), default=None)


def lapse(
    kind: EvidenceKind,
    held: Iterable[Evidence],
    on: date,
    settings: ComplianceSettings = SETTINGS,
) -> str | None:
    """Why one kind of evidence does not count on a date; None where it does."""
    return _lapse(kind, _latest(held, settings), on)


class Freshness(Labelled):
    """How far the hours and places that a provider offers can be relied on."""

    CONFIRMED = "confirmed", "Confirmed"
    STALE = "stale", "Confirm before use"
    ASK = "ask", "Ask the provider"


def freshness(
    confirmed_on: date | None, on: date, settings: ComplianceSettings = SETTINGS
) -> Freshness:
    """Whether capacity was confirmed lately: stale after 28 days, to be asked for after 56."""
    if confirmed_on is None or (on - confirmed_on).days > settings.ask_after:
        return Freshness.ASK
    if (on - confirmed_on).days > settings.stale_after:
        return Freshness.STALE
    return Freshness.CONFIRMED


def freshness_remark(
    confirmed_on: date | None, on: date, settings: ComplianceSettings = SETTINGS
) -> str | None:
    """What to do about capacity that was not confirmed lately; None where it was."""
    state = freshness(confirmed_on, on, settings)
    if state is Freshness.CONFIRMED:
        return None
    if confirmed_on is None:
        return "Capacity has no date of confirmation. Ask the provider what is free."
    age = f"Capacity was confirmed {(on - confirmed_on).days} days ago, on {in_words(confirmed_on)}"
    if state is Freshness.STALE:
        return f"{age}. Confirm it with the provider before use."
    return f"{age}: too old to rely on. Ask the provider what is free."


def visit_remarks(
    visited_on: date | None,
    judgement: Judgement | None,
    on: date,
    settings: ComplianceSettings = SETTINGS,
) -> tuple[str, ...]:
    """What the last quality visit leaves to do; empty where it was lately and good."""
    remarks = []
    if visited_on is None:
        remarks.append("No quality visit is recorded. Arrange one before the provider is used.")
    elif (on - visited_on).days > settings.visit_every:
        remarks.append(
            f"The last quality visit was on {in_words(visited_on)}. A yearly visit is overdue."
        )
    if judgement is Judgement.RED:
        remarks.append("The last visit was judged red. Review the provider before any placement.")
    return tuple(remarks)


def _latest(held: Iterable[Evidence], settings: ComplianceSettings) -> dict[EvidenceKind, date]:
    """For each kind, the last day that any item of it counts."""
    until: dict[EvidenceKind, date] = {}
    for evidence in held:
        last = good_until(evidence, settings)
        if last is not None:
            until[evidence.kind] = max(last, until.get(evidence.kind, last))
    return until


def _lapse(kind: EvidenceKind, until: Mapping[EvidenceKind, date], on: date) -> str | None:
    last = until.get(kind)
    if last is None:
        return f"{kind.label} is not held. Ask the provider for it."
    if last < on:
        return f"{kind.label} ran out on {in_words(last)}. Ask the provider for its renewal."
    return None
