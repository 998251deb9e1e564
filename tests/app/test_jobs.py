"""Background work is done once, whole or not at all, whoever else is at it and whatever breaks."""

from contextlib import suppress
from threading import Barrier, BrokenBarrierError, Thread, local

import pytest
from sqlalchemy import func, select

from app import jobs
from app.children import intakes
from app.commissioning import service as commissioning
from app.commissioning.lifecycle import RunState
from app.commissioning.models.match import MatchRun
from app.kernel import audit
from app.kernel.database import db
from app.kernel.progress import Progress
from app.kernel.rules import RuleBroken
from providers.intake import staging
from providers.intake.directory import DirectoryReader
from providers.models.intake import Intake, IntakeKind, IntakeRow, IntakeState
from providers.models.offer import Offer
from providers.models.provider import Provider
from tests.conftest import TESTER
from tests.factories.children import make_referral
from tests.factories.places import a_mapped_county
from tests.factories.providers import make_offer
from tests.providers.intake.builders import OFFER, TODAY, csv_file

SUPPLIERS = [OFFER | {"Supplier ref": f"SUP000{number}"} for number in range(1, 5)]


@pytest.fixture(autouse=True)
def on_the_day(time_machine):
    time_machine.move_to(TODAY)


@pytest.fixture
def county(context):
    """A framework and the sector of Winchester."""
    a_mapped_county()
    db.session.commit()
    return context


def send(*rows: dict[str, str]) -> int:
    """A supplier tool that was sent in and read; returns its id."""
    content = csv_file([list(OFFER), *(row.values() for row in rows)]).getvalue()
    sent = staging.send(IntakeKind.SUPPLIER_TOOL, "tool.csv", content, "Test")
    jobs.ask("read-intake", sent.id)
    db.session.commit()
    return sent.id


def accept(number: int) -> None:
    """Accept a file without saving it yet."""
    staging.accept(db.session.get_one(Intake, number))
    db.session.commit()


def intake(number: int) -> Intake:
    return db.session.get_one(Intake, number, populate_existing=True)


def count(model) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


def test_a_job_is_handed_over_when_its_transaction_commits(county):
    number = send(OFFER)
    assert intake(number).state is IntakeState.READY


def test_a_job_is_forgotten_where_its_transaction_is_undone(county, monkeypatch):
    handed_over = []
    monkeypatch.setitem(county.extensions, "jobs-task", lambda *job: handed_over.append(job))
    sent = staging.send(IntakeKind.SUPPLIER_TOOL, "tool.csv", b"x", "Test")
    jobs.ask("read-intake", sent.id)
    db.session.rollback()
    db.session.commit()
    assert count(Intake) == 0
    assert handed_over == []


def test_a_job_tells_how_far_it_is(county):
    told = []
    number = send(*SUPPLIERS)
    accept(number)
    jobs.run("save-intake", number, told.append)
    assert told[-1] == Progress(1.0, "Finished")
    assert [step.fraction for step in told] == sorted(step.fraction for step in told)


def test_a_job_that_was_done_is_not_done_again(county):
    number = send(OFFER)
    accept(number)
    jobs.run("save-intake", number)
    finished = intake(number).finished_at
    jobs.run("save-intake", number)
    assert intake(number).finished_at == finished
    assert intake(number).failure is None


def test_a_job_that_breaks_half_way_leaves_nothing_and_can_be_asked_for_again(county, monkeypatch):
    number = send(*SUPPLIERS)
    save, saved = DirectoryReader.save, []

    def save_two_then_break(reader, record):
        saved.append(record)
        if len(saved) == 3:
            raise ZeroDivisionError("a fault in the program")
        save(reader, record)

    monkeypatch.setattr(DirectoryReader, "save", save_two_then_break)
    accept(number)
    jobs.run("save-intake", number)
    row = intake(number)
    assert (row.state, row.failure) == (IntakeState.READY, jobs.UNEXPECTED)
    assert count(Provider) == count(Offer) == 0
    monkeypatch.undo()

    accept(number)
    jobs.run("save-intake", number)
    assert intake(number).state is IntakeState.SAVED
    assert intake(number).failure is None
    assert count(Provider) == count(Offer) == 4


def test_a_reader_that_breaks_half_way_leaves_no_preview(county, monkeypatch):
    monkeypatch.setattr(staging, "BATCH", 1)
    judge = DirectoryReader._judge

    def judge_one_then_break(reader, read):
        if read.row.number > 2:
            raise ZeroDivisionError("a fault in the program")
        return judge(reader, read)

    monkeypatch.setattr(DirectoryReader, "_judge", judge_one_then_break)
    number = send(*SUPPLIERS)
    assert intake(number).state is IntakeState.FAILED
    assert intake(number).failure == jobs.UNEXPECTED
    assert count(IntakeRow) == 0


def test_a_worker_that_is_killed_half_way_leaves_nothing_and_the_next_one_starts_again(
    county, monkeypatch
):
    number = send(*SUPPLIERS)
    accept(number)
    perform, killed = intakes.save, []

    def killed_the_first_time(*arguments):
        perform(*arguments)
        if not killed:
            killed.append(True)
            raise SystemExit

    job = jobs.JOBS["save-intake"]
    monkeypatch.setitem(
        jobs.JOBS, "save-intake", jobs.Job(job.begin, killed_the_first_time, job.fail, job.recover)
    )
    with county.app_context(), pytest.raises(SystemExit):
        jobs.run("save-intake", number)
    assert intake(number).state is IntakeState.SAVING
    assert count(Provider) == 0

    assert job.recover() == [number]
    jobs.run("save-intake", number)
    assert intake(number).state is IntakeState.SAVED
    assert count(Provider) == 4


def test_a_match_that_was_cut_off_has_failed_and_a_queued_one_is_done(county):
    cut_off = commissioning.request_match(None, seconds=5)
    queued = commissioning.request_match(None, seconds=5)
    commissioning.begin_match(cut_off.id)
    assert jobs.JOBS["match"].recover() == [queued.id]
    db.session.commit()
    assert (cut_off.state, cut_off.failure) == (RunState.FAILED, commissioning.INTERRUPTED)
    jobs.run("match", queued.id)
    assert db.session.get_one(MatchRun, queued.id, populate_existing=True).placed == 0


def test_a_match_is_run_once_however_often_it_is_asked_for(county):
    make_offer()
    make_referral()
    run = commissioning.request_match(None, seconds=5)
    db.session.commit()
    jobs.run("match", run.id)
    finished = db.session.get_one(MatchRun, run.id, populate_existing=True).finished_at
    jobs.run("match", run.id)
    db.session.refresh(run)
    assert (run.state, run.finished_at) == (RunState.FINISHED, finished)


def at_once(app, *works) -> list[Exception]:
    """Do things at the same time, each in a thread with a session of its own."""
    start, faults = Barrier(len(works)), []

    def do(work):
        with app.app_context(), audit.acting(TESTER, "test"):
            start.wait(timeout=10)
            try:
                work()
            except RuleBroken as refusal:
                faults.append(refusal)

    threads = [Thread(target=do, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)
    return faults


def test_the_same_file_saved_twice_at_once_is_in_the_directory_once(county, monkeypatch):
    numbers = [send(*SUPPLIERS), send(*SUPPLIERS)]
    for number in numbers:
        accept(number)
    save, both_judged, mine = DirectoryReader.save, Barrier(2), local()

    def save_together(reader, record):
        if not hasattr(mine, "met"):  # both have found the first row new before either writes,
            mine.met = True  # or, on SQLite, the second may only begin when the first has ended
            with suppress(BrokenBarrierError):
                both_judged.wait(timeout=1)
        save(reader, record)

    monkeypatch.setattr(DirectoryReader, "save", save_together)
    db.session.rollback()
    at_once(county, *(lambda n=number: jobs.run("save-intake", n) for number in numbers))

    states = [(intake(n).state, intake(n).failure) for n in numbers]
    assert states == [(IntakeState.SAVED, None)] * 2
    assert sorted((intake(n).new, intake(n).unchanged) for n in numbers) == [(0, 4), (4, 0)]
    assert count(Provider) == count(Offer) == 4


def test_of_two_people_who_accept_at_once_one_is_refused(county):
    number = send(OFFER)
    db.session.rollback()

    def accept_it():
        staging.accept(db.session.get_one(Intake, number))
        db.session.commit()

    (refusal,) = at_once(county, accept_it, accept_it)
    assert "You cannot accept this file: it is saving" in str(refusal)
    assert intake(number).state is IntakeState.SAVING


def test_one_file_is_saved_by_one_worker_where_two_try(county):
    number = send(*SUPPLIERS)
    accept(number)
    db.session.rollback()
    at_once(county, *[lambda: jobs.run("save-intake", number)] * 2)
    assert (intake(number).state, intake(number).new) == (IntakeState.SAVED, 4)
    assert count(Offer) == 4
