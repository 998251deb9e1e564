"""Forms about matches."""

from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSelect
from wtforms import Form, RadioField, SelectField
from wtforms.validators import AnyOf, InputRequired, NumberRange

from app.commissioning.queries import OutcomeCriteria, services
from app.web.fields import WholeNumber
from providers.compliance import SETTINGS
from providers.needs import NeedType


class StartMatch(FlaskForm):
    """How to run a match. The defaults suit an ordinary day."""

    capacity = RadioField(
        "Which free hours should count?",
        widget=GovRadioInput(),
        validate_choice=False,
        validators=[AnyOf(("recent", "any"), "Select which free hours should count")],
    )
    seconds = WholeNumber(
        "Longest time to search, in seconds",
        "Enter how many seconds to search as a whole number, such as 60",
        description="A county of 300 children usually needs less than 30 seconds.",
        validators=[
            InputRequired("Enter how many seconds to search, such as 60"),
            NumberRange(1, 600, "Enter a number of seconds from 1 to 600"),
        ],
    )

    def __init__(self, by_policy: int | None, **kwargs: Any) -> None:
        """Take what the policy says: days within which capacity counts, None for any age."""
        self._days = by_policy or SETTINGS.ask_after
        super().__init__(**{"capacity": "recent" if by_policy else "any"} | kwargs)
        self.capacity.choices = [
            ("recent", f"Only those confirmed in the last {self._days} days"),
            ("any", "All that providers have given, whenever they were confirmed"),
        ]

    @property
    def confirmed_within(self) -> int | None:
        """Days since capacity was confirmed beyond which an offer is left out; None for never."""
        return self._days if self.capacity.data == "recent" else None


class FilterOutcomes(Form):
    """Which outcomes to list. Anything it does not know is taken as no filter."""

    result = SelectField(
        "Result",
        widget=GovSelect(),
        choices=[("", "All children"), ("placed", "Placed"), ("unplaced", "Not placed")],
        validate_choice=False,
    )
    need = SelectField(
        "Need type",
        widget=GovSelect(),
        choices=[("", "Any need type")] + [(need.value, need.label) for need in NeedType],
        validate_choice=False,
    )
    service = SelectField("Service", widget=GovSelect(), validate_choice=False)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.service.choices = [("", "Any service")] + [
            (str(service.id), service.name) for service in services()
        ]

    def criteria(self, text: str) -> OutcomeCriteria:
        """The filters as the query takes them. text: a name or reference that is looked for."""
        known_need = self.need.data in set(NeedType)
        known_service = self.service.data in {value for value, _ in self.service.choices if value}
        return OutcomeCriteria(
            placed={"placed": True, "unplaced": False}.get(self.result.data),
            need_type=NeedType(self.need.data) if known_need else None,
            service_id=int(self.service.data) if known_service else None,
            text=text,
        )

    def applied(self) -> list[tuple[str, str]]:
        """What is filtered on now: the query value's name, and the words for it."""
        return [
            (field.name, f"{field.label.text}: {dict(field.choices).get(field.data)}")
            for field in (self.result, self.need, self.service)
            if field.data and field.data in dict(field.choices)
        ]
