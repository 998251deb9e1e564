"""What commissioning does: ask for a match, run it, keep what it found."""

from collections.abc import Callable
from datetime import date

from sqlalchemy import select

from app.accounts.models import User
from app.commissioning import bridge, queries, report
from app.commissioning.lifecycle import MATCH_RUN, RunState
from app.commissioning.models.match import MatchRun
from app.kernel.clock import now, today
from app.kernel.database import db
from app.kernel.progress import Progress, Report
from app.kernel.rules import RuleBroken
from providers.queries import offer_book

INTERRUPTED = (
    "The server was stopped while this match was running. Nothing was changed. Run it again."
)


def request_match(
    requested_by: User | None, *, seconds: int, confirmed_within_days: int | None = None
) -> MatchRun:
    """Ask for a match of everyone who waits with every open offer.

    seconds: the longest it may search. confirmed_within_days: leave out offers whose free
    hours were confirmed longer ago; None takes them all, each with a remark.
    """
    run = MatchRun(
        requested_by_id=requested_by.id if requested_by else None,
        requested_by=requested_by.name if requested_by else "Command line",
        requested_at=now(),
        parameters={
            "seconds": seconds,
            "seed": 0,
            "on": today().isoformat(),
            "confirmed_within_days": confirmed_within_days,
        },
    )
    db.session.add(run)
    db.session.flush()
    return run


def begin_match(run_id: int) -> None:
    """Claim a run that is queued. Raises RuleBroken where it is not."""
    MATCH_RUN.fire(_run(run_id), "begin")


def perform_match(run_id: int, tell: Report, should_stop: Callable[[], bool]) -> None:
    """Match, and keep what was found, with its explanation.

    The run is claimed already; it is not locked, since a lock would last as long as the search.
    """
    run = db.session.get_one(MatchRun, run_id)
    on = date.fromisoformat(run.parameters["on"])
    tell(Progress(0.02, "Reading children and offers"))
    referrals = queries.waiting_referrals()
    book = offer_book(on, run.parameters["confirmed_within_days"])
    answer = bridge.match(
        referrals,
        book.open,
        on,
        seconds=run.parameters["seconds"],
        seed=run.parameters["seed"],
        tell=tell,
        should_stop=should_stop,
    )
    tell(Progress(0.95, "Writing down the reasons"))
    report.keep(run, answer, referrals, book)
    run.finished_at = now()
    MATCH_RUN.fire(run, "finish")


def fail_match(run_id: int, reason: str) -> None:
    """Record that a run came to nothing, and why."""
    run = _run(run_id)
    run.failure = reason
    run.finished_at = now()
    MATCH_RUN.fire(run, "fail")


def recover_matches() -> list[int]:
    """After a worker was cut off: fail what was running; return the runs still queued."""
    for run in db.session.scalars(select(MatchRun).where(MatchRun.state == RunState.RUNNING)):
        fail_match(run.id, INTERRUPTED)
    queued = select(MatchRun.id).where(MatchRun.state == RunState.QUEUED).order_by(MatchRun.id)
    return list(db.session.scalars(queued))


def _run(run_id: int) -> MatchRun:
    run = db.session.get(MatchRun, run_id, with_for_update=True)
    if run is None:
        raise RuleBroken("This match no longer exists.")
    return run
