"""The worker beside the site: started with it, started again where it dies, stopped with it."""

import logging
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Thread

log = logging.getLogger(__name__)

PAUSE = 3.0
"""Seconds before a worker that died is started again, so that a fault does not spin."""
FAREWELL = 30.0
"""Seconds that a worker has to end when it is told to."""


@contextmanager
def kept_running(command: Sequence[str]) -> Iterator[None]:
    """Keep a program running for as long as the block runs; then tell it to end, and wait."""
    keeper = _Keeper(command)
    thread = Thread(target=keeper.keep, name="worker-keeper", daemon=True)
    thread.start()
    try:
        yield
    finally:
        keeper.end()
        thread.join(timeout=FAREWELL)


class _Keeper:
    """Starts the program, waits for its end, and starts it again unless it was told to end."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._over = Event()
        self._process = subprocess.Popen(command)

    def keep(self) -> None:
        """Until told to end."""
        while True:
            code = self._process.wait()
            if self._over.is_set():
                return
            log.error("the worker ended by itself (%s) and is started again", code)
            if self._over.wait(PAUSE):
                return
            self._process = subprocess.Popen(self._command)
            if self._over.is_set():  # told to end while it was being started
                self._process.terminate()

    def end(self) -> None:
        """Tell the program to end and not to be started again."""
        self._over.set()
        if self._process.poll() is None:
            self._process.terminate()
