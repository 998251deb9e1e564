"""How the pages about the matching policy say the value of a rule."""

from typing import Any

from app.commissioning.policy_rules import REGISTERED_FIRST, PolicyRule, Unit
from app.web.formats import money, number, per_cent


def value_in_words(rule: PolicyRule, value: Any) -> str:
    """A rule's value with its unit: "£0.60 a week for each kilometre from home"."""
    if value is None:
        return "no limit"
    return _WRITE[rule.unit](rule, value)


def limit_in_words(rule: PolicyRule, value: float) -> str:
    """The lowest or highest value that a rule may have, as it is entered."""
    if rule.unit in (Unit.MONEY, Unit.RATE):
        return money(int(value), whole=True)
    return per_cent(value) if rule.unit is Unit.SHARE else number(value, 2)


def _money(rule: PolicyRule, value: int) -> str:
    return f"{money(value)} a week {rule.of}".rstrip()


_WRITE = {
    Unit.MONEY: _money,
    Unit.RATE: lambda rule, value: f"{money(value)} {rule.of}",
    Unit.NUMBER: lambda _rule, value: number(value),
    Unit.FACTOR: lambda _rule, value: f"{number(value, 2)} times the straight line",
    Unit.SHARE: lambda _rule, value: f"{number(value * 100, 2)}%",
    Unit.CHOICE: lambda _rule, value: dict(REGISTERED_FIRST)[value].lower(),
    Unit.YES_NO: lambda _rule, value: "yes" if value else "no",
}
