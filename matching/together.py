"""Pruning by timetable: an offer whose half-days clash with every way of holding the rest goes.

Only packages of several components are concerned. What is left may still clash in pairs; the
model sees to that.
"""

from functools import lru_cache
from itertools import product

import numpy as np

from matching.timetable import fits

MOST_WAYS = 3_000
"""Combinations of timetables looked at for one package; beyond it nothing is pruned."""


def can_be_held(problem, parties, part_unit, part, offer) -> np.ndarray:
    """For each pair (part, offer), ordered by part: could the whole package be held with it?"""
    keep = np.ones(len(part), dtype=bool)
    numbers = {}
    timetable = np.array(
        [numbers.setdefault(each.sessions, len(numbers)) for each in problem.offers], dtype=int
    )
    sessions = list(numbers)
    several = np.flatnonzero(np.bincount(part_unit) > 1) if len(part_unit) else []
    start = np.searchsorted(part, np.arange(len(part_unit) + 1))
    known: dict[tuple, list[list[int]]] = {}
    for unit in several:
        rows = (
            np.flatnonzero(part_unit == unit)
            if len(several) < 50
            else np.arange(*np.searchsorted(part_unit, [unit, unit + 1]))
        )
        kinds = [frozenset(timetable[offer[start[row] : start[row + 1]]].tolist()) for row in rows]
        needs = [int(parties.part_half_days[row]) for row in rows]
        if not all(kinds) or np.prod([len(kind) for kind in kinds]) > MOST_WAYS:
            continue
        key = tuple(zip(kinds, needs, strict=True))
        if key not in known:
            plain = tuple((frozenset(sessions[n] for n in kind), need) for kind, need in key)
            known[key] = [[numbers[each] for each in useful] for useful in _useful(plain)]
        for row, kind, useful in zip(rows, kinds, known[key], strict=True):
            if len(useful) < len(kind):
                where = slice(start[row], start[row + 1])
                keep[where] = np.isin(timetable[offer[where]], useful)
    return keep


@lru_cache(maxsize=20_000)
def _useful(parts: tuple) -> list[frozenset[frozenset[str]]]:
    """For each part, the timetables that fit with some choice for the others.

    parts: the timetables each may have, and the half-days it needs. Remembered, because the
    next run of a county asks the same again.
    """
    useful = [set() for _ in parts]
    order = [sorted(kinds, key=sorted) for kinds, _ in parts]
    for way in product(*order):
        if all(each in found for each, found in zip(way, useful, strict=True)):
            continue
        if fits((each, need) for each, (_, need) in zip(way, parts, strict=True)):
            for each, found in zip(way, useful, strict=True):
                found.add(each)
    return [frozenset(found) for found in useful]
