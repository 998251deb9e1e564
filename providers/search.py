"""The search of the directory: which open offers fit, in an order that can be explained.

The database leaves only offers that keep every rule but distance, as rows of plain numbers;
distance is then measured along the geodesic for all of them at once. So a page of twenty out of
ten thousand offers costs one query and no more objects than it shows.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from math import inf

import numpy as np
from pyproj import Geod
from sqlalchemy import ColumnElement, Integer, Row, Select, func, or_, select, type_coerce, union
from sqlalchemy.orm import joinedload

from app.kernel.database import db
from providers import search_clauses as clauses
from providers.capacity import Free, free_of, promised
from providers.models.commitment import Commitment, SpareHalfDay
from providers.models.framework import Service
from providers.models.offer import Offer
from providers.models.provider import Provider, Site
from providers.needs import Delivery
from providers.price_clauses import net_per_hour
from providers.pricing import Cap
from providers.search_criteria import Home, SearchCriteria, SearchOrder

BATCH = 500
_promised = lru_cache(maxsize=4)(promised)  # the same for every search of a day
DISTANCE_BANDS_KM = (5, 10, 20, 40)
"""Within a band, a mile more or less does not make one offer fit better than another."""
_WGS84 = Geod(ellps="WGS84")


@dataclass(frozen=True)
class Found:
    """The offers that fit, in order, by id.

    km: of each from the home, None where none matters. rooms: what is left in offers that have
    promised something, as far as it had to be reckoned: for those found, where `reckoned`, or
    for all that were looked at, where `whole`.
    """

    criteria: SearchCriteria
    offers: tuple[int, ...]
    km: dict[int, float | None]
    rooms: dict[int, Free] = field(default_factory=dict)
    reckoned: bool = False
    whole: bool = False

    def free(self, offers: Sequence[Offer], on: date) -> dict[int, Free]:
        """What each of these offers has free from a date on."""
        stated = {o.id: Free(o.hours_free, o.places_free, o.sessions) for o in offers}
        known = self.km.keys() if self.reckoned else self.rooms.keys()
        unknown = [] if self.whole else [offer for offer in offers if offer.id not in known]
        return stated | self.rooms | (free_of(unknown, on) if unknown else {})


def find(
    criteria: SearchCriteria,
    on: date,
    services: Sequence[Service],
    caps: Iterable[Cap],
    rooms: Mapping[int, Free] | None = None,
    shut: Collection[int] = (),
) -> Found:
    """The offers that fit on a date, in the order asked for.

    services: every service there is. caps: those in force on the date. rooms: as `rooms` gives
    them, where what does not fit is to be looked at too. shut: providers that are left out because
    of who is there, by id.
    """
    fitting = _fitting(criteria, on, services, caps)
    if shut:
        fitting = fitting.where(Offer.provider_id.not_in(shut))
    rows = db.session.execute(fitting).all()
    free = _half_days_left(rows, criteria, on) if rooms is None else dict(rooms)
    if criteria.free:
        rows = [row for row in rows if _open_enough(free.get(row.id), criteria)]
    km = _ordered(_columns(rows), criteria) if rows else {}
    return Found(
        criteria,
        tuple(km),
        km,
        free,
        reckoned=_by_half_day(criteria),
        whole=rooms is not None,
    )


def services_on_offer() -> dict[Service, int]:
    """Every service by name, with how many offers there are of it."""
    number = func.count().label("number")
    counted = select(Offer.service_id, number).group_by(Offer.service_id).subquery()
    statement = (
        select(Service, counted.c.number)
        .outerjoin(counted, counted.c.service_id == Service.id)
        .order_by(Service.name)
    )
    return {service: offers or 0 for service, offers in db.session.execute(statement)}


def unsuitable(found: Found) -> tuple[int, ...]:
    """The offers looked at that do not fit, by id: nearest first, else in neutral order."""
    criteria = found.criteria
    statement = _narrowed(select(Offer.id, Site.latitude, Site.longitude), criteria)
    rows = db.session.execute(statement.join(Offer.site)).all()
    if not rows:
        return ()
    every = _columns(rows)
    km, ids = _kilometres(every, criteria.home), every["id"].astype(int)
    order = np.lexsort([neutral(criteria, ids), np.where(np.isnan(km), inf, km)])
    fit = set(found.offers)
    return tuple(int(ids[i]) for i in order if int(ids[i]) not in fit)


def whole(offer_ids: Collection[int]) -> Iterator[Offer]:
    """Offers in the order of their ids given, with all that judging and showing them needs.

    Ids of offers that are gone are passed over. But for their services: whoever asks holds every
    service already, as `services_on_offer` gives them, and the session finds each there.
    """
    ids = list(offer_ids)
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        statement = select(Offer).where(Offer.id.in_(batch)).options(*_WHOLE)
        offers = {offer.id: offer for offer in db.session.scalars(statement).unique()}
        yield from (offers[offer_id] for offer_id in batch if offer_id in offers)


_WHOLE = (
    joinedload(Offer.site),
    joinedload(Offer.needs),
    joinedload(Offer.provider).selectinload(Provider.evidence),
    joinedload(Offer.provider).joinedload(Provider.stops),
    joinedload(Offer.provider).joinedload(Provider.admitted_with),
)


def neutral(criteria: SearchCriteria, ids: Sequence[int]) -> np.ndarray:
    """A number for each offer's id by which to order offers that are equal: it favours nobody.

    The same for a like search; another search shuffles the same offers differently, so that no
    provider is always first. The numbers are those of the splitmix64 generator, begun by what is
    asked.
    """
    asked = criteria.as_record() | {"order": None}
    record = json.dumps(asked, sort_keys=True).encode()
    seed = int.from_bytes(hashlib.blake2b(record, digest_size=8).digest(), "big")
    mixed = (np.asarray(ids, dtype=np.uint64) ^ np.uint64(seed)) * np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return mixed ^ (mixed >> np.uint64(31))


def _narrowed(statement: Select, criteria: SearchCriteria) -> Select:
    if criteria.service_id is None:
        return statement
    return statement.where(Offer.service_id == criteria.service_id)


def _fitting(
    criteria: SearchCriteria, on: date, services: Sequence[Service], caps: Iterable[Cap]
) -> Select:
    """Every rule but distance, and what is needed to measure and to put in order."""
    columns = (
        Offer.id,
        Site.latitude,
        Site.longitude,
        Offer.travel_radius_km,
        clauses.ways().label("ways"),
        *_to_order_by(criteria, on),
    )
    statement = (
        _narrowed(select(*columns), criteria)
        .join(Offer.provider)
        .join(Offer.site)
        .where(*clauses.fits(criteria, services), *clauses.is_open(on, services, caps))
    )
    if criteria.free is None:
        return statement
    taken = _promised(on)
    statement = statement.join(taken, taken.c.offer_id == Offer.id, isouter=True).where(
        *clauses.is_free(criteria, on, taken)
    )
    if not _by_half_day(criteria):
        return statement
    filled = or_(taken.c.offer_id.is_not(None), Offer.id.in_(select(SpareHalfDay.offer_id)))
    return statement.add_columns(
        Offer.hours_free, Offer.places_free, Offer.sessions, filled.label("filled")
    )


def _to_order_by(criteria: SearchCriteria, on: date) -> Iterator[ColumnElement]:
    """What the order that is asked for needs to know, and nothing more."""
    if criteria.registered_first:
        yield type_coerce(clauses.is_registered(), Integer).label("registered")
    if criteria.order is SearchOrder.PRICE:
        yield net_per_hour().label("price")
    if criteria.order is SearchOrder.FIT:
        yield Offer.provider_id
        yield clauses.freshness_rank(on).label("freshness")
        yield clauses.judgement_rank().label("judgement")
        yield clauses.needs_met(criteria).label("met")


def rooms(criteria: SearchCriteria, on: date) -> dict[int, Free]:
    """What is left in every offer looked at that has promised something.

    Those that give their room by half-day are among them; all others have what they state.
    """
    room = select(Offer.id, Offer.hours_free, Offer.places_free, Offer.sessions)
    filled = union(select(Commitment.offer_id), select(SpareHalfDay.offer_id))
    rows = db.session.execute(_narrowed(room, criteria).where(Offer.id.in_(filled))).all()
    return free_of(rows, on) if rows else {}


def _half_days_left(rows: Sequence[Row], criteria: SearchCriteria, on: date) -> dict[int, Free]:
    """The same for the offers that fit so far, where half-days are asked for."""
    if not _by_half_day(criteria):
        return {}
    filled = [row for row in rows if row.filled]
    return free_of(filled, on) if filled else {}


def _by_half_day(criteria: SearchCriteria) -> bool:
    """Whether half-days have to be free."""
    return criteria.free is not None and bool(criteria.sessions or criteria.half_days)


def _open_enough(free: Free | None, criteria: SearchCriteria) -> bool:
    return free is None or (
        free.sessions & criteria.sessions == criteria.sessions
        and free.sessions.bit_count() >= criteria.half_days
    )


Columns = dict[str, np.ndarray]
"""Rows that were found, column by column; what is missing is not a number."""


def _columns(rows: Sequence[Row]) -> Columns:
    columns = zip(rows[0]._fields, zip(*rows, strict=True), strict=True)
    return {name: np.array(values, dtype=float) for name, values in columns}


def _ordered(found: Columns, criteria: SearchCriteria) -> dict[int, float | None]:
    """The offers that can be had from the home in a way asked for, in order: by id, how far.

    The distance is None where an offer can only be had online, or no distance is known.
    """
    km = _kilometres(found, criteria.home)
    there, online = _had(found, criteria, km)
    km = np.where(there, km, np.nan)
    ids = found["id"].astype(int)
    keys = [neutral(criteria, ids), *reversed(_keys(found, criteria, km))]
    order = np.lexsort(keys)
    order = order[(there | online)[order]]
    far = np.where(np.isnan(km), None, km)[order].tolist()
    return dict(zip(ids[order].tolist(), far, strict=True))


def _had(found: Columns, criteria: SearchCriteria, km: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which offers can be had where they are or at the child's, and which online."""
    asked = criteria.deliveries or frozenset(Delivery)
    anywhere = criteria.home is None
    limit = inf if criteria.within_km is None else criteria.within_km
    radius, given = found["travel_radius_km"], found["ways"].astype(int)
    travels = anywhere | (km <= limit)
    visited = anywhere | (km <= np.where(np.isnan(radius), inf, radius))
    nowhere = np.zeros(len(km), dtype=bool)
    reach = {
        Delivery.AT_BASE: travels,
        Delivery.AT_HOME: visited,
        Delivery.IN_COMMUNITY: travels & visited,
    }
    ways = [
        within & (given & clauses.WAY_BITS[way] > 0)
        for way, within in reach.items()
        if way in asked
    ]
    there = np.logical_or.reduce([nowhere, *ways])
    online = given & clauses.WAY_BITS[Delivery.ONLINE] > 0
    return there, online if Delivery.ONLINE in asked else nowhere


def _kilometres(found: Columns, home: Home | None) -> np.ndarray:
    """Kilometres along the geodesic to each row's site, to the metre."""
    lat, lon = found["latitude"], found["longitude"]
    km = np.full(len(lat), np.nan)
    known = ~(np.isnan(lat) | np.isnan(lon))
    if home is not None and known.any():
        from_lat = np.full(known.sum(), home.latitude)
        from_lon = np.full(known.sum(), home.longitude)
        _, _, metres = _WGS84.inv(from_lon, from_lat, lon[known], lat[known])
        km[known] = np.round(metres / 1000, 3)
    return km


def _keys(found: Columns, criteria: SearchCriteria, km: np.ndarray) -> list[np.ndarray]:
    """What to sort by, the weightiest first. `search_words.ORDER_WORDS` says the same to people."""
    first = [1 - found["registered"]] if criteria.registered_first else []
    if criteria.order is SearchOrder.DISTANCE:
        return [*first, np.where(np.isnan(km), inf, km)]
    if criteria.order is SearchOrder.PRICE:
        return [*first, found["price"]]
    liked = {provider: rank for rank, provider in enumerate(criteria.preferred)}
    wish = np.array([liked.get(each, len(liked)) for each in found["provider_id"].astype(int)])
    bands = np.searchsorted(DISTANCE_BANDS_KM, np.where(np.isnan(km), 0, km), side="left")
    return [*first, wish, -found["met"], found["freshness"], found["judgement"], bands]
