"""Rules of the machine: who gives a command, about which row, with what."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from app.policy import Permission as P
from tests.attack.lifecycles.world import PEOPLE


def usually(*names: str) -> st.SearchStrategy[str]:
    """Mostly those whose task it is, now and then anybody."""
    return st.sampled_from([*(names * (12 // len(names))), *PEOPLE])


def on(
    model: type,
    deed,
    permission: P,
    address: str,
    *who: str,
    states: str = "",
    **values: st.SearchStrategy,
):
    """A rule: somebody gives this command about some row of a kind, mostly in a state that fits.

    who: "owner" stands for the person of the provider whose row it is.
    """
    fitting = states.split()

    def rows(self) -> list[int]:
        there = self.known[model]
        return [number for number, (state, _owner) in there.items() if state in fitting]

    def step(self, who: str, pick: int, values: dict[str, Any]) -> None:
        apt = rows(self) if pick % 5 else []
        there = apt or list(self.known[model])
        number = there[-1 - pick % len(there)]
        person = who if who in PEOPLE else self.known[model][number][1]
        self.give(person, permission, address.format(number), deed, (model, number), **values)

    step.__name__ = deed.__name__
    met = precondition(
        lambda self: self.known[model] and (not fitting or self.count % 4 == 0 or rows(self))
    )
    strategies = {"pick": st.integers(0, 9), "values": st.fixed_dictionaries(values)}
    return met(rule(who=usually(*who), **strategies)(step))


def alone(deed, permission: P, address: str, *who: str, **values: st.SearchStrategy):
    """A rule: somebody gives a command that is about no row."""

    def step(self, who: str, values: dict[str, Any]) -> None:
        self.give(who, permission, address, deed, None, **values)

    step.__name__ = deed.__name__
    started = precondition(lambda self: self.count % 3 == 0)
    return started(rule(who=usually(*who), values=st.fixed_dictionaries(values))(step))


DAYS = st.integers(-2, 10)
BACK = st.integers(-1, 12)
OWNERS = ("oak", "elm")
CASE = ("officer", "officer", "lead")
MONEY = ("commissioner", "colleague", "lead")
