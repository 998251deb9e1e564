"""python -m matching.benchmark: the engine beside its peers, as a table in Markdown."""

import argparse
import resource
import sys
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from time import monotonic, process_time

import numpy as np

from matching.benchmark.assignment import best_known, read_instance
from matching.benchmark.county import Size, county
from matching.benchmark.peers import MOST_COLUMNS, PEERS, cp_sat
from matching.benchmark.scarcer import LIMITS
from matching.engine import solve_large
from matching.exact import Found, live_units
from matching.outcome import result_of
from matching.ranking import rank
from matching.run import Run
from matching.solve import solve
from matching.table import Table, build_table
from matching.verify import verify

SIZES = {
    "300x105": (300, 105, 60),
    "2000x600": (2_000, 600, 60),
    "10000x2000": (10_000, 2_000, 120),
    "25000x2000": (25_000, 2_000, 240),
}
HEAD = (
    "| county | by | seconds | placed | hours | hours gap | cost gap | both in one | "
    "pence a week | verified |\n|---|---|---:|---:|---:|---:|---:|---:|---:|---|"
)


def main() -> None:
    """Read the command line and run what it asks for."""
    options = _options()
    print(
        f"Python {sys.version.split()[0]}, OR-Tools {version('ortools')}, "
        f"numpy {version('numpy')}; {options.workers} workers; seed {options.seed}\n"
    )
    if options.sizes:
        print(HEAD)
    for name in options.sizes:
        for load in options.loads:
            for limit in options.limits or [None]:
                _county(name, load, limit, options)
    if options.again:
        _again(options)
    if options.gap_folder:
        _assignment(options)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"\nMost memory held: {peak:.2f} GiB")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m matching.benchmark", description=__doc__)
    parser.add_argument("--sizes", nargs="*", choices=list(SIZES), default=["300x105"])
    parser.add_argument(
        "--loads",
        nargs="*",
        type=float,
        default=[0.95],
        help="free hours as a share of those asked for",
    )
    parser.add_argument(
        "--limits",
        nargs="*",
        choices=list(LIMITS),
        default=[],
        help="counties with limits over several offers instead of those without",
    )
    parser.add_argument("--peers", nargs="*", choices=list(PEERS), default=[])
    parser.add_argument("--seconds", type=float, help="instead of the usual time of each size")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument(
        "--processor-clock",
        action="store_true",
        help="count our processor time over the workers, not the wall clock: for "
        "a machine that others are using",
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--again",
        action="store_true",
        help="also time a second run after one change, and one child's ranking",
    )
    parser.add_argument("--gap-folder", type=Path, help="public instances; skipped if absent")
    parser.add_argument("--gap-only", nargs="*", help="only these instances")
    parser.add_argument(
        "--gap-ours", action="store_true", help="leave out CP-SAT alone on these instances"
    )
    return parser.parse_args()


def _both_in_one(result, most_value: int) -> str:
    """The gap of one weighted sum, points left out counted at the price the proof gives them.

    For comparison with engines that have no order of aims. most_value: points of all units that
    have any eligible pair.
    """
    warm, cost = result.warm_start, result.cost_gap
    if warm is None:
        return "–"
    left_out = warm.point * (most_value - result.hours_gap.found)
    return f"{(cost.found - cost.bound) / (cost.found + left_out):.3%}"


def _line(county_name, who, result, faults, most_value) -> None:
    totals = result.totals
    pence = totals.cost_pence + totals.transport_pence + totals.misfit_pence
    print(
        f"| {county_name} | {who} | {result.seconds:.1f} | {totals.placed:,} | "
        f"{totals.hours:,} | {result.hours_gap.ratio:.3%} | {result.cost_gap.ratio:.3%} | "
        f"{_both_in_one(result, most_value)} | {pence:,} | {'yes' if not faults else faults[0]} |",
        flush=True,
    )


def _county(name: str, load: float, limit: str | None, options) -> None:
    """One county: the engine, then each peer on the same table in the same time."""
    children, offers, usual = SIZES[name]
    seconds = options.seconds or usual
    size = Size(children, offers, load)
    problem, label = county(size, options.seed), str(size)
    if limit:
        problem, label = LIMITS[limit](problem, options.seed), f"{size}, {limit}"
    if options.processor_clock:
        run = _run(seconds, options, children)
        made = build_table(problem)
        result = result_of(made, run, solve_large(made, run))
        del made
    else:
        result = solve(problem, time_limit_s=seconds, seed=options.seed, workers=options.workers)
    table = build_table(problem)
    most_value = int(table.unit_value[live_units(table)].sum())
    _line(label, "**Fairplace**", result, verify(problem, result), most_value)
    for peer in options.peers:
        run = Run(seconds, options.seed, options.workers, children)
        if table.columns > MOST_COLUMNS and peer != "nearest first":
            print(f"| {label} | {peer} | not tried: {table.columns:,} pairs ||||||||", flush=True)
            continue
        found = result_of(table, run, PEERS[peer](table, run))
        _line(label, peer, found, verify(problem, found), most_value)


def _again(options) -> None:
    """A second run after one child joins, after an offer closes, and the ranking of one child."""
    children, offers, usual = SIZES["2000x600"]
    problem = county(Size(children, offers), options.seed)
    seconds = options.seconds or usual
    limits = {"seed": options.seed, "workers": options.workers}
    fewer = replace(problem, children=problem.children[:-1])
    first = solve(fewer, time_limit_s=seconds, **limits)
    print(f"\nFirst run {first.seconds:.1f} s")
    closed = sorted(first.placements, key=lambda each: str(each.offer_id))[len(fewer.children) // 2]
    offers = [offer for offer in fewer.offers if offer.id != closed.offer_id]
    for what, changed in {
        "one more child": problem,
        "an offer closed": replace(fewer, offers=offers),
    }.items():
        second = solve(changed, time_limit_s=seconds, previous=first, **limits)
        print(
            f"again with {what} {second.seconds:.2f} s ({second.seconds / first.seconds:.1%}), "
            f"verified: {not verify(changed, second)}, hours gap {second.hours_gap.ratio:.3%}"
        )
    directory = county(Size(300, 2_000), options.seed)
    times = []
    for child in directory.children[:20]:
        started = monotonic()
        rank(child, directory.offers, directory.providers, directory.policy)
        times.append(monotonic() - started)
    print(f"One child ranked against 2,000 offers: {1000 * float(np.median(times)):.0f} ms")


def _assignment(options) -> None:
    """The public instances: cost against the best known, ours and CP-SAT's."""
    if not options.gap_folder.is_dir():
        print("\nPublic instances: the folder is not there, skipped")
        return
    known = best_known(options.gap_folder)
    print(
        "\n| instance | best known | Fairplace | above | proven | CP-SAT alone | above |\n"
        "|---|---:|---:|---:|---:|---:|---:|"
    )
    for name in options.gap_only or known:
        table = read_instance(options.gap_folder / name)
        seconds = options.seconds or 60
        ours = solve_large(table, _run(seconds, options, table.units))
        cells = [
            f"{known[name]:,}",
            *_against(known[name], table, ours),
            f"{ours.cost_gap.ratio:.2%}",
        ]
        if options.gap_ours:
            cells += ["not run", ""]
        else:
            run = Run(seconds, options.seed, options.workers, table.units)
            cells += _against(known[name], table, cp_sat(table, run))
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


def _against(best: int, table: Table, found: Found) -> list[str]:
    """What was found, and how far above the best known it is if all jobs are assigned."""
    if found.hours_gap.found < int(table.unit_value.sum()):
        return ["not all assigned", ""]
    return [f"{found.cost_gap.found:,}", f"{found.cost_gap.found / best - 1:.2%}"]


def _run(seconds: float, options, children: int) -> Run:
    """The clock of one of our runs: the wall's, or the processors' over the workers."""
    if not options.processor_clock:
        return Run(seconds, options.seed, options.workers, children)
    workers = options.workers
    return Run(seconds, options.seed, workers, children, clock=lambda: process_time() / workers)


if __name__ == "__main__":
    main()
