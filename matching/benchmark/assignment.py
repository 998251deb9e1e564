"""Public instances of the generalised assignment problem, put to the engine as they are.

A job is a child who must be placed, an agent an offer. The files are not part of the project;
a folder with them (the OR-Library's format) is named on the command line.
"""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np

from matching.problem import Child, Component, Delivery, Offer, Policy, Problem, Provider
from matching.table import Table, build_table


def best_known(folder: Path) -> dict[str, int]:
    """The best published cost of each instance, from best_known.csv."""
    with (folder / "best_known.csv").open(newline="") as lines:
        return {row["instance"]: int(row["best_known"]) for row in csv.DictReader(lines)}


def read_instance(path: Path) -> Table:
    """The table of one instance: costs and hours by pair, hours free by offer."""
    numbers = np.array(path.read_text().split(), dtype=np.int64)
    agents, jobs = int(numbers[0]), int(numbers[1])
    size = agents * jobs
    cost = numbers[2 : 2 + size].reshape(agents, jobs).T.ravel()
    hours = numbers[2 + size : 2 + 2 * size].reshape(agents, jobs).T.ravel()
    limits = numbers[2 + 2 * size : 2 + 2 * size + agents]
    children = [Child(f"c{n}", (Component(f"k{n}", "any", 1),), (), 10) for n in range(jobs)]
    offers = [
        Offer(
            f"o{n}",
            f"p{n}",
            "any",
            frozenset(),
            0,
            30,
            frozenset({Delivery.ONLINE}),
            None,
            int(limit),
            jobs,
            1,
        )
        for n, limit in enumerate(limits)
    ]
    providers = [Provider(f"p{n}", True) for n in range(agents)]
    table = build_table(Problem(children, offers, providers, Policy()))
    fits = hours <= limits[table.offer]
    if not fits.all():
        raise ValueError(f"{path.name}: a job fits no agent that it names")
    nothing = np.zeros(size, dtype=np.int64)
    return replace(table, hours=hours, cost=cost, total=cost, transport=nothing, misfit=nothing)
