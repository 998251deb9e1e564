"""The form of a what-if: everything may stay as it is, and at least one thing must not."""

from collections.abc import Iterable, Iterator
from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxesInput,
    GovRadioInput,
    GovSelect,
    GovTextInput,
)
from wtforms import (
    Field,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    ValidationError,
)
from wtforms.validators import NumberRange, Optional

from app.commissioning import what_if
from app.commissioning.policy_rules import REGISTERED_FIRST
from app.commissioning.queries import services
from app.kernel.words import in_sentence
from app.web.fields import Miles, Pounds, WholeNumber
from providers.needs import NeedType, Tier
from providers.places import Locator

AS_IT_IS = ("", "As it is")
AGES = "Oldest age: enter an age that is not below the youngest age"
NOTHING_ASKED = "Everything stays as it is. Change at least one thing"


def _number(label: str, low: int, high: int, **options) -> WholeNumber:
    words = f"{label}: enter a whole number from {low} to {high}"
    checks = [Optional(), NumberRange(low, high, words)]
    return WholeNumber(label, words, validators=checks, **options)


def _pounds(label: str, high: int, **options) -> Pounds:
    words = f"{label}: enter an amount in pounds up to £{high:,}"
    checks = [Optional(), NumberRange(0, high * 100, words)]
    return Pounds(label, words, validators=checks, **options)


def _miles(label: str) -> Miles:
    words = f"{label}: enter miles from -100 to 100"
    return Miles(
        label,
        words,
        description="In miles. A minus in front means less far.",
        validators=[Optional(), NumberRange(-161, 161, words)],
    )


class AskWhatIf(FlaskForm):
    """What would be different. An empty field leaves the thing as it is."""

    travel = _miles("Children may travel further by")
    radius = _miles("Providers’ staff travel further by")
    registered_first = RadioField(
        "Registered schools first",
        widget=GovRadioInput(),
        choices=[AS_IT_IS, *REGISTERED_FIRST],
        default="",
    )
    distance = _pounds(
        "Weight of distance, a week for each kilometre",
        10_000,
        description="In pounds. Other weights are tried by changing the policy.",
    )
    cap_service = SelectField("Service whose price cap changes", widget=GovSelect(), default="")
    cap = _pounds("New price cap an hour, net of VAT", 1_000)
    budget_1 = _pounds(f"Most a week for {Tier.ONE.label}", 10_000_000)
    budget_2 = _pounds(f"Most a week for {Tier.TWO.label}", 10_000_000)
    budget_3 = _pounds(f"Most a week for {Tier.THREE.label}", 10_000_000)
    provider = SelectField("Provider with more or less room", widget=GovSelect(), default="")
    more_hours = _number("Hours a week more at each of its offers", -1_000, 1_000)
    more_places = _number("Places more at each of its offers", -1_000, 1_000)
    postcode = StringField("Postcode of the new provider", widget=GovTextInput())
    new_service = SelectField("Service that it gives", widget=GovSelect(), default="")
    new_needs = SelectMultipleField(
        "Needs that it can meet",
        widget=GovCheckboxesInput(),
        choices=[(need.label, need.label) for need in NeedType],
    )
    new_hours = _number("Hours a week free", 1, 10_000)
    new_places = _number("Places free", 1, 10_000)
    new_price = _pounds("Price an hour, net of VAT", 1_000)
    new_min_age = _number("Youngest age", 0, 25, default=5)
    new_max_age = _number("Oldest age", 0, 25, default=16)
    new_registered = RadioField(
        "Registered as a school",
        widget=GovRadioInput(),
        choices=[("yes", "Yes"), ("no", "No")],
        default="no",
    )

    def __init__(self, providers: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        """Take the providers of the match, by id and name, to choose from."""
        super().__init__(**kwargs)
        named = [(service.name, service.name) for service in services()]
        self.cap_service.choices = [AS_IT_IS, *named]
        self.new_service.choices = [("", "Choose a service"), *named]
        self.provider.choices = [AS_IT_IS, *((str(key), name) for key, name in providers)]
        self._place = None

    def validate_cap_service(self, field: SelectField) -> None:
        """A cap belongs to a service."""
        if (self.cap.data is None) != (not field.data):
            raise ValidationError("Choose the service and enter its new price cap")

    def validate_provider(self, field: SelectField) -> None:
        """Room belongs to a provider."""
        asked = self.more_hours.data or self.more_places.data
        if self.more_hours.process_errors or self.more_places.process_errors:
            return  # what cannot be read has its own words
        if bool(field.data) != bool(asked):
            raise ValidationError("Choose the provider and enter how much more room it has")

    def validate_postcode(self, field: StringField) -> None:
        """A new provider stands somewhere, and says what it gives."""
        if not (field.data or "").strip():
            if any(self._of_new_provider()):
                raise ValidationError("Enter the postcode of the new provider")
            return
        self._place = Locator()(field.data)
        if self._place is None:
            raise ValidationError("Enter a postcode that is known, such as SO23 8UJ")
        needed = (self.new_service, self.new_needs, self.new_hours, self.new_places, self.new_price)
        missing = [each for each in needed if not each.data and not each.process_errors]
        if missing:
            words = ", ".join(in_sentence(each.label.text) for each in missing)
            raise ValidationError(f"A new provider also needs: {words}")

    def validate(self, extra_validators: Any = None) -> bool:
        """Every field by itself; then that ages are a span, and that something is asked."""
        if not super().validate(extra_validators):
            return False
        if self._ages()[0] > self._ages()[1]:
            self.new_max_age.errors = [AGES]
        elif not self.changes():
            self.travel.errors = [NOTHING_ASKED]
        return not self.errors

    def _of_new_provider(self) -> tuple[Any, ...]:
        """What was entered of a new provider; ages and registration are there from the start."""
        return (
            self.new_service.data,
            self.new_needs.data,
            self.new_hours.data,
            self.new_places.data,
            self.new_price.data,
        )

    def _ages(self) -> tuple[int, int]:
        """The youngest and the oldest age, where nothing else is entered from 5 to 16."""
        ages = (self.new_min_age.data, self.new_max_age.data)
        return (5 if ages[0] is None else ages[0], 16 if ages[1] is None else ages[1])

    def first_changed(self) -> Field:
        """The first field of the page in which something is asked."""
        asked = (
            self.travel, self.radius, self.registered_first, self.distance, self.cap,
            self.budget_1, self.budget_2, self.budget_3, self.provider, self.postcode,
        )  # fmt: skip
        return next((each for each in asked if each.data not in (None, "", 0)), self.travel)

    def changes(self) -> list[what_if.Change]:
        """What was asked, as `app.commissioning.what_if` takes it."""
        return list(self._changes())

    def _changes(self) -> Iterator[what_if.Change]:
        if self.travel.data:
            yield {"kind": "travel", "km": self.travel.data}
        if self.radius.data:
            yield {"kind": "radius", "km": self.radius.data}
        if rules := self._rules():
            yield {"kind": "rules", "rules": rules}
        if self.cap.data is not None:
            yield {"kind": "cap", "service": self.cap_service.data, "pence": self.cap.data}
        if self.provider.data:
            yield {
                "kind": "capacity",
                "provider_id": int(self.provider.data),
                "provider": dict(self.provider.choices)[self.provider.data],
                "hours": self.more_hours.data or 0,
                "places": self.more_places.data or 0,
            }
        if self._place is not None:
            yield self._new_provider()

    def _rules(self) -> dict[str, Any]:
        asked = {
            "registered_first": self.registered_first.data or None,
            "weights.distance": self.distance.data,
            "tier_budgets.1": self.budget_1.data,
            "tier_budgets.2": self.budget_2.data,
            "tier_budgets.3": self.budget_3.data,
        }
        return {key: value for key, value in asked.items() if value is not None}

    def _new_provider(self) -> what_if.Change:
        return what_if.new_provider(
            postcode=self.postcode.data.strip().upper(),
            latitude=self._place.latitude,
            longitude=self._place.longitude,
            service=self.new_service.data,
            needs=self.new_needs.data,
            ages=self._ages(),
            hours=self.new_hours.data,
            places=self.new_places.data,
            pence=self.new_price.data,
            registered=self.new_registered.data == "yes",
        )
