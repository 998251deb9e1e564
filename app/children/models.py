"""Children awaiting provision: who they are, what they need, what is asked for them."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from app.accounts.models import User
from app.children.lifecycle import REFERRAL
from app.kernel.audit import Audited
from app.kernel.database import choice, db
from app.kernel.secret import SecretText
from providers.models.framework import Service
from providers.models.place import Located
from providers.models.provider import Provider
from providers.needs import (
    Delivery,
    LegalBasis,
    NeedType,
    ReferralReason,
    SenProvision,
    Sex,
    Tier,
    TransportNeed,
)


class Child(Audited, Located, db.Model):
    """A child or young person of the authority.

    reference: what files and screens call the child. upn: unique pupil number, with its
    check letter; None where none has been issued. postcode: of the home.
    """

    __tablename__ = "child"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    upn: Mapped[str | None] = mapped_column(String(13), unique=True)
    forename: Mapped[str] = mapped_column(String(100))
    surname: Mapped[str] = mapped_column(String(100), index=True)
    born_on: Mapped[date]
    sex: Mapped[Sex] = mapped_column(choice(Sex, "sex"))
    sen_provision: Mapped[SenProvision] = mapped_column(choice(SenProvision, "sen_provision"))
    looked_after: Mapped[bool] = mapped_column(default=False)

    needs: Mapped[list["ChildNeed"]] = relationship(
        back_populates="child", cascade="all, delete-orphan", order_by="ChildNeed.rank"
    )
    referrals: Mapped[list["Referral"]] = relationship(
        back_populates="child", cascade="all, delete-orphan", order_by="Referral.id"
    )

    @property
    def about_child_id(self) -> int:
        """The child whom a page about this row is about."""
        return self.id

    @property
    def full_name(self) -> str:
        """Forename and surname, as screens show them."""
        return f"{self.forename} {self.surname}"

    @property
    def has_ehcp(self) -> bool:
        """Whether an education, health and care plan is in force."""
        return self.sen_provision is SenProvision.EHCP

    @property
    def need_types(self) -> tuple[NeedType, ...]:
        """The child's need types, the primary one first."""
        return tuple(need.need_type for need in self.needs)


class ChildNeed(Audited, db.Model):
    """A need type of a child; rank 1 is the primary need."""

    __tablename__ = "child_need"
    __table_args__ = (
        UniqueConstraint("child_id", "need_type"),
        CheckConstraint("rank >= 1", name="rank_from_one"),
    )

    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"), primary_key=True)
    rank: Mapped[int] = mapped_column(primary_key=True)
    need_type: Mapped[NeedType] = mapped_column(choice(NeedType, "need_type"))

    child: Mapped[Child] = relationship(back_populates="needs")


class Referral(Audited, db.Model):
    """A request that provision be found for a child.

    max_travel_km: the furthest the child may travel, None for the authority's default.
    preferred_delivery: where the family would like it given. out_of_education_since: the first day
    out. must_meet_all: whether a provider must meet every need, not the primary one alone.
    largest_group: children whom the child may be taught with, itself counted; None for any.
    provision_due_on: set by `app.children.clocks` alone. officer: who is responsible for the
    case. withdrawn_because: in words, once withdrawn.
    """

    unaudited = frozenset({"provision_due_on"})

    __tablename__ = "referral"
    __table_args__ = (
        CheckConstraint("max_travel_km > 0", name="max_travel_positive"),
        CheckConstraint("largest_group > 0", name="group_positive"),
        Index(None, "state", "provision_due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"), index=True)
    state = REFERRAL.column()
    reason: Mapped[ReferralReason] = mapped_column(choice(ReferralReason, "reason"))
    legal_basis: Mapped[LegalBasis | None] = mapped_column(choice(LegalBasis, "legal_basis"))
    tier: Mapped[Tier | None] = mapped_column(choice(Tier, "tier"))
    out_of_education_since: Mapped[date | None] = mapped_column(index=True)
    start_from: Mapped[date | None]
    preferred_delivery: Mapped[Delivery | None] = mapped_column(
        choice(Delivery, "preferred_delivery")
    )
    max_travel_km: Mapped[float | None]
    transport: Mapped[TransportNeed] = mapped_column(
        choice(TransportNeed, "transport"), default=TransportNeed.NONE
    )
    must_meet_all: Mapped[bool] = mapped_column(default=False)
    largest_group: Mapped[int | None]
    notes: Mapped[str | None] = mapped_column(SecretText(2000))
    provision_due_on: Mapped[date | None]
    risks: Mapped[str | None] = mapped_column(SecretText(2000))
    child_view: Mapped[str | None] = mapped_column(SecretText(2000))
    parents_view: Mapped[str | None] = mapped_column(SecretText(2000))
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    withdrawn_because: Mapped[str | None] = mapped_column(SecretText(1000))

    officer: Mapped[User | None] = relationship()
    child: Mapped[Child] = relationship(back_populates="referrals")
    components: Mapped[list["Component"]] = relationship(
        back_populates="referral", cascade="all, delete-orphan", order_by="Component.id"
    )
    wishes: Mapped[list["ProviderWish"]] = relationship(
        back_populates="referral", cascade="all, delete-orphan", order_by="ProviderWish.rank"
    )

    @property
    def hours_a_week(self) -> int:
        """The hours a week of all components together."""
        return sum(component.hours for component in self.components)


class Component(Audited, db.Model):
    """One part of what a referral asks for: a service, for so many hours a week."""

    __tablename__ = "component"
    __table_args__ = (
        UniqueConstraint("referral_id", "service_id"),
        CheckConstraint("hours BETWEEN 1 AND 40", name="hours_in_week"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    referral_id: Mapped[int] = mapped_column(ForeignKey("referral.id"), index=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"))
    hours: Mapped[int]

    referral: Mapped[Referral] = relationship(back_populates="components")
    service: Mapped[Service] = relationship()


class ProviderWish(Audited, db.Model):
    """A provider that the family prefers (ranked from 1), or that must not be used (rank 0).

    Kept by the provider's reference, so that a wish or an exclusion written before a provider
    joins counts from the day it does. provider: None until then.
    """

    __tablename__ = "provider_wish"
    __table_args__ = (
        UniqueConstraint("referral_id", "provider_reference"),
        CheckConstraint("rank >= 0", name="rank_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    referral_id: Mapped[int] = mapped_column(ForeignKey("referral.id"), index=True)
    provider_reference: Mapped[str] = mapped_column(String(20), index=True)
    rank: Mapped[int]

    referral: Mapped[Referral] = relationship(back_populates="wishes")
    provider: Mapped[Provider | None] = relationship(
        primaryjoin=lambda: foreign(ProviderWish.provider_reference) == Provider.reference,
        viewonly=True,
    )

    @property
    def excluded(self) -> bool:
        """Whether the child must not be placed with this provider."""
        return self.rank == 0
