"""The cells of one row of the waiting list: who the child is, and what is asked for the child."""

from datetime import timedelta
from functools import partial

from app.kernel.words import listed
from providers.intake import terms, values
from providers.intake.faults import RowReader
from providers.intake.postcodes import Coordinates
from providers.intake.referral_columns import ASKS, ReferralRules
from providers.intake.values import MOST_HOURS_A_WEEK, BadValue
from providers.needs import NeedType, ReferralReason, SenProvision, Service, TransportNeed
from providers.stages import OLDEST_AGE, YOUNGEST_AGE, age_on, is_compulsory_school_age

FULL_TIME_WEEK = 25  # hours: beyond it a request is worth a second look
_LONG_OUT = timedelta(days=3 * 365)
_FAR_AHEAD = timedelta(days=365)

_notes = partial(values.words, most=2000)


def child_facts(cells: RowReader, rules: ReferralRules) -> dict:
    """The fields of `ReferralRow` about the child; None where a cell has a fault."""
    postcode = cells.need("postcode", values.postcode, ASKS["postcode"])
    provision = cells.need("sen_provision", terms.sen_provision, ASKS["sen_provision"])
    return {
        "reference": cells.need("reference", values.reference, ASKS["reference"]),
        "upn": _upn(cells, rules),
        "forename": cells.need("forename", values.person_name, ASKS["forename"]),
        "surname": cells.need("surname", values.person_name, ASKS["surname"]),
        "born_on": cells.need("born_on", values.day, ASKS["born_on"]),
        "sex": cells.need("sex", terms.sex, ASKS["sex"]),
        "postcode": postcode,
        "coordinates": postcode and _located(cells, rules, postcode),
        "sen_provision": provision,
        "looked_after": cells.need("looked_after", values.yes_no, ASKS["looked_after"]),
        "needs": _needs(cells, provision),
    }


def request_facts(cells: RowReader, rules: ReferralRules, names: dict[str, Service]) -> dict:
    """The fields of `ReferralRow` about the request; None where a cell has a fault.

    names: as `terms.service_names` gives them.
    """
    preferred, not_with = _wishes(cells, rules)
    transport = cells.take("transport", terms.transport)
    return {
        "components": _components(cells, names),
        "out_of_education_since": cells.take("out_since", values.day),
        "reason": cells.need("reason", terms.reason, ASKS["reason"]),
        "preferred_delivery": cells.take("delivery", terms.delivery),
        "max_travel_km": cells.take("max_travel", values.kilometres),
        "transport": transport or TransportNeed.NONE,
        "preferred": preferred,
        "not_with": not_with,
        "start_from": cells.take("start_from", values.day),
        "notes": cells.take("notes", _notes),
    }


def check_together(cells: RowReader, rules: ReferralRules, facts: dict) -> None:
    """Faults that show only when cells are read together."""
    _check_dates(cells, rules, facts)
    if facts["born_on"]:
        _check_age(cells, rules, facts)
    provision, reason = facts["sen_provision"], facts["reason"]
    if provision is None:
        return
    if reason is ReferralReason.EHCP_NAMED and provision is not SenProvision.EHCP:
        cells.flag(
            "reason",
            f"{reason.label} is the reason, but the child has no EHC plan. Check the reason and "
            "the SEN provision.",
        )
    if NeedType.NSA in (facts["needs"] or ()) and provision is not SenProvision.SUPPORT:
        cells.flag("primary_need", "NSA is used only at SEN support. Enter the assessed need.")


def _upn(cells: RowReader, rules: ReferralRules) -> str | None:
    if cells.text("upn") is None:
        cells.flag("upn", "No UPN is given. Ask the school; the census return needs it.")
        return None
    upn = cells.take("upn", values.unique_pupil_number)
    holder = upn and rules.upn_holder(upn)
    if holder and holder != (cells.text("reference") or "").upper():
        cells.refuse("upn", f"{holder} has this UPN already. Check which child it belongs to.")
    return upn


def _located(cells: RowReader, rules: ReferralRules, postcode: str) -> Coordinates | None:
    coordinates = rules.locate(postcode)
    if coordinates is None:
        cells.refuse("postcode", f"{postcode} is not a known postcode. Check the home address.")
    return coordinates


def _needs(cells: RowReader, provision: SenProvision | None) -> tuple[NeedType, ...] | None:
    """All needs in rank order; a child without special provision may have none."""
    others = cells.take("other_needs", terms.needs) or ()
    if cells.text("primary_need") is None and provision is SenProvision.NONE and not others:
        return ()
    primary = cells.need("primary_need", terms.need, ASKS["primary_need"])
    return primary and tuple(dict.fromkeys((primary, *others)))


def _components(cells: RowReader, names: dict[str, Service]) -> tuple[tuple[str, int], ...] | None:
    """Each service with its hours, in the order of the two lists."""
    services = cells.need("services", partial(terms.services, known=names), ASKS["services"])
    hours = cells.need("hours", _hours_list, ASKS["hours"])
    if services is None or hours is None:
        return None
    if len(services) != len(hours):
        cells.refuse(
            "hours",
            "Enter one number of hours for each support, in the same order, such as 8; 1: "
            f"support {len(services)}, hours {len(hours)}.",
        )
        return None
    codes = [service.code for service in services]
    twice = [service.name for service in services if codes.count(service.code) > 1]
    if twice:
        cells.refuse("services", f"{twice[0]} is listed twice. Enter it once, with its hours.")
    if sum(hours) > MOST_HOURS_A_WEEK:
        cells.refuse(
            "hours",
            f"The hours add up to {sum(hours)} a week. Enter no more than {MOST_HOURS_A_WEEK} "
            "in all.",
        )
    elif sum(hours) > FULL_TIME_WEEK:
        cells.flag(
            "hours",
            f"The hours add up to {sum(hours)} a week, more than a full-time week of "
            f"{FULL_TIME_WEEK}. Check them.",
        )
    return tuple(zip(codes, hours, strict=True))


def _hours_list(text: str) -> tuple[int, ...]:
    parts = [part.strip() for part in text.replace("\n", ";").replace(",", ";").split(";")]
    if not all(parts):
        raise BadValue("Enter one number of hours for each kind of support, such as 8; 1.")
    return tuple(values.hours_of_a_week(part) for part in parts)


def _wishes(cells: RowReader, rules: ReferralRules) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """References of the providers preferred and of those excluded, in the directory or not."""
    preferred = cells.take("preferred", values.references) or ()
    not_with = cells.take("not_with", values.references) or ()
    for field, named in (("preferred", preferred), ("not_with", not_with)):
        if absent := [name for name in named if name not in rules.providers]:
            cells.flag(
                field,
                f"Not in the directory: {listed(absent)}. This is kept, and counts from the day "
                "that supplier is in the directory. Check the reference.",
            )
    if both := [name for name in preferred if name in not_with]:
        cells.flag(
            "preferred",
            f"Both preferred and excluded: {listed(both)}. The exclusion counts. Check which is "
            "meant.",
        )
    if closed := [name for name in preferred if name in rules.closed and name not in not_with]:
        cells.flag(
            "preferred",
            f"Not approved at present: {listed(closed)}. It cannot be used until it is.",
        )
    return tuple(name for name in preferred if name not in not_with), not_with


def _check_dates(cells: RowReader, rules: ReferralRules, facts: dict) -> None:
    born, out, start = facts["born_on"], facts["out_of_education_since"], facts["start_from"]
    today = rules.today
    if out and out > today:
        cells.refuse("out_since", "This date is in the future. Enter the last day of education.")
    elif out and born and out < born <= today:
        cells.refuse("out_since", "This date is before the child was born. Check both dates.")
    elif out and today - out > _LONG_OUT:
        cells.flag("out_since", "This date is more than three years ago. Check it.")
    elif out is None and cells.text("out_since") is None:
        cells.flag("out_since", "No date is given, so that the wait cannot be counted. Enter it.")
    if start and start < today:
        cells.flag("start_from", "This date has passed. The child is taken as waiting from today.")
    elif start and start - today > _FAR_AHEAD:
        cells.flag("start_from", "This date is more than a year ahead. Check it.")


def _check_age(cells: RowReader, rules: ReferralRules, facts: dict) -> None:
    born, today = facts["born_on"], rules.today
    if born > today:
        cells.refuse("born_on", "This date is in the future. Enter the child's date of birth.")
        return
    age = age_on(born, today)
    if not YOUNGEST_AGE <= age <= OLDEST_AGE:
        cells.refuse(
            "born_on",
            f"A child born on this date is {age}. Enter a date of birth that gives an age from "
            f"{YOUNGEST_AGE} to {OLDEST_AGE}.",
        )
        return
    start = max(filter(None, (facts["start_from"], today)))
    if is_compulsory_school_age(born, start):
        return
    if age < 6:
        cells.flag(
            "born_on", "The child is not yet of compulsory school age. Check the date of birth."
        )
    elif facts["sen_provision"] is not SenProvision.EHCP:
        cells.flag(
            "born_on",
            "The child is above compulsory school age and has no EHC plan. Check the duty to "
            "arrange provision.",
        )
