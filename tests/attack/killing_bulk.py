"""A worker that approves many proposals and says when it is in the middle of one, to be killed."""

import sys
import time
from pathlib import Path

import time_machine

from app import jobs
from app.commissioning.placements import deciding
from app.factory import create_app
from tests.conftest import settings

MIDDLE = "in the middle"
AT = "2026-11-23T09:00:00+00:00"


def approve_until(folder: str, url: str, work_id: int, number: int) -> None:
    """Do the bulk work; halt inside the transaction of the nth approval, all of it written."""
    whole, calls = deciding.approve, []

    def halting(*args, **options) -> None:
        whole(*args, **options)
        calls.append(1)
        if len(calls) == number:
            print(MIDDLE, flush=True)
            time.sleep(120)

    deciding.approve = halting
    app = create_app(settings(url, Path(folder)))
    with time_machine.travel(AT, tick=False), app.app_context():
        jobs.run("bulk", work_id)


if __name__ == "__main__":
    approve_until(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
