"""A match run and what it proposes: kept as it was found, so that it can be looked at again."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.children.models import Child, Component, Referral
from app.commissioning.lifecycle import MATCH_RUN
from app.commissioning.models.policy import MatchPolicy
from app.kernel.audit import Audited
from app.kernel.database import Moment, choice, db
from app.kernel.secret import SecretJson
from providers.models.offer import Offer
from providers.needs import Delivery, Labelled


class RunKind(Labelled):
    """What a run is for. Only a match recommends; the others are trials on a match's inputs."""

    MATCH = "match", "Match"
    AGAIN = "again", "Run again"
    POLICY = "policy", "Policy tried out"
    WHAT_IF = "what_if", "What if"
    CHOICE = "choice", "Cost of a choice"


class MatchRun(Audited, db.Model):
    """One match of all waiting children to open offers, or a trial on the inputs of one.

    *_gap: how far the result can be from the best possible, as a fraction (0 is proven best);
    None before the end. cost is per week, in pence. parameters: seed, time limit and settings;
    of a trial also what it changes. base: the match whose inputs a trial takes. policy: the one
    that was in force, None for the settings that the product comes with. inputs, result: the
    problem as it was given to the solver and its whole answer (`app.commissioning.packing`).
    trail_mark: the newest entry of the audit trail when the rows were read. stopped_by,
    stopped_at: who asked it to end early with the best it had, None where nobody did.
    """

    __tablename__ = "match_run"
    __table_args__ = (
        CheckConstraint("(kind = 'match') = (base_id IS NULL)", name="trial_has_base"),
    )
    unaudited = frozenset({"inputs", "result", "summary"})

    id: Mapped[int] = mapped_column(primary_key=True)
    state = MATCH_RUN.column()
    kind: Mapped[RunKind] = mapped_column(
        choice(RunKind, "kind"), default=RunKind.MATCH, server_default=RunKind.MATCH.value
    )
    base_id: Mapped[int | None] = mapped_column(ForeignKey("match_run.id"), index=True)
    policy_id: Mapped[int | None] = mapped_column(ForeignKey("match_policy.id"), index=True)
    requested_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    requested_by: Mapped[str] = mapped_column(String(200))
    requested_at: Mapped[datetime] = mapped_column(Moment, index=True)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    seconds: Mapped[float | None]
    failure: Mapped[str | None] = mapped_column(String(500))
    stopped_by: Mapped[str | None] = mapped_column(String(200))
    stopped_at: Mapped[datetime | None] = mapped_column(Moment)
    children: Mapped[int] = mapped_column(default=0)
    placed: Mapped[int] = mapped_column(default=0)
    hours_asked: Mapped[int] = mapped_column(default=0)
    hours_placed: Mapped[int] = mapped_column(default=0)
    weekly_cost_pence: Mapped[int] = mapped_column(default=0)
    weekly_transport_pence: Mapped[int] = mapped_column(default=0)
    mean_distance_km: Mapped[float | None]
    hours_gap: Mapped[float | None]
    cost_gap: Mapped[float | None]
    parameters: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    summary: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    inputs: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, deferred=True)
    result: Mapped[dict[str, Any]] = mapped_column(
        JSON, default=dict, server_default="{}", deferred=True
    )
    trail_mark: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")

    base: Mapped["MatchRun | None"] = relationship(remote_side="MatchRun.id")
    policy: Mapped["MatchPolicy | None"] = relationship()
    outcomes: Mapped[list["MatchOutcome"]] = relationship(
        back_populates="run", cascade="all, delete-orphan", passive_deletes=True
    )


class MatchOutcome(db.Model):
    """What a run found for one referral: a place for every component, or none and why.

    reasons: for an unplaced child, each group of reasons in words with its count, and each
    provider's own reason. weekly_cost_pence: of the provision, without transport.
    """

    __tablename__ = "match_outcome"
    __table_args__ = (UniqueConstraint("run_id", "referral_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("match_run.id", ondelete="CASCADE"))
    referral_id: Mapped[int] = mapped_column(ForeignKey("referral.id"), index=True)
    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"), index=True)
    placed: Mapped[bool] = mapped_column(index=True)
    hours: Mapped[int]
    priority: Mapped[int] = mapped_column(default=0)
    weekly_cost_pence: Mapped[int] = mapped_column(default=0)
    weekly_transport_pence: Mapped[int] = mapped_column(default=0)
    furthest_km: Mapped[float | None]
    reasons: Mapped[dict[str, Any]] = mapped_column(SecretJson(), default=dict)

    run: Mapped[MatchRun] = relationship(back_populates="outcomes")
    referral: Mapped[Referral] = relationship()
    child: Mapped[Child] = relationship()
    recommendations: Mapped[list["Recommendation"]] = relationship(
        back_populates="outcome",
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="Recommendation.id",
    )


class Recommendation(db.Model):
    """The offer that a run recommends for one component of a referral.

    component: None once the referral no longer asks for it.
    distance_km: as the crow flies, None online. starts_on: when all parts of the package can start.
    why, drawbacks: sentences for and against.
    next_best: the next offers, each with its price, distance and what would differ.
    """

    __tablename__ = "recommendation"
    __table_args__ = (UniqueConstraint("outcome_id", "component_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    outcome_id: Mapped[int] = mapped_column(ForeignKey("match_outcome.id", ondelete="CASCADE"))
    component_id: Mapped[int | None] = mapped_column(
        ForeignKey("component.id", ondelete="SET NULL"), index=True
    )
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id"), index=True)
    delivery: Mapped[Delivery] = mapped_column(choice(Delivery, "delivery"))
    hours: Mapped[int]
    pence_per_hour: Mapped[int]
    weekly_cost_pence: Mapped[int]
    weekly_transport_pence: Mapped[int] = mapped_column(default=0)
    distance_km: Mapped[float | None]
    starts_on: Mapped[date | None]
    why: Mapped[list[str]] = mapped_column(SecretJson(list), default=list)
    drawbacks: Mapped[list[str]] = mapped_column(SecretJson(list), default=list)
    next_best: Mapped[list[dict[str, Any]]] = mapped_column(SecretJson(list), default=list)

    outcome: Mapped[MatchOutcome] = relationship(back_populates="recommendations")
    component: Mapped[Component | None] = relationship()
    offer: Mapped[Offer] = relationship()
