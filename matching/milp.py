"""The very model of the engine as a mixed-integer program, for solvers other than CP-SAT.

Reads the CP-SAT model constraint by constraint, so that every peer is asked the same question.
"""

from datetime import timedelta

import numpy as np
from ortools.math_opt.python import mathopt
from ortools.sat.python import cp_model

from matching.model import PlacementModel


def as_milp(cp: cp_model.CpModel) -> tuple[mathopt.Model, list[mathopt.Variable]]:
    """The same model for MathOpt; raises ValueError for a constraint with no linear form."""
    proto = cp.proto
    milp = mathopt.Model()
    # the repeated fields of a CP-SAT model do not count from the end; lists do
    ranges = [list(variable.domain) for variable in proto.variables]
    x = [milp.add_integer_variable(lb=span[0], ub=span[-1]) for span in ranges]

    def literal(number: int):
        return x[number] if number >= 0 else 1 - x[-number - 1]

    for constraint in proto.constraints:
        if constraint.has_exactly_one():
            milp.add_linear_constraint(
                mathopt.fast_sum([literal(n) for n in constraint.exactly_one.literals]) == 1
            )
        elif constraint.has_linear():
            body = constraint.linear
            total = mathopt.fast_sum(
                [c * x[n] for n, c in zip(body.vars, body.coeffs, strict=True)]
            )
            span = list(body.domain)
            milp.add_linear_constraint(expr=total, lb=_bound(span[0]), ub=_bound(span[-1]))
        elif constraint.has_lin_max():
            target = x[constraint.lin_max.target.vars[0]]
            options = [x[e.vars[0]] for e in constraint.lin_max.exprs]
            for option in options:
                milp.add_linear_constraint(target >= option)
            milp.add_linear_constraint(target <= mathopt.fast_sum(options))
        elif constraint.has_bool_or() or constraint.has_bool_and():
            raise ValueError("this constraint has no linear form here")
    return milp, x


def _bound(value: int) -> float:
    """CP-SAT writes its largest whole numbers where there is no bound."""
    return float(value) if abs(value) < 1 << 60 else float("inf") * (1 if value > 0 else -1)


def run_milp(milp: mathopt.Model, solver: mathopt.SolverType, seconds: float):
    """Solve within seconds, on the threads each solver takes in OR-Tools by itself."""
    params = mathopt.SolveParameters(
        time_limit=timedelta(seconds=max(1.0, seconds)), relative_gap_tolerance=1e-6
    )
    return mathopt.solve(milp, solver, params=params)


def value_of_model(model: PlacementModel, x: list[mathopt.Variable]) -> mathopt.LinearSum:
    """Priority-weighted hours placed, over the variables of the mixed-integer program."""
    value = model.table.unit_value
    return mathopt.fast_sum([int(value[unit]) * x[v.index] for unit, v in model.placed.items()])


def pence_of_model(model: PlacementModel, x: list[mathopt.Variable]) -> mathopt.LinearSum:
    """Pence a week, siblings apart included, over the same variables."""
    total, weight = model.table.total, model.table.problem.policy.weights.sibling_apart
    return mathopt.fast_sum(
        [int(total[column]) * x[v.index] for column, v in model.chosen.items()]
        + [weight * x[flag.index] for flag in model.apart]
    )


def ask(
    milp: mathopt.Model,
    solver: mathopt.SolverType,
    model: PlacementModel,
    x: list[mathopt.Variable],
    held: np.ndarray,
    seconds: float,
) -> mathopt.SolveResult:
    """Solve to the last penny or point within seconds, from the columns `held`."""
    chosen, placed = set(held.tolist()), set(model.table.unit[held].tolist())
    hint = {x[v.index]: float(column in chosen) for column, v in model.chosen.items()}
    hint |= {x[v.index]: float(unit in placed) for unit, v in model.placed.items()}
    return mathopt.solve(
        milp,
        solver,
        params=mathopt.SolveParameters(
            time_limit=timedelta(seconds=seconds),
            relative_gap_tolerance=0.0,
            absolute_gap_tolerance=0.9,
        ),
        model_params=mathopt.ModelSolveParameters(
            solution_hints=[mathopt.SolutionHint(variable_values=hint)]
        ),
    )


def columns_found(
    model: PlacementModel, x: list[mathopt.Variable], answer: mathopt.SolveResult
) -> np.ndarray | None:
    """The columns that an answer chooses; None where it holds no solution."""
    if not answer.has_primal_feasible_solution():
        return None
    values = answer.variable_values()
    chosen = [column for column, v in model.chosen.items() if values[x[v.index]] > 0.5]
    return np.array(chosen, dtype=np.int64)
