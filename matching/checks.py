"""What the values of a problem share when they check themselves on construction."""

from collections.abc import Hashable, Iterable
from enum import StrEnum

from matching.vocabulary import InvalidProblem, Location, is_whole


def freeze(item: object, **values: object) -> None:
    """Store normalised values on a frozen dataclass during its construction."""
    for name, value in values.items():
        object.__setattr__(item, name, value)


def whole_faults(item: object, what: str, bounds: Iterable[tuple[str, int, int]]) -> list[str]:
    """A sentence for each named attribute that is not a whole number within its bounds."""
    return [
        f"{what}: {name.replace('_', ' ')} must be a whole number from {low} to {high}, "
        f"not {getattr(item, name)!r}"
        for name, low, high in bounds
        if not is_whole(getattr(item, name)) or not low <= getattr(item, name) <= high
    ]


def group_faults(item: object, what: str, names: Iterable[str]) -> list[str]:
    """A sentence for each named attribute that is no collection; a text is none.

    Its members must be such that can be told apart (hashable).
    """
    faults = []
    for name in names:
        value = getattr(item, name)
        if not isinstance(value, list | tuple | set | frozenset):
            words = f"{name.replace('_', ' ')} must be a list or a set, not {value!r}"
            faults.append(f"{what}: {words}")
        elif not all(isinstance(each, Hashable) for each in value):
            faults.append(f"{what}: {name.replace('_', ' ')} must hold plain values")
    return faults


def id_faults(item: object, what: str, *names: str) -> list[str]:
    """A sentence for each named id that could not tell one row from another."""
    given = [(name.replace("_", " "), getattr(item, name)) for name in names]
    return [
        f"{what}: the {name} must be text or a number, not {value!r}"
        for name, value in given
        if value is None or not isinstance(value, Hashable) or value != value
    ]


def truth_faults(item: object, what: str, *names: str) -> list[str]:
    """A sentence for each named attribute that is neither True nor False."""
    given = [(name.replace("_", " "), getattr(item, name)) for name in names]
    return [
        f"{what}: {name} must be True or False, not {value!r}"
        for name, value in given
        if not isinstance(value, bool)
    ]


def kind_faults(what: str, value: object, kind: type[StrEnum], words: str) -> list[str]:
    """A sentence where a value is not one of a list of names."""
    if value in list(kind):
        return []
    return [f"{what}: there is no {words} {value!r}"]


def place_faults(item: object, what: str) -> list[str]:
    """A sentence where the location is neither a Location nor None."""
    if item.location is None or isinstance(item.location, Location):
        return []
    return [f"{what}: the location must be a Location, not {item.location!r}"]


def refuse(faults: list[str]) -> None:
    """Raise InvalidProblem with every fault, if there is any."""
    if faults:
        raise InvalidProblem(*faults)
