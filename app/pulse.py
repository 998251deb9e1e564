"""Whether work in the background is alive: what does it leaves a sign every few seconds.

A process that is killed leaves its row as it was, so the row alone cannot tell that nobody works
on it any more. The signs lie in the queue's store, beside the progress, and may be lost as well.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from huey import Huey

log = logging.getLogger(__name__)

EVERY = 5.0
"""Seconds between two signs."""
SILENCE = 30.0
"""Seconds without a sign after which work counts as dead; a busy machine may miss a few."""


@contextmanager
def beating(queue: Huey, name: str) -> Iterator[None]:
    """Leave signs of life under a name for as long as the block runs, from a thread of its own."""
    over = Event()
    beat(queue, name)
    thread = Thread(target=_go_on, args=(queue, name, over), name=f"pulse-{name}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(timeout=EVERY)


def _go_on(queue: Huey, name: str, over: Event) -> None:
    while not over.wait(EVERY):
        try:
            beat(queue, name)
        except Exception as fault:  # the store may be away for a moment; the work goes on
            log.warning("no sign of life could be left for %s: %s", name, fault)


def beat(queue: Huey, name: str) -> None:
    """Leave one sign of life."""
    queue.put(_key(name), time.time())


def is_silent(queue: Huey, name: str) -> bool:
    """Whether nothing under this name has given a sign of life for so long that it is dead."""
    last = queue.get(_key(name), peek=True)
    return last is None or time.time() - last > SILENCE


def _key(name: str) -> str:
    return f"pulse-{name}"
