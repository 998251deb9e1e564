"""Forms of an application to join: one for each section of questions, a site, an offer."""

import json
from collections.abc import Mapping
from typing import Any, Self

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovPasswordInput, GovSelect
from wtforms import Field, PasswordField, SelectField
from wtforms.validators import Email, Length, NumberRange, Optional, Regexp, ValidationError

from app.accounts.passwords import SHORTEST as SHORTEST_PASSWORD
from app.web.fields import Miles, WholeNumber
from app.web.forms.entries import Carrying, Choice, Given, Line, Price, Ticks, Words
from app.web.forms.filters import labels
from app.web.places import postcode_in_words
from providers import additions
from providers.applications.proposals import (
    MOST_HOURS,
    MOST_PLACES,
    ProposedOffer,
    ProposedSite,
)
from providers.applications.sections import QUESTIONS, Kind, Question, Section
from providers.intake import values
from providers.intake.postcodes import postcode_code
from providers.models.application import Application
from providers.needs import (
    DAY_NAMES,
    SESSIONS,
    Delivery,
    NeedType,
    PriceUnit,
    VatBasis,
    mask_to_sessions,
    sessions_to_mask,
)
from providers.places import whereabouts

_ADDRESS = Email("Enter an email address in the correct format, like name@example.org")
_URN = Regexp(r"^\d{6}$", message="A URN has 6 digits, such as 116601")
_PHONE = Regexp(r"^[\d +()-]{8,25}$", message="Enter a telephone number, like 01962 000 000")
HALF_DAYS = [
    (session, f"{DAY_NAMES[number // 2]} {'morning' if number % 2 == 0 else 'afternoon'}")
    for number, session in enumerate(SESSIONS)
]


class StartApplication(FlaskForm):
    """Who applies, and the account with which they go on."""

    organisation = Line("Name of your organisation", [Given("Enter your organisation’s name")])
    name = Line("Your full name", [Given("Enter your full name")], most=120)
    email = Line("Your email address", [Given("Enter your email address"), _ADDRESS], most=254)
    password = PasswordField(
        "Choose a password",
        widget=GovPasswordInput(),
        description=f"At least {SHORTEST_PASSWORD} characters. Three random words are easy to "
        "remember.",
        validators=[
            Given("Choose a password"),
            Length(SHORTEST_PASSWORD, 128, f"Use {SHORTEST_PASSWORD} to 128 characters"),
        ],
    )


def _field(question: Question) -> Field:
    """A question as a field; empty answers are kept too, since sections are saved as they go."""
    about = {"description": question.hint}
    formats = {Kind.EMAIL: _ADDRESS, Kind.URN: _URN, Kind.PHONE: _PHONE}
    if question.kind is Kind.WORDS:
        return Words(question.text, most=4000, **about)
    if question.kind is Kind.CHOICE:
        return Choice(question.text, question.choices, **about)
    if question.kind is Kind.YES_NO:
        return Choice(question.text, [("yes", "Yes"), ("no", "No")], **about)
    form = formats.get(question.kind)
    return Line(question.text, [Optional(), form] if form else [], **about)


def _form_of(section: Section) -> type[FlaskForm]:
    fields = {question.key: _field(question) for question in QUESTIONS[section]}
    return type(f"{section.name.title()}Section", (Carrying,), fields)


SECTION_FORMS = {section: _form_of(section) for section in QUESTIONS}


HIDDEN = ("csrf_token", "base")


def answers_of(form: FlaskForm) -> dict[str, str]:
    """What was written in a section's form."""
    return {name: value for name, value in form.data.items() if name not in HIDDEN and value}


Room = Application | additions.Room
"""Where a site or an offer is proposed: `services` and `sites` are what an offer may be of."""


class PutSite(Carrying):
    """A site: where work is done, or where staff set out from."""

    name = Line("Name of the site", [Given("Enter the name of the site")])
    postcode = Line("Postcode", [Given("Enter the postcode")], description="Such as SO23 8UJ.")

    @classmethod
    def about(cls, _room: Room, kept: Mapping[str, Any] | None, **options: Any) -> Self:
        """A form for a site as it is kept, or for a new one."""
        shown = kept and {**kept, "postcode": postcode_in_words(kept["postcode"])}
        form = cls(data=shown, **options)
        form.base.data = form.base.data or json.dumps(kept)
        return form

    def validate_postcode(self, field: Field) -> None:
        """Refuse what is no postcode, or none that is in use. Raises ValidationError."""
        try:
            written = values.postcode(field.data)
        except values.BadValue as fault:
            raise ValidationError(str(fault)) from fault
        if whereabouts(written).place is None:
            raise ValidationError(f"{written} is not a postcode in use. Check it")

    def proposed(self, number: int) -> ProposedSite:
        """The site that was entered."""
        postcode = postcode_code(values.postcode(self.postcode.data))
        return ProposedSite(number, self.name.data, postcode)


def _whole(label: str, least: int, most: int, **options: Any) -> WholeNumber:
    words = f"Enter a whole number from {least} to {most:,}"
    return WholeNumber(label, words, [Given(words), NumberRange(least, most, words)], **options)


def _select(label: str, message: str, choices: list[tuple[str, str]] | None = None) -> SelectField:
    return SelectField(
        label,
        widget=GovSelect(),
        choices=[("", "Choose"), *(choices or [])],
        validate_choice=False,
        validators=[Given(message)],
    )


class PutOffer(Carrying):
    """A service at a price: to whom, where, when, and how much of it."""

    service = _select("Service", "Select a service")
    site = _select("Site", "Select a site")
    needs = Ticks("Which needs can you meet?", labels(NeedType), [Given("Select a need")])
    min_age = _whole("Youngest age", 0, 25)
    max_age = _whole("Oldest age", 0, 25)
    deliveries = Ticks("Where is it given?", labels(Delivery), [Given("Select where")])
    travel_radius_km = Miles(
        "How many miles do your staff travel to a child’s home?",
        "Enter a number of miles, such as 15",
        [Optional(), NumberRange(0.1, 500, "Enter a number of miles from 1 to 300")],
        description="Only for work at home or in the community.",
    )
    sessions = Ticks("When are you open?", HALF_DAYS, [Given("Select at least one half-day")])
    hours_free = _whole("Hours a week that are free", 0, MOST_HOURS)
    places_free = _whole("Places that are free", 0, MOST_PLACES)
    group_size = _whole("Most children in a group", 1, 100)
    min_hours = _whole("Least hours a week that you sell", 1, 40)
    price_pence = Price("Price for one child, in pounds", [Given("Enter the price")])
    price_unit = _select(
        "What does the price buy?",
        "Select what the price buys",
        [(unit.value, unit.label.capitalize()) for unit in PriceUnit],
    )
    vat_basis = Choice("VAT", labels(VatBasis), [Given("Select how the price stands to VAT")])

    @classmethod
    def about(cls, room: Room, kept: Mapping[str, Any] | None, **options: Any) -> Self:
        """A form for an offer as it is kept, or for a new one. room: what it may be of."""
        data = kept and {**kept, "sessions": list(mask_to_sessions(kept["sessions"]))}
        form = cls(data=data or {"group_size": 1, "min_hours": 1}, **options)
        form.base.data = form.base.data or json.dumps(kept)
        form.service.choices += [(row.code, row.name) for row in room.services]
        form.site.choices += [(str(site.number), site.name) for site in room.sites]
        form.site.data = str(form.site.data or "")
        return form

    def proposed(self, number: int) -> ProposedOffer:
        """The offer that was entered."""
        entered = {name: field.data for name, field in self._fields.items() if name not in HIDDEN}
        return ProposedOffer(
            **entered
            | {
                "number": number,
                "site": int(self.site.data) if self.site.data.isdigit() else 0,
                "needs": tuple(self.needs.data),
                "deliveries": tuple(self.deliveries.data),
                "sessions": sessions_to_mask(self.sessions.data),
            }
        )


class AnswerQuestion(FlaskForm):
    """The answer to a question."""

    answer = Words("Your answer", [Given("Enter your answer")], most=4000)
