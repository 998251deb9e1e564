"""The field's vocabulary: need types, tiers, services, delivery, half-day sessions.

Every list that a form, a spreadsheet or a report shows stands here once, with its labels.
Codes for needs and SEN provision are those of the Department for Education's school census.
Ages, national curriculum years and key stages are in `providers/stages.py`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self


class Labelled(StrEnum):
    """A stored code with the words that people read: `NeedType.ASD.label`."""

    label: str

    def __new__(cls, value: str, label: str) -> Self:
        """Make the member from its stored value, and keep the label beside it."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


class NeedType(Labelled):
    """Type of special educational need, as in the school census."""

    SPLD = "SPLD", "Specific learning difficulty"
    MLD = "MLD", "Moderate learning difficulty"
    SLD = "SLD", "Severe learning difficulty"
    PMLD = "PMLD", "Profound and multiple learning difficulty"
    SEMH = "SEMH", "Social, emotional and mental health"
    SLCN = "SLCN", "Speech, language and communication needs"
    HI = "HI", "Hearing impairment"
    VI = "VI", "Vision impairment"
    MSI = "MSI", "Multi-sensory impairment"
    PD = "PD", "Physical disability"
    ASD = "ASD", "Autistic spectrum disorder"
    DS = "DS", "Down syndrome"
    OTH = "OTH", "Other difficulty or disability"
    NSA = "NSA", "SEN support with no specialist assessment of the type of need"


NEED_ALIASES = {
    "ASC": NeedType.ASD,  # local papers write autistic spectrum condition
    "AUTISM": NeedType.ASD,
    "AUTISTIC SPECTRUM CONDITION": NeedType.ASD,
    "DYSLEXIA": NeedType.SPLD,
    "DOWN'S SYNDROME": NeedType.DS,
    "HEARING": NeedType.HI,
    "VISION": NeedType.VI,
    "VISUAL IMPAIRMENT": NeedType.VI,
    "PHYSICAL": NeedType.PD,
    "OTHER": NeedType.OTH,
}


class Sex(Labelled):
    """Sex as recorded in the DfE's AP census."""

    FEMALE = "F", "Female"
    MALE = "M", "Male"
    UNKNOWN = "U", "Not known"


class SenProvision(Labelled):
    """How a child's special educational needs are provided for, as in the school census."""

    NONE = "N", "No special educational provision"
    SUPPORT = "K", "SEN support"
    EHCP = "E", "Education, health and care (EHC) plan"


class Tier(Labelled):
    """The three-tier model of alternative provision."""

    ONE = "1", "Tier 1: targeted support in mainstream school"
    TWO = "2", "Tier 2: time-limited placement, then return"
    THREE = "3", "Tier 3: transitional placement towards a new school or post-16"


class Delivery(Labelled):
    """Where a service is given."""

    AT_BASE = "at_base", "At the provider's site"
    AT_HOME = "at_home", "At the child's home"
    IN_COMMUNITY = "in_community", "In the community"
    ONLINE = "online", "Online"


class ReferralReason(Labelled):
    """Why a placement is commissioned (not the need), as in the alternative provision census.

    The census ranks a permanent exclusion above a health need where both hold.
    """

    EHCP_NAMED = "ehcp_named", "Setting named on EHC plan"
    PERMANENT_EXCLUSION = "permanent_exclusion", "Permanent exclusion"
    MENTAL_HEALTH = "mental_health", "Mental health need"
    SUSPENSION = "suspension", "Suspension"
    PHYSICAL_HEALTH = "physical_health", "Physical health need"
    BEHAVIOUR = "behaviour", "Off-site placement for behavioural support"
    PREGNANCY = "pregnancy", "Pregnancy or childcare"
    NEW_ARRIVAL = "new_arrival", "New arrival without a school place"
    AWAITING_SPECIALIST = "awaiting_specialist", "Awaiting specialist placement"
    OTHER = "other", "Other"


class LegalBasis(Labelled):
    """The power or duty under which a placement is arranged; it decides clocks and returns."""

    SECTION_19 = "s19", "Section 19, Education Act 1996"
    SECTION_61 = "s61", "Section 61, Children and Families Act 2014 (EOTAS)"
    OFF_SITE_DIRECTION = "off_site_direction", "Off-site direction"
    SUSPENSION = "suspension", "Suspension"


class TransportNeed(Labelled):
    """Home-to-provision transport that a child needs."""

    NONE = "none", "None"
    MINIBUS = "minibus", "Minibus"
    TAXI = "taxi", "Taxi"
    ESCORTED_TAXI = "escorted_taxi", "Taxi with passenger assistant"


class Registration(Labelled):
    """A provider's standing with the Department for Education."""

    UNREGISTERED = "unregistered", "Not registered as a school"
    PRU = "pru", "Pupil referral unit"
    AP_ACADEMY = "ap_academy", "Alternative provision academy"
    AP_FREE_SCHOOL = "ap_free_school", "Alternative provision free school"
    SPECIAL = "special", "Maintained or academy special school"
    NON_MAINTAINED_SPECIAL = "non_maintained_special", "Non-maintained special school"
    INDEPENDENT_SPECIAL = "independent_special", "Independent special school"
    INDEPENDENT = "independent", "Independent school"
    POST_16 = "post_16", "Special post-16 institution"
    ONLINE = "online", "Accredited online provider"
    OTHER_SCHOOL = "other_school", "Other registered school"

    @property
    def is_school(self) -> bool:
        """Whether it may give full-time education: registered, and not only online."""
        return self not in (Registration.UNREGISTERED, Registration.ONLINE)


class VatBasis(Labelled):
    """How a quoted price stands to VAT."""

    EXEMPT = "exempt", "Exempt from VAT"
    INCLUSIVE = "inclusive", "Including VAT"
    EXCLUSIVE = "exclusive", "Plus VAT"


class PriceUnit(Labelled):
    """What a quoted price buys for one child."""

    HOUR = "hour", "an hour"
    SESSION = "session", "a session (half-day)"
    DAY = "day", "a day"
    WEEK = "week", "a week"


class Judgement(Labelled):
    """What a quality visit concluded."""

    GREEN = "green", "Green: meets the standards"
    AMBER = "amber", "Amber: improvement needed"
    RED = "red", "Red: do not use"


class ServiceGroup(Labelled):
    """Families of services whose staff and premises are checked alike."""

    TEACHING = "teaching", "Tutoring and specialist teaching"
    INCLUSION = "inclusion", "Inclusion support"
    THERAPY = "therapy", "Therapies"
    SCHOOL_PLACE = "school_place", "Registered provision"


@dataclass(frozen=True)
class Service:
    """A service that a framework may buy, as the example framework defines it.

    lot: letter of the framework's lot, None off the framework. cap: pence an hour net of VAT,
    None without a cap. aliases: other names that spreadsheets use.
    """

    code: str
    name: str
    group: ServiceGroup
    lot: str | None
    cap: int | None
    aliases: tuple[str, ...] = field(default=())


_TEACHING, _INCLUSION = ServiceGroup.TEACHING, ServiceGroup.INCLUSION
_THERAPY, _PLACE = ServiceGroup.THERAPY, ServiceGroup.SCHOOL_PLACE

# The published caps run from £50 to £120 an hour by type of service; the amounts between are
# examples inside that range, and each framework's own caps are kept with it.
SERVICES: tuple[Service, ...] = (
    Service("tutoring_qts", "Tutoring (QTS)", _TEACHING, "A", 6500, ("QTS tutoring",)),
    Service("tutoring_non_qts", "Tutoring (non-QTS)", _TEACHING, "A", 5000, ("Non-QTS tutoring",)),
    Service(
        "specialist_teaching", "Specialist teaching", _TEACHING, "A", 8500, ("Specialist teacher",)
    ),
    Service("mentoring", "Mentoring", _INCLUSION, "B", 5500, ("Mentor",)),
    Service("vocational", "Vocational", _INCLUSION, "B", 5000, ("Vocational learning",)),
    Service(
        "outdoor",
        "Outdoor / forest school",
        _INCLUSION,
        "B",
        5000,
        ("Outdoor", "Forest school", "Outdoor learning"),
    ),
    Service("occupational_therapy", "Occupational therapy", _THERAPY, "C", 12000, ("OT",)),
    Service(
        "speech_language_therapy",
        "Speech and language therapy",
        _THERAPY,
        "C",
        12000,
        ("SLT", "SALT", "Speech therapy", "Speech & language therapy"),
    ),
    Service("physiotherapy", "Physiotherapy", _THERAPY, "C", 10000, ("Physio",)),
    Service(
        "ap_school_place", "AP school place", _PLACE, None, None, ("School place", "PRU place")
    ),
)
SERVICE_BY_CODE = {service.code: service for service in SERVICES}

DAYS = ("mon", "tue", "wed", "thu", "fri")
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
HALVES = ("am", "pm")
SESSIONS: tuple[str, ...] = tuple(f"{day}_{half}" for day in DAYS for half in HALVES)
ALL_SESSIONS = (1 << len(SESSIONS)) - 1


def sessions_to_mask(sessions: Iterable[str]) -> int:
    """Half-day sessions ("mon_am" … "fri_pm") as one integer of 10 bits, Monday morning lowest.

    Raises ValueError for a name that is not a session.
    """
    mask = 0
    for session in sessions:
        mask |= 1 << SESSIONS.index(session)
    return mask


def mask_to_sessions(mask: int) -> tuple[str, ...]:
    """The half-day sessions that a mask holds, in the order of the week.

    Raises ValueError for a number outside 0 to 1023.
    """
    if not 0 <= mask <= ALL_SESSIONS:
        raise ValueError(f"{mask} is not a mask of ten half-days.")
    return tuple(session for bit, session in enumerate(SESSIONS) if mask >> bit & 1)


def sessions_in_words(mask: int) -> str:
    """A mask as people read it: "Monday to Thursday", "Tuesday, Thursday mornings"."""
    held = set(mask_to_sessions(mask))
    phrases = []
    for halves, suffix in ((HALVES, ""), (("am",), " mornings"), (("pm",), " afternoons")):
        days = [
            number
            for number, day in enumerate(DAYS)
            if {half for half in HALVES if f"{day}_{half}" in held} == set(halves)
        ]
        if days:
            phrases.append(_days_in_words(days) + suffix)
    return "; ".join(phrases) or "No sessions"


def _days_in_words(days: list[int]) -> str:
    if len(days) > 2 and days == list(range(days[0], days[-1] + 1)):
        return f"{DAY_NAMES[days[0]]} to {DAY_NAMES[days[-1]]}"
    return ", ".join(DAY_NAMES[day] for day in days)
