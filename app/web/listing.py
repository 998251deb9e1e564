"""Sorting of lists by link: which column, which way, as the query string says it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Sort:
    """The order of a list. by: a column's key. descending: largest or latest first."""

    by: str
    descending: bool = False

    @classmethod
    def from_args(cls, args: Mapping[str, str], allowed: Collection[str], default: str) -> "Sort":
        """Read `sort=cost` or `sort=-cost`; anything not allowed is the default.

        default: a key, with a minus in front for descending.
        """
        asked = args.get("sort", "")
        chosen = asked if asked.removeprefix("-") in allowed else default
        return cls(chosen.removeprefix("-"), chosen.startswith("-"))

    def toggled(self, by: str) -> str:
        """The query value for a click on a column: a second click turns the order round."""
        return f"-{by}" if self.by == by and not self.descending else by
