"""State machines, each said once: one table gives refusals, buttons, first state and constraint."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import choice
from app.kernel.rules import RuleBroken

Requirement = Callable[[Any], str | None]


@dataclass(frozen=True)
class Move:
    """One way from some states to another, and what must hold first.

    name: a verb phrase as shown on the button. requires: each returns the reason it fails,
    or None.
    """

    name: str
    sources: tuple[StrEnum, ...]
    to: StrEnum
    requires: tuple[Requirement, ...] = ()

    def reasons_against(self, row: Any) -> tuple[str, ...]:
        """Every unmet requirement in words; empty where the move may be made."""
        return tuple(reason for rule in self.requires if (reason := rule(row)))


def move(
    name: str,
    *sources: StrEnum,
    to: StrEnum,
    requires: Sequence[Requirement] = (),
) -> Move:
    """A row of a lifecycle's table: `move("publish", S.DRAFT, to=S.LIVE, requires=[…])`."""
    return Move(name, tuple(sources), to, tuple(requires))


class Lifecycle:
    """The states of one noun and the moves between them.

    The first argument after the noun is the state a new row has. Raises ValueError where a
    state cannot be reached, since that is a mistake in the table.
    """

    def __init__(self, noun: str, initial: StrEnum, *moves: Move) -> None:
        self.noun = noun
        self.initial = initial
        self.states = type(initial)
        self.moves = {step.name: step for step in moves}
        if len(self.moves) != len(moves):
            raise ValueError(f"The {noun} lifecycle names a move twice.")
        unreachable = set(self.states) - {initial} - {step.to for step in moves}
        if unreachable:
            raise ValueError(f"The {noun} lifecycle never reaches {sorted(unreachable)}.")

    def column(self) -> Mapped[Any]:
        """The `state` column: starts at the initial state, holds no other value."""
        return mapped_column(
            choice(self.states, "state"), default=self.initial, nullable=False, index=True
        )

    def offered(self, row: Any) -> tuple[Move, ...]:
        """The moves to offer now as buttons: right state, every requirement met."""
        return tuple(
            step
            for step in self.moves.values()
            if row.state in step.sources and not step.reasons_against(row)
        )

    def reasons_against(self, row: Any, name: str) -> tuple[str, ...]:
        """Why this move can't be made now, in words; empty where it can."""
        step = self.moves[name]
        if row.state not in step.sources:
            label = str(row.state).replace("_", " ")
            return (f"You cannot {name} this {self.noun}: it is {label}.",)
        return step.reasons_against(row)

    def fire(self, row: Any, name: str) -> None:
        """Check and make a move in one step.

        Raises RuleBroken with every reason where it may not be made.
        """
        reasons = self.reasons_against(row, name)
        if reasons:
            raise RuleBroken(*reasons)
        row.state = self.moves[name].to

    def path(self, start: StrEnum, end: StrEnum) -> tuple[Move, ...] | None:
        """The fewest moves from one state to another, empty where they are the same.

        None where there is no way.
        """
        paths: dict[StrEnum, tuple[Move, ...]] = {start: ()}
        edge = [start]
        while edge and end not in paths:
            here = edge.pop(0)
            for step in self.moves.values():
                if here in step.sources and step.to not in paths:
                    paths[step.to] = (*paths[here], step)
                    edge.append(step.to)
        return paths.get(end)

    def bring(self, row: Any, state: StrEnum) -> None:
        """Make the moves that lead to a state which a trusted source says the row is in.

        Raises RuleBroken where there is no way, or where a move on it may not be made.
        """
        steps = self.path(row.state, state)
        if steps is None:
            here, there = (str(each).replace("_", " ") for each in (row.state, state))
            raise RuleBroken(f"A {self.noun} that is {here} cannot become {there}.")
        for step in steps:
            self.fire(row, step.name)
