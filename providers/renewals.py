"""Evidence that falls due: what runs out within 60, 30 or 7 days, has run out or is not held."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.kernel.database import db
from app.kernel.words import in_words, listed
from providers import compliance
from providers.admission import AdmissionState
from providers.models.evidence import DocumentState, EvidenceDocument
from providers.models.offer import Offer
from providers.models.provider import Provider
from providers.profile import EvidenceStanding, evidence_standings

NEVER_SENT = -1


@dataclass(frozen=True)
class Renewal:
    """A kind of evidence that a provider has to renew or send.

    days: left until it runs out, negative once it has, None where it was never held. within: the
    warning time it has entered (60, 30, 7), 0 where it does not count, NEVER_SENT where it is
    only expected and was never held. sent: whether a renewal waits to be checked.
    """

    provider: Provider
    standing: EvidenceStanding
    days: int | None
    within: int
    sent: bool

    @property
    def text(self) -> str:
        """The one sentence that a reminder says."""
        what = self.standing.kind.label
        if self.standing.services:
            what += f" for {listed(self.standing.services)}"
        if self.standing.until is None:
            return f"{what} is not held."
        verb = "runs out" if self.within > 0 else "ran out"
        return f"{what} {verb} on {in_words(self.standing.until)}."


def of_today(due: Iterable[Renewal]) -> dict[Provider, list[Renewal]]:
    """What a provider is to be told today: items that enter a warning time, or ran out yesterday.

    Where a renewal has been sent there is nothing to tell.
    """
    days = (*compliance.SETTINGS.warn_at, -1)
    told: dict[Provider, list[Renewal]] = {}
    for item in due:
        if item.days in days and not item.sent:
            told.setdefault(item.provider, []).append(item)
    return told


def renewals(
    on: date,
    provider: Provider | None = None,
    settings: compliance.ComplianceSettings = compliance.SETTINGS,
) -> list[Renewal]:
    """What is due on a date, the most urgent first: of one provider, or of all in use.

    What is only expected, and was never held, comes last.
    """
    waiting = _waiting_to_be_checked()
    found = [
        Renewal(row, standing, days, within, (row.id, standing.kind) in waiting)
        for row in _in_use(provider)
        for standing in evidence_standings(row, on, settings)
        if (due := _due(standing, on, settings)) is not None
        for days, within in [due]
    ]
    return sorted(found, key=_urgency)


def _due(
    standing: EvidenceStanding, on: date, settings: compliance.ComplianceSettings
) -> tuple[int | None, int] | None:
    if standing.until is None:
        return (None, 0 if standing.required else NEVER_SENT)
    within = compliance.reminder_due(standing.until, on, settings)
    return None if within is None else ((standing.until - on).days, within)


def _urgency(renewal: Renewal) -> tuple:
    optional = renewal.within == NEVER_SENT
    return (optional, renewal.days or 0, renewal.provider.name, renewal.standing.kind.label)


def _in_use(provider: Provider | None) -> Iterable[Provider]:
    """Providers that children are or may be placed with, with all that judging them needs."""
    used = (AdmissionState.APPROVED, AdmissionState.SUSPENDED)
    whose = Provider.state.in_(used) if provider is None else Provider.id == provider.id
    return db.session.scalars(
        select(Provider)
        .where(whose)
        .options(
            selectinload(Provider.evidence),
            selectinload(Provider.offers).joinedload(Offer.service),
        )
    )


def _waiting_to_be_checked() -> set[tuple[int, compliance.EvidenceKind]]:
    sent = select(EvidenceDocument.provider_id, EvidenceDocument.kind).where(
        EvidenceDocument.state == DocumentState.SENT
    )
    return {(provider_id, kind) for provider_id, kind in db.session.execute(sent)}
