"""Figures of rules can be set by the environment, and a wrong one is refused with its name."""

import os
import subprocess
import sys

import pytest

from providers.figures import figures

NAME = "FAIRPLACE_CAPACITY_DAYS"


@pytest.mark.parametrize(
    ("written", "usual", "found"),
    [
        ("", (28, 56), (28, 56)),
        ("14, 42", (28, 56), (14, 42)),
        ("90,45,14", (60, 30, 7), (90, 45, 14)),
        ("75", (80,), (75,)),
    ],
)
def test_what_is_set_takes_the_place_of_the_usual(written, usual, found):
    assert figures(NAME, usual, {NAME: written}) == found


@pytest.mark.parametrize("written", ["28", "56,28", "a,b", "0,56", "28,56,84", "-1,5", ","])
def test_what_makes_no_sense_is_refused_by_its_name(written):
    with pytest.raises(ValueError, match=NAME):
        figures(NAME, (28, 56), {NAME: written})


def test_the_rules_take_the_figures_that_are_set():
    asked = (
        "from datetime import date, timedelta as days\n"
        "from providers.compliance import freshness, reminder_due\n"
        "from providers.procurement import scheme_warnings, spend_warning\n"
        "on = date(2026, 11, 26)\n"
        "print(freshness(on - days(20), on).value, freshness(on - days(50), on).value)\n"
        "print(reminder_due(on + days(85), on), spend_warning(50, 100))\n"
        "print(scheme_warnings([date(2025, 2, 1)], date(2030, 1, 31), on)[-1])\n"
    )
    changed = {
        "FAIRPLACE_CAPACITY_DAYS": "14,42",
        "FAIRPLACE_EVIDENCE_WARNING_DAYS": "90,45,14",
        "FAIRPLACE_PROCUREMENT_YEARS": "2,3,4",
        "FAIRPLACE_SPEND_WARNING_PERCENT": "50",
    }
    said = subprocess.run(
        [sys.executable, "-c", asked], env=os.environ | changed, capture_output=True, text=True
    )
    assert said.stdout.splitlines()[:2] == [
        "stale ask",
        "90 50% of the framework’s maximum value is committed.",
    ], said.stderr
    assert "more than 4 years after its first award" in said.stdout
