"""A proposal to place a child, and the placements that it asks for, one for each component."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, aliased, mapped_column, relationship

from app.accounts.models import User
from app.children.models import Child, Component, Referral
from app.commissioning.enquiries.models import EnquiryAsk
from app.commissioning.models.match import MatchRun
from app.commissioning.placements.lifecycle import PLACEMENT, PROPOSAL, Destination
from app.kernel.audit import Audited
from app.kernel.database import Moment, choice, db
from app.kernel.secret import SecretJson, SecretText
from providers.models.commitment import Commitment
from providers.models.framework import Service
from providers.models.offer import Offer
from providers.needs import Delivery, LegalBasis, Tier


class Proposal(Audited, db.Model):
    """What an officer asks a commissioner to decide: offers for a child's package, and why.

    match_run: the match that it rests on, None where it was made by hand. reasons: why an exception
    is asked for, by the code of `placements.gatekeeping.Ground`. candidates: for each part
    the other offers, best first, and why each was not chosen, as things stood when it was
    submitted. version: counts every change, so that a page shown earlier is known to be old.
    """

    __tablename__ = "placement_proposal"
    __table_args__ = (
        CheckConstraint(
            "state NOT IN ('approved', 'refused') OR decided_at IS NOT NULL", name="decided_has_day"
        ),
        CheckConstraint(
            "decided_by_id IS NULL OR proposed_by_id IS NULL OR decided_by_id <> proposed_by_id",
            name="decided_by_another",
        ),
    )
    unaudited = frozenset({"version", "candidates"})

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column()
    referral_id: Mapped[int] = mapped_column(ForeignKey("referral.id"), index=True)
    state = PROPOSAL.column()
    match_run_id: Mapped[int | None] = mapped_column(ForeignKey("match_run.id"), index=True)
    why: Mapped[str] = mapped_column(SecretText(2000), default="")
    reasons: Mapped[dict[str, str]] = mapped_column(SecretJson(), default=dict)
    candidates: Mapped[list[dict[str, Any]]] = mapped_column(SecretJson(list), default=list)
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    proposed_by: Mapped[str] = mapped_column(String(200))
    proposed_at: Mapped[datetime] = mapped_column(Moment, index=True)
    question: Mapped[str | None] = mapped_column(SecretText(1000))
    answer: Mapped[str | None] = mapped_column(SecretText(1000))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_by: Mapped[str | None] = mapped_column(String(200))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    decision_reason: Mapped[str | None] = mapped_column(SecretText(1000))

    __mapper_args__ = {"version_id_col": version}

    referral: Mapped[Referral] = relationship()
    match_run: Mapped[MatchRun | None] = relationship()
    placements: Mapped[list["Placement"]] = relationship(
        back_populates="proposal", cascade="all, delete-orphan", order_by="Placement.id"
    )
    plan: Mapped["Plan | None"] = relationship(back_populates="proposal")  # noqa: F821

    @property
    def reference(self) -> str:
        """What people call it: "PR-00012"."""
        return f"PR-{self.id:05}"

    @property
    def child(self) -> Child:
        """The child whom it is for."""
        return self.referral.child

    @property
    def pence_a_week(self) -> int:
        """What its placements cost a week, with transport, net of VAT."""
        return sum(each.pence_a_week + each.transport_pence_a_week for each in self.placements)


def price_of(offer: Offer, ask: EnquiryAsk | None) -> int:
    """The price an hour of an offer, in pence net of VAT: what the provider offered for the child
    in an enquiry (ask), and never more than its list price."""
    listed = offer.price.net_per_hour()
    offered = ask.pence_per_hour if ask is not None else None
    return listed if offered is None else min(listed, offered)


class Placement(Audited, db.Model):
    """One part of a child's package at one offer, from one day to another (both included).

    component: None once the referral no longer asks for it. sessions: its half-days as bits, 0
    where they are not agreed. pence_per_hour, pence_a_week: net of VAT; transport is estimated
    and apart. ask: the provider's own offer for this child, whose price holds; None where it is the
    list price. ends_on: planned last day; ended_on: the real one. commitment: the provider's room,
    made at approval. awarded_at: when it was approved; the provider sees nothing of it before.
    officer: the SEND officer who answers for it.
    """

    __tablename__ = "placement"
    __table_args__ = (
        CheckConstraint("hours BETWEEN 1 AND 40", name="hours_in_week"),
        CheckConstraint("sessions BETWEEN 0 AND 1023", name="sessions_in_week"),
        CheckConstraint(
            "pence_per_hour >= 0 AND pence_a_week >= 0 AND transport_pence_a_week >= 0",
            name="prices_not_negative",
        ),
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint("ended_on IS NULL OR ended_on >= starts_on", name="ended_after_start"),
        CheckConstraint(
            "state IN ('proposed', 'cancelled') "
            "OR (commitment_id IS NOT NULL AND awarded_at IS NOT NULL)",
            name="awarded_has_commitment",
        ),
        CheckConstraint(
            "state <> 'ended' OR (ended_on IS NOT NULL AND destination IS NOT NULL)",
            name="ended_has_destination",
        ),
        Index(None, "state", "starts_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("placement_proposal.id"), index=True)
    referral_id: Mapped[int] = mapped_column(ForeignKey("referral.id"), index=True)
    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"), index=True)
    component_id: Mapped[int | None] = mapped_column(
        ForeignKey("component.id", ondelete="SET NULL"), index=True
    )
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id"), index=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True)
    state = PLACEMENT.column()
    hours: Mapped[int]
    delivery: Mapped[Delivery] = mapped_column(choice(Delivery, "delivery"))
    sessions: Mapped[int] = mapped_column(default=0)
    pence_per_hour: Mapped[int]
    pence_a_week: Mapped[int]
    transport_pence_a_week: Mapped[int] = mapped_column(default=0)
    tier: Mapped[Tier] = mapped_column(choice(Tier, "tier"), index=True)
    legal_basis: Mapped[LegalBasis] = mapped_column(choice(LegalBasis, "legal_basis"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    enquiry_ask_id: Mapped[int | None] = mapped_column(ForeignKey("enquiry_ask.id"), index=True)
    commitment_id: Mapped[int | None] = mapped_column(ForeignKey("commitment.id"), unique=True)
    awarded_at: Mapped[datetime | None] = mapped_column(Moment)
    cancelled_reason: Mapped[str | None] = mapped_column(SecretText(1000))
    ended_on: Mapped[date | None]
    destination: Mapped[Destination | None] = mapped_column(choice(Destination, "destination"))

    proposal: Mapped[Proposal] = relationship(back_populates="placements")
    referral: Mapped[Referral] = relationship()
    child: Mapped[Child] = relationship()
    component: Mapped[Component | None] = relationship()
    offer: Mapped[Offer] = relationship()
    service: Mapped[Service] = relationship()
    ask: Mapped[EnquiryAsk | None] = relationship()
    commitment: Mapped[Commitment | None] = relationship()
    officer: Mapped[User | None] = relationship()
    agreements: Mapped[list["Agreement"]] = relationship(  # noqa: F821
        back_populates="placement", order_by="Agreement.number"
    )
    costs: Mapped[list["PlacementCost"]] = relationship(  # noqa: F821
        back_populates="placement", cascade="all, delete-orphan", order_by="PlacementCost.year"
    )

    @hybrid_property
    def owner_provider_id(self) -> int | None:
        """The provider that this row belongs to, for access by row: none before the award."""
        return None if self.awarded_at is None else self.offer.provider_id

    @owner_provider_id.inplace.expression
    @classmethod
    def _owner_provider_id(cls):
        own = aliased(Offer)  # the query may be about offers too
        return (
            db.select(own.provider_id)
            .where(own.id == cls.offer_id, cls.awarded_at.is_not(None))
            .scalar_subquery()
        )

    @property
    def reference(self) -> str:
        """What people, orders and invoices call it: "PL-00012"; it says nothing of the child."""
        return f"PL-{self.id:05}"

    @property
    def agreement(self) -> "Agreement | None":  # noqa: F821
        """The version that the provider has accepted, or the newest where it has accepted none."""
        accepted = [each for each in self.agreements if each.is_accepted]
        return (accepted or self.agreements or [None])[-1]

    @property
    def plan(self) -> "Plan | None":  # noqa: F821
        """The plan of the child's package that this is part of."""
        return self.proposal.plan

    @property
    def price_now(self) -> int:
        """The price an hour at which it could be awarded today, in pence net of VAT: what the
        provider offered for this child, and never more than its list price."""
        return price_of(self.offer, self.ask)

    @property
    def last_day(self) -> date:
        """The day that it ended, or is planned to end."""
        return self.ended_on or self.ends_on

    @property
    def whole_pence_a_week(self) -> int:
        """The provision and the transport together."""
        return self.pence_a_week + self.transport_pence_a_week


class Disclosure(Audited, db.Model):
    """That a child's identity was told to a provider: when, by whom, and on what ground.

    Written once and never changed: a child's name leaves the authority on award alone.
    """

    __tablename__ = "identity_disclosure"

    id: Mapped[int] = mapped_column(primary_key=True)
    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"), index=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), index=True)
    placement_id: Mapped[int | None] = mapped_column(ForeignKey("placement.id"), index=True)
    ground: Mapped[str] = mapped_column(String(200))
    told_by: Mapped[str] = mapped_column(String(200))
    told_at: Mapped[datetime] = mapped_column(Moment)
