"""The inputs of a match matched again: the same answer, or who gains and who loses."""

import pytest

from app import jobs
from app.commissioning import inputs, queries, service
from app.commissioning.lifecycle import RunState
from app.commissioning.models.match import MatchRun, RunKind
from app.commissioning.trials import compare, difference, listed, of_match
from app.kernel.database import db
from app.kernel.rules import RuleBroken
from tests.factories.matches import ask_for_match, make_county, run_match


def run_trial(base, changes=(), kind=RunKind.WHAT_IF) -> MatchRun:
    trial = service.request_trial(None, kind, base, changes)
    db.session.commit()
    jobs.run("match", trial.id)
    return db.session.get_one(MatchRun, trial.id, populate_existing=True)


def test_the_same_inputs_give_the_same_answer_though_the_rows_have_changed_since(context):
    county = make_county()
    base = run_match()
    county.offer.hours_free = 0
    county.placed.child.needs.clear()
    db.session.commit()
    again = run_trial(base, kind=RunKind.AGAIN)
    assert again.state is RunState.FINISHED and compare(again).is_the_same
    assert (again.placed, again.weekly_cost_pence) == (base.placed, base.weekly_cost_pence)


def test_a_trial_recommends_nothing_and_is_no_match(context):
    make_county()
    base = run_match()
    trial = run_trial(base, [{"kind": "travel", "km": 1.0}])
    assert trial.outcomes == []
    assert list(db.session.scalars(queries.runs())) == [base]
    assert queries.last_finished_run() == base
    assert list(db.session.scalars(of_match(base))) == [trial]
    assert list(db.session.scalars(listed())) == [trial]


def test_a_child_who_loses_a_place_is_named(context):
    county = make_county()
    trial = run_trial(run_match(), [{"kind": "cap", "service": "Mentoring", "pence": 4_000}])
    lost = compare(trial).lost
    assert [(line.referral.id, line.before, line.after) for line in lost] == [
        (county.placed.id, ("Oak Farm",), ())
    ]
    assert (difference(trial).placed, difference(trial).hours) == (-1, -10)
    assert difference(trial).total_pence == -45_000


def test_a_child_who_goes_elsewhere_is_named(context):
    county = make_county()
    room = {"provider_id": county.offer.provider_id, "provider": "Oak Farm"}
    change = {"kind": "capacity", **room, "hours": -20, "places": 0}
    moved = compare(run_trial(run_match(), [change])).moved
    assert [(line.before, line.after) for line in moved] == [(("Oak Farm",), ("Elm House",))]


def test_a_trial_is_refused_on_a_match_that_has_not_finished(context):
    with pytest.raises(RuleBroken, match="Choose a match that has finished"):
        service.request_trial(None, RunKind.AGAIN, ask_for_match())


def test_a_trial_is_refused_on_a_trial(context):
    make_county()
    trial = run_trial(run_match(), kind=RunKind.AGAIN)
    with pytest.raises(RuleBroken, match="Choose a match"):
        service.request_trial(None, RunKind.AGAIN, trial)


def test_a_trial_is_refused_where_the_inputs_were_not_kept(context):
    make_county()
    base = run_match()
    base.inputs = {}
    with pytest.raises(RuleBroken) as refusal:
        service.request_trial(None, RunKind.AGAIN, base)
    assert refusal.value.reasons == (inputs.NOT_KEPT,)


def test_changes_that_make_no_sense_are_refused_before_anything_runs(context):
    make_county()
    change = {"kind": "rules", "rules": {"weights.distance": -5}}
    with pytest.raises(RuleBroken, match="distance must be"):
        service.request_trial(None, RunKind.WHAT_IF, run_match(), [change])
