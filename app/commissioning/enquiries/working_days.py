"""Working days, by which providers have time to answer: weekdays that are no bank holiday."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache

from holidays import country_holidays

from app.kernel.clock import LONDON

END_OF_DAY = time(17, 0)
ONE_DAY = timedelta(days=1)


@lru_cache(maxsize=1)
def _bank_holidays():
    return country_holidays("GB", subdiv="ENG")


def is_working_day(day: date) -> bool:
    """Whether offices are open on a day in England."""
    return day.weekday() < 5 and day not in _bank_holidays()


def end_of_working_day_after(moment: datetime, days: int) -> datetime:
    """The end (5pm in England) of the nth working day after the day of a moment."""
    day = moment.astimezone(LONDON).date()
    left = days
    while left > 0:
        day += ONE_DAY
        left -= is_working_day(day)
    return datetime.combine(day, END_OF_DAY, LONDON)


def working_days_between(sent: datetime, answered: datetime) -> int:
    """Working days from the day of one moment to that of another; 0 on the same day."""
    day, last = (moment.astimezone(LONDON).date() for moment in (sent, answered))
    count = 0
    while day < last:
        day += ONE_DAY
        count += is_working_day(day)
    return count
