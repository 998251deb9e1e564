"""Forms about budgets and financial limits."""

from flask_wtf import FlaskForm
from wtforms.validators import InputRequired, NumberRange, Optional

from app.accounts.models import User
from app.accounts.roles import Role
from app.web.fields import Pounds
from providers.needs import Tier

MOST = 100_000_000_000
BAD_SUM = "Enter an amount in pounds, such as 250000"


def _sum(label: str, needed: bool = False, hint: str = "") -> Pounds:
    first = InputRequired("Enter an amount in pounds") if needed else Optional()
    return Pounds(
        label,
        BAD_SUM,
        description=hint,
        validators=[first, NumberRange(0, MOST, "Enter from £0 to £1,000 million")],
    )


class SetBudget(FlaskForm):
    """What may be spent in a financial year, by tier; empty for none set."""

    tier_1 = _sum(Tier.ONE.label)
    tier_2 = _sum(Tier.TWO.label)
    tier_3 = _sum(Tier.THREE.label)

    @classmethod
    def of(cls, budgets: dict[Tier, int]) -> "SetBudget":
        """The form with what is set now."""
        return cls(**{f"tier_{tier.value}": pence for tier, pence in budgets.items()})

    def sums(self) -> dict[Tier, int | None]:
        """What was entered, in pence."""
        return {tier: self[f"tier_{tier.value}"].data for tier in Tier}


class SetLimits(FlaskForm):
    """What each role, and each person who may approve, may approve alone."""

    commissioner = _sum("Commissioners", needed=True)
    ap_lead = _sum("AP leads", needed=True)

    @classmethod
    def of(cls, roles: dict[Role, int], people: list[User], own: dict[int, int]) -> "SetLimits":
        """The form with a field for each person beside those of the roles."""
        fields = {
            f"person_{user.id}": _sum(user.name, hint=f"{user.role.label}. Empty: as the role.")
            for user in people
        }
        made = type("SetLimitsHere", (cls,), fields)
        values = {role.value: pence for role, pence in roles.items()}
        form = made(**values, **{f"person_{key}": pence for key, pence in own.items()})
        form.people = people
        return form

    def role_sums(self) -> dict[Role, int]:
        """What was entered for the roles, in pence."""
        return {
            Role.COMMISSIONER: self.commissioner.data,
            Role.AP_LEAD: self.ap_lead.data,
        }

    def person_sums(self) -> list[tuple[User, int | None]]:
        """What was entered for single people; None where the role's limit holds."""
        return [(user, self[f"person_{user.id}"].data) for user in self.people]
