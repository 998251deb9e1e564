"""What the values of a problem share when they check themselves on construction."""

from collections.abc import Iterable

from matching.vocabulary import InvalidProblem, is_whole


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


def refuse(faults: list[str]) -> None:
    """Raise InvalidProblem with every fault, if there is any."""
    if faults:
        raise InvalidProblem(*faults)
