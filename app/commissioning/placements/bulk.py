"""Proposing or approving many children of a match, one transaction each, so that a process that
is killed leaves nothing half done and the work goes on where it stopped."""

from collections.abc import Callable, Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.accounts.models import User
from app.children.lifecycle import ReferralState
from app.children.models import Child, Referral
from app.commissioning.models.match import MatchOutcome, MatchRun, Recommendation
from app.commissioning.placements import deciding, proposing
from app.commissioning.placements.bulk_models import BULK, BulkKind, BulkState, BulkWork
from app.commissioning.placements.deciding import Decider
from app.commissioning.placements.gatekeeping import Ground
from app.commissioning.placements.lifecycle import ProposalState
from app.commissioning.placements.models import Placement, Proposal
from app.commissioning.placements.proposing import Terms
from app.commissioning.placements.queries import WHOLE
from app.kernel import audit
from app.kernel.clock import now
from app.kernel.database import db
from app.kernel.progress import Progress, Report
from app.kernel.rules import RuleBroken, require
from providers.models.offer import Offer
from providers.needs import LegalBasis, Tier

WHY = "Recommended by match {run}, which weighed every child who waits against every open offer."

STOPPED = "Something went wrong in the program, and the work stopped."


def outcomes_to_propose(run: MatchRun) -> list[MatchOutcome]:
    """The placed children of a match who still wait and for whom nothing is proposed."""
    inside = (ProposalState.DRAFT, ProposalState.SUBMITTED, ProposalState.QUESTIONED)
    taken = select(Proposal.referral_id).where(Proposal.state.in_(inside))
    statement = (
        select(MatchOutcome)
        .join(MatchOutcome.referral)
        .where(
            MatchOutcome.run_id == run.id,
            MatchOutcome.placed,
            MatchOutcome.referral.has(state=ReferralState.WAITING),
            MatchOutcome.referral_id.not_in(taken),
        )
        .options(
            selectinload(MatchOutcome.child),
            selectinload(MatchOutcome.recommendations)
            .selectinload(Recommendation.offer)
            .joinedload(Offer.provider),
        )
        .order_by(MatchOutcome.id)
    )
    return list(db.session.scalars(statement))


def proposals_to_approve(run: MatchRun) -> list[Proposal]:
    """The proposals that rest on a match and wait for a decision."""
    statement = (
        select(Proposal)
        .where(Proposal.match_run_id == run.id, Proposal.state == ProposalState.SUBMITTED)
        .options(
            selectinload(Proposal.referral),
            selectinload(Proposal.placements).options(*WHOLE),
            selectinload(Proposal.placements).selectinload(Placement.agreements),
        )
        .order_by(Proposal.id)
    )
    return list(db.session.scalars(statement))


def needs_a_person(proposal: Proposal, by: User) -> str | None:
    """Why a proposal is set aside from bulk approval, for somebody to look at by itself."""
    if proposal.proposed_by_id == by.id:
        return "You proposed it, so somebody else must decide."
    if proposal.reasons:
        grounds = ", ".join(Ground(code).label.lower() for code in proposal.reasons)
        return f"It asks for an exception: {grounds}."
    return deciding.beyond_limit(proposal, by)


def ask_to_propose(run: MatchRun, chosen: Iterable[int], terms: Terms, by: User) -> BulkWork:
    """Ask that children of a match be proposed, each by itself. Raises RuleBroken."""
    options = {
        "starts_on": terms.starts_on.isoformat(),
        "ends_on": terms.ends_on.isoformat(),
        "tier": terms.tier.value,
        "legal_basis": terms.legal_basis.value,
    }
    backwards = terms.ends_on < terms.starts_on
    require("The last day must not be before the first." if backwards else None)
    return _asked(BulkKind.PROPOSE, run, chosen, by, options)


def ask_to_approve(run: MatchRun, chosen: Iterable[int], by: User) -> BulkWork:
    """Ask that proposals be approved, each by itself. Raises RuleBroken where none is chosen."""
    return _asked(BulkKind.APPROVE, run, chosen, by, {})


def _asked(
    kind: BulkKind, run: MatchRun, chosen: Iterable[int], by: User, options: dict
) -> BulkWork:
    ids = list(dict.fromkeys(chosen))
    under_way = select(BulkWork.id).where(
        BulkWork.match_run_id == run.id,
        BulkWork.kind == kind,
        BulkWork.state.in_((BulkState.QUEUED, BulkState.RUNNING)),
    )
    require(
        None if ids else "Select at least one child.",
        "The same is being done already. Wait until it has finished."
        if db.session.scalar(under_way)
        else None,
    )
    work = BulkWork(
        state=BULK.initial,
        kind=kind,
        match_run=run,
        chosen=ids,
        options=options,
        requested_by_id=by.id,
        requested_by=by.name,
        requested_at=now(),
    )
    db.session.add(work)
    db.session.flush()
    return work


def begin(work_id: int) -> None:
    """Claim work that is queued. Raises RuleBroken where it is not."""
    BULK.fire(_work(work_id), "begin")


def perform(work_id: int, tell: Report, should_stop: Callable[[], bool]) -> None:
    """Do what is left, one child a transaction; what is refused is set aside with its reason.

    The record of what was done commits with the deed, so work begun again does nothing twice.
    """
    work = db.session.get_one(BulkWork, work_id)
    one = _propose_one if work.kind is BulkKind.PROPOSE else _approve_one
    by = db.session.get_one(User, work.requested_by_id)
    total = max(1, len(work.chosen))
    with audit.acting(by.actor, f"{work.kind.value}-many"):
        for number in list(work.left):
            if should_stop():
                break
            _one(work_id, number, one)
            db.session.expire_all()
            done = total - len(db.session.get_one(BulkWork, work_id).left)
            tell(Progress(done / total, f"{done} of {total} children"))
    work = _work(work_id)
    work.finished_at = now()
    BULK.fire(work, "finish")


def _one(work_id: int, number: int, one: Callable[[BulkWork, int], None]) -> None:
    """One child, in a transaction of its own, under the lock of the whole work."""
    try:
        work = _work(work_id)
        if number not in work.left:
            db.session.rollback()
            return
        one(work, number)
        work.done = [*work.done, number]
        db.session.commit()
    except RuleBroken as refusal:
        db.session.rollback()
        work = _work(work_id)
        work.set_aside = work.set_aside | {str(number): str(refusal)}
        db.session.commit()


def _propose_one(work: BulkWork, outcome_id: int) -> None:
    outcome = db.session.get_one(MatchOutcome, outcome_id)
    options, referral = work.options, outcome.referral
    terms = Terms(
        date.fromisoformat(options["starts_on"]),
        date.fromisoformat(options["ends_on"]),
        referral.tier or Tier(options["tier"]),
        referral.legal_basis or LegalBasis(options["legal_basis"]),
        work.requested_by_id,
    )
    by = db.session.get_one(User, work.requested_by_id)
    wanted = proposing.wanted_by(outcome)
    proposal = proposing.draft(referral, wanted, terms, by, run=outcome.run)
    proposing.submit(proposal, WHY.format(run=work.match_run_id), {})


def _approve_one(work: BulkWork, proposal_id: int) -> None:
    by = db.session.get_one(User, work.requested_by_id)
    proposal = db.session.get_one(Proposal, proposal_id)
    require(needs_a_person(proposal, by))
    deciding.approve(proposal, Decider(by))


def fail(work_id: int, reason: str) -> None:
    """Record that the work came to a stop, and how far it was; what was done stays done."""
    work = _work(work_id)
    so_far = (
        f"Of {len(work.chosen)} children, {len(work.done)} were done and stay done, "
        f"{len(work.set_aside)} were set aside and {len(work.left)} are as they were."
    )
    work.failure, work.finished_at = f"{reason[:300]} {so_far}", now()
    BULK.fire(work, "fail")


def recover() -> list[int]:
    """After a worker was cut off: queue what was running; return all that is queued."""
    for work in db.session.scalars(select(BulkWork).where(BulkWork.state == BulkState.RUNNING)):
        BULK.fire(work, "resume")
    db.session.flush()
    queued = select(BulkWork.id).where(BulkWork.state == BulkState.QUEUED)
    return list(db.session.scalars(queued.order_by(BulkWork.id)))


def resume(work: BulkWork) -> None:
    """Go on with work that a fault stopped. Raises RuleBroken where it has finished."""
    work.failure, work.finished_at = None, None
    BULK.fire(work, "resume")


def names_of(work: BulkWork) -> dict[int, str]:
    """What the ids of bulk work stand for: the children's references, by id."""
    if work.kind is BulkKind.PROPOSE:
        rows = select(MatchOutcome.id, Child.reference).join(MatchOutcome.child)
        rows = rows.where(MatchOutcome.id.in_(work.chosen))
    else:
        rows = select(Proposal.id, Child.reference).join(Proposal.referral).join(Referral.child)
        rows = rows.where(Proposal.id.in_(work.chosen))
    return dict(db.session.execute(rows).tuples().all())


def _work(work_id: int) -> BulkWork:
    work = db.session.get(BulkWork, work_id, with_for_update=True, populate_existing=True)
    if work is None:
        raise RuleBroken("This work no longer exists.")
    return work
