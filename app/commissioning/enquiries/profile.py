"""What a provider may know of a child before the award, and what must not slip into it."""

import re
import unicodedata
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from app.children.models import Child, Referral
from app.kernel.words import in_words
from providers.needs import TransportNeed
from providers.stages import KeyStage, age_on, national_curriculum_year, year_in_words

_UPN = re.compile(r"\b[A-Z]\d{11}[A-Z0-9]\b", re.IGNORECASE)
_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}\b", re.IGNORECASE)


@dataclass(frozen=True)
class Profile:
    """A child whom nobody can recognise: no name, number, postcode, date or reference.

    age_band: such as "11 to 14". services: each service asked for with its hours a week. area: the
    first half of the postcode, thousands of homes. start: when it is wanted, in words.
    """

    age_band: str
    key_stage: str
    needs: tuple[str, ...]
    sen_provision: str
    services: tuple[tuple[str, int], ...]
    area: str
    delivery: str
    transport: str
    start: str

    def as_json(self) -> dict[str, Any]:
        """The profile as it is frozen with an enquiry."""
        return asdict(self)


def profile_of(referral: Referral, on: date) -> Profile:
    """What providers may know of a referral's child on a date."""
    child = referral.child
    year = national_curriculum_year(child.born_on, on)
    stage = KeyStage.of_year(year)
    age = age_on(child.born_on, on)
    band = stage.ages if stage else ((age, age + 1) if year > 0 else (4, 5))
    wanted = referral.start_from
    return Profile(
        age_band=f"{band[0]} to {band[1]}",
        key_stage=stage.label if stage else year_in_words(year),
        needs=tuple(need.label for need in child.need_types),
        sen_provision=child.sen_provision.label,
        services=tuple((part.service.name, part.hours) for part in referral.components),
        area=area_of(child.postcode),
        delivery=(
            referral.preferred_delivery.label if referral.preferred_delivery else "No preference"
        ),
        transport=(
            "Not needed" if referral.transport is TransportNeed.NONE else referral.transport.label
        ),
        start=in_words(wanted) if wanted and wanted > on else "As soon as possible",
    )


def area_of(postcode: str) -> str:
    """The first half of a postcode: "SO23" of "SO23 8UJ"."""
    return re.sub(r"\s", "", postcode)[:-3].upper()


def leaks(text: str, child: Child) -> list[str]:
    """What a text gives away of a child, in words that do not repeat it; empty where nothing."""
    plain, squeezed = _plain(text), re.sub(r"[\s-]", "", _plain(text))
    words = set(re.findall(r"\w+", plain))
    names = [name for whole in (child.forename, child.surname) for name in _names(whole)]
    found = {
        "the child’s name": any(name in words for name in names),
        "a UPN": bool(_UPN.search(text)) or bool(child.upn and child.upn.lower() in squeezed),
        "a postcode": bool(_POSTCODE.search(text))
        or re.sub(r"\s", "", child.postcode).lower() in squeezed,
        "the date of birth": any(form in plain for form in _dates(child.born_on)),
        "the child’s reference": child.reference.lower() in plain,
    }
    return [f"Take out {what}: providers must not know who it is." for what, is_in in found.items()
            if is_in]  # fmt: skip


def _plain(text: str) -> str:
    """Text without accents and case."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in folded if not unicodedata.combining(letter))


def _names(whole: str) -> list[str]:
    return [part for part in re.findall(r"\w+", _plain(whole)) if len(part) > 1]


def _dates(day: date) -> list[str]:
    numbers = (f"{day.day}", f"{day.day:02}"), (f"{day.month}", f"{day.month:02}")
    years = (f"{day.year}", f"{day.year % 100:02}")
    written = [
        f"{d}{mark}{m}{mark}{y}"
        for mark in "/.- "
        for d in numbers[0]
        for m in numbers[1]
        for y in years
    ]
    month = f"{day:%B}".lower()
    in_letters = [f"{day.day} {month} {day.year}", f"{day.day} {month[:3]} {day.year}"]
    return [*written, *in_letters, f"{day.day}th {month} {day.year}", day.isoformat()]
