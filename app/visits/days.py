"""The days on which a visit can be made, and the place of a week in the year."""

from datetime import date, timedelta
from functools import lru_cache

import holidays

from app.kernel.words import in_words

SATURDAY = 5


@lru_cache(maxsize=64)
def _bank_holidays(year: int) -> dict[date, str]:
    return dict(holidays.country_holidays("GB", subdiv="ENG", years=year).items())


def closed(day: date) -> str | None:
    """Why the authority's advisers make no visits on a day; None where it is a working day."""
    if day.weekday() >= SATURDAY:
        return f"{in_words(day)} is a {day:%A}."
    name = _bank_holidays(day.year).get(day)
    return f"{in_words(day)} is a bank holiday ({name})." if name else None


def next_open(day: date) -> date:
    """The day itself, or the next one that is no weekend and no bank holiday."""
    while closed(day):
        day += timedelta(days=1)
    return day


def working_days_after(day: date, number: int) -> date:
    """The working day that lies so many working days after a day."""
    for _ in range(number):
        day = next_open(day + timedelta(days=1))
    return day


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())
