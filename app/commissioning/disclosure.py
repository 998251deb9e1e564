"""What figures about groups may be shown, so that none tells of a few children.

Disclosure control as in official statistics: small numbers are suppressed, their complements as
well (80% of 5 tells of one child who was not placed), and enough beside them that none can be
worked out from the totals. Zero counts as small: all or none of a group tells of each in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, floor


@dataclass(frozen=True)
class Tally:
    """How many of a group are placed, and how many are not."""

    placed: int
    unplaced: int

    @property
    def children(self) -> int:
        """Everybody."""
        return self.placed + self.unplaced

    @property
    def fewer(self) -> int:
        """The smaller of the two."""
        return min(self.placed, self.unplaced)


def withheld(sizes: Mapping[str, int], smallest: int) -> set[str]:
    """The groups not to be shown: the small, and as many more as it takes to hide them.

    Where the whole is known, a lone small group could be worked out from the others. Two hide each
    other, unless their sum is too small itself or leaves but one size for each.
    """
    by_size = sorted(sizes, key=lambda name: (sizes[name], name))
    hidden = [name for name in by_size if sizes[name] < smallest]
    while hidden and len(hidden) < len(by_size):
        together, all_small = sum(sizes[name] for name in hidden), sizes[hidden[-1]] < smallest
        told = all_small and together in (len(hidden), len(hidden) * (smallest - 1))
        if len(hidden) > 1 and together >= smallest and not told:
            break
        hidden.append(by_size[len(hidden)])
    return set(hidden)


def shares_shown(
    tallies: Mapping[str, Tally], hidden: set[str], smallest: int
) -> dict[str, tuple[float | None, str]]:
    """What may be shown of each group's share placed: a share or a bound of it, and which bound.

    A share is exact only where at least `smallest` children are placed and as many are not. Where
    one is not, so many others are withheld that whoever knows the totals, and that no number of
    those others is small, can still take any number below `smallest` for the one that is
    concealed. hidden: groups that are withheld whole.
    """
    small = {name for name, tally in tallies.items() if tally.fewer < smallest} | hidden
    beside, enough = _beside(tallies, small, smallest) if small else (set(), True)
    found: dict[str, tuple[float | None, str]] = {}
    for name, tally in tallies.items():
        if name in beside or name in hidden or (name in small and not enough):
            found[name] = None, ""
        elif name in small:
            found[name] = _bounded(tally, smallest)
        else:
            found[name] = tally.placed / tally.children, ""
    return found


def _beside(tallies: Mapping[str, Tally], small: set[str], smallest: int) -> tuple[set[str], bool]:
    """The groups that are withheld so that the small ones cannot be worked out from the totals.

    A group helps by what its smaller number has above `smallest`: by so much the small ones could
    be other than they are. The smallest group that is enough by itself, else as many as it takes;
    and whether they are enough.
    """
    rest = sorted(tallies.keys() - small, key=lambda name: (tallies[name].children, name))
    needed = smallest - 1
    alone = [name for name in rest if tallies[name].fewer - smallest >= needed]
    if alone:
        return {alone[0]}, True
    chosen, room = set(), 0
    for name in rest:
        if chosen and room >= needed:
            break
        chosen.add(name)
        room += tallies[name].fewer - smallest
    return chosen, bool(chosen) and room >= needed


def _bounded(tally: Tally, smallest: int) -> tuple[float | None, str]:
    """A share as a bound in whole per cent; nothing where that says nothing."""
    if tally.children <= smallest or max(tally.placed, tally.unplaced) < smallest:
        return None, ""
    if tally.placed < smallest:
        return ceil(100 * smallest / tally.children) / 100, "under"
    return floor(100 - 100 * smallest / tally.children) / 100, "over"


def least_remarkable(tally: Tally, bound: str, smallest: int) -> Tally:
    """The least remarkable numbers that what is shown leaves open, so that a mark tells no more."""
    if bound == "under":
        return Tally(smallest - 1, tally.children - smallest + 1)
    if bound == "over":
        return Tally(tally.children - smallest + 1, smallest - 1)
    return tally
