"""A worker killed without warning in the middle of a bulk approval, on both databases."""

import os
import signal
import subprocess
import sys

from sqlalchemy import select

from app import jobs
from app.accounts.roles import Role
from app.commissioning.placements import bulk
from app.commissioning.placements.bulk_models import BulkState, BulkWork
from app.commissioning.placements.models import Disclosure, Placement
from app.kernel import audit, seals
from app.kernel.database import db
from providers.models.commitment import Commitment
from tests.app.commissioning.placements.test_bulk import TERMS, a_match
from tests.attack.killing_bulk import AT, MIDDLE
from tests.conftest import TESTER
from tests.factories.accounts import make_user


def asked_to_approve(time_machine) -> int:
    """Bulk work on four proposals, committed."""
    time_machine.move_to(AT, tick=False)
    run, officer = a_match(), make_user()
    chosen = [outcome.id for outcome in bulk.outcomes_to_propose(run)]
    proposed = bulk.ask_to_propose(run, chosen, TERMS, officer)
    db.session.commit()
    jobs.run("bulk", proposed.id)
    ready = [each.id for each in bulk.proposals_to_approve(run)]
    work = bulk.ask_to_approve(run, ready, make_user(Role.COMMISSIONER))
    db.session.commit()
    return work.id


def counts() -> tuple[int, int, int, int]:
    """How many are approved, and have their room, their agreement and their disclosure."""
    placements = db.session.scalars(select(Placement)).all()
    return (
        sum(each.state.value == "approved" for each in placements),
        len(db.session.scalars(select(Commitment.id)).all()),
        sum(len(each.agreements) for each in placements),
        len(db.session.scalars(select(Disclosure.id)).all()),
    )


def test_a_worker_killed_in_the_middle_leaves_nothing_half_done_and_goes_on(
    app, tmp_path, time_machine
):
    with app.app_context(), audit.acting(TESTER, "test"):
        number = asked_to_approve(time_machine)
        url = app.config["SQLALCHEMY_DATABASE_URI"]
    command = [sys.executable, "-m", "tests.attack.killing_bulk", str(tmp_path), url]
    worker = subprocess.Popen(
        [*command, str(number), "3"], stdout=subprocess.PIPE, text=True, env=os.environ
    )
    assert worker.stdout is not None
    assert worker.stdout.readline().strip() == MIDDLE
    worker.send_signal(signal.SIGKILL)
    worker.wait(timeout=30)
    with app.app_context(), audit.acting(TESTER, "test"):
        assert counts() == (2, 2, 2, 2)
        assert bulk.recover() == [number]
        db.session.commit()
        jobs.run("bulk", number)
        work = db.session.get_one(BulkWork, number, populate_existing=True)
        assert (work.state, work.set_aside) == (BulkState.FINISHED, {})
        assert counts() == (4, 4, 4, 4)
        assert seals.verify().faults == ()
