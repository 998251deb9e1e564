"""One provider as a page shows it: each offer on a date, and the evidence behind them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from providers import compliance
from providers.capacity import Free, free_of
from providers.compliance import EvidenceKind, Freshness
from providers.models.offer import Offer
from providers.models.provider import Provider
from providers.needs import Labelled
from providers.pricing import Cap, cap_on, cap_remark
from providers.queries import ClosedReason, Closure, closed_reasons


@dataclass(frozen=True)
class OfferStanding:
    """An offer on a date. cap: None where the service has none. closed: why it can't be used.
    free: what is left of its room once what it has promised is taken away.

    remarks: what to check or ask before it is used, though nothing forbids it.
    """

    offer: Offer
    cap: Cap | None
    closed: tuple[ClosedReason, ...]
    freshness: Freshness
    free: Free
    remarks: tuple[str, ...]

    @property
    def is_open(self) -> bool:
        """Whether a child may be placed with it."""
        return not self.closed

    @property
    def above_cap(self) -> bool:
        """Whether its price an hour, net of VAT, is more than the cap."""
        return any(reason.code is Closure.CAP for reason in self.closed)


class EvidenceState(Labelled):
    """How an item of evidence stands on a date."""

    CURRENT = "current", "Current"
    LAPSING = "lapsing", "Runs out soon"
    LAPSED = "lapsed", "Out of date"
    MISSING = "missing", "Not held"


@dataclass(frozen=True)
class EvidenceStanding:
    """A kind of evidence on a date, for some of a provider's services.

    until: the last day it counts, None where it is not held. required: whether no child may be
    placed without it. services: names; empty where it is the same for all of them.
    """

    kind: EvidenceKind
    state: EvidenceState
    issued_on: date | None
    until: date | None
    required: bool
    services: tuple[str, ...] = ()


def offer_standings(offers: Iterable[Offer], on: date, caps: Iterable[Cap]) -> list[OfferStanding]:
    """How each offer stands on a date, in the order given."""
    listed = list(offers)
    free = free_of(listed, on)
    return [_offer_standing(offer, on, caps, free[offer.id]) for offer in listed]


def _offer_standing(offer: Offer, on: date, caps: Iterable[Cap], free: Free) -> OfferStanding:
    cap = cap_on(caps, offer.service.code, on)
    remarks = (
        compliance.freshness_remark(offer.confirmed_on, on),
        cap_remark(offer.price, cap, offer.service.name),
        "It has no hours or places free." if free.is_full else None,
    )
    return OfferStanding(
        offer,
        cap,
        closed_reasons(offer, on, caps),
        compliance.freshness(offer.confirmed_on, on),
        free,
        tuple(remark for remark in remarks if remark),
    )


def evidence_standings(
    provider: Provider, on: date, settings: compliance.ComplianceSettings = compliance.SETTINGS
) -> list[EvidenceStanding]:
    """Every kind of evidence that is held, or required or expected for what the provider offers.

    Services for which a kind stands alike are taken together.
    """
    standings = []
    for kind in EvidenceKind:
        alike: dict[EvidenceStanding, list[str]] = defaultdict(list)
        for service, required, expected, held in _scopes(provider, settings):
            items = [item for item in held if item.kind is kind]
            if items or kind in required or kind in expected:
                standing = _evidence_standing(kind, items, kind in required, on, settings)
                alike[standing].append(service)
        whole = len(alike) == 1
        standings += [
            standing if whole else replace(standing, services=tuple(services))
            for standing, services in alike.items()
        ]
    return standings


Scope = tuple[
    str, Collection[EvidenceKind], Collection[EvidenceKind], Sequence[compliance.Evidence]
]


def _scopes(provider: Provider, settings: compliance.ComplianceSettings) -> list[Scope]:
    """For each service: its name, what it requires, what it expects, what is held for it."""
    if not provider.offers:
        held = [compliance.Evidence(e.kind, e.issued_on, e.expires_on) for e in provider.evidence]
        return [("", (), (), held)]
    demands = [(offer, offer.demand(settings)) for offer in provider.offers]
    return [
        (offer.service.name, demand.required, demand.expected, offer.held)
        for offer, demand in demands
    ]


def _evidence_standing(
    kind: EvidenceKind,
    items: Iterable[compliance.Evidence],
    required: bool,
    on: date,
    settings: compliance.ComplianceSettings,
) -> EvidenceStanding:
    """How a kind stands by the item that lasts longest."""
    lasting = [(until, item) for item in items if (until := compliance.good_until(item, settings))]
    if not lasting:
        return EvidenceStanding(kind, EvidenceState.MISSING, None, None, required)
    until, item = max(lasting, key=lambda pair: pair[0])
    if until < on:
        state = EvidenceState.LAPSED
    elif (until - on).days <= settings.expiring_within:
        state = EvidenceState.LAPSING
    else:
        state = EvidenceState.CURRENT
    return EvidenceStanding(kind, state, item.issued_on, until, required)
