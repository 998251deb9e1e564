"""The waiting list's columns, the record that a good row becomes, and the rules it is held to."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date

from providers.intake.postcodes import Coordinates
from providers.intake.sheet import Column
from providers.needs import (
    SERVICES,
    Delivery,
    NeedType,
    ReferralReason,
    SenProvision,
    Service,
    Sex,
    TransportNeed,
)

COLUMNS = (
    Column("reference", "Child ref", ("Child reference", "Pupil ref", "Case ref", "Ref"), True),
    Column("upn", "UPN", ("Unique pupil number",)),
    Column("forename", "Forename", ("First name", "Given name"), True),
    Column("surname", "Surname", ("Last name", "Family name"), True),
    Column("born_on", "Date of birth", ("DOB", "Birth date"), True),
    Column("sex", "Sex", ("Gender",), True),
    Column("postcode", "Home postcode", ("Postcode",), True),
    Column("sen_provision", "SEN provision", ("SEN status", "SEN"), True),
    Column("looked_after", "Looked after", ("LAC", "CLA", "Looked after?"), True),
    Column("primary_need", "Primary need", ("Primary SEN", "Main need"), True),
    Column("other_needs", "Other needs", ("Secondary needs", "Secondary need")),
    Column("services", "Support required", ("Services", "Support", "Services required"), True),
    Column("hours", "Hours per week", ("Hours", "Hours a week"), True),
    Column("out_since", "Out of education since", ("Out since",)),
    Column("reason", "Reason", ("Reason for placement", "Reason for referral"), True),
    Column("delivery", "Preferred delivery", ("Delivery",)),
    Column("max_travel", "Max travel (miles)", ("Max travel", "Maximum travel (miles)")),
    Column("transport", "Transport", ("Transport need",)),
    Column("preferred", "Parental preference", ("Preference", "Preferred provider")),
    Column("not_with", "Not with", ("Excluded providers", "Not provider")),
    Column("start_from", "Start from", ("Start date", "Start")),
    Column("notes", "Notes", ("Comments",)),
)

ASKS = {
    "reference": "Enter the child's reference, such as C5000001.",
    "forename": "Enter the child's forename.",
    "surname": "Enter the child's surname.",
    "born_on": "Enter the child's date of birth, such as 9 August 2014.",
    "sex": "Enter F, M or U.",
    "postcode": "Enter the full home postcode, such as SO23 8UJ.",
    "sen_provision": "Enter EHCP, SEN support or None.",
    "looked_after": "Enter Yes or No.",
    "primary_need": "Enter the primary need, such as SEMH.",
    "services": "Enter the support required, as the framework names it.",
    "hours": "Enter the hours a week of each support, such as 8; 1.",
    "reason": "Enter the reason, such as Permanent exclusion.",
}


@dataclass(frozen=True)
class ReferralRow:
    """A child and what is asked for the child. Lengths in km.

    needs: the primary need first. components: service code and whole hours a week.
    preferred, not_with: references of providers, ranked; one that is not in the directory yet is
    kept too, so that a wish or an exclusion counts from the day that provider joins.
    """

    reference: str
    upn: str | None
    forename: str
    surname: str
    born_on: date
    sex: Sex
    postcode: str
    coordinates: Coordinates
    sen_provision: SenProvision
    looked_after: bool
    needs: tuple[NeedType, ...]
    components: tuple[tuple[str, int], ...]
    out_of_education_since: date | None
    reason: ReferralReason
    preferred_delivery: Delivery | None
    max_travel_km: float | None
    transport: TransportNeed
    preferred: tuple[str, ...]
    not_with: tuple[str, ...]
    start_from: date | None
    notes: str | None


def _nobody(_upn: str) -> str | None:
    return None


@dataclass(frozen=True)
class ReferralRules:
    """What the rows are held against.

    today: the day of intake. locate: a full postcode to its coordinates, None where it is
    unknown. providers: references in the directory. closed: those of them that are not approved
    at present. upn_holder: the reference of the child who has a UPN already, None for nobody.
    """

    today: date
    locate: Callable[[str], Coordinates | None]
    providers: Collection[str]
    closed: Collection[str] = ()
    upn_holder: Callable[[str], str | None] = _nobody
    services: Sequence[Service] = SERVICES
