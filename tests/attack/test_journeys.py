"""Forms that people really send, killed as they are saved or sent twice at once, break nothing."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
JOURNEYS = ("test_commissioning_journey.py", "test_concerns.py")


@pytest.fixture
def figures(tmp_path) -> dict:
    """What an attack on some journeys found; `make attack` takes every test of a page."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    command += ["-p", "tests.attack.journeys", "-k", "not postgresql"]
    pages = [f"tests/app/web/{name}" for name in JOURNEYS]
    said = tmp_path / "figures.json"
    here = {**os.environ, "FAIRPLACE_JOURNEYS": str(said)}
    done = subprocess.run([*command, *pages], cwd=ROOT, env=here, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    return json.loads(said.read_text())


def test_forms_killed_as_they_are_saved_or_sent_twice_at_once_break_nothing(figures):
    assert figures["killed"] > 20
    assert figures["doubled"] > 20
    assert figures["faults"] == []
