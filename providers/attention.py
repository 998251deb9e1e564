"""What in the directory needs a person: providers to decide about, renew, ask or visit."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import defer, selectinload

from app.kernel.database import db
from app.kernel.words import in_words
from providers import compliance
from providers.admission import AdmissionState
from providers.models.intake import Intake, IntakeState
from providers.models.offer import Offer
from providers.models.provider import Provider
from providers.needs import Judgement, Labelled, ServiceGroup
from providers.pricing import Cap, above_cap, cap_on
from providers.queries import caps_in_force


class Concern(Labelled):
    """Why a provider needs someone's attention."""

    PENDING = "pending", "Waiting for a decision"
    SUSPENDED = "suspended", "Suspended"
    JUDGEMENT = "judgement", "Judged red or amber"
    EVIDENCE = "evidence", "Evidence missing, out of date or running out"
    CAP = "cap", "Price above the cap"
    CAPACITY = "capacity", "Free hours not confirmed lately"
    VISIT = "visit", "Visit overdue"


@dataclass(frozen=True)
class Flag:
    """A provider that needs attention, and what about it, each in one sentence.

    urgency: the smallest comes first.
    """

    provider: Provider
    remarks: tuple[str, ...]
    urgency: int


@dataclass(frozen=True)
class AttentionSettings:
    """expiring_within: days before evidence runs out at which its renewal is asked for."""

    expiring_within: int = 60


SETTINGS = AttentionSettings()
_POOR = (Judgement.RED, Judgement.AMBER)
_NONE_EXPECTED: Mapping[ServiceGroup, frozenset[compliance.EvidenceKind]] = dict.fromkeys(
    ServiceGroup, frozenset()
)


def needing_attention(
    on: date, settings: AttentionSettings = SETTINGS
) -> dict[Concern, tuple[Flag, ...]]:
    """Every provider that needs attention on a date, by concern, the most urgent first.

    A provider that was removed, or has left, needs none. The whole directory is read, in a fixed
    number of queries.
    """
    judges = _judges(on, caps_in_force(on), settings)
    found: dict[Concern, list[Flag]] = defaultdict(list)
    for provider in _live_providers():
        for concern, judge in judges.items():
            flag = judge(provider)
            if flag:
                found[concern].append(flag)
    return {
        concern: tuple(sorted(found[concern], key=lambda f: (f.urgency, f.provider.name)))
        for concern in Concern
    }


def files_to_correct(limit: int) -> list[Intake]:
    """The latest spreadsheets with refused rows that can be corrected and sent again."""
    looked_at = (IntakeState.READY, IntakeState.SAVED)
    return list(
        db.session.scalars(
            select(Intake)
            .where(Intake.refused > 0, Intake.state.in_(looked_at))
            .options(defer(Intake.columns))
            .order_by(Intake.id.desc())
            .limit(limit)
        )
    )


def _judges(
    on: date, caps: Iterable[Cap], settings: AttentionSettings
) -> dict[Concern, Callable[[Provider], Flag | None]]:
    only_lapsing = replace(
        compliance.SETTINGS,
        expected=_NONE_EXPECTED,
        expiring_within=settings.expiring_within,
    )
    return {
        Concern.PENDING: _pending,
        Concern.SUSPENDED: _suspended,
        Concern.JUDGEMENT: _judged,
        Concern.EVIDENCE: lambda provider: _evidence(provider, on, only_lapsing),
        Concern.CAP: lambda provider: _above_cap(provider, on, caps),
        Concern.CAPACITY: lambda provider: _unconfirmed(provider, on),
        Concern.VISIT: lambda provider: _visit(provider, on),
    }


def _live_providers() -> Iterable[Provider]:
    gone = (AdmissionState.REMOVED, AdmissionState.LEFT)
    return db.session.scalars(
        select(Provider)
        .where(Provider.state.not_in(gone))
        .options(
            selectinload(Provider.evidence),
            selectinload(Provider.offers).joinedload(Offer.service),
        )
    )


def _pending(provider: Provider) -> Flag | None:
    if provider.state is not AdmissionState.PENDING:
        return None
    offers = len(provider.offers)
    what = "1 offer" if offers == 1 else f"{offers} offers"
    return Flag(provider, (f"{what} cannot be used before it is approved.",), -offers)


def _suspended(provider: Provider) -> Flag | None:
    if provider.state is not AdmissionState.SUSPENDED:
        return None
    return Flag(provider, ("No new placements until it is reinstated or removed.",), 0)


def _judged(provider: Provider) -> Flag | None:
    """Each service that was judged so, or the provider as a whole where none was by itself."""
    visits = [
        (f"{offer.service.name}, {_in_a_word(offer.judgement)}", offer)
        for offer in provider.offers
        if offer.judgement in _POOR
    ]
    if not visits and provider.judgement in _POOR:
        visits = [(_in_a_word(provider.judgement).capitalize(), provider)]
    if not visits:
        return None
    remarks = tuple(f"{words}, {_visited(row)}." for words, row in visits)
    return Flag(provider, remarks, min(_POOR.index(row.judgement) for _words, row in visits))


def _in_a_word(judgement: Judgement) -> str:
    return f"judged {judgement.value}"


def _visited(row: Provider | Offer) -> str:
    visited = row.last_visit_on
    return f"at the visit of {in_words(visited)}" if visited else "at a visit without a date"


def _evidence(provider: Provider, on: date, settings: compliance.ComplianceSettings) -> Flag | None:
    if provider.state is not AdmissionState.APPROVED:
        return None
    lapsed, lapsing = (
        _once(
            reason
            for offer in provider.offers
            for reason in judge(offer.service.group, offer.held, on, settings)
        )
        for judge in (compliance.evidence_objections, compliance.evidence_warnings)
    )
    if not lapsed and not lapsing:
        return None
    return Flag(provider, (*lapsed, *lapsing), 0 if lapsed else 1)


def _above_cap(provider: Provider, on: date, caps: Iterable[Cap]) -> Flag | None:
    remarks = [
        reason
        for offer in provider.offers
        if (
            reason := above_cap(
                offer.price, cap_on(caps, offer.service.code, on), offer.service.name
            )
        )
    ]
    return Flag(provider, tuple(remarks), -len(remarks)) if remarks else None


def _unconfirmed(provider: Provider, on: date) -> Flag | None:
    if provider.state is not AdmissionState.APPROVED:
        return None
    by_remark: dict[str, list[str]] = defaultdict(list)
    for offer in provider.offers:
        remark = compliance.freshness_remark(offer.confirmed_on, on)
        if remark:
            by_remark[remark].append(offer.service.name)
    if not by_remark:
        return None
    remarks = tuple(f"{', '.join(names)}: {remark}" for remark, names in by_remark.items())
    oldest = min(offer.confirmed_on for offer in provider.offers)
    return Flag(provider, remarks, oldest.toordinal())


def _visit(provider: Provider, on: date) -> Flag | None:
    visited = provider.last_visit_on
    if visited and on - visited <= timedelta(days=compliance.SETTINGS.visit_every):
        return None
    if visited is None:
        return Flag(provider, ("No quality visit is recorded.",), 0)
    remark = f"Last visited on {in_words(visited)}, {(on - visited).days} days ago."
    return Flag(provider, (remark,), visited.toordinal())


def _once(reasons: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(reasons))
