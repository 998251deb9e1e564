"""How much travel the day planner saves beside always going to the nearest visit next.

    python -m app.visits.benchmark

Fifty weeks are generated from a fixed seed, five days each, three to eight visits a day over a
county of Hampshire's size. Every plan is checked by `app.visits.plan_check`.
"""

import random
import statistics
import sys

from app.visits.plan_check import faults
from app.visits.planner import Day, Place, Stop, nearest_first, plan_day

WEEKS, DAYS = 50, 5
BASE = Place(51.063, -1.308)


def week(draw: random.Random) -> list[Day]:
    """Five days of visits, somewhere in the county."""
    return [_day(draw) for _ in range(DAYS)]


def _day(draw: random.Random) -> Day:
    stops = tuple(
        Stop(
            number,
            Place(draw.uniform(50.72, 51.38), draw.uniform(-1.95, -0.75)),
            draw.choice([30, 45, 60, 90]),
        )
        for number in range(1, draw.randint(3, 8) + 1)
    )
    return Day(BASE, stops)


def measure(weeks: int = WEEKS, seed: int = 7) -> list[float]:
    """Each week's planned metres over the nearest-next order's, where both make as many visits.

    Raises AssertionError where a plan has faults or makes fewer visits.
    """
    draw, ratios = random.Random(seed), []
    for _ in range(weeks):
        planned = nearest = 0
        for day in week(draw):
            plan, plain = plan_day(day), nearest_first(day)
            wrong = faults(day, plan)
            if wrong or len(plan.left_out) > len(plain.left_out):
                raise AssertionError(wrong or "The plan makes fewer visits.")
            if len(plan.left_out) == len(plain.left_out):
                planned, nearest = planned + plan.metres, nearest + plain.metres
        ratios.append(planned / nearest if nearest else 1.0)
    return ratios


def main() -> None:
    """Measure and print the figures as a table."""
    ratios = measure()
    lines = (
        "| weeks | mean ratio | best week | worst week |",
        "|---:|---:|---:|---:|",
        f"| {len(ratios)} | {statistics.mean(ratios):.3f} | {min(ratios):.3f} "
        f"| {max(ratios):.3f} |",
    )
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
