"""Writers that are killed at random moments: what was confirmed is there, nothing is half there.

A writer, a process of its own, places children's rows through the same models, audit trail and
seals as the site, several rows to a transaction, and says after each commit that it is done. It is
killed without warning; then the database is looked at.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from app.children.models import Child, Component, Referral
from app.factory import create_app
from app.kernel import audit, seals
from app.kernel.database import db
from tests.conftest import TESTER, settings
from tests.factories.children import make_child, make_referral

PARTS = 3
"""Referrals that one transaction writes."""


@dataclass
class Losses:
    """What was found. killed: writers. whole: transactions that are there with all their parts.
    lost: confirmed and not there. broken: there in part, or with a trail that is not whole."""

    killed: int = 0
    whole: int = 0
    lost: int = 0
    broken: int = 0


def kill_writers(times: int, seed: int = 0) -> Losses:
    """Kill so many writers on one database, and look at what they leave."""
    chance, losses = random.Random(seed), Losses()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'killed.db'}"
        app = create_app(settings(url, Path(folder)))
        with app.app_context():
            db.create_all()
        confirmed = 0
        for _ in range(times):
            confirmed += _kill_one(folder, url, chance.uniform(0.05, 0.6))
            losses.killed += 1
        with app.app_context():
            _look(losses, confirmed)
            db.engine.dispose()
    return losses


def _kill_one(folder: str, url: str, after: float) -> int:
    """Let a writer write for so many seconds once it has begun; returns what it confirmed."""
    command = [sys.executable, "-m", "tests.attack.killing", folder, url]
    writer = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ)
    assert writer.stdout is not None
    writer.stdout.readline()  # it has begun
    time.sleep(after)
    writer.send_signal(signal.SIGKILL)
    said, _ = writer.communicate()
    return said.count("done")


def _look(losses: Losses, confirmed: int) -> None:
    parts = select(func.count(Referral.id)).group_by(Referral.child_id)
    counts = db.session.scalars(parts).all()
    children = db.session.scalar(select(func.count(Child.id))) or 0
    components = db.session.scalar(select(func.count(Component.id))) or 0
    losses.whole = sum(count == PARTS for count in counts)
    losses.broken = children - losses.whole
    losses.broken += abs(components - PARTS * losses.whole)
    losses.lost = max(0, confirmed - losses.whole)
    losses.broken += len(seals.verify().faults)


def write(folder: str, url: str) -> None:
    """Write transactions until killed, telling of each once it is committed."""
    app = create_app(settings(url, Path(folder)))
    with app.app_context(), audit.acting(TESTER, "attack"):
        print("begun", flush=True)
        while True:
            child = make_child(reference=os.urandom(8).hex())
            for _ in range(PARTS):
                make_referral(child)
            db.session.commit()
            print("done", flush=True)


if __name__ == "__main__":
    write(*sys.argv[1:])
