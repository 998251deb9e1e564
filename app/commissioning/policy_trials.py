"""What a drafted policy would have done to the last match: tried before anybody adopts it."""

from sqlalchemy import select

from app.accounts.models import User
from app.commissioning import queries, service
from app.commissioning.models.match import MatchRun, RunKind
from app.commissioning.models.policy import MatchPolicy
from app.commissioning.policies import rules_of
from app.commissioning.policy_rules import differences
from app.kernel.database import db


def request(policy: MatchPolicy, by: User) -> MatchRun | None:
    """Ask for the last match's inputs to be matched by this policy; None where there is no match.

    Only what differs from the policy of that match is changed.
    """
    base = queries.last_finished_run()
    if base is None or not base.inputs:
        return None
    changed = differences(rules_of(base.policy), policy.rules)
    rules = {each.rule.key: each.after for each in changed}
    changes = [{"kind": "rules", "rules": rules}] if rules else []
    return service.request_trial(by, RunKind.POLICY, base, changes, policy=policy)


def latest(policy: MatchPolicy) -> MatchRun | None:
    """The newest trial of a policy."""
    statement = (
        select(MatchRun)
        .where(MatchRun.policy_id == policy.id, MatchRun.kind == RunKind.POLICY)
        .order_by(MatchRun.id.desc())
    )
    return db.session.scalar(statement.limit(1))
