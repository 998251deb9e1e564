"""Every rule of the matching policy in words: what it does, in which unit, within which limits.

The values that come with the product are the matching package's own; here stands what people
read when they look at a rule or change it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.commissioning.bridge_policy import default_rules
from providers.needs import Labelled, Tier


class Unit(Labelled):
    """What the value of a rule counts."""

    MONEY = "money", "pounds a week"
    RATE = "rate", "pounds"
    NUMBER = "number", ""
    FACTOR = "factor", "times"
    SHARE = "share", "per cent"
    CHOICE = "choice", ""
    YES_NO = "yes_no", ""


REGISTERED_FIRST = (
    ("off", "Make no difference"),
    ("prefer", "Prefer registered schools, by the weight “Not a registered school”"),
    ("require", "Use an unregistered provider only where no registered one can take the child"),
)


@dataclass(frozen=True)
class PolicyRule:
    """One rule. key: as in `bridge_policy.default_rules`. words: what it does, in a sentence.

    low, high: the limits of its value, in its own unit (pence for money). of: what one unit is
    counted for, such as "for each kilometre". Where `optional`, None means that it is off.
    """

    key: str
    label: str
    words: str
    unit: Unit
    low: float = 0
    high: float = 1_000_000
    of: str = ""
    optional: bool = False

    @property
    def default(self) -> Any:
        """The value that the rule has unless somebody changes it."""
        return default_rules().get(self.key)


@dataclass(frozen=True)
class RuleGroup:
    """Rules that belong together under a heading."""

    title: str
    words: str
    rules: tuple[PolicyRule, ...]


def _weight(name: str, label: str, words: str, of: str = "") -> PolicyRule:
    return PolicyRule(f"weights.{name}", label, words, Unit.MONEY, of=of)


def _points(name: str, label: str, words: str, low: int = 0) -> PolicyRule:
    return PolicyRule(f"priority.{name}", label, words, Unit.NUMBER, low, 10_000)


PRIORITY = RuleGroup(
    "Who comes first",
    "When not everyone can be placed, each hour of provision counts its child’s points, and the "
    "match places as many points as it can before it looks at cost.",
    (
        _points("base", "Points of every child", "What each hour of any child counts.", low=1),
        _points("per_day_out", "Points for each day waiting",
                "Added for each day that the child has been out of education."),
        _points("longest_wait", "Days after which waiting counts no more",
                "A wait longer than this adds no further points."),
        _points("looked_after", "Points of a looked-after child",
                "Added where the child is looked after by an authority."),
        _points("ehcp", "Points of an EHC plan", "Added where an EHC plan is in force."),
        PolicyRule("hours_tolerance", "Points given up for lower cost",
                   "The share of all points that the match may give up where that lowers the cost.",
                   Unit.SHARE, 0.0, 0.2),
    ),
)  # fmt: skip

WEIGHTS = RuleGroup(
    "What makes a place better",
    "Among results that place as much, the match takes the one with the least cost, transport and "
    "these weights together. A weight says how many pounds a week the thing is worth.",
    (
        _weight("distance", "Distance",
                "The child travels to the provider’s site.", "for each kilometre from home"),
        _weight("other_delivery", "Another way of delivery",
                "It is not delivered in the way that was preferred."),
        _weight("not_chosen", "Not among the family’s choices",
                "The family named providers, and this is none of them."),
        _weight("lower_choice", "A lower choice of the family",
                "It is a later choice of the family.", "for each step down their list"),
        _weight("secondary_need", "A further need not named",
                "The offer does not name a further need of the child.", "for each such need"),
        _weight("judgement", "Quality",
                "The last quality visit did not bring the best judgement.",
                "for each step below the best"),
        _weight("unregistered", "Not a registered school",
                "Counts where registered schools are preferred."),
        _weight("new_provider", "A new provider",
                "The child is with another provider already."),
        _weight("sibling_apart", "Brothers and sisters apart",
                "They are placed with no provider in common, or one has a place elsewhere already.",
                "for each pair, or for each component away from that place"),
        _weight("fair_share", "Fair share of work",
                "Between offers that are otherwise as good, the provider given less new work in "
                "the last 12 months comes first, then a weekly draw. £1 is enough.",
                "for 100 hours a week given lately, less in proportion"),
        _weight("later_start", "A later start",
                "The offer opens after the day on which support is wanted.", "for each day"),
    ),
)  # fmt: skip

LIMITS = RuleGroup(
    "What is never done",
    "These are limits, not preferences: no result breaks them.",
    (
        PolicyRule("registered_first", "Registered schools first",
                   "How strongly registered schools come before unregistered providers.",
                   Unit.CHOICE),
        PolicyRule("full_time_hours", "Full-time, in hours a week",
                   "More than this at one provider is full-time. The law leaves it open; 18 is "
                   "generally taken.", Unit.NUMBER, 1, 40),
        PolicyRule("warn_hours", "Warn from, in hours a week",
                   "From here on a result warns that full-time is near.", Unit.NUMBER, 0, 40),
        PolicyRule("full_time_children_limit", "Full-time children before a provider must register",
                   "An unregistered provider is never given this many.", Unit.NUMBER, 1, 1_000),
        PolicyRule("longest_component", "Longest support, in hours a week",
                   "The most that one part of a child’s support may ask for.",
                   Unit.NUMBER, 1, 168),
        PolicyRule("hours_per_half_day", "Hours in a half-day",
                   "How many hours fit into a morning or an afternoon.", Unit.NUMBER, 1, 12),
        PolicyRule("longest_start_wait", "Longest wait for a start, in days",
                   "All parts of a child’s support start together, when the last of them opens: at "
                   "most this long after the day asked for.", Unit.NUMBER, 0, 365),
        PolicyRule("partial_packages", "Place part of a package",
                   "Whether a child who asks for several services may be given only some of them.",
                   Unit.YES_NO),
    ),
)  # fmt: skip

TRAVEL = RuleGroup(
    "Travel and transport",
    "Transport is an estimate: there and back on each day of attendance, by road.",
    (
        PolicyRule("road_factor", "Road distance",
                   "How much further it is by road than in a straight line.",
                   Unit.FACTOR, 1.0, 3.0),
        *(
            PolicyRule(f"transport_pence_per_km.{kind}", label,
                       "What the authority pays with the child aboard.", Unit.RATE, 0, 10_000,
                       "for each kilometre by road")
            for kind, label in (("minibus", "Minibus"), ("taxi", "Taxi"),
                                ("escorted_taxi", "Taxi with passenger assistant"))
        ),
    ),
)  # fmt: skip

BUDGETS = RuleGroup(
    "Budgets",
    "The most that all children of a tier may cost in a week, with transport. Leave a budget "
    "empty for no limit.",
    tuple(
        PolicyRule(f"tier_budgets.{tier.value}", tier.label,
                   "The most in a week for all new placements of this tier.",
                   Unit.MONEY, 0, 100_000_000_00, optional=True)
        for tier in Tier
    ),
)  # fmt: skip

GROUPS = (PRIORITY, WEIGHTS, LIMITS, TRAVEL, BUDGETS)
RULES = {rule.key: rule for group in GROUPS for rule in group.rules}


@dataclass(frozen=True)
class Changed:
    """A rule with its value before and after."""

    rule: PolicyRule
    before: Any
    after: Any


def complete(rules: Mapping[str, Any]) -> dict[str, Any]:
    """Every rule with its value: the one given, else the default."""
    return {key: rules.get(key, rule.default) for key, rule in RULES.items()}


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Changed]:
    """The rules whose values differ, in the order in which they are shown."""
    old, new = complete(before), complete(after)
    return [
        Changed(rule, old[key], new[key]) for key, rule in RULES.items() if old[key] != new[key]
    ]
