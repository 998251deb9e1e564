"""Ages, national curriculum years, key stages and compulsory school age on a date."""

from datetime import date, timedelta

from providers.needs import Labelled

YOUNGEST_AGE = 4  # Reception; younger children are not placed in alternative provision
OLDEST_AGE = 25  # an EHC plan runs to the 25th birthday


class KeyStage(Labelled):
    """Key stage of the national curriculum."""

    KS1 = "KS1", "Key stage 1"
    KS2 = "KS2", "Key stage 2"
    KS3 = "KS3", "Key stage 3"
    KS4 = "KS4", "Key stage 4"
    KS5 = "KS5", "Key stage 5"

    @property
    def years(self) -> tuple[int, int]:
        """First and last national curriculum year of the stage."""
        return _STAGE_YEARS[self]

    @property
    def ages(self) -> tuple[int, int]:
        """Age at the start of the stage's first year, and age reached in its last."""
        return ages_of_years(*self.years)

    @classmethod
    def of_year(cls, year: int) -> "KeyStage | None":
        """The stage of a national curriculum year; None before year 1 and after year 14."""
        for stage, (first, last) in _STAGE_YEARS.items():
            if first <= year <= last:
                return stage
        return None


_STAGE_YEARS = {
    KeyStage.KS1: (1, 2),
    KeyStage.KS2: (3, 6),
    KeyStage.KS3: (7, 9),
    KeyStage.KS4: (10, 11),
    KeyStage.KS5: (12, 14),
}


def age_on(born: date, on: date) -> int:
    """Age in whole years on a date; negative before birth."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def school_year_of(on: date) -> int:
    """The calendar year in which the school year containing a date began (on 1 September)."""
    return on.year if on.month >= 9 else on.year - 1


def national_curriculum_year(born: date, on: date) -> int:
    """National curriculum year on a date: age on the 31 August before, less four; 0 = Reception."""
    return age_on(born, date(school_year_of(on), 8, 31)) - 4


def year_in_words(year: int) -> str:
    """A national curriculum year as schools say it: "Reception", "Year 9", "Nursery"."""
    if year < 0:
        return "Nursery"
    return "Reception" if year == 0 else f"Year {year}"


def key_stage(born: date, on: date) -> KeyStage | None:
    """Key stage on a date; None in Reception or earlier, and after year 14."""
    return KeyStage.of_year(national_curriculum_year(born, on))


def ages_of_years(first: int, last: int) -> tuple[int, int]:
    """The ages of a span of national curriculum years, as schools state them: 7 to 11 = 11–16."""
    return first + 4, last + 5


def is_compulsory_school_age(born: date, on: date) -> bool:
    """Whether education is compulsory on a date (Education Act 1996, section 8).

    From the 31 August, 31 December or 31 March on or after the fifth birthday, to the last
    Friday in June of the school year in which the child becomes 16.
    """
    five = _birthday(born, 5)
    starts = min(
        day
        for year in (five.year, five.year + 1)
        for day in (date(year, 3, 31), date(year, 8, 31), date(year, 12, 31))
        if day >= five
    )
    june_end = date(school_year_of(_birthday(born, 16)) + 1, 6, 30)
    ends = june_end - timedelta(days=(june_end.weekday() - 4) % 7)
    return starts <= on <= ends


def _birthday(born: date, age: int) -> date:
    try:
        return born.replace(year=born.year + age)
    except ValueError:  # born on 29 February: the birthday falls on 1 March
        return date(born.year + age, 3, 1)
