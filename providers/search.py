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
from typing import NamedTuple

import numpy as np
from pyproj import Geod
from sqlalchemy import Integer, Row, Select, func, or_, select, type_coerce, union
from sqlalchemy.orm import joinedload

from app.kernel.database import db
from providers import search_clauses as clauses
from providers.capacity import Free, free_of, promised
from providers.models.commitment import Commitment, SpareHalfDay
from providers.models.framework import Service
from providers.models.offer import Offer
from providers.models.provider import Provider, Site
from providers.needs import Delivery
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


class _Place(NamedTuple):
    """One offer in the running. km: to its site, None where it can only be had online."""

    offer_id: int
    km: float | None
    row: Row


def find(
    criteria: SearchCriteria,
    on: date,
    services: Sequence[Service],
    caps: Iterable[Cap],
    rooms: Mapping[int, Free] | None = None,
) -> Found:
    """The offers that fit on a date, in the order asked for.

    services: every service there is. caps: those in force on the date. rooms: as `rooms` gives
    them, where what does not fit is to be looked at too.
    """
    rows = db.session.execute(_fitting(criteria, on, services, caps)).all()
    free = _half_days_left(rows, criteria, on) if rooms is None else dict(rooms)
    if criteria.free:
        rows = [row for row in rows if _open_enough(free.get(row.id), criteria)]
    places = list(_reached(rows, criteria))
    places.sort(key=_ordering(criteria))
    return Found(
        criteria,
        tuple(place.offer_id for place in places),
        {place.offer_id: place.km for place in places},
        free,
        reckoned=_by_half_day(criteria),
        whole=rooms is not None,
    )


def services_on_offer() -> dict[Service, int]:
    """Every service by name, with how many offers there are of it."""
    statement = (
        select(Service, func.count(Offer.id))
        .outerjoin(Offer, Offer.service_id == Service.id)
        .group_by(Service.id)
        .order_by(Service.name)
    )
    return {service: offers for service, offers in db.session.execute(statement)}  # noqa: C416


def unsuitable(found: Found) -> tuple[int, ...]:
    """The offers looked at that do not fit, by id: nearest first, else in neutral order."""
    criteria = found.criteria
    statement = _narrowed(select(Offer.id, Site.latitude, Site.longitude), criteria)
    rows = db.session.execute(statement.join(Offer.site)).all()
    known = _distances(rows, criteria.home)
    fit, turn = set(found.offers), neutral(criteria)
    others = [
        (inf if km is None else km, turn(row.id), row.id)
        for row, km in zip(rows, known, strict=True)
        if row.id not in fit
    ]
    return tuple(offer_id for _km, _turn, offer_id in sorted(others))


def whole(offer_ids: Collection[int]) -> Iterator[Offer]:
    """Offers in the order of their ids given, with all that judging and showing them needs.

    Ids of offers that are gone are passed over.
    """
    ids = list(offer_ids)
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        statement = select(Offer).where(Offer.id.in_(batch)).options(*_WHOLE)
        offers = {offer.id: offer for offer in db.session.scalars(statement).unique()}
        yield from (offers[offer_id] for offer_id in batch if offer_id in offers)


_WHOLE = (
    joinedload(Offer.service).joinedload(Service.lot),
    joinedload(Offer.site),
    joinedload(Offer.needs),
    joinedload(Offer.provider).selectinload(Provider.evidence),
    joinedload(Offer.provider).joinedload(Provider.stops),
)


def neutral(criteria: SearchCriteria):
    """An order that favours nobody: a number for each offer's id, the same for a like search.

    Another search shuffles the same offers differently, so no provider is always first.
    """
    asked = criteria.as_record() | {"order": None}
    seed = hashlib.blake2b(json.dumps(asked, sort_keys=True).encode(), digest_size=16)

    def turn(offer_id: int) -> bytes:
        mixed = seed.copy()
        mixed.update(str(offer_id).encode())
        return mixed.digest()

    return turn


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
        Offer.provider_id,
        Site.latitude,
        Site.longitude,
        Offer.travel_radius_km,
        *(type_coerce(way, Integer).label(way.key) for way in clauses.WAYS),
        clauses.net_per_hour().label("price"),
        clauses.is_registered().label("registered"),
        clauses.freshness_rank(on).label("freshness"),
        clauses.judgement_rank().label("judgement"),
        clauses.needs_met(criteria).label("met"),
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


def _reached(rows: Sequence[Row], criteria: SearchCriteria) -> Iterator[_Place]:
    """The offers that can be had from the home in one of the ways asked for."""
    asked = criteria.deliveries or frozenset(Delivery)
    limit = inf if criteria.within_km is None else criteria.within_km
    anywhere = criteria.home is None
    for row, km in zip(rows, _distances(rows, criteria.home), strict=True):
        travels = anywhere or (km is not None and km <= limit)
        radius = inf if row.travel_radius_km is None else row.travel_radius_km
        visited = anywhere or (km is not None and km <= radius)
        if (
            (row.at_base and travels and Delivery.AT_BASE in asked)
            or (row.at_home and visited and Delivery.AT_HOME in asked)
            or (row.in_community and travels and visited and Delivery.IN_COMMUNITY in asked)
        ):
            yield _Place(row.id, km, row)
        elif row.online and Delivery.ONLINE in asked:
            yield _Place(row.id, None, row)


def _distances(rows: Sequence[Row], home: Home | None) -> list[float | None]:
    """Kilometres along the geodesic to each row's site, to the metre; None where not known."""
    if home is None or not rows:
        return [None] * len(rows)
    there = np.array([(row.longitude, row.latitude) for row in rows], dtype=float)
    known = ~np.isnan(there).any(axis=1)
    kilometres: list[float | None] = [None] * len(rows)
    if known.any():
        lon, lat = there[known, 0], there[known, 1]
        _, _, metres = _WGS84.inv(
            np.full_like(lon, home.longitude), np.full_like(lat, home.latitude), lon, lat
        )
        for index, metre in zip(np.flatnonzero(known), metres, strict=True):
            kilometres[index] = round(float(metre) / 1000, 3)
    return kilometres


def _ordering(criteria: SearchCriteria):
    """What to sort by. `search_words.ORDER_WORDS` says the same to people."""
    turn = neutral(criteria)
    liked = {provider: rank for rank, provider in enumerate(criteria.preferred)}

    def first(place: _Place) -> tuple:
        return (not place.row.registered if criteria.registered_first else False,)

    def by_fit(place: _Place) -> tuple:
        row = place.row
        wish = liked.get(row.provider_id, len(liked))
        quality = (-row.met, row.freshness, row.judgement, _band(place.km))
        return (*first(place), wish, *quality, turn(place.offer_id))

    def by_distance(place: _Place) -> tuple:
        return (*first(place), inf if place.km is None else place.km, turn(place.offer_id))

    def by_price(place: _Place) -> tuple:
        return (*first(place), place.row.price, turn(place.offer_id))

    return {
        SearchOrder.FIT: by_fit,
        SearchOrder.DISTANCE: by_distance,
        SearchOrder.PRICE: by_price,
    }[criteria.order]


def _band(km: float | None) -> int:
    return 0 if km is None else sum(km > edge for edge in DISTANCE_BANDS_KM)
