"""Plain values out of cells: dates, prices, hours, miles, names, numbers of record.

Each function takes text that is not blank and returns a value, or raises BadValue, whose message
says what to do. Nothing else is ever raised, whatever the text.
"""

import math
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from openpyxl.utils.datetime import from_excel
from stdnum.exceptions import InvalidComponent, ValidationError
from stdnum.gb import upn as upn_number

from app.kernel.geography import miles_to_km
from app.kernel.money import to_pence
from providers.needs import PriceUnit, VatBasis

MOST_HOURS_A_WEEK = 40  # of one child's education
MOST_MILES = 200
_DEAREST = 1_000_000  # pence: a price above £10,000 is a slip of the keyboard

_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_NUMERIC_DATE = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})")
_WORDED_DATE = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th)?[ \-/.]*([a-z]{3,9})\.?,?[ \-/.]*(\d{4})", re.I
)
_ISO_DATE = re.compile(r"(\d{4})[/\-](\d{1,2})[/\-](\d{1,2})")
_TIME = re.compile(r"[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$")
_POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?)([0-9][ABD-HJLNP-UW-Z]{2})")
_OUTWARD = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?[0-9]?")
_REFERENCE = re.compile(r"[A-Z0-9][A-Z0-9/_.-]{1,19}")
_NUMBER = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|-?\.\d+")


class BadValue(ValueError):
    """A cell that cannot be taken; the message says what to do."""


def words(text: str, most: int = 200) -> str:
    """Text as it stands, refused where it is longer than `most` characters."""
    if len(text) > most:
        raise BadValue(f"Enter {most} characters or fewer; this has {len(text)}.")
    return text


def day(text: str) -> date:
    """A date written the British way, in ISO form, in words, or as a spreadsheet's day number.

    Day always comes before month; a two-digit year is refused.
    """
    bare = _TIME.sub("", text).strip()
    if match := _NUMERIC_DATE.fullmatch(bare):
        return _date(int(match[3]), int(match[2]), int(match[1]), text)
    if match := _ISO_DATE.fullmatch(bare):
        return _date(int(match[1]), int(match[2]), int(match[3]), text)
    if match := _WORDED_DATE.fullmatch(bare):
        name = re.sub("^sept$", "sep", match[2].casefold())
        for number, month in enumerate(_MONTHS, 1):
            if month.startswith(name):
                return _date(int(match[3]), number, int(match[1]), text)
    if re.fullmatch(r"[0-9]{5}(\.\d+)?", bare):
        return _serial(float(bare), text)
    raise BadValue(f"“{_short(text)}” is not a date. Enter a date such as 9 August 2026.")


def _date(year: int, month: int, number: int, text: str) -> date:
    try:
        found = date(year, month, number)
    except ValueError:
        hint = ""
        if month > 12 >= number:
            hint = " The day comes before the month."
        raise BadValue(
            f"“{_short(text)}” is not a date in the calendar.{hint} "
            "Enter a date such as 9 August 2026."
        ) from None
    if not 1900 <= year <= 2100:
        raise BadValue(f"“{_short(text)}” is not in this century or the last. Check the year.")
    return found


def _serial(number: float, text: str) -> date:
    if not 15_000 <= number < 73_051:  # 1941 to 2099
        raise BadValue(f"“{_short(text)}” is not a date. Enter a date such as 9 August 2026.")
    return from_excel(number).date()


@dataclass(frozen=True)
class Quote:
    """A price as written: pence, with unit and VAT basis where the text itself names them."""

    pence: int
    unit: PriceUnit | None
    vat: VatBasis | None


_VAT_WORDS = (
    (re.compile(r"\b(inc|incl|including|inclusive)\.?( of)? vat\b|\bvat inc\w*\b"), "inclusive"),
    (re.compile(r"\+ ?vat\b|\b(plus|ex|exc|excl|excluding|exclusive of)\.? vat\b"), "exclusive"),
    (re.compile(r"\b(vat exempt|exempt( from vat)?|no vat|zero vat)\b"), "exempt"),
)
_UNIT_WORDS = (
    (r"half[ -]?days?|sessions?", PriceUnit.SESSION),
    (r"hourly|hours?|hrs?|h|ph|p/h", PriceUnit.HOUR),
    (r"daily|days?|pd|p/d", PriceUnit.DAY),
    (r"weekly|weeks?|wks?|pw|p/w", PriceUnit.WEEK),
)
_PER = r"(?:(?:per|a|an|each|/)\s*)?"


def quote(text: str) -> Quote:
    """A price such as "£45.50 per hour", "£117.5/day", "79" or "£60 an hour + VAT".

    Refused: no number or several, nothing or less, more than two decimals, another currency,
    and words that are not understood.
    """
    rest = text.casefold().replace("£", " ")
    if re.search(r"[$€¥]|\b(usd|eur|euros?|dollars?)\b", rest):
        raise BadValue("Enter the price in pounds, such as £45.50 per hour.")
    rest, vat = _take_vat(rest)
    rest = re.sub(r"\b(per|each) (child|pupil|student|learner)\b|\bgbp\b", " ", rest)
    numbers = _NUMBER.findall(rest)
    if len(numbers) != 1:
        raise BadValue(
            "Enter one price in pounds, such as £45.50 per hour."
            if numbers
            else f"“{_short(text)}” is not a price. Enter pounds and pence, such as £45.50."
        )
    rest, unit = _take_unit(_NUMBER.sub(" ", rest, count=1))
    if rest.strip(" .,:;-()/"):
        raise BadValue(
            f"“{_short(text)}” is not understood. Enter a price such as £45.50 per hour, "
            "and whether VAT is added."
        )
    return Quote(_pence(numbers[0]), unit, vat)


def _take_vat(text: str) -> tuple[str, VatBasis | None]:
    for pattern, basis in _VAT_WORDS:
        if pattern.search(text):
            return pattern.sub(" ", text), VatBasis(basis)
    return text, None


def _take_unit(text: str) -> tuple[str, PriceUnit | None]:
    for names, unit in _UNIT_WORDS:
        pattern = rf"(?<![a-z]){_PER}(?:{names})(?![a-z])"
        if re.search(pattern, text):
            return re.sub(pattern, " ", text, count=1), unit
    return text, None


def _pence(number: str) -> int:
    amount = _decimal(number)
    if amount <= 0:
        raise BadValue("Enter a price of more than £0, such as £45.50.")
    if amount * 100 != (amount * 100).to_integral_value():
        raise BadValue("Enter pounds and pence with at most two decimals, such as £45.50.")
    pence = to_pence(amount)
    if pence > _DEAREST:
        raise BadValue("The price is more than £10,000. Check the amount and its decimal point.")
    return pence


def vat_basis(text: str) -> VatBasis:
    """How a price stands to VAT: "exempt", "inc VAT", "+VAT"."""
    plain = re.sub(r"[^a-z+ ]", "", text.casefold()).strip()
    _rest, basis = _take_vat(plain)
    if basis is None and plain in ("inc", "incl", "inclusive", "including", "yes", "y"):
        basis = VatBasis.INCLUSIVE
    if basis is None and plain in ("exc", "excl", "ex", "exclusive", "excluding", "plus", "+"):
        basis = VatBasis.EXCLUSIVE
    if basis is None and plain in ("none", "no", "n"):
        basis = VatBasis.EXEMPT
    if basis is None:
        raise BadValue(f"“{_short(text)}” is not a VAT basis. Enter exempt, inc VAT or +VAT.")
    return basis


def yes_no(text: str) -> bool:
    """Yes or no, in the usual spellings."""
    plain = text.casefold()
    if plain in ("y", "yes", "true", "1"):
        return True
    if plain in ("n", "no", "false", "0"):
        return False
    raise BadValue(f"Enter Yes or No, not “{_short(text)}”.")


def whole(text: str, least: int, most: int, what: str) -> int:
    """A whole number between two bounds; `what` names it: "hours a week"."""
    number = _amount(text, what)
    if number != number.to_integral_value() or not least <= number <= most:
        raise BadValue(
            f"Enter {what} as a whole number from {least} to {most:,}, not “{_short(text)}”."
        )
    return int(number)


def hours_of_a_week(text: str) -> int:
    """Hours of one child's week: whole, 1 to 40."""
    bare = re.sub(r"\s*(hours?|hrs?|h)( (a|per) week|/week)?$", "", text.casefold())
    return whole(bare or text, 1, MOST_HOURS_A_WEEK, "hours a week")


def kilometres(text: str) -> float:
    """A distance written in miles, or in km where it says so, as kilometres."""
    plain = text.casefold()
    bare = re.sub(r"\s*(miles?|mi|kms?|kilomet(re|er)s?)$", "", plain)
    number = _amount(bare or text, "miles")
    if not 0 < number <= MOST_MILES:
        raise BadValue(f"Enter miles from 1 to {MOST_MILES}, not “{_short(text)}”.")
    return float(number) if "k" in plain else miles_to_km(float(number))


def postcode(text: str) -> str:
    """A full postcode in any case and spacing, as "SO23 0JZ"."""
    compact = re.sub(r"[\s.-]", "", text).upper()
    if match := _POSTCODE.fullmatch(compact):
        return f"{match[1]} {match[2]}"
    if _OUTWARD.fullmatch(compact):
        raise BadValue(
            f"“{_short(text)}” is only part of a postcode. Enter the full postcode, such as "
            "SO23 8UJ."
        )
    raise BadValue(f"“{_short(text)}” is not a postcode. Enter a postcode such as SO23 8UJ.")


def unique_pupil_number(text: str) -> str:
    """A unique pupil number, permanent or temporary, its check letter proved.

    The library's list of authorities is older than some authorities, so that a number is judged
    by its form and check letter, whatever authority it names.
    """
    compact = re.sub(r"[\s-]", "", text).upper()
    if not re.fullmatch(r"[A-Z]\d{11}[A-Z0-9]", compact, re.ASCII):
        raise BadValue(
            f"“{_short(text)}” is not a UPN. Enter 13 characters: a letter, 11 digits, and a digit "
            "or, in a temporary UPN, a letter."
        )
    try:
        upn_number.validate(compact)
    except InvalidComponent:
        if upn_number.calc_check_digit(compact[1:]) == compact[0]:
            return compact
        raise BadValue(_wrong_letter(compact)) from None
    except ValidationError:
        raise BadValue(_wrong_letter(compact)) from None
    return compact


def _wrong_letter(upn: str) -> str:
    return (
        f"The first letter of UPN {upn} does not fit its digits, so at least one character is "
        "wrong. Check it with the child's school."
    )


def unique_reference_number(text: str) -> str:
    """A school's unique reference number: six digits."""
    if not re.fullmatch(r"[1-9]\d{5}", text, re.ASCII):
        raise BadValue(f"Enter a URN of six digits, not “{_short(text)}”.")
    return text


def reference(text: str) -> str:
    """A record's reference, such as SUP0015, in capitals."""
    compact = text.upper().replace(" ", "")
    if not _REFERENCE.fullmatch(compact):
        raise BadValue(
            f"“{_short(text)}” is not a reference. Enter a reference such as SUP0015, "
            "of 2 to 20 letters and digits."
        )
    return compact


def references(text: str) -> tuple[str, ...]:
    """References in a list, each once, in order."""
    parts = [part.strip() for part in re.split(r"[;,]", text)]
    return tuple(dict.fromkeys(reference(part) for part in parts if part))


def person_name(text: str) -> str:
    """A forename or surname as written: O'Neil, Smith-Hale, Søren, Siân."""
    name = words(text, 100)
    if not re.search(r"[^\W\d_]", name) or re.search(r"[\d<>{}=@;|\\]", name):
        raise BadValue(f"“{_short(text)}” is not a name. Enter the name in letters.")
    return name


def _amount(text: str, what: str) -> Decimal:
    match = _NUMBER.fullmatch(text.strip())
    if not match:
        raise BadValue(f"Enter {what} as a number, not “{_short(text)}”.")
    return _decimal(match[0])


def _decimal(number: str) -> Decimal:
    try:
        amount = Decimal(number.replace(",", ""))
    except InvalidOperation:
        raise BadValue(f"“{_short(number)}” is not a number. Enter digits.") from None
    if len(number) > 18 or not math.isfinite(float(amount)):
        raise BadValue("The number is too long. Check it.")
    return amount


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
