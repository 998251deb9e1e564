"""The columns of the file in the shape of the alternative provision census."""

from collections.abc import Mapping

from app.reporting.census import Entry
from app.web.export import Columns


def columns(reason_codes: Mapping[str, str]) -> Columns:
    """The columns, with the authority's own codes for reasons, by the value of the reason."""
    return {
        "UPN": lambda entry: entry.child.upn,
        "Surname": lambda entry: entry.child.surname,
        "Forename": lambda entry: entry.child.forename,
        "Date of birth": lambda entry: entry.child.born_on,
        "Sex": lambda entry: entry.child.sex.value,
        "SEN provision": lambda entry: entry.child.sen_provision.value,
        "Primary SEN type": _primary_need,
        "Postcode": lambda entry: entry.child.postcode,
        "URN": lambda entry: entry.urn,
        "Setting type": lambda entry: entry.setting.value if entry.setting else None,
        "Provider": lambda entry: entry.placement.offer.provider.name,
        "Reason": lambda entry: entry.placement.referral.reason.label,
        "Reason code": lambda entry: reason_codes.get(entry.placement.referral.reason.value),
        "Entry date": lambda entry: entry.placement.starts_on,
        "Leaving date": lambda entry: entry.left_on,
        "Attendance pattern": lambda entry: entry.pattern,
        "Sessions a week": lambda entry: entry.sessions,
        "Hours a week": lambda entry: entry.placement.hours,
        "Child": lambda entry: entry.child.reference,
        "Placement": lambda entry: entry.placement.reference,
        "To check": lambda entry: " ".join(entry.checks),
    }


def _primary_need(entry: Entry) -> str | None:
    needs = entry.child.need_types
    return needs[0].value if needs else None
