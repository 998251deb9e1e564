"""Forms about the search: what to look for, and what to do with what was found."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxesInput,
    GovRadioInput,
    GovTextArea,
    GovTextInput,
)
from wtforms import RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from app.kernel.geography import miles_to_km
from app.kernel.words import listed
from app.web.fields import Miles, Pounds, WholeNumber
from app.web.forms.filters import Chooser, FilterForm, labels
from providers.intake.values import BadValue, postcode
from providers.models.framework import Service
from providers.needs import (
    DAY_NAMES,
    DAYS,
    HALVES,
    Delivery,
    NeedType,
    Tier,
    sessions_in_words,
    sessions_to_mask,
)
from providers.search_criteria import FreeNow, SearchOrder, Standard
from providers.stages import OLDEST_AGE, YOUNGEST_AGE, KeyStage, ages_of_years, year_in_words

AGES: dict[str, tuple[str, tuple[int, int]]] = {
    **{f"age-{age}": (f"Age {age}", (age, age)) for age in range(YOUNGEST_AGE, OLDEST_AGE + 1)},
    **{f"year-{year}": (year_in_words(year), ages_of_years(year, year)) for year in range(15)},
    **{stage.value: (stage.label, stage.ages) for stage in KeyStage},
}
REGISTRATION = [("first", "Registered schools first"), ("only", "Registered schools only")]
FARTHEST_MILES = 200
HALF_NAMES = dict(zip(HALVES, ("morning", "afternoon"), strict=True))


class Ticks(SelectMultipleField):
    """Boxes to tick; a value that it does not know is passed over."""

    def __init__(self, label: str, choices: Iterable[tuple[str, str]], **options: Any) -> None:
        super().__init__(
            label,
            choices=list(choices),
            widget=GovCheckboxesInput(),
            validate_choice=False,
            **options,
        )

    @property
    def known(self) -> list[str]:
        """The values ticked, in the order of the boxes."""
        ticked = set(self.data or ())
        return [value for value, _label in self.choices if value in ticked]

    def codes(self, kind: type[StrEnum]) -> tuple:
        """The values ticked as members of an enum."""
        return tuple(kind(value) for value in self.known)


class SearchDirectory(FilterForm):
    """What to look for. Everything may be left open; what is written must make sense."""

    service = Chooser("Service", "Any service")
    age = Chooser(
        "Age, year group or key stage",
        "Any age",
        [(value, words) for value, (words, _ages) in AGES.items()],
    )
    need = Ticks("Need types", labels(NeedType))
    match = RadioField(
        "An offer must meet",
        widget=GovRadioInput(),
        choices=[("all", "All of the needs ticked"), ("any", "Any one of them")],
        default="all",
        validate_choice=False,
    )
    postcode = StringField("Postcode of the child’s home", widget=GovTextInput())
    miles = Miles(
        "Furthest to travel, in miles",
        "Enter the distance in miles, such as 10",
        validators=[
            Optional(),
            NumberRange(
                0.01,
                miles_to_km(FARTHEST_MILES),
                f"Enter a distance of more than 0 and at most {FARTHEST_MILES} miles",
            ),
        ],
    )
    delivery = Ticks("Where it is given", labels(Delivery))
    hours = WholeNumber(
        "Hours a week",
        "Enter the hours a week as a whole number, such as 10",
        validators=[Optional(), NumberRange(1, 40, "Enter hours a week from 1 to 40")],
    )
    half_day = Ticks(
        "Half-days when it must be open",
        [
            (f"{day}_{half}", f"{name} {HALF_NAMES[half]}")
            for day, name in zip(DAYS, DAY_NAMES, strict=True)
            for half in HALVES
        ],
    )
    price = Pounds(
        "Most to pay an hour, in pounds",
        "Enter the price an hour in pounds, such as 48.50",
        validators=[
            Optional(),
            NumberRange(1, 1_000_00, "Enter a price an hour of more than £0 and at most £1,000"),
        ],
    )
    free = Chooser("Free now", "Free or not", labels(FreeNow))
    tier = Chooser("Tier", "Any tier", labels(Tier))
    judgement = Chooser("Judged at least", "Judged or not", labels(Standard))
    registration = Chooser("Registration", "Registered or not", REGISTRATION)
    order = Chooser("Order", SearchOrder.FIT.label, labels(SearchOrder)[1:])

    def __init__(self, args: Any, services: Iterable[Service], **options: Any) -> None:
        super().__init__(args, **options)
        self.service.choices += [(str(service.id), service.name) for service in services]

    def applied(self) -> list[tuple[str, str]]:
        """What is asked now: the query value's name, and the words for it."""
        found = [item for item in super().applied() if item[0] not in ("match", "order")]
        return [(name, words) for name, words in found if not isinstance(self[name], Ticks)] + [
            (name, f"{field.label.text}: {words}") for name, field, words in self._ticked()
        ]

    def _ticked(self) -> Iterable[tuple[str, Ticks, str]]:
        joint = "or" if self.match.data == "any" else "and"
        if self.need.known:
            yield "need", self.need, listed(self.need.known, joint)
        if self.delivery.known:
            ways = dict(self.delivery.choices)
            yield (
                "delivery",
                self.delivery,
                listed((ways[way] for way in self.delivery.known), "or"),
            )
        if self.half_day.known:
            words = sessions_in_words(sessions_to_mask(self.half_day.known))
            yield "half_day", self.half_day, words

    def validate_postcode(self, field: StringField) -> None:
        """A whole postcode in any case and spacing, or nothing."""
        written = (field.data or "").strip()
        if not written:
            if self.miles.data:
                raise ValidationError("Enter a postcode to measure the distance from")
            return
        try:
            field.data = postcode(written)
        except BadValue as fault:
            raise ValidationError(str(fault)) from fault

    def terms(self) -> dict[str, Any]:
        """What was asked, under the names of `SearchCriteria`, but for the home."""
        only, first = (self.registration.known == kind for kind in ("only", "first"))
        return {
            "service_id": self.service.number,
            "needs": self.need.codes(NeedType),
            "every_need": self.match.data != "any",
            "ages": AGES[self.age.known][1] if self.age.known else None,
            "within_km": self.miles.data,
            "deliveries": frozenset(self.delivery.codes(Delivery)),
            "sessions": sessions_to_mask(self.half_day.known),
            "hours": self.hours.data,
            "max_pence": self.price.data,
            "tier": self.tier.code(Tier),
            "standard": self.judgement.code(Standard),
            "free": self.free.code(FreeNow),
            "registered_only": only,
            "registered_first": first,
            "order": self.order.code(SearchOrder) or SearchOrder.FIT,
        }


class FreezeSearch(FlaskForm):
    """Why a search is kept as evidence."""

    reason = TextAreaField(
        "Why is this search kept?",
        widget=GovTextArea(),
        description="For example: evidence for the panel that no nearer place was free.",
        validators=[
            InputRequired("Enter why this search is kept"),
            Length(max=1000, message="Enter 1,000 characters or fewer"),
        ],
    )


class SaveSearch(FlaskForm):
    """What to call a search that is saved."""

    name = StringField(
        "Name of this search",
        widget=GovTextInput(),
        validators=[
            InputRequired("Enter a name for this search"),
            Length(max=80, message="Enter 80 characters or fewer"),
        ],
    )
