"""The form that changes the matching policy: one field a rule, made from the rules themselves."""

from collections.abc import Callable
from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovTextArea
from wtforms import Field, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.commissioning.models.policy import MatchPolicy
from app.commissioning.policies import capacity_days, rules_of
from app.commissioning.policy_rules import REGISTERED_FIRST, RULES, PolicyRule, Unit
from app.web.fields import Amount, PerCent, Pounds, WholeNumber
from app.web.policies import limit_in_words, value_in_words

YES_NO = [("yes", "Yes"), ("no", "No")]


def field_name(key: str) -> str:
    """What the field of a rule is called."""
    return key.replace(".", "__")


def _choice(rule: PolicyRule, choices) -> Field:
    return RadioField(
        rule.label, description=_hint(rule), choices=list(choices), widget=GovRadioInput()
    )


def _written(kind: type) -> Callable[[PolicyRule], Field]:
    def field(rule: PolicyRule) -> Field:
        wanted = (
            f"{rule.label}: enter a value from {limit_in_words(rule, rule.low)} "
            f"to {limit_in_words(rule, rule.high)}"
        )
        needed = Optional() if rule.optional else InputRequired(wanted)
        return kind(
            rule.label,
            wanted,
            description=_hint(rule),
            validators=[needed, NumberRange(rule.low, rule.high, wanted.replace("%", "%%"))],
        )

    return field


def _hint(rule: PolicyRule) -> str:
    counted = f" Pounds a week {rule.of}." if rule.unit is Unit.MONEY and rule.of else ""
    counted = f" Pounds {rule.of}." if rule.unit is Unit.RATE else counted
    default = value_in_words(rule, rule.default)
    return f"{rule.words}{counted} Unless changed: {default}."


_FIELDS: dict[Unit, Callable[[PolicyRule], Field]] = {
    Unit.MONEY: _written(Pounds),
    Unit.RATE: _written(Pounds),
    Unit.NUMBER: _written(WholeNumber),
    Unit.FACTOR: _written(Amount),
    Unit.SHARE: _written(PerCent),
    Unit.CHOICE: lambda rule: _choice(rule, REGISTERED_FIRST),
    Unit.YES_NO: lambda rule: _choice(rule, YES_NO),
}


class _PolicyForm(FlaskForm):
    """What the form asks beside the rules."""

    confirmed_within_days = WholeNumber(
        "Capacity confirmed within, in days",
        "Capacity confirmed within: enter days as a whole number, or leave it empty",
        description="Offers whose free hours were confirmed longer ago are left out of a match, "
        "unless who asks for the match wants them. Leave empty to leave none out.",
        validators=[
            Optional(),
            NumberRange(1, 365, "Capacity confirmed within: enter days from 1 to 365"),
        ],
    )
    note = TextAreaField(
        "Why the policy should change",
        widget=GovTextArea(),
        validators=[
            InputRequired("Enter why the policy should change"),
            Length(max=1000, message="Why the policy should change: use 1,000 characters or fewer"),
        ],
    )

    def rules(self) -> dict[str, Any]:
        """Every rule with the value that was entered."""
        return {key: self._entered(rule, self[field_name(key)].data) for key, rule in RULES.items()}

    @staticmethod
    def _entered(rule: PolicyRule, value: Any) -> Any:
        return value == "yes" if rule.unit is Unit.YES_NO else value


ChangePolicy = type(
    "ChangePolicy",
    (_PolicyForm,),
    {field_name(key): _FIELDS[rule.unit](rule) for key, rule in RULES.items()},
)
"""Every rule, the age of capacity, and why."""


def filled_in(policy: MatchPolicy | None) -> FlaskForm:
    """The form with the values of the policy in force."""
    values = {
        field_name(key): ("yes" if value else "no") if isinstance(value, bool) else value
        for key, value in rules_of(policy).items()
    }
    return ChangePolicy(confirmed_within_days=capacity_days(policy), **values)
