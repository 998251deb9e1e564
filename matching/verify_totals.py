"""The sums of a result, done again for the verifier: its totals and its gaps."""

from collections import defaultdict

from matching.problem import Problem
from matching.result import Result


def total_faults(problem: Problem, result: Result) -> list[str]:
    """Totals that are not what the placements add up to; empty if all are."""
    placements, totals, rules = result.placements, result.totals, problem.policy.priority
    children = {child.id: child for child in problem.children}
    placed = set(children) - set(result.unplaced)
    points = 0
    for each in placements:
        child = children[each.child_id]
        points += each.hours * (
            rules.base
            + rules.per_day_out * min(child.days_out_of_education, rules.longest_wait)
            + rules.looked_after * child.looked_after
            + rules.ehcp * child.ehcp
        )
    where = defaultdict(set)
    for each in placements:
        where[each.child_id].add(each.provider_id)
    families = {
        frozenset((child.id, other))
        for child in problem.children
        for other in child.siblings
        if child.id in where and other in where
    }
    apart = sum(not set.intersection(*(where[who] for who in pair)) for pair in families)
    misfit = sum(each.weekly_misfit_pence for each in placements)
    misfit += apart * problem.policy.weights.sibling_apart
    return [
        f"the total of {name} is {counted}, not {right}"
        for name, counted, right in (
            ("children", totals.children, len(children)),
            ("children placed", totals.placed, len(placed)),
            ("hours", totals.hours, sum(each.hours for each in placements)),
            ("priority hours", totals.priority_hours, points),
            ("cost", totals.cost_pence, sum(e.weekly_cost_pence for e in placements)),
            (
                "transport",
                totals.transport_pence,
                sum(e.weekly_transport_pence for e in placements),
            ),
            ("misfit", totals.misfit_pence, misfit),
        )
        if counted != right
    ]


def gap_faults(result: Result) -> list[str]:
    """Gaps that do not belong to these totals, or bounds on the wrong side."""
    totals, hours, cost = result.totals, result.hours_gap, result.cost_gap
    pence = totals.cost_pence + totals.transport_pence + totals.misfit_pence
    faults = []
    if hours.found != totals.priority_hours or hours.bound < hours.found:
        faults.append("the gap of hours does not fit the totals")
    if cost.found != pence or cost.bound > cost.found:
        faults.append("the gap of cost does not fit the totals")
    return faults
