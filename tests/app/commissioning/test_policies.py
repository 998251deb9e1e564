"""The matching policy: every rule in words, one version in force, tried before it is adopted."""

import pytest

from app import jobs
from app.commissioning import bridge_policy, policies, policy_trials
from app.commissioning.lifecycle import PolicyState
from app.commissioning.models.match import MatchRun
from app.commissioning.policy_rules import GROUPS, RULES, Unit, complete, differences
from app.commissioning.trials import compare
from app.kernel.database import db
from app.kernel.rules import RuleBroken
from matching.problem import Policy
from tests.factories.accounts import make_user
from tests.factories.matches import make_county, run_match


def a_draft(by=None, **changes):
    rules = policies.rules_of(policies.in_force()) | {
        key.replace("__", "."): value for key, value in changes.items()
    }
    days = policies.capacity_days(policies.in_force())
    return policies.draft(
        rules, confirmed_within_days=days, note="To try it.", by=by or make_user()
    )


def test_every_setting_of_a_match_is_a_rule_in_words():
    fixed = {"transport_pence_per_km.none"}  # what costs nothing is no rule
    assert set(bridge_policy.default_rules()) - fixed <= set(RULES)
    assert all(rule.words.endswith(".") and rule.label for rule in RULES.values())


def test_every_default_lies_within_its_rules_limits():
    for rule in RULES.values():
        if rule.unit not in (Unit.CHOICE, Unit.YES_NO) and rule.default is not None:
            assert rule.low <= rule.default <= rule.high, rule.key


@pytest.mark.parametrize("key", [k for k, r in RULES.items() if r.unit not in ("choice", "yes_no")])
@pytest.mark.parametrize("end", ["low", "high"])
def test_the_matching_package_takes_what_the_form_allows(key, end):
    assert bridge_policy.policy_of(complete({}) | {key: getattr(RULES[key], end)})


def test_no_rule_stands_in_two_groups():
    assert sum(len(group.rules) for group in GROUPS) == len(RULES)


def test_without_a_version_the_rules_are_as_the_product_comes(context):
    assert policies.in_force() is None
    assert bridge_policy.policy_of(policies.rules_of(None)) == Policy()


def test_a_draft_is_not_in_force_until_it_is_adopted(context):
    lead = make_user(name="Amara Lead")
    draft = a_draft(lead, weights__distance=120)
    assert policies.in_force() is None
    policies.adopt(draft, lead)
    db.session.commit()
    assert policies.in_force() == draft
    assert (draft.written_by, draft.decided_by) == ("Amara Lead", "Amara Lead")


def test_adopting_a_policy_replaces_the_one_before(context):
    lead = make_user()
    first, second = a_draft(lead, weights__distance=120), a_draft(lead, weights__distance=10)
    policies.adopt(first, lead)
    policies.adopt(second, lead)
    db.session.commit()
    assert (first.state, policies.in_force()) == (PolicyState.REPLACED, second)


def test_a_discarded_draft_cannot_be_adopted(context):
    lead = make_user()
    draft = a_draft(lead, weights__distance=120)
    policies.discard(draft, lead)
    with pytest.raises(RuleBroken, match="it is discarded"):
        policies.adopt(draft, lead)


def test_a_draft_that_changes_nothing_is_refused(context):
    with pytest.raises(RuleBroken, match="Nothing differs"):
        a_draft()


def test_a_draft_needs_a_reason(context):
    rules = policies.rules_of(None) | {"weights.distance": 1}
    with pytest.raises(RuleBroken, match="Enter why"):
        policies.draft(rules, confirmed_within_days=None, note=" ", by=make_user())


def test_a_draft_with_a_senseless_value_is_refused(context):
    with pytest.raises(RuleBroken, match="distance must be a whole number"):
        a_draft(weights__distance=-1)


def test_differences_are_told_rule_by_rule(context):
    changed = differences({}, {"weights.distance": 1, "tier_budgets.2": 50_000})
    assert [(each.rule.label, each.before, each.after) for each in changed] == [
        ("Distance", 60, 1),
        (RULES["tier_budgets.2"].label, None, 50_000),
    ]


def test_a_match_is_made_by_the_policy_in_force_and_keeps_it(context):
    make_county()
    lead = make_user()
    draft = a_draft(lead, tier_budgets__2=0, longest_component=9)
    policies.adopt(draft, lead)
    db.session.commit()
    run = run_match()
    assert run.policy == draft
    assert run.failure and "the most is 9" in run.failure


def test_a_draft_is_tried_on_the_last_match_before_it_is_adopted(context):
    county = make_county()
    lead = make_user()
    county.dearer.needs = []
    db.session.commit()
    run_match()
    draft = a_draft(lead, full_time_hours=9)
    trial = policy_trials.request(draft, lead)
    db.session.commit()
    jobs.run("match", trial.id)
    trial = db.session.get_one(MatchRun, trial.id, populate_existing=True)
    assert [line.referral.id for line in compare(trial).lost] == [county.placed.id]
    assert policy_trials.latest(draft) == trial
    assert trial.parameters["changes"] == [{"kind": "rules", "rules": {"full_time_hours": 9}}]


def test_a_draft_without_any_match_is_tried_on_nothing(context):
    assert policy_trials.request(a_draft(weights__distance=1), make_user()) is None
