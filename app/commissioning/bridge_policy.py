"""The bridge's span for the policy: rules by their keys become the matching package's own.

Beside `app.commissioning.bridge`, which carries whole problems.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import matching.problem as m
from app.commissioning.packing import pack
from app.kernel.rules import RuleBroken


def default_rules() -> dict[str, Any]:
    """Every setting of a match with the value it has unless somebody changes it.

    Keys read "road_factor", "weights.distance", "transport_pence_per_km.taxi".
    """
    return _flat(m.Policy())


def _flat(record: Any, within: str = "") -> dict[str, Any]:
    rules: dict[str, Any] = {}
    pairs = (
        [(each.name, getattr(record, each.name)) for each in fields(record)]
        if is_dataclass(record)
        else record.items()
    )
    for name, value in pairs:
        key = f"{within}{name}"
        if is_dataclass(value) or isinstance(value, Mapping):
            rules |= _flat(value, f"{key}.")
        else:
            rules[key] = pack(value)
    return rules


def policy_of(rules: Mapping[str, Any]) -> m.Policy:
    """The settings of a match, keyed as `default_rules`; what is absent or None has its default.

    Raises RuleBroken with each value that makes no sense.
    """
    groups: dict[str, dict[str, Any]] = {"": {}}
    for key, value in rules.items():
        group, _, name = key.rpartition(".")
        if value is not None:
            groups.setdefault(group, {})[name] = value
    try:
        return m.Policy(
            **groups.pop(""),
            weights=m.Weights(**groups.pop("weights", {})),
            priority=m.Priority(**groups.pop("priority", {})),
            tier_budgets={int(tier): p for tier, p in groups.pop("tier_budgets", {}).items()},
            **groups,
        )
    except m.InvalidProblem as faults:
        raise RuleBroken(*faults.faults) from faults
