"""What holds over all of a provider's offers: most children at one time, needs taught apart."""

from app.kernel.database import db
from app.kernel.rules import require
from providers.editing import lock
from providers.models.provider import Provider
from providers.needs import NeedType

MOST = 999
"""The largest limit that can be stated."""

NUMBER_WANTED = f"Enter a whole number of children from 1 to {MOST}, or leave it empty for no limit"

Pair = tuple[NeedType, NeedType]


def pairs_of(provider: Provider) -> list[Pair]:
    """The pairs of need types that a provider does not teach together, in order of their names."""
    pairs = [(NeedType(one), NeedType(other)) for one, other in provider.taught_apart]
    return sorted(pairs, key=lambda pair: (pair[0].label, pair[1].label))


def state_most(provider: Provider, children: int | None) -> None:
    """State the most children at one time over all offers, 1 to 999; None is no limit.

    Raises RuleBroken for any other number.
    """
    require(None if children is None or 1 <= children <= MOST else f"{NUMBER_WANTED}.")
    lock(provider)
    provider.most_children = children
    db.session.flush()


def keep_apart(provider: Provider, one: NeedType, other: NeedType) -> None:
    """State that two need types are not taught together.

    Raises RuleBroken where they are one and the same, or the pair is stated already.
    """
    lock(provider)
    pair = _in_order(one, other)
    require(
        "Select two different need types." if one is other else None,
        "This pair is in the list already." if pair in provider.taught_apart else None,
    )
    provider.taught_apart = sorted([*provider.taught_apart, pair])
    db.session.flush()


def let_together(provider: Provider, one: NeedType, other: NeedType) -> None:
    """Take a pair out. Raises RuleBroken where it is not stated."""
    lock(provider)
    pair = _in_order(one, other)
    require(None if pair in provider.taught_apart else "This pair is not in the list any more.")
    provider.taught_apart = [each for each in provider.taught_apart if each != pair]
    db.session.flush()


def _in_order(one: NeedType, other: NeedType) -> list[str]:
    return sorted((one.value, other.value))
