"""An offer: one service that a provider gives, to whom, where, when, for how much."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.audit import Audited
from app.kernel.database import choice, db
from providers import compliance
from providers.models.framework import Service
from providers.models.provider import Evidence, Provider, Site
from providers.needs import Delivery, Judgement, NeedType, PriceUnit, VatBasis
from providers.pricing import Price


class Offer(Audited, db.Model):
    """A service at a price, with the capacity that is free.

    reference: what people and files call it, such as SUP0008/mentoring. hours_free: hours a
    week, None where the provider says "ask". places_free: children. opens_on: the first day on
    which a new child can start, None for at once.
    sessions: the half-days of the week as bits (`providers.needs`). travel_radius_km: how far
    staff go from the site for work at home or in the community. price_pence: per `price_unit`,
    on `vat_basis`. min_hours: the least a week that is sold. confirmed_on: when the provider
    last confirmed the capacity. judgement, last_visit_on: of the last quality
    visit to this service; None where only the provider as a whole was visited, or nobody was.
    """

    __tablename__ = "offer"
    __table_args__ = (
        CheckConstraint("min_age <= max_age", name="ages_in_order"),
        CheckConstraint("min_age >= 0 AND max_age <= 25", name="ages_in_range"),
        CheckConstraint("hours_free >= 0", name="hours_not_negative"),
        CheckConstraint("places_free >= 0", name="places_not_negative"),
        CheckConstraint("price_pence > 0", name="price_positive"),
        CheckConstraint("sessions BETWEEN 1 AND 1023", name="sessions_in_week"),
        CheckConstraint("at_base OR at_home OR in_community OR online", name="delivered_somewhere"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(70), unique=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), index=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    min_age: Mapped[int]
    max_age: Mapped[int]
    at_base: Mapped[bool] = mapped_column(default=False)
    at_home: Mapped[bool] = mapped_column(default=False)
    in_community: Mapped[bool] = mapped_column(default=False)
    online: Mapped[bool] = mapped_column(default=False)
    travel_radius_km: Mapped[float | None]
    sessions: Mapped[int]
    hours_free: Mapped[int | None]
    places_free: Mapped[int]
    opens_on: Mapped[date | None]
    group_size: Mapped[int] = mapped_column(default=1)
    min_hours: Mapped[int] = mapped_column(default=1)
    confirmed_on: Mapped[date]
    price_pence: Mapped[int]
    price_unit: Mapped[PriceUnit] = mapped_column(choice(PriceUnit, "price_unit"))
    vat_basis: Mapped[VatBasis] = mapped_column(choice(VatBasis, "vat_basis"))
    judgement: Mapped[Judgement | None] = mapped_column(choice(Judgement, "judgement"))
    last_visit_on: Mapped[date | None]
    notes: Mapped[str | None] = mapped_column(String(2000))

    provider: Mapped[Provider] = relationship(back_populates="offers")
    service: Mapped[Service] = relationship()
    site: Mapped[Site] = relationship()
    evidence: Mapped[list[Evidence]] = relationship(
        back_populates="offer", cascade="all, delete-orphan", order_by=Evidence.kind
    )
    needs: Mapped[list["OfferNeed"]] = relationship(
        back_populates="offer", cascade="all, delete-orphan", order_by="OfferNeed.need_type"
    )

    @hybrid_property
    def owner_provider_id(self) -> int:
        """The provider that this row belongs to, for access by row."""
        return self.provider_id

    @property
    def held(self) -> list[compliance.Evidence]:
        """The evidence that speaks for this offer: its own, and what is held for the provider."""
        return [
            compliance.Evidence(item.kind, item.issued_on, item.expires_on)
            for item in self.provider.evidence
            if item.offer_id in (None, self.id)
        ]

    def demand(
        self, settings: compliance.ComplianceSettings = compliance.SETTINGS
    ) -> compliance.Demand:
        """The evidence that this offer has to have before a child is placed."""
        return compliance.demand(
            self.service.group,
            self.service.code,
            at_home=self.at_home,
            asked=self.service.evidence_asked,
            settings=settings,
        )

    @property
    def price(self) -> Price:
        """The price as quoted, ready to be compared."""
        return Price(self.price_pence, self.price_unit, self.vat_basis)

    @property
    def need_types(self) -> frozenset[NeedType]:
        """The need types that this offer can meet."""
        return frozenset(need.need_type for need in self.needs)

    @property
    def deliveries(self) -> frozenset[Delivery]:
        """Where this offer can be given."""
        ways = {
            Delivery.AT_BASE: self.at_base,
            Delivery.AT_HOME: self.at_home,
            Delivery.IN_COMMUNITY: self.in_community,
            Delivery.ONLINE: self.online,
        }
        return frozenset(way for way, offered in ways.items() if offered)


class OfferNeed(Audited, db.Model):
    """A need type that an offer can meet."""

    __tablename__ = "offer_need"

    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id"), primary_key=True)
    need_type: Mapped[NeedType] = mapped_column(
        choice(NeedType, "need_type"), primary_key=True, index=True
    )

    offer: Mapped[Offer] = relationship(back_populates="needs")
