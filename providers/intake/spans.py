"""Spans out of cells: ages, half-days of the week, sizes of groups.

Like `values`, each function takes text that is not blank and returns a value or raises BadValue.
"""

import re

from providers.intake.values import BadValue
from providers.needs import DAYS, HALVES, sessions_to_mask
from providers.stages import OLDEST_AGE, YOUNGEST_AGE, KeyStage, ages_of_years

LARGEST_GROUP = 30
_ASK_AGES = (
    "Enter an age range such as 7 to 16, years such as Y7–Y11, or key stages such as KS3, KS4."
)
_DASH = r"(?:-|–|—|to|until)"
_LISTS = r"[;,/&+]|\band\b|\bor\b"


def ages(text: str) -> tuple[int, int]:
    """Lowest and highest age, from ages, school years or key stages; both included.

    Years 7 to 11 are ages 11 to 16, as schools state them. "All ages" is 4 to 25. Refused:
    upside-down ranges, ages above 25, stages with a gap, and what a spreadsheet made a date.
    """
    plain = re.sub(r"\s+", " ", text.casefold()).strip()
    if re.fullmatch(r"\d{1,2}/\d{1,2}/\d{4}.*", plain):
        raise BadValue(
            "The spreadsheet has turned this age range into a date. Type it as “5 to 11”."
        )
    if span := _NAMED_AGES.get(re.sub(r"[^a-z0-9]", "", plain)):
        return span
    found = _stages(plain) or _years(plain) or _plain_ages(plain)
    if found is None:
        raise BadValue(f"“{text[:40]}” is not an age range. {_ASK_AGES}")
    low, high = found
    if low > high:
        raise BadValue(f"“{text[:40]}” runs from {low} down to {high}. {_ASK_AGES}")
    if high > OLDEST_AGE:
        raise BadValue(f"“{text[:40]}” goes beyond age {OLDEST_AGE}. {_ASK_AGES}")
    return low, high


_NAMED_AGES = {
    "allages": (YOUNGEST_AGE, OLDEST_AGE),
    "all": (YOUNGEST_AGE, OLDEST_AGE),
    "any": (YOUNGEST_AGE, OLDEST_AGE),
    "primary": (YOUNGEST_AGE, 11),
    "secondary": (11, 16),
    "post16": (16, OLDEST_AGE),
}


def _stages(plain: str) -> tuple[int, int] | None:
    """Key stages, listed or as a span: "KS3, KS4", "KS3-5", "key stages 2 and 3"."""
    plain = plain.replace("key stages", "ks").replace("key stage", "ks")
    if not plain.startswith("ks"):
        return None
    if span := re.fullmatch(rf"ks ?([1-5]) ?{_DASH} ?(?:ks ?)?([1-5])", plain):
        first, last = (KeyStage(f"KS{number}") for number in span.groups())
        if first > last:
            raise BadValue(f"{first} comes after {last}. {_ASK_AGES}")
        return first.ages[0], last.ages[1]
    parts = [part.strip() for part in re.split(_LISTS, plain)]
    numbers = [match[1] for part in parts if (match := re.fullmatch(r"(?:ks)? ?([1-5])", part))]
    if len(numbers) != len(parts):
        return None
    held = sorted({int(number) for number in numbers})
    if held != list(range(held[0], held[-1] + 1)):
        raise BadValue(
            "The key stages leave a gap. Enter stages that follow each other, and give the "
            "others a row of their own."
        )
    return KeyStage(f"KS{held[0]}").ages[0], KeyStage(f"KS{held[-1]}").ages[1]


def _years(plain: str) -> tuple[int, int] | None:
    """School years: "Y7–Y11", "Year 9 to Year 13", "R-Y6", "Years 10 and 11", "Y9"."""
    year = r"(?:years?|yrs?|y)? ?(r|reception|\d{1,2})"
    if not re.match(r"(?:years?|yrs?|y) ?\d|r\b|reception", plain):
        return None
    match = re.fullmatch(rf"{year}(?: ?(?:{_DASH}|and|&|/) ?{year})?", plain)
    if not match:
        return None
    first = 0 if match[1].startswith("r") else int(match[1])
    last = first
    if match[2]:
        last = 0 if match[2].startswith("r") else int(match[2])
    if first > last:
        raise BadValue(f"Year {first} comes after year {last}. {_ASK_AGES}")
    if last > 14:
        raise BadValue(f"There is no year {last}. {_ASK_AGES}")
    return ages_of_years(first, last)


def _plain_ages(plain: str) -> tuple[int, int] | None:
    bare = re.sub(r"^(?:aged?|ages) |(?: ?(?:years|yrs)(?: old)?)$", "", plain).strip()
    if match := re.fullmatch(rf"(\d{{1,2}}) ?{_DASH} ?(\d{{1,2}})", bare):
        return int(match[1]), int(match[2])
    if match := re.fullmatch(r"(\d{1,2}) ?\+", bare):
        return int(match[1]), OLDEST_AGE
    if re.fullmatch(r"\d{1,2}", bare):
        return int(bare), int(bare)
    return None


_DAY = re.compile(
    r"(?P<day>mon|tue|wed|thu|fri)(?:(?:r?s|nes)?days?|r?s|r)?(?![a-z])"
    r"|(?P<week>weekdays?|every day|any day|all week|daily)"
    r"|(?P<half>am|a\.m\.|pm|p\.m\.|mornings?|afternoons?)\b"
    rf"|(?P<dash>{_DASH})|(?P<list>{_LISTS}| )|(?P<other>.)",
    re.I,
)
_ASK_DAYS = "Enter days from Monday to Friday, such as Mon–Thu or Tue, Thu am."


def sessions(text: str) -> int:
    """Half-days as a mask (`providers.needs`): "Mon–Thu", "Tue/Thu", "Mon-Fri am", "Weekdays".

    "am" or "pm" applies to the days since the last such word. A note such as "(term time)" is
    passed over.
    """
    plain = re.sub(r"\(?\bterm[ -]?time( only)?\b\)?", " ", text.casefold()).strip()
    held: set[str] = set()
    days: list[int] = []
    span = False
    for token in _DAY.finditer(plain):
        kind = token.lastgroup
        if kind == "other" or (span and kind not in ("day", "list")):
            raise BadValue(f"“{text[:40]}” is not understood. {_ASK_DAYS}")
        if kind == "day":
            number = DAYS.index(token["day"].casefold())
            if span and (not days or number <= days[-1]):
                raise BadValue(f"“{text[:40]}” runs backwards. {_ASK_DAYS}")
            days.extend(range(days[-1] + 1, number + 1) if span else [number])
            span = False
        elif kind == "dash":
            span = True
        elif kind == "week":
            days.extend(range(len(DAYS)))
        elif kind == "half":
            half = "am" if token["half"].startswith(("a.", "am", "m")) else "pm"
            held |= {f"{DAYS[number]}_{half}" for number in days or range(len(DAYS))}
            days = []
    held |= {f"{DAYS[number]}_{half}" for number in days for half in HALVES}
    if span or not held:
        raise BadValue(f"“{text[:40]}” names no days. {_ASK_DAYS}")
    return sessions_to_mask(held)


def group_size(text: str) -> int:
    """The most children taught together: "1:1" is 1, "1:2" is 2, "up to 4" is 4."""
    plain = text.casefold()
    match = re.fullmatch(r"0?1 ?(?::|to) ?0?(\d{1,2})(?::00)?", plain)
    match = match or re.fullmatch(r"(?:up to |max(?:imum)? |groups? of )?(\d{1,2})", plain)
    match = match or re.fullmatch(r"\d{1,2} ?(?:-|–|to) ?(\d{1,2})", plain)
    if match and 1 <= int(match[1]) <= LARGEST_GROUP:
        return int(match[1])
    raise BadValue(f"“{text[:40]}” is not a group size. Enter 1:1, 1:2 or a number such as 4.")
