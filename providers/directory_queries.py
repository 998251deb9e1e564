"""The directory as a list: providers narrowed by what they offer, and put in order.

All that is asked about an offer must hold of one and the same offer: a provider of mentoring for
SEMH and of tutoring for autism is not found by mentoring for autism.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.kernel.clock import today
from app.kernel.database import db
from providers.admission import AdmissionState
from providers.capacity import hours_left, promised
from providers.models.framework import Service
from providers.models.offer import Offer, OfferNeed
from providers.models.provider import Provider
from providers.needs import Delivery, NeedType, PriceUnit, Registration, VatBasis
from providers.pricing import SETTINGS
from providers.stops import is_wholly_stopped


class Order(Protocol):
    """A column to order by, and which way."""

    by: str
    descending: bool


@dataclass(frozen=True)
class DirectoryCriteria:
    """Which providers to list; None leaves a thing open.

    age: in whole years. registered: whether as a school. only: ids of providers. text: words in
    the provider's name or reference. unstopped: without those whose offers are all stopped.
    """

    service_id: int | None = None
    need_type: NeedType | None = None
    age: int | None = None
    delivery: Delivery | None = None
    registered: bool | None = None
    state: AdmissionState | None = None
    only: frozenset[int] | None = None
    text: str = ""
    unstopped: bool = False

    @property
    def about_offers(self) -> bool:
        """Whether anything is asked that only an offer can answer."""
        asked = (self.service_id, self.need_type, self.age, self.delivery)
        return any(value is not None for value in asked)


EVERY_PROVIDER = DirectoryCriteria()
DIRECTORY_ORDERS = ("name", "price", "hours")
_DELIVERED = {
    Delivery.AT_BASE: Offer.at_base,
    Delivery.AT_HOME: Offer.at_home,
    Delivery.IN_COMMUNITY: Offer.in_community,
    Delivery.ONLINE: Offer.online,
}


def directory(criteria: DirectoryCriteria = EVERY_PROVIDER, order: Order | None = None) -> Select:
    """Providers, by name unless asked otherwise.

    order: by name, by the lowest price an hour net of VAT among the offers that fit, or by
    the hours a week that are left free in them together. Providers without such an offer come last.
    """
    taken = promised(today())
    fitting = (
        select(
            Offer.provider_id,
            func.min(_net_per_hour()).label("price"),
            func.sum(func.coalesce(hours_left(taken), 0)).label("hours"),
        )
        .outerjoin(taken, taken.c.offer_id == Offer.id)
        .where(*_of_offers(criteria))
        .group_by(Offer.provider_id)
        .subquery()
    )
    joined = select(Provider).join(
        fitting, fitting.c.provider_id == Provider.id, isouter=not criteria.about_offers
    )
    by = order.by if order else "name"
    column = Provider.name if by == "name" else fitting.c[by]
    turned = column.desc() if order and order.descending else column.asc()
    return joined.where(*_of_providers(criteria)).order_by(turned.nulls_last(), Provider.id)


def fitting_offers(
    providers: Iterable[Provider], criteria: DirectoryCriteria = EVERY_PROVIDER
) -> dict[int, list[Offer]]:
    """For each provider's id, its offers that fit, whole: with provider, needs and evidence."""
    offers: dict[int, list[Offer]] = defaultdict(list)
    ids = [provider.id for provider in providers]
    found = _whole(select(Offer).where(Offer.provider_id.in_(ids), *_of_offers(criteria)))
    for offer in db.session.scalars(found.order_by(Offer.id)):
        offers[offer.provider_id].append(offer)
    return offers


def directory_offers(criteria: DirectoryCriteria = EVERY_PROVIDER) -> Select:
    """Every offer that fits of every provider that fits, by provider's name."""
    return _whole(
        select(Offer)
        .join(Offer.provider)
        .where(*_of_providers(criteria), *_of_offers(criteria))
        .order_by(Provider.name, Offer.id)
    )


def services() -> Sequence[Service]:
    """Every service by name, for choosing."""
    return db.session.scalars(select(Service).order_by(Service.name)).all()


def _whole(statement: Select) -> Select:
    return statement.options(
        joinedload(Offer.service).joinedload(Service.lot),
        joinedload(Offer.site),
        selectinload(Offer.needs),
        joinedload(Offer.provider).selectinload(Provider.evidence),
        joinedload(Offer.provider).selectinload(Provider.stops),
        joinedload(Offer.provider).selectinload(Provider.admitted_with),
    )


def _net_per_hour() -> ColumnElement[float]:
    """The price an hour net of VAT, as `providers.pricing` reckons it, near enough to sort by."""
    hours = {unit: float(SETTINGS.hours(unit)) for unit in PriceUnit}
    with_vat = 1 + float(SETTINGS.vat_percent) / 100
    return (
        Offer.price_pence
        / case(hours, value=Offer.price_unit)
        / case((Offer.vat_basis == VatBasis.INCLUSIVE, with_vat), else_=1.0)
    )


def _of_offers(criteria: DirectoryCriteria) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if criteria.service_id is not None:
        conditions.append(Offer.service_id == criteria.service_id)
    if criteria.need_type is not None:
        conditions.append(Offer.needs.any(OfferNeed.need_type == criteria.need_type))
    if criteria.age is not None:
        conditions += [Offer.min_age <= criteria.age, Offer.max_age >= criteria.age]
    if criteria.delivery is not None:
        conditions.append(_DELIVERED[criteria.delivery].is_(True))
    return conditions


def _of_providers(criteria: DirectoryCriteria) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if criteria.registered is not None:
        unregistered = Provider.registration == Registration.UNREGISTERED
        conditions.append(~unregistered if criteria.registered else unregistered)
    if criteria.state is not None:
        conditions.append(Provider.state == criteria.state)
    if criteria.unstopped:
        conditions.append(~is_wholly_stopped())
    if criteria.only is not None:
        conditions.append(Provider.id.in_(criteria.only))
    for word in criteria.text.split():
        conditions.append(
            or_(
                Provider.name.icontains(word, autoescape=True),
                Provider.reference.icontains(word, autoescape=True),
            )
        )
    return conditions
