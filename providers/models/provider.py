"""A provider: who they are, where they are, what proves that they are safe."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.audit import Audited
from app.kernel.database import choice, db
from providers import compliance
from providers.admission import ADMISSION
from providers.compliance import EvidenceKind
from providers.models.place import Located
from providers.needs import Judgement, Registration
from providers.pairs import NeedPairs


class Provider(Audited, db.Model):
    """An organisation that children may be placed with.

    registration: registered schools have a unique reference number (URN), others none.
    judgement, last_visit_on: of the last quality visit to any of its services; None before the
    first. most_children: whom it takes at one time over all its offers, None is no limit.
    taught_apart: pairs of codes of need types that it does not teach together (`providers.limits`).
    """

    __tablename__ = "provider"
    __table_args__ = (
        CheckConstraint("length(reference) > 0", name="reference_given"),
        CheckConstraint(
            "(registration = 'unregistered') = (urn IS NULL)", name="registered_has_urn"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(200), index=True)
    state = ADMISSION.column()
    registration: Mapped[Registration] = mapped_column(
        choice(Registration, "registration"), default=Registration.UNREGISTERED
    )
    urn: Mapped[str | None] = mapped_column(String(6), unique=True)
    judgement: Mapped[Judgement | None] = mapped_column(choice(Judgement, "judgement"))
    last_visit_on: Mapped[date | None]
    notes: Mapped[str | None] = mapped_column(String(2000))
    most_children: Mapped[int | None]
    taught_apart: Mapped[list[list[str]]] = mapped_column(NeedPairs, default=list)

    sites: Mapped[list["Site"]] = relationship(
        back_populates="provider", cascade="all, delete-orphan", order_by="Site.id"
    )
    evidence: Mapped[list["Evidence"]] = relationship(
        back_populates="provider", cascade="all, delete-orphan", order_by="Evidence.kind"
    )
    stops: Mapped[list["PlacementStop"]] = relationship(  # noqa: F821
        back_populates="provider", cascade="all, delete-orphan", order_by="PlacementStop.id"
    )
    offers: Mapped[list["Offer"]] = relationship(  # noqa: F821
        back_populates="provider", cascade="all, delete-orphan", order_by="Offer.id"
    )
    admitted_with: Mapped[list["ApplicationSection"]] = relationship(  # noqa: F821
        secondary="application",
        primaryjoin="and_(Provider.id == Application.provider_id, Application.state == 'admitted')",
        secondaryjoin="and_(Application.id == ApplicationSection.application_id, "
        "ApplicationSection.section == 'offers')",
        viewonly=True,
    )
    """The offers of its applications that were admitted, as written in each."""

    @property
    def registered(self) -> bool:
        """Whether this is a registered school."""
        return self.registration is not Registration.UNREGISTERED

    @property
    def held_for_all(self) -> list[compliance.Evidence]:
        """The evidence that is held for the provider as a whole, not for one offer alone."""
        return [
            compliance.Evidence(item.kind, item.issued_on, item.expires_on)
            for item in self.evidence
            if item.offer_id is None
        ]

    @hybrid_property
    def owner_provider_id(self) -> int:
        """The provider that this row belongs to, for access by row."""
        return self.id


class Site(Audited, Located, db.Model):
    """An address where a provider works, or from which its staff set out."""

    __tablename__ = "site"
    __table_args__ = (UniqueConstraint("provider_id", "postcode"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))

    provider: Mapped[Provider] = relationship(back_populates="sites")


class Evidence(Audited, db.Model):
    """An item held for a provider, good until the day it expires (that day included).

    offer_id: the one offer that the item is for, None for all of the provider's. A renewal is a
    further row; `providers.compliance` judges by the one that lasts longest.
    """

    __tablename__ = "evidence"

    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), index=True)
    offer_id: Mapped[int | None] = mapped_column(ForeignKey("offer.id"), index=True)
    kind: Mapped[EvidenceKind] = mapped_column(choice(EvidenceKind, "kind"))
    issued_on: Mapped[date | None]
    expires_on: Mapped[date | None] = mapped_column(index=True)

    provider: Mapped[Provider] = relationship(back_populates="evidence")
    offer: Mapped["Offer | None"] = relationship(back_populates="evidence")  # noqa: F821
