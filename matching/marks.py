"""Telling what has changed between two problems, by a short mark of each party.

A mark is a checksum of all that a party says, the same in every process; a run keeps those of its
problem, so that the next can tell which children and offers are not what they were.
"""

from collections.abc import Hashable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from operator import attrgetter
from zlib import crc32

from matching.problem import Problem

Marks = dict[Hashable, int]


def mark_of(record: object) -> int:
    """The mark of a party or a policy: records that say the same have the same mark."""
    return crc32(repr(_plain(record)).encode())


def marks_of(problem: Problem) -> tuple[Marks, Marks, int]:
    """Marks by child id, by offer id (its provider counted in), and that of the policy."""
    providers = {provider.id: mark_of(provider) for provider in problem.providers}
    offers = {offer.id: mark_of(offer) ^ providers[offer.provider_id] for offer in problem.offers}
    return {child.id: mark_of(child) for child in problem.children}, offers, mark_of(problem.policy)


_PASSES_BY_ITSELF = frozenset(("days_out_of_education",))
"""What grows with every day, so that it alone makes no child another one."""
_AS_THEY_ARE = frozenset((int, float, bool, str, type(None)))


def _plain(value: object) -> object:
    """A value with everything unordered put in order."""
    if value.__class__ in _AS_THEY_ARE:
        return value
    if is_dataclass(value):
        held = _reader(value.__class__)(value)
        return [each if each.__class__ in _AS_THEY_ARE else _plain(each) for each in held]
    if isinstance(value, Mapping):
        return sorted(([_plain(key), _plain(item)] for key, item in value.items()), key=repr)
    if isinstance(value, frozenset | set):
        return sorted((_plain(item) for item in value), key=repr)
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, str) else value


@cache
def _reader(kind: type) -> attrgetter:
    """What reads all fields of a record at once; a county has tens of thousands."""
    return attrgetter(*(each.name for each in fields(kind) if each.name not in _PASSES_BY_ITSELF))
