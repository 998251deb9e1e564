"""What the Procurement Act 2023 asks of an open framework, as warnings and never as refusals.

Section 49: a scheme provides for at least one award within three years of its first, then for
awards at most five years apart, and ends at the latest eight years after the first. The figures
are settings, to be confirmed by the authority's own procurement advice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.kernel.words import in_words
from providers.figures import figures

_SECOND_WITHIN, _GAP_AT_MOST, _ENDS_WITHIN = figures("FAIRPLACE_PROCUREMENT_YEARS", (3, 5, 8))
(_SPEND_PERCENT,) = figures("FAIRPLACE_SPEND_WARNING_PERCENT", (80,))


@dataclass(frozen=True)
class ProcurementSettings:
    """second_within, gap_at_most, ends_within: years. notice: days before a limit that warn.

    spend_share: committed share of the maximum value from which it warns.
    """

    second_within: int = _SECOND_WITHIN
    gap_at_most: int = _GAP_AT_MOST
    ends_within: int = _ENDS_WITHIN
    notice: int = 180
    spend_share: float = _SPEND_PERCENT / 100


SETTINGS = ProcurementSettings()


def scheme_warnings(
    awards: Sequence[date],
    ends_on: date,
    on: date,
    settings: ProcurementSettings = SETTINGS,
) -> tuple[str, ...]:
    """What to look at in a scheme's dates; empty where nothing.

    awards: first day of each of its frameworks, in order; at least one. ends_on: last day of the
    last of them.
    """
    first = awards[0]
    warnings = []
    for number, (award, following) in enumerate(zip(awards, (*awards[1:], None), strict=True)):
        years = settings.second_within if number == 0 else settings.gap_at_most
        limit = _years_after(award, years)
        if following is None:
            if limit < ends_on and on >= limit - timedelta(days=settings.notice):
                warnings.append(
                    f"The next framework of the scheme should be awarded by {in_words(limit)}, "
                    f"{years} years after the award of {in_words(award)}."
                )
        elif following > limit:
            warnings.append(
                f"Between the awards of {in_words(award)} and {in_words(following)} lie more "
                f"than {years} years."
            )
    last_day = _years_after(first, settings.ends_within)
    if ends_on > last_day:
        warnings.append(
            f"The scheme ends on {in_words(ends_on)}, more than {settings.ends_within} years "
            f"after its first award: {in_words(last_day)} is the latest day."
        )
    return tuple(warnings)


def spend_warning(
    committed: int, most: int | None, settings: ProcurementSettings = SETTINGS
) -> str | None:
    """What to look at in the spend that a framework is committed to, in pence; None if nothing."""
    if most is None or committed < settings.spend_share * most:
        return None
    if committed > most:
        return "More is committed than the framework’s maximum value."
    return f"{committed * 100 // most}% of the framework’s maximum value is committed."


def _years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return date(day.year + years, 3, 1)
