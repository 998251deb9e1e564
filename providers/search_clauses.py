"""The rules of an open offer as conditions of a query, for searching thousands at once.

Each stands for a rule that `providers.queries.closed_reasons` says in words, and must hold of
exactly the same offers: a test puts the two side by side over many offers on both engines.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import cache, lru_cache
from math import cos, radians
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    true,
)

from providers import compliance
from providers.admission import AdmissionState
from providers.capacity import hours_left, places_left
from providers.compliance import EvidenceKind
from providers.lots import within_lots
from providers.models.framework import Service
from providers.models.offer import Offer, OfferNeed
from providers.models.provider import Evidence, Provider, Site
from providers.needs import (
    SESSIONS,
    Delivery,
    Judgement,
    Registration,
    ServiceGroup,
)
from providers.price_clauses import Condition, costs_at_most, number, within_cap
from providers.pricing import Cap
from providers.search_criteria import GROUPS_OF_TIER, FreeNow, Home, SearchCriteria
from providers.stops import is_stopped


def is_open(on: date, services: Sequence[Service], caps: Iterable[Cap]) -> list[Condition]:
    """What must hold of an offer on a date before a child may be placed with it.

    Capacity is left to the search, which may be asked to look past it. services: every service
    there is, since what evidence is required differs by service. The costliest comes last.
    """
    kinds = tuple(
        Kind(
            each.id,
            each.code,
            each.group,
            tuple(sorted((each.evidence_asked or {}).items())),
            each.lot_id,
        )
        for each in services
    )
    excepted = tuple((cap, tuple(sorted(cap.exceptions.items()))) for cap in caps)
    return list(_is_open(on, kinds, excepted))


class Kind(NamedTuple):
    """A service, as far as it bears on whether its offers are open; asked: as kept with it."""

    id: int
    code: str
    group: ServiceGroup
    asked: tuple[tuple[str, str], ...]
    lot_id: int | None


@lru_cache(maxsize=8)
def _is_open(
    on: date, services: tuple[Kind, ...], caps: tuple[tuple[Cap, tuple], ...]
) -> tuple[Condition, ...]:
    """The same conditions for every search of a day, until a cap or a service changes.

    caps: each beside its exceptions, by which caps do not compare.
    """
    return (
        Provider.state == AdmissionState.APPROVED,
        ~is_stopped(),
        _not_red(Provider.judgement),
        _not_red(Offer.judgement),
        within_cap(on, services, [cap for cap, _exceptions in caps]),
        *_evidence_holds(on, services),
        *within_lots(_by_lot(services)),
    )


def _by_lot(services: Iterable[Kind]) -> dict[int, list[tuple[int, str]]]:
    """The services of each lot, by id and code."""
    lots: dict[int, list[tuple[int, str]]] = {}
    for each in services:
        if each.lot_id is not None:
            lots.setdefault(each.lot_id, []).append((each.id, each.code))
    return lots


def _not_red(judgement) -> Condition:
    return or_(judgement.is_(None), judgement != Judgement.RED)


def _evidence_holds(on: date, services: Sequence[Kind]) -> list[Condition]:
    """For each kind of evidence that any offer requires, that those which require it have it."""
    cases = [(service.id, at_home) for service in services for at_home in (False, True)]
    asking: dict[EvidenceKind, set[tuple[int, bool]]] = {}
    for service in services:
        for at_home in (False, True):
            required = compliance.demand(
                service.group, service.code, at_home=at_home, asked=dict(service.asked)
            ).required
            for kind in required:
                asking.setdefault(kind, set()).add((service.id, at_home))
    return [
        _is_held(kind, on)
        if len(asks) == len(cases)
        else or_(_asks_nothing(asks), _is_held(kind, on))
        for kind, asks in sorted(asking.items())
    ]


def _asks_nothing(asks: set[tuple[int, bool]]) -> Condition:
    """That an offer is none of those, by service and by work at home, that ask for evidence."""
    return ~or_(
        *(
            and_(
                Offer.at_home.is_(at_home),
                Offer.service_id.in_(sorted(service for service, home in asks if home is at_home)),
            )
            for at_home in (False, True)
        )
    )


def _is_held(kind: EvidenceKind, on: date) -> Condition:
    """That an item of a kind counts on a date, held for the offer or for the whole provider."""
    longest = timedelta(days=compliance.SETTINGS.good_for_days[kind])
    return (
        select(Evidence.id)
        .where(
            Evidence.provider_id == Offer.provider_id,
            Evidence.kind == kind,
            or_(Evidence.offer_id.is_(None), Evidence.offer_id == Offer.id),
            or_(
                Evidence.expires_on >= on,
                and_(Evidence.expires_on.is_(None), Evidence.issued_on >= on - longest),
            ),
        )
        .correlate(Offer)
        .exists()
    )


@cache
def half_days_open() -> ColumnElement[int]:
    """How many half-days of the week an offer is open."""
    nothing, one = number(0), number(1)
    days = [Offer.sessions.bitwise_and(number(1 << bit)) for bit in range(len(SESSIONS))]
    counts = [case((day != nothing, one), else_=nothing) for day in days]
    return sum(counts[1:], counts[0])


def fits(criteria: SearchCriteria, services: Sequence[Service]) -> list[Condition]:
    """What a search asks of an offer, but for what is free and the exact distance.

    Distance is only narrowed to a box here, and measured afterwards.
    """
    return [*_suits_child(criteria), *_suits_terms(criteria, services), *_is_near(criteria)]


def _suits_child(criteria: SearchCriteria) -> Iterable[Condition]:
    if criteria.ages is not None:
        youngest, oldest = criteria.ages
        yield and_(Offer.min_age <= youngest, Offer.max_age >= oldest)
    if criteria.needs and criteria.every_need:
        for need in criteria.needs:
            yield Offer.id.in_(_meeting(OfferNeed.need_type == need))
    elif criteria.needs:
        yield Offer.id.in_(_meeting(OfferNeed.need_type.in_(criteria.needs)))
    if criteria.deliveries:
        yield or_(*(_DELIVERED[way] for way in sorted(criteria.deliveries)))
    if criteria.sessions:
        yield Offer.sessions.bitwise_and(criteria.sessions) == criteria.sessions
    if criteria.hours is not None:
        yield Offer.min_hours <= criteria.hours
    if criteria.half_days > 1:
        yield half_days_open() >= criteria.half_days
    if criteria.must_be_registered:
        yield is_registered()
    if criteria.excluded:
        yield Offer.provider_id.not_in(criteria.excluded)


def _meeting(need: Condition) -> Select:
    """Offers that meet a need, as a list from which the engine may start."""
    return select(OfferNeed.offer_id).where(need)


def _suits_terms(criteria: SearchCriteria, services: Sequence[Service]) -> Iterable[Condition]:
    if criteria.max_pence is not None:
        yield costs_at_most(criteria.max_pence)
    if criteria.tier is not None:
        groups = GROUPS_OF_TIER[criteria.tier]
        yield Offer.service_id.in_([each.id for each in services if each.group in groups])
    if criteria.standard is not None:
        yield _judged().in_(criteria.standard.judgements)
    if criteria.registered_only:
        yield Provider.registration.in_([each for each in Registration if each.is_school])


def is_free(criteria: SearchCriteria, on: date, taken: Subquery) -> Iterable[Condition]:
    """That there is room from a date on. taken: what is promised, joined outer to the offers."""
    yield places_left(taken) >= 1
    yield hours_left(taken) >= (criteria.hours or 1)
    if criteria.free is FreeNow.CONFIRMED:
        yield Offer.confirmed_on >= on - timedelta(days=compliance.SETTINGS.ask_after)


def _is_near(criteria: SearchCriteria) -> Iterable[Condition]:
    """A box around the home that holds every site which could be near enough, and a few more."""
    home = criteria.home
    if home is None:
        return
    asked = criteria.deliveries or frozenset(Delivery)
    ways: list[Condition] = []
    if Delivery.ONLINE in asked:
        ways.append(Offer.online)
    if asked & {Delivery.AT_BASE, Delivery.IN_COMMUNITY}:
        limit = criteria.within_km
        near = true() if limit is None else _boxed(home, limit, limit)
        ways.append(and_(or_(Offer.at_base, Offer.in_community), Site.latitude.is_not(None), near))
    if Delivery.AT_HOME in asked:
        radius = Offer.travel_radius_km
        near = or_(radius.is_(None), _boxed(home, radius, _FARTHEST_KM))
        ways.append(and_(Offer.at_home, Site.latitude.is_not(None), near))
    yield or_(*ways)


_KM_A_DEGREE = 110.5
"""Kilometres in a degree of latitude, and of longitude at the equator: no degree has fewer."""
_FARTHEST_KM = 300
"""Beyond any radius that staff travel; the box has to be wide enough in the north of it too."""


def _boxed(home: Home, km, farthest_km: float) -> Condition:
    """That a site lies in a box of so many kilometres each way; a radius is a column or a number.

    A degree of longitude is narrowest at the box's northern edge; a hundredth is left as margin.
    """
    edge = min(home.latitude + farthest_km / _KM_A_DEGREE, 85)
    degree = _KM_A_DEGREE * cos(radians(edge)) * 0.99
    return and_(
        func.abs(Site.latitude - home.latitude) * _KM_A_DEGREE <= km,
        func.abs(Site.longitude - home.longitude) * degree <= km,
    )


def needs_met(criteria: SearchCriteria) -> ColumnElement[int]:
    """How many of the needs that are asked and wished for an offer meets."""
    asked = (*(() if criteria.every_need else criteria.needs), *criteria.wished)
    if not asked:
        return literal(0)
    return (
        select(func.count())
        .where(OfferNeed.offer_id == Offer.id, OfferNeed.need_type.in_(asked))
        .correlate(Offer)
        .scalar_subquery()
    )


def is_registered() -> Condition:
    """That the provider is registered, as a school or as an online provider."""
    return Provider.registration != Registration.UNREGISTERED


def freshness_rank(on: date) -> ColumnElement[int]:
    """0 where capacity was confirmed lately, 1 where it should be confirmed, 2 where to ask."""
    settings = compliance.SETTINGS
    return case(
        (Offer.hours_free.is_(None), 2),
        (Offer.confirmed_on >= on - timedelta(days=settings.stale_after), 0),
        (Offer.confirmed_on >= on - timedelta(days=settings.ask_after), 1),
        else_=2,
    )


def judgement_rank() -> ColumnElement[int]:
    """0 for green, 1 for amber, 2 where nobody has visited."""
    return case((_judged() == Judgement.GREEN, 0), (_judged() == Judgement.AMBER, 1), else_=2)


def _judged() -> ColumnElement[Judgement]:
    """What the last visit to the service concluded, or else the last to the provider."""
    return func.coalesce(Offer.judgement, Provider.judgement, type_=Offer.judgement.type)


_DELIVERED = {
    Delivery.AT_BASE: Offer.at_base,
    Delivery.AT_HOME: Offer.at_home,
    Delivery.IN_COMMUNITY: Offer.in_community,
    Delivery.ONLINE: Offer.online,
}
WAY_BITS = {way: 1 << bit for bit, way in enumerate(_DELIVERED)}


@cache
def ways() -> ColumnElement[int]:
    """The ways in which an offer is given, as the sum of their `WAY_BITS`: one column, not four."""
    nothing = number(0)
    given = [
        case((column, number(WAY_BITS[way])), else_=nothing) for way, column in _DELIVERED.items()
    ]
    return sum(given[1:], given[0])
