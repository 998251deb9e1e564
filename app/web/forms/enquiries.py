"""Forms of enquiries: whom to ask, what a provider answers, why one is closed."""

from collections.abc import Iterable

from flask_wtf import FlaskForm
from wtforms.validators import NumberRange, Optional

from app.commissioning.enquiries.lifecycle import DeclineReason, EnquiryState
from app.commissioning.enquiries.models import EnquiryAsk
from app.commissioning.enquiries.service import Answer
from app.web.fields import WholeNumber
from app.web.forms.entries import Choice, DayField, Given, Line, Price, Ticks, Words
from app.web.forms.filters import Chooser, FilterForm, labels
from providers.models.offer import Offer


class FilterEnquiries(FilterForm):
    """Which enquiries to show."""

    state = Chooser("State", "Any state", labels(EnquiryState))
    whose = Chooser("Officer", "Everybody’s", [("mine", "Mine")])


class SendEnquiry(FlaskForm):
    """Whom to ask, and what to add to what they read of the child."""

    offers = Ticks("Providers to ask", validators=[Given("Choose at least one provider to ask")])
    words = Words(
        "Anything to add",
        most=1000,
        description="Such as strengths, interests, or what has worked before. No name, number, "
        "postcode, date of birth or school: providers must not know who it is.",
    )

    def listing(self, offers: Iterable[Offer]) -> "SendEnquiry":
        """The form with these offers to choose from, all of them ticked at first."""
        self.offers.choices = [
            (str(offer.id), f"{offer.provider.name}: {offer.service.name}") for offer in offers
        ]
        if not self.is_submitted():
            self.offers.data = [value for value, _label in self.offers.choices]
        return self


class AnswerEnquiry(FlaskForm):
    """A provider's answer: an offer with its terms, or a refusal with its reason."""

    answer = Choice(
        "Could you take this child?",
        [("offer", "Yes, we make an offer"), ("decline", "No, we decline")],
        [Given("Select whether you could take this child")],
    )
    starts_on = DayField("First day")
    hours = WholeNumber(
        "Hours a week",
        "Enter hours a week as a whole number, such as 10",
        validators=[Optional(), NumberRange(1, 40, "Enter hours a week from 1 to 40")],
    )
    pence_per_hour = Price("Price an hour, net of VAT, in pounds")
    condition = Line(
        "Condition, if there is one",
        most=500,
        description="Such as “after a visit to the site” or “with transport by the authority”.",
    )
    reason = Choice("Why do you decline?", labels(DeclineReason))
    note = Line("Anything the officer should know", most=500)

    def validate(self, extra_validators=None) -> bool:
        """What an offer needs, or what a refusal needs."""
        sound = super().validate(extra_validators)
        needed = {
            "offer": {
                "starts_on": "Enter the first day, such as 4 1 2027",
                "hours": "Enter the hours a week",
                "pence_per_hour": "Enter the price an hour",
            },
            "decline": {"reason": "Select why you decline"},
        }.get(self.answer.data or "", {})
        for name, message in needed.items():
            if not self[name].data and not self[name].errors:
                self[name].errors = [message]
                sound = False
        return sound

    def of(self, ask: EnquiryAsk) -> "AnswerEnquiry":
        """The form filled with what was asked for and the price that is listed."""
        if not self.is_submitted():
            self.hours.data = ask.hours_asked
            self.pence_per_hour.data = ask.offer.price.net_per_hour()
        return self

    def offer(self) -> Answer:
        """The offer as the service takes it."""
        return Answer(
            self.starts_on.data,
            self.hours.data,
            self.pence_per_hour.data,
            self.condition.data or "",
        )

    def declined(self) -> DeclineReason:
        """The reason as its code."""
        return DeclineReason(self.reason.data)


class CloseEnquiry(FlaskForm):
    """Why an enquiry is closed without a choice."""

    reason = Line("Why is the enquiry closed?", [Given("Enter why the enquiry is closed")], 500)
