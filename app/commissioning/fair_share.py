"""Fair share of work: what each provider was given lately, and its lot in the draw of the week."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from zlib import crc32

from providers.commitments import hours_given_since

LATELY = timedelta(days=365)


@dataclass(frozen=True)
class Share:
    """Hours a week of work that started within the last year, and a lot from 0 (first) to 99."""

    recent_hours: int = 0
    turn: int = 0


NO_SHARE = Share()


def shares(provider_ids: Iterable[int], on: date) -> dict[int, Share]:
    """The share of each provider on a day; the draw knows nothing but its number and the week."""
    given = hours_given_since(on - LATELY)
    year, week, _ = on.isocalendar()
    return {
        provider: Share(given.get(provider, 0), crc32(f"{year}-{week}:{provider}".encode()) % 100)
        for provider in provider_ids
    }
