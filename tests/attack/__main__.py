"""A longer attack, with figures: `python -m tests.attack --rounds 10`, or `make attack`."""

import argparse
import json
import logging
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from hypothesis import seed
from hypothesis import settings as settings_of_hypothesis
from hypothesis.stateful import run_state_machine_as_test

from app.factory import create_app
from app.kernel.database import db
from tests.app.web.test_access_table import figures
from tests.attack.county import everybody
from tests.attack.fuzz import Fuzzer
from tests.attack.killing import Losses, kill_writers
from tests.attack.lifecycles.machine import LENGTHS, Commissioning
from tests.conftest import settings

JOURNEYS = "tests/app/web"
WALKS = ("access_table", "rows", "who_may_see_what", "addresses", "restricted_outputs")
"""Tests that send thousands of empty forms to every address: those are no journeys."""


def main() -> int:
    """Attack, and say how much was tried and what was found; 1 where anything broke."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rounds", type=int, default=5, help="times through every address")
    asked.add_argument("--kills", type=int, default=20, help="processes killed while they write")
    asked.add_argument("--sequences", type=int, default=200, help="sequences of random commands")
    asked.add_argument("--share", type=float, default=0.2, help="of the forms of page tests")
    asked.add_argument("--seed", type=int, default=0)
    options = asked.parse_args()
    logging.disable(logging.WARNING)  # a line for each request would drown the figures
    print(figures())
    began = time.monotonic()
    faults: list[str] = []
    requests = forms = 0
    for turn in range(options.rounds):
        tally = attack_once(options.seed + turn)
        requests, forms = requests + tally.requests, forms + tally.forms
        faults += tally.faults
        print(f"round {turn + 1}: {tally.requests:,} requests, {len(tally.faults)} faults")
    run_sequences(options.sequences, options.seed)
    losses = kill_writers(options.kills, options.seed)
    tell(losses)
    journeys = attack_journeys(options.seed, options.share)
    faults += journeys["faults"]
    print(
        f"{journeys['forms']:,} forms of {JOURNEYS}: {journeys['killed']:,} killed as they were "
        f"saved, {journeys['doubled']:,} sent twice at once, {len(journeys['faults'])} faults."
    )
    print(
        f"In all, in {time.monotonic() - began:.0f} s: {requests:,} hostile requests, {forms:,} of "
        f"them forms; {losses.killed + journeys['killed']:,} faults injected; "
        f"losses: {losses.lost}; broken: {losses.broken}; faults of the site: {len(faults)}."
    )
    for fault in faults:
        print(f"  {fault}")
    return 1 if faults or losses.lost or losses.broken else 0


def run_sequences(number: int, begin: int) -> None:
    """Random commands against the lifecycles; a sequence that breaks a rule is shrunk and shown."""
    if number:
        lengths = settings_of_hypothesis(LENGTHS, max_examples=number, derandomize=False)
        run_state_machine_as_test(seed(begin)(Commissioning), settings=lengths)
        print(f"{number} sequences of random commands: no rule broken.")


def attack_once(seed: int):
    """One round on a fresh county."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        app = create_app(settings(f"sqlite:///{path / 'attack.db'}", path))
        app.config["PROPAGATE_EXCEPTIONS"] = False
        with app.app_context():
            db.create_all()
        tally = Fuzzer(app, everybody(app), seed=seed).run()
        with app.app_context():
            db.engine.dispose()
        return tally


def attack_journeys(seed: int, share: float) -> dict:
    """A share of the forms that the tests of pages send, killed and doubled; what was found."""
    with tempfile.TemporaryDirectory() as folder:
        said = Path(folder) / "figures.json"
        here = {**os.environ, "FAIRPLACE_JOURNEYS": str(said), "FAIRPLACE_SEED": str(seed)}
        here["FAIRPLACE_SHARE"] = str(share)
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        command += ["-p", "tests.attack.journeys", JOURNEYS, "-k", "not postgresql"]
        command += [f"--ignore={JOURNEYS}/test_{name}.py" for name in WALKS]
        subprocess.run(command, env=here, stdout=subprocess.DEVNULL, check=False)
        return json.loads(said.read_text())


def tell(losses: Losses) -> None:
    """One line on what the killed writers left behind."""
    print(
        f"{losses.killed} writers killed: {losses.whole:,} transactions there whole, "
        f"{losses.lost} lost of those that were confirmed, {losses.broken} broken."
    )


if __name__ == "__main__":
    sys.exit(main())
