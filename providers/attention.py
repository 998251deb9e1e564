"""What in the directory needs a person: providers to decide about, renew, ask or visit."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import defer, selectinload

from app.kernel.database import db
from app.kernel.words import in_words, listed
from providers import compliance
from providers.admission import AdmissionState
from providers.compliance import Freshness
from providers.models.intake import Intake, IntakeState
from providers.models.offer import Offer
from providers.models.provider import Provider
from providers.needs import Judgement, Labelled
from providers.pricing import Cap, above_cap, cap_on
from providers.profile import EvidenceStanding, EvidenceState, evidence_standings
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


_POOR = (Judgement.RED, Judgement.AMBER)


def needing_attention(
    on: date, asked: Collection[Concern] = tuple(Concern)
) -> dict[Concern, tuple[Flag, ...]]:
    """Every provider that needs attention on a date, by concern, the most urgent first.

    asked: the concerns to look into; the others are left empty.
    A provider that was removed, or has left, needs none. The whole directory is read, in a fixed
    number of queries.
    """
    caps = caps_in_force(on) if Concern.CAP in asked else ()
    judges = {which: judge for which, judge in _judges(on, caps).items() if which in asked}
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


def _judges(on: date, caps: Iterable[Cap]) -> dict[Concern, Callable[[Provider], Flag | None]]:
    return {
        Concern.PENDING: _pending,
        Concern.SUSPENDED: _suspended,
        Concern.JUDGEMENT: _judged,
        Concern.EVIDENCE: lambda provider: _evidence(provider, on),
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
    if provider.state is not AdmissionState.PENDING or not provider.offers:
        return None  # who only applies has a list of its own
    offers = len(provider.offers)
    what = "1 offer" if offers == 1 else f"{offers} offers"
    return Flag(provider, (f"{what} cannot be used before it is approved.",), -offers)


def _suspended(provider: Provider) -> Flag | None:
    if provider.state is not AdmissionState.SUSPENDED:
        return None
    return Flag(provider, ("No new placements until it is reinstated or removed.",), 0)


def _judged(provider: Provider) -> Flag | None:
    """Each service that was judged so, or the provider as a whole where none was by itself."""
    poor: list[Provider | Offer] = [o for o in provider.offers if o.judgement in _POOR]
    if not poor and provider.judgement in _POOR:
        poor = [provider]
    if not poor:
        return None
    return Flag(
        provider, tuple(map(_visited, poor)), min(_POOR.index(row.judgement) for row in poor)
    )


def _visited(row: Provider | Offer) -> str:
    name = row.service.name if isinstance(row, Offer) else "The provider"
    visited = row.last_visit_on
    when = f"the visit of {in_words(visited)}" if visited else "a visit without a date"
    return f"{name} was judged {row.judgement.value} at {when}."


def _evidence(provider: Provider, on: date) -> Flag | None:
    """What lapsed or is about to, and what is required and missing; not all that is expected."""
    if provider.state is not AdmissionState.APPROVED:
        return None
    found = [
        item
        for item in evidence_standings(provider, on)
        if item.state is not EvidenceState.CURRENT and (item.required or item.until)
    ]
    if not found:
        return None
    soonest = min((item.until or date.min).toordinal() for item in found)
    return Flag(provider, tuple(map(_lapse, found)), soonest)


def _lapse(item: EvidenceStanding) -> str:
    name = f"{item.kind.label} for {listed(item.services)}" if item.services else item.kind.label
    if item.until is None:
        return f"{name} is not held."
    verb = "runs out" if item.state is EvidenceState.LAPSING else "ran out"
    return f"{name} {verb} on {in_words(item.until)}."


def _above_cap(provider: Provider, on: date, caps: Iterable[Cap]) -> Flag | None:
    remarks = [
        reason
        for offer in provider.offers
        if (
            reason := above_cap(
                offer.price,
                cap_on(caps, offer.service.code, on),
                offer.service.name,
                offer_id=offer.id,
            )
        )
    ]
    return Flag(provider, tuple(remarks), -len(remarks)) if remarks else None


def _unconfirmed(provider: Provider, on: date) -> Flag | None:
    if provider.state is not AdmissionState.APPROVED:
        return None
    old = [
        offer
        for offer in sorted(provider.offers, key=lambda offer: offer.confirmed_on)
        if compliance.freshness(offer.confirmed_on, on) is not Freshness.CONFIRMED
    ]
    if not old:
        return None
    remarks = tuple(
        f"{offer.service.name} was last confirmed on {in_words(offer.confirmed_on)}, "
        f"{(on - offer.confirmed_on).days} days ago."
        for offer in old
    )
    return Flag(provider, remarks, old[0].confirmed_on.toordinal())


def _visit(provider: Provider, on: date) -> Flag | None:
    visited = provider.last_visit_on
    if visited and on - visited <= timedelta(days=compliance.SETTINGS.visit_every):
        return None
    if visited is None:
        return Flag(provider, ("No quality visit is recorded.",), 0)
    remark = f"Last visited on {in_words(visited)}, {(on - visited).days} days ago."
    return Flag(provider, (remark,), visited.toordinal())
