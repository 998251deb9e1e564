"""The worker beside the site is started again where it dies, and ends with the site."""

import os
import signal
import sys
import time
from pathlib import Path

from app import supervisor

PROGRAM = """
import os, sys, time
with open(sys.argv[1], "a") as told:
    print(os.getpid(), file=told)
time.sleep(60)
"""


def started(file: Path, number: int) -> int:
    """The process id of the program once it was started so many times."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        told = file.read_text().split() if file.exists() else []
        if len(told) >= number:
            return int(told[number - 1])
        time.sleep(0.02)
    raise AssertionError(f"the program was not started {number} times")


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_program_that_is_killed_is_started_again_and_ended_at_the_end(tmp_path, monkeypatch):
    monkeypatch.setattr(supervisor, "PAUSE", 0.05)
    file = tmp_path / "told"
    with supervisor.kept_running([sys.executable, "-c", PROGRAM, str(file)]):
        os.kill(started(file, 1), signal.SIGKILL)
        second = started(file, 2)
        assert is_running(second)
    assert not is_running(second)
    assert len(file.read_text().split()) == 2
