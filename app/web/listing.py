"""Lists by link: which column they are sorted by, which way, which page, as the address says."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_sqlalchemy.pagination import Pagination


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


class _Listed(Pagination):
    """Pages of a list that is held already, such as ids in an order found in Python."""

    def _query_items(self) -> list[Any]:
        return list(self._query_args["items"][self._query_offset :][: self.per_page])

    def _query_count(self) -> int:
        return len(self._query_args["items"])


def paged(items: Sequence[Any], per_page: int) -> Pagination:
    """The page of a list that the address asks for, with the same abilities as `db.paginate`."""
    return _Listed(items=items, per_page=per_page, max_per_page=per_page)
