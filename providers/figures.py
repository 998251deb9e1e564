"""Figures of rules that an authority may set otherwise, read from the environment as we start."""

import os
from collections.abc import Mapping


def figures(
    name: str, usual: tuple[int, ...], environment: Mapping[str, str] = os.environ
) -> tuple[int, ...]:
    """Whole numbers above 0 with commas between, as many as usual and in the same order of size.

    Raises ValueError, naming the variable, for anything else.
    """
    written = environment.get(name, "").strip()
    if not written:
        return usual
    try:
        found = tuple(int(part) for part in written.split(","))
    except ValueError:
        found = ()
    falls = usual != tuple(sorted(usual))
    if len(found) != len(usual) or min(found) < 1 or list(found) != sorted(found, reverse=falls):
        like = ",".join(str(figure) for figure in usual)
        raise ValueError(f"{name} takes {len(usual)} whole numbers such as {like}, not {written}.")
    return found
