"""Forms of the referral: the child, the case, needs, support, views, wishes."""

from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovSelect, GovTextInput
from wtforms import SelectField
from wtforms.validators import NumberRange, Optional, ValidationError

from app.accounts.queries import colleagues
from app.children.models import Child, Referral
from app.children.referring import MOST_HOURS, provider_called
from app.web.fields import Miles, WholeNumber
from app.web.forms.children import CASEWORKERS
from app.web.forms.entries import Choice, DayField, Given, Line, Words
from app.web.forms.filters import labels
from providers.directory_queries import services
from providers.intake.values import BadValue, postcode, unique_pupil_number
from providers.needs import (
    Delivery,
    LegalBasis,
    NeedType,
    ReferralReason,
    SenProvision,
    Sex,
    Tier,
    TransportNeed,
)

NEEDS_ASKED = 5
_PICK = [("", "Select")]


class Picker(SelectField):
    """A drop-down that may be left open; the data is the chosen value or None."""

    def __init__(self, label: str, choices=(), validators=(), **options) -> None:
        super().__init__(
            label, list(validators), widget=GovSelect(), choices=[*_PICK, *choices], **options
        )

    def process_formdata(self, valuelist) -> None:
        """Nothing chosen is None."""
        self.data = (valuelist[0] or None) if valuelist else None

    def pre_validate(self, form) -> None:
        """Refuse what is not a choice; choosing nothing is for the validators to judge."""
        if self.data is not None:
            super().pre_validate(form)


def _code(kind: type, value: str | None):
    return kind(value) if value else None


class ReferChild(FlaskForm):
    """A child's particulars."""

    upn = Line(
        "Unique pupil number (UPN)",
        most=40,
        description="13 characters, from the child’s school. Leave empty if none was issued.",
    )
    forename = Line("Forename", [Given("Enter the forename")], most=100)
    surname = Line("Surname", [Given("Enter the surname")], most=100)
    born_on = DayField(
        "Date of birth", [Given("Enter the date of birth")], description="For example, 9 8 2014."
    )
    sex = Choice("Sex", labels(Sex), [Given("Select the sex")])
    postcode = Line("Home postcode", [Given("Enter the home postcode")], most=20)
    sen_provision = Choice("SEN provision", labels(SenProvision), [Given("Select the provision")])
    looked_after = Choice(
        "Is the child looked after by an authority?",
        [("yes", "Yes"), ("no", "No")],
        [Given("Select whether the child is looked after")],
    )

    def validate_upn(self, field: Line) -> None:
        """A UPN with its check letter, or nothing."""
        if field.data:
            field.data = _taken(unique_pupil_number, field.data)

    def validate_postcode(self, field: Line) -> None:
        """A whole postcode in any case and spacing."""
        field.data = _taken(postcode, field.data)

    @staticmethod
    def entries(child: Child) -> dict[str, Any]:
        """A child's particulars as the form's data."""
        plain = (
            "upn", "forename", "surname", "born_on", "sex", "postcode", "sen_provision",
        )  # fmt: skip
        held = {name: getattr(child, name) for name in plain}
        return held | {"looked_after": "yes" if child.looked_after else "no"}

    def facts(self) -> dict[str, Any]:
        """What was entered as the service takes it."""
        return {
            "upn": self.upn.data or None,
            "forename": self.forename.data,
            "surname": self.surname.data,
            "born_on": self.born_on.data,
            "sex": Sex(self.sex.data),
            "postcode": self.postcode.data,
            "sen_provision": SenProvision(self.sen_provision.data),
            "looked_after": self.looked_after.data == "yes",
        }


def _taken(read, text: str) -> str:
    try:
        return read(text)
    except BadValue as fault:
        raise ValidationError(str(fault)) from fault


class ReferCase(FlaskForm):
    """Why a child is referred, and who is responsible."""

    reason = Picker("Reason", labels(ReferralReason), [Given("Select the reason")])
    legal_basis = Picker(
        "Legal basis",
        labels(LegalBasis),
        description="It decides which days are counted, before the reason does.",
    )
    tier = Picker("Tier", labels(Tier))
    out_of_education_since = DayField(
        "First day out of education",
        description="The first day of the exclusion, or of the absence for illness. Leave empty "
        "only if it is not known yet: the child then stands first in the list.",
    )
    start_from = DayField("Start from, if a day was asked for")
    officer = Picker("Officer responsible", validators=[Given("Select who is responsible")])

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        people = colleagues(*CASEWORKERS)
        self.officer.choices = [*_PICK, *((str(person.id), person.name) for person in people)]

    @staticmethod
    def entries(referral: Referral) -> dict[str, Any]:
        """A referral's facts as the form's data."""
        plain = ("reason", "legal_basis", "tier", "out_of_education_since", "start_from")
        held = {name: getattr(referral, name) for name in plain}
        return held | {"officer": str(referral.officer_id) if referral.officer_id else None}

    def facts(self) -> dict[str, Any]:
        """What was entered as the service takes it."""
        return {
            "reason": ReferralReason(self.reason.data),
            "legal_basis": _code(LegalBasis, self.legal_basis.data),
            "tier": _code(Tier, self.tier.data),
            "out_of_education_since": self.out_of_education_since.data,
            "start_from": self.start_from.data,
            "officer_id": int(self.officer.data),
        }


class ReferNeeds(FlaskForm):
    """The child's needs, the primary one first."""

    need_1 = Picker("Primary need", labels(NeedType))
    need_2 = Picker("Second need", labels(NeedType))
    need_3 = Picker("Third need", labels(NeedType))
    need_4 = Picker("Fourth need", labels(NeedType))
    need_5 = Picker("Fifth need", labels(NeedType))
    must = Choice(
        "Which of these must a provider meet?",
        [("primary", "The primary need; the others where possible"), ("all", "All of them")],
        default="primary",
    )
    largest_group = WholeNumber(
        "Largest group the child can be taught in",
        "Enter the number of children as a whole number, such as 4",
        description="The child counted. 1 is one to one. Leave it empty if any group will do.",
        validators=[Optional(), NumberRange(1, 30, "Enter a number of children from 1 to 30")],
    )

    @staticmethod
    def entries(referral: Referral) -> dict[str, Any]:
        """The needs as the form's data."""
        needs = {f"need_{rank}": need for rank, need in enumerate(referral.child.need_types, 1)}
        must = "all" if referral.must_meet_all else "primary"
        return needs | {"must": must, "largest_group": referral.largest_group}

    def facts(self) -> dict[str, Any]:
        """What was entered beside the needs."""
        return {
            "must_meet_all": self.must.data == "all",
            "largest_group": self.largest_group.data,
        }

    def needs(self) -> list[NeedType]:
        """What was chosen, in order."""
        return [NeedType(field.data) for field in self if field.name[:5] == "need_" and field.data]


class ReferSupport(FlaskForm):
    """What is asked for: hours a week of each service, one field a service (`support_form`)."""

    def fields(self) -> list[WholeNumber]:
        """The fields, a service each."""
        return [field for field in self if field.name.startswith("service_")]

    @staticmethod
    def entries(referral: Referral) -> dict[str, Any]:
        """What is asked for as the form's data."""
        return {f"service_{part.service_id}": part.hours for part in referral.components}

    def hours(self) -> dict[int, int]:
        """Hours a week by the service's id, of those that were filled in."""
        return {
            int(field.name.removeprefix("service_")): field.data
            for field in self.fields()
            if field.data is not None
        }


def support_form() -> type[ReferSupport]:
    """The form with a field for each service that the framework has."""
    fields = {
        f"service_{service.id}": WholeNumber(
            service.name,
            f"Enter the hours of {service.name} as a whole number, such as 10",
            validators=[
                Optional(),
                NumberRange(1, MOST_HOURS, f"Enter hours of {service.name} from 1 to {MOST_HOURS}"),
            ],
        )
        for service in services()
    }
    return type("ReferSupport", (ReferSupport,), fields)


class ReferViews(FlaskForm):
    """Risks, and what the child and the parents say."""

    risks = Words(
        "Risks",
        most=2000,
        description="To the child and to others, and what keeps them small. “None known” if so.",
    )
    child_view = Words("What the child says", most=2000)
    parents_view = Words("What the parents or carers say", most=2000)
    notes = Words("Notes", most=2000)

    def facts(self) -> dict[str, Any]:
        """What was entered as the service takes it."""
        names = ("risks", "child_view", "parents_view", "notes")
        return {name: self[name].data or None for name in names}


class ReferWishes(FlaskForm):
    """What the family prefers."""

    wanted = Words(
        "Providers wanted, the most wanted first",
        most=2000,
        description="A provider’s name or reference on each line.",
    )
    unwanted = Words(
        "Providers not to be used",
        most=2000,
        description="A provider’s name or reference on each line.",
    )
    preferred_delivery = Picker("Preferred delivery", labels(Delivery))
    max_travel_km = Miles(
        "Furthest to travel, in miles",
        "Enter the distance in miles, such as 10",
        widget=GovTextInput(),
        validators=[Optional(), NumberRange(0.01, 322, "Enter a distance of at most 200 miles")],
    )
    transport = Picker("Transport", labels(TransportNeed))

    @staticmethod
    def entries(referral: Referral) -> dict[str, Any]:
        """The wishes as the form's data."""
        wishes: tuple[list[str], list[str]] = ([], [])
        for wish in referral.wishes:
            wishes[wish.excluded].append(
                wish.provider.name if wish.provider else wish.provider_reference
            )
        return {"wanted": "\n".join(wishes[0]), "unwanted": "\n".join(wishes[1])}

    def known_to(self, referral: Referral) -> "ReferWishes":
        """Let references stay that were written before their provider joined."""
        self._kept = {wish.provider_reference for wish in referral.wishes if not wish.provider}
        return self

    def validate_wanted(self, field: Words) -> None:
        """Every line a provider of the directory."""
        self.references(field)

    validate_unwanted = validate_wanted

    def references(self, field: Words) -> list[str]:
        """The references of a field's providers. Raises ValidationError in words."""
        found = []
        for line in filter(None, map(str.strip, (field.data or "").splitlines())):
            provider = provider_called(line)
            if provider is None and line not in getattr(self, "_kept", ()):
                raise ValidationError(
                    f"No one provider is called “{line[:60]}”. Enter its whole name or reference"
                )
            found.append(provider.reference if provider else line)
        return list(dict.fromkeys(found))

    def facts(self) -> dict[str, Any]:
        """What was entered beside the providers."""
        return {
            "preferred_delivery": _code(Delivery, self.preferred_delivery.data),
            "max_travel_km": self.max_travel_km.data,
            "transport": _code(TransportNeed, self.transport.data) or TransportNeed.NONE,
        }


class WithdrawReferral(FlaskForm):
    """Why a referral is withdrawn."""

    reason = Words("Why is the referral withdrawn?", [Given("Enter why it is withdrawn")])
