"""A column of pairs of need types, such as those that a provider does not teach together."""

from collections.abc import Iterable, Sequence

from sqlalchemy import JSON
from sqlalchemy.types import TypeDecorator

from providers.needs import NeedType


class NeedPairs(TypeDecorator[list[list[str]]]):
    """Pairs of codes, kept as JSON. Whoever writes a value down for people asks `in_words`."""

    impl = JSON
    cache_ok = True

    @staticmethod
    def in_words(pairs: Iterable[Sequence[str]]) -> str:
        """Pairs of codes as people read them, "" where there are none."""
        return "; ".join(
            f"{NeedType(one).label} and {NeedType(other).label}" for one, other in pairs
        )
