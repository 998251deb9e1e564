"""Matches as background work: asked for, run once, stopped, failed, put right after a crash."""

from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select

from app import jobs
from app.commissioning import bridge, service
from app.commissioning.lifecycle import RunState
from app.commissioning.models.match import MatchOutcome, MatchRun
from app.kernel.database import db
from app.kernel.progress import Progress
from app.kernel.rules import RuleBroken
from tests.factories.accounts import make_user
from tests.factories.children import make_referral
from tests.factories.matches import ask_for_match, make_county, run_match


def state_of(run: MatchRun) -> RunState:
    return db.session.get_one(MatchRun, run.id, populate_existing=True).state


def test_a_match_is_queued_in_the_name_of_who_asked(context):
    officer = make_user(name="Olive Officer")
    run = service.request_match(officer, seconds=30)
    assert (run.state, run.requested_by, run.parameters["seconds"]) == (
        RunState.QUEUED, "Olive Officer", 30,
    )  # fmt: skip


def test_a_match_that_was_run_is_finished_and_holds_an_outcome_for_every_referral(context):
    county = make_county()
    run = run_match()
    assert run.state is RunState.FINISHED and run.finished_at
    assert {outcome.referral_id for outcome in run.outcomes} == {
        county.placed.id, county.unplaced.id,
    }  # fmt: skip


def test_a_match_with_nobody_waiting_ends_with_nothing_placed(context):
    run = run_match()
    assert (run.state, run.children, run.placed) == (RunState.FINISHED, 0, 0)


def test_a_match_without_offers_leaves_every_child_unplaced_with_a_reason(context):
    make_county_without_offers()
    run = run_match()
    assert (run.state, run.placed, len(run.outcomes)) == (RunState.FINISHED, 0, 1)
    assert run.outcomes[0].reasons["headline"]


def test_a_referral_that_asks_for_nothing_does_not_stop_the_match_of_the_others(context):
    make_county()
    make_referral(hours={})
    assert run_match().children == 2


def make_county_without_offers():
    county = make_county()
    for offer in (county.offer, county.dearer, county.full):
        db.session.delete(offer)
    db.session.delete(county.unplaced)
    db.session.flush()


def test_a_match_cannot_be_begun_twice(context):
    run = ask_for_match()
    service.begin_match(run.id)
    with pytest.raises(RuleBroken, match="it is running"):
        service.begin_match(run.id)


def test_a_job_that_is_handed_over_twice_is_done_once(context):
    make_county()
    run = run_match()
    jobs.run("match", run.id)
    assert db.session.scalar(select(func.count(MatchOutcome.id))) == 2


def test_a_fault_in_the_matcher_fails_the_match_in_plain_words(context, monkeypatch):
    make_county()
    monkeypatch.setattr(bridge, "solve", lambda *_args, **_rest: 1 / 0)
    run = run_match()
    assert run.state is RunState.FAILED and run.failure == jobs.UNEXPECTED
    assert not run.outcomes


def test_a_refusal_of_the_matcher_fails_the_match_in_its_own_words(context, monkeypatch):
    def refuse(*_args, **_rest):
        raise RuleBroken("The pinned placements cannot all be kept.")

    monkeypatch.setattr(bridge, "solve", refuse)
    run = run_match()
    assert (run.state, run.failure) == (
        RunState.FAILED, "The pinned placements cannot all be kept.",
    )  # fmt: skip


def test_a_worker_that_starts_again_fails_what_was_cut_off_and_returns_what_still_waits(context):
    cut_off, waiting = ask_for_match(), ask_for_match()
    service.begin_match(cut_off.id)
    db.session.commit()
    assert service.recover_matches() == [waiting.id]
    assert state_of(cut_off) is RunState.FAILED
    assert cut_off.failure == service.INTERRUPTED
    assert state_of(waiting) is RunState.QUEUED


def test_a_match_stopped_at_once_still_ends_with_a_result(context):
    make_county()
    run = ask_for_match()
    jobs.ask_to_stop("match", run.id)
    jobs.run("match", run.id)
    assert state_of(run) is RunState.FINISHED


def test_stopping_one_match_leaves_another_alone(context, monkeypatch):
    make_county()
    heard, solve = {}, bridge.solve

    def listening(problem, **options):
        heard[len(heard)] = options["should_stop"]()
        return solve(problem, **options)

    monkeypatch.setattr(bridge, "solve", listening)
    stopped, other = ask_for_match(), ask_for_match()
    jobs.ask_to_stop("match", stopped.id)
    jobs.run("match", stopped.id)
    jobs.run("match", other.id)
    assert heard == {0: True, 1: False}


def test_two_matches_at_once_do_not_disturb_each_other(context, monkeypatch):
    make_county()
    solve, both_are_solving = bridge.solve, Barrier(2, timeout=20)

    def together(problem, **options):
        both_are_solving.wait()
        return solve(problem, **options)

    monkeypatch.setattr(bridge, "solve", together)
    first, second = ask_for_match(), ask_for_match(seconds=20)

    def work(run_id: int) -> None:
        with context.app_context():
            jobs.run("match", run_id)

    threads = [Thread(target=work, args=(run.id,)) for run in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=40)
    for run in (first, second):
        assert state_of(run) is RunState.FINISHED
        assert (run.placed, run.children, len(run.outcomes)) == (1, 2, 2)
        assert jobs.progress("match", run.id) == Progress(1.0, "Finished")


def test_a_match_tells_its_figures_as_they_improve(context):
    make_county()
    told = []
    run = ask_for_match()
    jobs.run("match", run.id, told.append)
    figures = [progress.figures for progress in told if progress.figures]
    assert figures[-1]["placed"] == 1
    assert {"hours", "cost_pence", "hours_gap", "cost_gap"} <= figures[-1].keys()
    assert [each.fraction for each in told] == sorted(each.fraction for each in told)
