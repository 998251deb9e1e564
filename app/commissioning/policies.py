"""The matching policy: which one is in force, and how a new one is written, tried and adopted."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, select

from app.accounts.models import User
from app.commissioning.bridge_policy import policy_of
from app.commissioning.lifecycle import MATCH_POLICY, PolicyState
from app.commissioning.models.policy import MatchPolicy
from app.commissioning.policy_rules import RULES, complete, differences
from app.kernel.clock import now
from app.kernel.database import db
from app.kernel.rules import require
from providers.compliance import SETTINGS


def in_force() -> MatchPolicy | None:
    """The policy that matches are made by; None while it is the one the product comes with."""
    return db.session.scalar(select(MatchPolicy).where(MatchPolicy.state == PolicyState.IN_FORCE))


def versions() -> Select:
    """Every version that was written, the newest first."""
    return select(MatchPolicy).order_by(MatchPolicy.id.desc())


def rules_of(policy: MatchPolicy | None) -> dict[str, Any]:
    """Every rule of a policy with its value; of none, the values the product comes with."""
    return complete(policy.rules if policy else {})


def capacity_days(policy: MatchPolicy | None) -> int | None:
    """Days since capacity was confirmed within which a match counts it, unless asked otherwise.

    None for any age. Without a version of the policy, the setting the product comes with.
    """
    return policy.confirmed_within_days if policy else SETTINGS.matched_within


def draft(
    rules: Mapping[str, Any], *, confirmed_within_days: int | None, note: str, by: User
) -> MatchPolicy:
    """Write a policy down, to be tried before it is adopted.

    Raises RuleBroken where a value makes no sense, where nothing would change, or without a note.
    """
    now_in_force = in_force()
    before = rules_of(now_in_force)
    days = capacity_days(now_in_force)
    values = {key: rules.get(key) for key in RULES}
    policy_of(values)
    same = not differences(before, values) and confirmed_within_days == days
    require(
        "Nothing differs from the policy in force. Change a rule first." if same else None,
        None if note.strip() else "Enter why the policy should change.",
    )
    policy = MatchPolicy(
        rules={key: value for key, value in values.items() if value is not None},
        confirmed_within_days=confirmed_within_days,
        note=note.strip(),
        written_by_id=by.id,
        written_by=by.name,
        written_at=now(),
    )
    db.session.add(policy)
    db.session.flush()
    return policy


def adopt(policy: MatchPolicy, by: User) -> None:
    """Put a draft in force; the one before it is replaced. Raises RuleBroken where it is none."""
    require(*MATCH_POLICY.reasons_against(policy, "adopt"))
    before = db.session.scalar(
        select(MatchPolicy).where(MatchPolicy.state == PolicyState.IN_FORCE).with_for_update()
    )
    if before is not None:
        MATCH_POLICY.fire(before, "replace")
        db.session.flush()  # one at most is in force: the old goes before the new comes
    MATCH_POLICY.fire(policy, "adopt")
    policy.decided_by, policy.decided_at = by.name, now()


def discard(policy: MatchPolicy, by: User) -> None:
    """Set a draft aside. Raises RuleBroken where it is none."""
    MATCH_POLICY.fire(policy, "discard")
    policy.decided_by, policy.decided_at = by.name, now()
