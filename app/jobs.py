"""Background work: what may be asked for, how it is run once, and how far it has come.

A job is asked for inside a transaction and handed to the queue only when that commits, so a
job never looks for a row that is not there. The row itself holds the state; the queue holds
only progress, which may be lost.
"""

import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass

from flask import Flask, current_app
from huey import Huey, MemoryHuey, RedisHuey, SqliteHuey, crontab
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from app import post, pulse
from app.children import intakes
from app.commissioning import service as commissioning
from app.commissioning.placements import bulk
from app.kernel import audit, sent_forms
from app.kernel.asked import ASKED, ask
from app.kernel.database import db, refusal_of
from app.kernel.progress import Progress, Report
from app.kernel.reach import whole
from app.kernel.rules import RuleBroken
from app.notices.service import SEND
from providers.intake import staging

log = logging.getLogger(__name__)
ATTEMPTS = 3
WORKER = audit.Actor(None, "Background worker")
WORKER_PULSE = "worker"


UNEXPECTED = "Something went wrong in the program. Nothing was changed. Try again."


@dataclass(frozen=True)
class Job:
    """One kind of work on one row.

    begin: claims the row, refusing with RuleBroken where it is not waiting for this. perform:
    does the work, in one transaction. fail: records on the row, in words, that it went wrong.
    recover: after a worker was cut off, puts its rows in order and returns the ids to do again.
    on_fault: what people are told of a fault; work of several transactions has words of its own.
    """

    begin: Callable[[int], None]
    perform: Callable[[int, Report, Callable[[], bool]], None]
    fail: Callable[[int, str], None]
    recover: Callable[[], list[int]]
    on_fault: str = UNEXPECTED


JOBS: dict[str, Job] = {
    "match": Job(
        commissioning.begin_match,
        commissioning.perform_match,
        commissioning.fail_match,
        commissioning.recover_matches,
    ),
    "bulk": Job(bulk.begin, bulk.perform, bulk.fail, bulk.recover, on_fault=bulk.STOPPED),
    "read-intake": Job(
        staging.begin_reading, intakes.read, staging.fail_reading, staging.recover_readings
    ),
    "save-intake": Job(
        staging.begin_saving, intakes.save, staging.fail_saving, staging.recover_savings
    ),
}


def forget_forms() -> None:
    """Forget the forms that were taken long ago."""
    sent_forms.forget()
    db.session.commit()


# Work that finds its rows itself, keeps its own record on them, and may be done at any time.
ROUNDS: dict[str, Callable[[], object]] = {SEND: post.deliver, "forget-forms": forget_forms}


def register(app: Flask) -> None:
    """Attach the queue that JOBS_URL names: sqlite:///file, redis://… or immediate:."""
    queue = _queue(app.config["JOBS_URL"])
    app.extensions["jobs"] = queue

    @queue.task(name="run")
    def task(name: str, subject_id: int) -> None:
        with app.app_context():
            run(name, subject_id)

    @queue.periodic_task(crontab(minute="*"), name="rounds")
    def rounds() -> None:
        """Every minute: what was due later, and what a process that died has left."""
        with app.app_context():
            for name in ROUNDS:
                run(name, 0)

    app.extensions["jobs-task"] = task


def _queue(url: str) -> Huey:
    if url == "immediate:":
        return MemoryHuey("fairplace", immediate=True)
    if url.startswith("sqlite:///"):
        return SqliteHuey("fairplace", filename=url.removeprefix("sqlite:///"), timeout=30)
    return RedisHuey("fairplace", url=url)


@event.listens_for(Session, "after_commit")
def _hand_over(session: Session) -> None:
    if session.in_nested_transaction():  # a savepoint is not the end
        return
    for name, subject_id in session.info.pop(ASKED, []):
        if name in JOBS:
            _queue_here().put(_key(name, subject_id), asdict(Progress()))
            _queue_here().get(_stop_key(name, subject_id))  # taken out: of a row that is gone
        current_app.extensions["jobs-task"](name, subject_id)


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    if session.in_nested_transaction():
        return
    session.info.pop(ASKED, None)


def run(name: str, subject_id: int, report: Report | None = None) -> None:
    """Do a job now, in this process, in transactions of its own.

    A refusal or a fault is recorded on the row; nothing that the job did is kept then. Where
    others were at the same rows, the work is undone and done again.
    """
    with whole():  # work in the background is the authority's, whoever asked for it
        _run(name, subject_id, report)


def _run(name: str, subject_id: int, report: Report | None) -> None:
    if name in ROUNDS:
        with audit.acting(WORKER, name):
            ROUNDS[name]()
        return
    job = JOBS[name]
    queue = _queue_here()  # taken now: a solver calls back from threads of its own

    def tell(progress: Progress) -> None:
        queue.put(_key(name, subject_id), asdict(progress))
        if report:
            report(progress)

    def should_stop() -> bool:
        return bool(queue.get(_stop_key(name, subject_id), peek=True))

    with audit.acting(WORKER, name), pulse.beating(queue, _work_key(name, subject_id)):
        try:
            job.begin(subject_id)
            db.session.commit()
        except RuleBroken:
            db.session.rollback()
            log.info("job %s %s not begun: it was refused", name, subject_id)
            return
        try:
            _perform(job, subject_id, tell, should_stop)
            tell(Progress(1.0, "Finished"))
        except Exception as fault:
            db.session.rollback()
            job.fail(subject_id, _in_words(fault, name, subject_id))
            db.session.commit()


def _perform(job: Job, subject_id: int, tell: Report, should_stop: Callable[[], bool]) -> None:
    """The work, whole and in one transaction, again from the start where others overtook it."""
    for attempts_left in reversed(range(ATTEMPTS)):
        try:
            job.perform(subject_id, tell, should_stop)
            db.session.commit()
            return
        except (IntegrityError, OperationalError) as overtaken:
            db.session.rollback()
            if not attempts_left:
                raise
            log.warning(
                "job on row %s overtaken, begun again: %s", subject_id, refusal_of(overtaken)
            )


def _in_words(fault: Exception, name: str, subject_id: int) -> str:
    """What to tell people: a refusal's own words; of a fault only that it happened."""
    if isinstance(fault, RuleBroken):
        return str(fault)
    log.error("job %s %s failed", name, subject_id, exc_info=fault)
    return JOBS[name].on_fault


def progress(name: str, subject_id: int) -> Progress:
    """How far a job has come, as it last said."""
    stored = _queue_here().get(_key(name, subject_id), peek=True)
    return Progress(**stored) if stored else Progress()


def ask_to_stop(name: str, subject_id: int) -> None:
    """Ask a running job to end early with the best it has."""
    _queue_here().put(_stop_key(name, subject_id), True)


def is_dead(name: str, subject_id: int, *, begun: bool) -> bool:
    """Whether nobody does a job any more: it had begun, or no worker is there to begin it."""
    return pulse.is_silent(_queue_here(), _work_key(name, subject_id) if begun else WORKER_PULSE)


def work() -> None:
    """Serve the queue until the process is told to stop; first put right what was cut off."""
    with audit.acting(WORKER, "recover"):
        for name, job in JOBS.items():
            for subject_id in job.recover():
                ask(name, subject_id)
        db.session.commit()
    with pulse.beating(_queue_here(), WORKER_PULSE):
        _queue_here().create_consumer(workers=1, max_delay=1.0).run()


def _key(name: str, subject_id: int) -> str:
    return f"progress-{name}-{subject_id}"


def _work_key(name: str, subject_id: int) -> str:
    return f"{name}-{subject_id}"


def _stop_key(name: str, subject_id: int) -> str:
    return f"stop-{name}-{subject_id}"


def _queue_here() -> Huey:
    return current_app.extensions["jobs"]
