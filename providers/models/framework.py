"""The open framework: lots, the services in them, and the price caps that hold on a date."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.audit import Audited
from app.kernel.database import Moment, choice, db
from providers.needs import ServiceGroup
from providers.pricing import Cap


class Scheme(Audited, db.Model):
    """A scheme of successive frameworks on substantially the same terms, which reopens as a whole
    (Procurement Act 2023, section 49)."""

    __tablename__ = "scheme"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(250), unique=True)

    frameworks: Mapped[list["Framework"]] = relationship(
        back_populates="scheme", order_by="Framework.starts_on"
    )
    windows: Mapped[list["SchemeWindow"]] = relationship(
        back_populates="scheme", order_by="SchemeWindow.opens_on.desc()"
    )
    decisions: Mapped[list["SchemeDecision"]] = relationship(
        back_populates="scheme", order_by="SchemeDecision.id.desc()"
    )

    def framework_on(self, on: date) -> "Framework | None":
        """The framework of this scheme that runs on a date."""
        running = (row for row in self.frameworks if row.starts_on <= on <= row.ends_on)
        return next(running, None)

    def is_open(self, on: date) -> bool:
        """Whether providers may apply to join on a date."""
        return self.framework_on(on) is not None and any(w.is_open(on) for w in self.windows)


class SchemeWindow(Audited, db.Model):
    """A time in which the whole scheme takes applications, both days included.

    closes_on: None while no end is set.
    """

    __tablename__ = "scheme_window"
    __table_args__ = (
        CheckConstraint("closes_on IS NULL OR closes_on >= opens_on", name="closes_after_opening"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    scheme_id: Mapped[int] = mapped_column(ForeignKey("scheme.id"), index=True)
    opens_on: Mapped[date]
    closes_on: Mapped[date | None]

    scheme: Mapped[Scheme] = relationship(back_populates="windows")

    def is_open(self, on: date) -> bool:
        """Whether applications are taken on a date."""
        return self.opens_on <= on and (self.closes_on is None or on <= self.closes_on)


class SchemeDecision(Audited, db.Model):
    """What was decided about a scheme, why, and by whom; never changed afterwards."""

    __tablename__ = "scheme_decision"
    __table_args__ = (CheckConstraint("length(reason) > 0", name="reason_given"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    scheme_id: Mapped[int] = mapped_column(ForeignKey("scheme.id"), index=True)
    what: Mapped[str] = mapped_column(String(500))
    reason: Mapped[str] = mapped_column(String(1000))
    decided_by: Mapped[str] = mapped_column(String(200))
    decided_at: Mapped[datetime] = mapped_column(Moment)

    scheme: Mapped[Scheme] = relationship(back_populates="decisions")


class Framework(Audited, db.Model):
    """One of a scheme's successive frameworks, that providers join.

    max_value_pence: the most that may be spent under it over its whole term.
    """

    __tablename__ = "framework"
    __table_args__ = (
        CheckConstraint("ends_on > starts_on", name="ends_after_start"),
        CheckConstraint("max_value_pence > 0", name="max_value_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    scheme_id: Mapped[int] = mapped_column(ForeignKey("scheme.id"), index=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    max_value_pence: Mapped[int | None] = mapped_column(db.BigInteger)

    scheme: Mapped[Scheme] = relationship(back_populates="frameworks")
    lots: Mapped[list["Lot"]] = relationship(back_populates="framework", order_by="Lot.code")
    price_caps: Mapped[list["PriceCap"]] = relationship(back_populates="framework")


class Lot(Audited, db.Model):
    """A part of a framework that providers are admitted to, such as A, tutoring."""

    __tablename__ = "lot"
    __table_args__ = (UniqueConstraint("framework_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    framework_id: Mapped[int] = mapped_column(ForeignKey("framework.id"), index=True)
    code: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(200))

    framework: Mapped[Framework] = relationship(back_populates="lots")
    services: Mapped[list["Service"]] = relationship(back_populates="lot", order_by="Service.name")


class Service(Audited, db.Model):
    """A kind of provision that is bought, such as tutoring by a qualified teacher.

    lot: None for provision outside the framework, such as a place at a registered school.
    evidence_asked: what the authority asks for instead of the usual, as values of
    `compliance.EvidenceKind` to values of `compliance.Asked`; None where it changed nothing.
    """

    __tablename__ = "service"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    group: Mapped[ServiceGroup] = mapped_column("service_group", choice(ServiceGroup, "group"))
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lot.id"), index=True)
    evidence_asked: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))

    lot: Mapped[Lot | None] = relationship(back_populates="services")


class PriceCap(Audited, db.Model):
    """The most a service may cost per hour, from one date to another (both included).

    pence_per_hour: on the basis that `providers.pricing` states.
    """

    __tablename__ = "price_cap"
    __table_args__ = (
        UniqueConstraint("framework_id", "service_id", "starts_on"),
        CheckConstraint("pence_per_hour > 0", name="price_positive"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    framework_id: Mapped[int] = mapped_column(ForeignKey("framework.id"))
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True)
    pence_per_hour: Mapped[int]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]

    framework: Mapped[Framework] = relationship(back_populates="price_caps")
    service: Mapped[Service] = relationship()

    def terms(self) -> Cap:
        """This cap as `providers.pricing` judges by it."""
        return Cap(self.service.code, self.pence_per_hour, self.starts_on, self.ends_on)
