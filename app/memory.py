"""How a process that serves looks after its memory."""

import gc

YOUNG_OBJECTS = 20_000
"""So many new objects before Python looks for circles among them: several pages' worth."""


def settle() -> None:
    """Set aside what starting made, and look for unreachable circles less often.

    Out of the box Python looks after every 700 new objects, dozens of times a page, for circles
    that a page hardly ever leaves behind.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, 20, 20)
