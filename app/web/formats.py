"""How values read on a screen: money, dates, distances, counts. Plain functions, no request.

Every function takes None and then gives an en dash, since a gap is a fact to be shown.
"""

from collections.abc import Iterable
from datetime import date, datetime

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

from app.kernel.clock import LONDON
from app.kernel.geography import km_to_miles
from app.kernel.money import pounds, whole_pounds
from app.kernel.words import in_words, listed

NOTHING = "–"
LOCALE = "en_GB"


def money(pence: int | None, *, whole: bool = False) -> str:
    """Pence as pounds: 123456 is "£1,234.56", or "£1,235" with `whole`."""
    if pence is None:
        return NOTHING
    return whole_pounds(pence) if whole else pounds(pence)


def number(value: float | None, places: int = 0) -> str:
    """A count or measure with thousands commas and at most `places` decimals."""
    if value is None:
        return NOTHING
    return format_decimal(value, "#,##0" + ("." + "#" * places if places else ""), locale=LOCALE)


def plural(count: int, one: str, many: str | None = None) -> str:
    """A count with its noun: "1 child", "1,200 children"; `many` is `one` + s unless given."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def hours(value: float | None) -> str:
    """Hours with at most two decimals: "12.5 hours", "1 hour"."""
    return NOTHING if value is None else f"{number(value, 2)} {'hour' if value == 1 else 'hours'}"


def per_cent(fraction: float | None, places: int = 0) -> str:
    """A fraction of one as a percentage: 0.125 is "12.5%" with one place."""
    if fraction is None:
        return NOTHING
    pattern = "#,##0" + ("." + "0" * places if places else "")
    return format_decimal(fraction * 100, pattern, locale=LOCALE) + "%"


def miles(km: float | None) -> str:
    """Kilometres as miles with one decimal: 10 is "6.2 miles"."""
    if km is None:
        return NOTHING
    amount = format_decimal(km_to_miles(km), "#,##0.0", locale=LOCALE)
    return f"{amount} {'mile' if amount == '1.0' else 'miles'}"


def distance(km: float | None) -> str:
    """Miles with kilometres beside them: 10 is "6.2 miles (10.0 km)"."""
    if km is None:
        return NOTHING
    return f"{miles(km)} ({format_decimal(km, '#,##0.0', locale=LOCALE)} km)"


def date_uk(day: date | datetime | None) -> str:
    """A day as "23 November 2026"; a moment is first taken to England's time."""
    return NOTHING if day is None else in_words(_local(day))


def date_short(day: date | datetime | None) -> str:
    """A day as "23 Nov 2026", for narrow table columns."""
    return NOTHING if day is None else format_date(_local(day), "d MMM y", locale=LOCALE)


def datetime_uk(moment: datetime | None) -> str:
    """An aware moment in England's time: "23 November 2026 at 2:05pm"."""
    if moment is None:
        return NOTHING
    return format_datetime(_local(moment), "d MMMM y 'at' h:mma", locale=LOCALE)


def join_and(items: Iterable[object]) -> str:
    """Items as prose: "a", "a and b", "a, b and c"."""
    return listed(str(item) for item in items) or NOTHING


def yes_no(value: bool | None) -> str:
    """Yes, No, or "Not known"."""
    return "Not known" if value is None else "Yes" if value else "No"


def _local(day: date | datetime) -> date | datetime:
    """A moment in England's time; a plain day as it is. Raises ValueError for a naive moment."""
    if not isinstance(day, datetime):
        return day
    if day.tzinfo is None:
        raise ValueError("A moment needs a time zone before it can be shown.")
    return day.astimezone(LONDON)
