"""Forms of the providers' own portal: the organisation's facts, and those of an offer."""

import json
from typing import Any, Self

from govuk_frontend_wtf.wtforms_widgets import GovSelect
from wtforms import FieldList, SelectField
from wtforms.validators import Email, InputRequired, NumberRange, Optional, Regexp

from app.web.fields import WholeNumber
from app.web.forms.entries import Carrying, Choice, Given, Line, Price, Ticks, Words
from app.web.forms.filters import labels
from providers.directory_queries import services
from providers.facts import Facts
from providers.needs import Delivery, NeedType, PriceUnit, Registration, VatBasis

_EMAIL = Email("Enter an email address, such as name@example.org")
_PHONE = Regexp(r"^[0-9+()\-. ]{6,40}$", message="Enter a telephone number, such as 01962 000000")


_AGES = "Enter an age from 0 to 25"


class EditForm(Carrying):
    """A form of facts.

    beside: for each fact, the field that its fault is shown at.
    """

    beside: dict[str, str] = {}

    @classmethod
    def of(cls, facts: Facts, **options: Any) -> Self:
        """The form filled with facts, or with what was sent. options: as for any form."""
        raise NotImplementedError

    def entered(self) -> Facts:
        """What was entered, as facts."""
        raise NotImplementedError


_TEXTS = ("name", "about", "contact_email", "contact_phone", "website")
_CONTACT = ("name", "email", "phone")


class EditOrganisation(EditForm):
    """The organisation's own facts."""

    name = Line("Name of the organisation", [Given("Enter the name of the organisation")])
    about = Words("About us", most=2000, description="Officers read this on your page.")
    contact_email = Line("Email address for referrals", [Optional(), _EMAIL], most=254)
    contact_phone = Line("Telephone", [Optional(), _PHONE], most=40)
    website = Line(
        "Website",
        [
            Optional(),
            Regexp(r"^https?://\S+\.\S+$", message="Enter an address that starts with https://"),
        ],
    )
    sites = FieldList(Line("Name of the site", [Given("Enter a name for the site")]))
    safeguarding_name = Line("Name", most=120)
    safeguarding_email = Line("Email address", [Optional(), _EMAIL], most=254)
    safeguarding_phone = Line("Telephone", [Optional(), _PHONE], most=40)
    kind = SelectField(
        "Registered with the Department for Education as",
        widget=GovSelect(),
        choices=labels(Registration),
    )
    urn = Line(
        "Unique reference number (URN)",
        [Optional(), Regexp(r"^\d{6}$", message="Enter a URN of six digits")],
        description="Only where you are a registered school.",
    )
    beside = {"name": "name", "registration": "urn"}

    @classmethod
    def of(cls, facts: Facts, **options: Any) -> Self:
        """The form filled with facts, or with what was sent."""
        form = cls(
            base=json.dumps(facts),
            sites=list(facts["sites"].values()),
            **{name: facts[name] for name in _TEXTS},
            **{f"safeguarding_{part}": facts["safeguarding"][part] for part in _CONTACT},
            **facts["registration"],
            **options,
        )
        for entry, name in zip(form.sites, facts["sites"].values(), strict=False):
            entry.label.text = f"Name of the site “{name}”"
        return form

    def entered(self) -> Facts:
        """What was entered, as facts."""
        names = [entry.data or "" for entry in self.sites]
        seen = (self.opened_with() or {}).get("sites", {})
        return {name: self[name].data or "" for name in _TEXTS} | {
            "sites": dict(zip(seen, names, strict=False)),
            "safeguarding": {part: self[f"safeguarding_{part}"].data or "" for part in _CONTACT},
            "registration": {"kind": self.kind.data, "urn": self.urn.data or ""},
        }


class EditOffer(EditForm):
    """The facts of one offer, but for what is free."""

    service = SelectField("Service", widget=GovSelect())
    pence = Price("Price", [Given("Enter a price in pounds, such as 45.50")])
    unit = Choice("What the price buys for one child", labels(PriceUnit))
    vat = Choice("VAT", labels(VatBasis))
    needs = Ticks("Needs that you can meet", labels(NeedType), [Given("Select at least one need")])
    youngest = WholeNumber(
        "Youngest age",
        "Enter an age in whole years, such as 11",
        validators=[InputRequired("Enter the youngest age"), NumberRange(0, 25, _AGES)],
    )
    oldest = WholeNumber(
        "Oldest age",
        "Enter an age in whole years, such as 16",
        validators=[InputRequired("Enter the oldest age"), NumberRange(0, 25, _AGES)],
    )
    delivery = Ticks("Where it is given", labels(Delivery), [Given("Select where it is given")])
    group_size = WholeNumber(
        "Largest group",
        "Enter a number of children, such as 4",
        description="1 for one to one.",
        validators=[
            InputRequired("Enter how many children are taught together at most"),
            NumberRange(1, 30, "Enter a number from 1 to 30"),
        ],
    )
    min_hours = WholeNumber(
        "Least hours a week",
        "Enter hours a week as a whole number, such as 2",
        validators=[
            InputRequired("Enter the least hours a week that you offer"),
            NumberRange(1, 40, "Enter a number from 1 to 40"),
        ],
    )
    about = Words("About this offer", most=2000, description="Officers read this on your page.")
    beside = {"price": "pence", "needs": "needs", "ages": "oldest", "delivery": "delivery"}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.service.choices = [(service.code, service.name) for service in services()]

    @classmethod
    def of(cls, facts: Facts, **options: Any) -> Self:
        """The form filled with facts, or with what was sent."""
        plain = ("service", "needs", "delivery", "group_size", "min_hours", "about")
        youngest, oldest = facts["ages"]
        return cls(
            base=json.dumps(facts),
            youngest=youngest,
            oldest=oldest,
            **{name: facts[name] for name in plain},
            **facts["price"],
            **options,
        )

    def entered(self) -> Facts:
        """What was entered, as facts."""
        return {
            "service": self.service.data,
            "price": {"pence": self.pence.data, "unit": self.unit.data, "vat": self.vat.data},
            "needs": sorted(self.needs.data),
            "ages": [self.youngest.data, self.oldest.data],
            "delivery": [way.value for way in Delivery if way.value in self.delivery.data],
            "group_size": self.group_size.data,
            "min_hours": self.min_hours.data,
            "about": self.about.data or "",
        }
