"""What commissioning does: ask for a match or a trial of one, run it, keep what it found."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from app.accounts.models import User
from app.commissioning import bridge, clashes, inputs, policies, report, staleness, what_if
from app.commissioning.lifecycle import MATCH_RUN, RunState
from app.commissioning.models.match import MatchRun, RunKind
from app.commissioning.models.policy import MatchPolicy
from app.commissioning.packing import expand
from app.kernel.clock import now, today
from app.kernel.database import db
from app.kernel.progress import Progress, Report
from app.kernel.rules import RuleBroken, require

INTERRUPTED = (
    "The program that works in the background was stopped while this was running. "
    "Nothing was changed. Run it again."
)

TAKEN_BACK = "{} took it back before it began. Nothing was changed."

WORKERS = 1
"""Threads of a match: with one, the same inputs and seed give the same result."""
WARM_FROM = 1_000
"""Children from which on a trial starts from its match's result instead of from nothing: many
times as fast, and the gap that is left is told. Below, nothing is quicker than it needs to be."""


def request_match(
    requested_by: User | None, *, seconds: int, confirmed_within_days: int | None = None
) -> MatchRun:
    """Ask for a match of everyone who waits with every open offer, by the policy in force.

    seconds: the longest it may search. confirmed_within_days: leave out offers whose free
    hours were confirmed longer ago; None takes them all, each with a remark.
    """
    parameters = {
        "seconds": seconds,
        "seed": 0,
        "workers": WORKERS,
        "on": today().isoformat(),
        "confirmed_within_days": confirmed_within_days,
    }
    return _requested(
        requested_by, kind=RunKind.MATCH, policy=policies.in_force(), parameters=parameters
    )


def request_trial(
    requested_by: User | None,
    kind: RunKind,
    base: MatchRun,
    changes: Sequence[what_if.Change] = (),
    *,
    policy: MatchPolicy | None = None,
) -> MatchRun:
    """Ask that a match's inputs be matched again, with some changes or none.

    Raises RuleBroken where the base is no finished match, its inputs were not kept, the changes
    make no sense, or a what-if leaves too little for what officers have fixed. A drafted policy
    is kept all the same; its trial then comes to nothing, and says why.
    """
    require(
        None
        if base.kind is RunKind.MATCH and base.state is RunState.FINISHED
        else "Choose a match that has finished."
    )
    if kind is RunKind.CHOICE:
        # an offer of the match's own makes sense there; of 10,000 children the whole takes seconds
        inputs.require_kept(base)
    else:
        given = inputs.kept(base)
        changed = what_if.applied(changes, given)
        if kind is RunKind.WHAT_IF:
            clashes.require_kept(changed, given["problem"])
        bridge.unpacked(changed)
    parameters = base.parameters | {"changes": list(changes)}
    return _requested(
        requested_by, kind=kind, base=base, policy=policy or base.policy, parameters=parameters
    )


def repeat_trial(trial: MatchRun, by: User) -> MatchRun:
    """Ask for the same trial once more. Raises RuleBroken where it did not come to nothing."""
    require(
        None
        if trial.base is not None and trial.state is RunState.FAILED
        else "Only a trial that came to nothing is tried again."
    )
    changes = trial.parameters["changes"]
    return request_trial(by, trial.kind, trial.base, changes, policy=trial.policy)


def _requested(requested_by: User | None, **values) -> MatchRun:
    run = MatchRun(
        requested_by_id=requested_by.id if requested_by else None,
        requested_by=requested_by.name if requested_by else "Command line",
        requested_at=now(),
        **values,
    )
    db.session.add(run)
    db.session.flush()
    return run


def stop_match(run: MatchRun, by: User) -> RunState:
    """Note that a run is to end early with the best it has; return where it stands now.

    A run that has not begun has nothing to keep and is taken back. One that has ended stays as it
    is. What the search looks at itself is `app.jobs.ask_to_stop`.
    """
    run = _run(run.id)
    if run.state is RunState.QUEUED:
        fail_match(run.id, TAKEN_BACK.format(by.name))
    elif run.state is RunState.RUNNING and run.stopped_at is None:
        run.stopped_by, run.stopped_at = by.name, now()
    return run.state


def begin_match(run_id: int) -> None:
    """Claim a run that is queued. Raises RuleBroken where it is not."""
    MATCH_RUN.fire(_run(run_id), "begin")


def perform_match(run_id: int, tell: Report, should_stop: Callable[[], bool]) -> None:
    """Match, and keep what was found, with its explanation.

    The run is claimed already; it is not locked, since a lock would last as long as the search.
    """
    run = db.session.get_one(MatchRun, run_id)
    tell(Progress(0.02, "Reading children and offers"))
    if run.kind is RunKind.MATCH:
        _perform_match(run, tell, should_stop)
    else:
        _perform_trial(run, tell, should_stop)
    run.finished_at = now()
    MATCH_RUN.fire(run, "finish")


def _perform_match(run: MatchRun, tell: Report, should_stop: Callable[[], bool]) -> None:
    mark = staleness.mark()  # before the rows are read: what comes later shows as a change
    gathered = inputs.gather(
        date.fromisoformat(run.parameters["on"]),
        confirmed_within_days=run.parameters["confirmed_within_days"],
        policy=run.policy,
    )
    answer = _solved(run, gathered.problem, tell, should_stop)
    run.trail_mark = mark
    inputs.keep(run, gathered)
    report.keep(run, answer, gathered)


def _perform_trial(run: MatchRun, tell: Report, should_stop: Callable[[], bool]) -> None:
    given = inputs.kept(run.base)
    changed = what_if.applied(run.parameters["changes"], given)
    choice = run.kind is RunKind.CHOICE
    clashes.require_kept(changed, given["problem"], choice=choice, most=1)
    warm = run.kind is not RunKind.AGAIN and run.base.children >= WARM_FROM
    previous = expand(run.base.result) if warm and run.base.result else None
    answer = _solved(run, bridge.unpacked(changed), tell, should_stop, previous)
    report.keep_figures(run, answer)


def _solved(
    run: MatchRun,
    problem: Any,
    tell: Report,
    should_stop: Callable[[], bool],
    previous: Mapping[str, Any] | None = None,
) -> bridge.Answer:
    told = Progress()

    def tell_and_keep(progress: Progress) -> None:
        nonlocal told
        told = progress
        tell(progress)

    answer = bridge.match(
        problem,
        seconds=run.parameters["seconds"],
        seed=run.parameters["seed"],
        workers=run.parameters.get("workers", WORKERS),
        previous=previous,
        tell=tell_and_keep,
        should_stop=should_stop,
    )
    tell(Progress(0.95, "Writing down the reasons", told.figures))
    return answer


def fail_match(run_id: int, reason: str) -> None:
    """Record that a run came to nothing, and why."""
    run = _run(run_id)
    run.failure = reason[:500]
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
