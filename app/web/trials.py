"""What the page of a trial shows: figures beside the match, and a map of who gains or loses."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from app.commissioning import what_if
from app.commissioning.clashes import told_to_reader
from app.commissioning.lifecycle import RunState
from app.commissioning.models.match import MatchRun
from app.commissioning.policy_rules import RULES, complete
from app.commissioning.trials import NEW_PROVIDER_NAME, Comparison, Line, compare
from app.kernel.reach import current
from app.web import map as drawing
from app.web.formats import distance, money, number, per_cent, plural
from app.web.policies import value_in_words
from providers.places import sector_centres

MOST_LISTED = 100
"""Children named under one heading of the page; the spreadsheet names all."""


NOBODY_OF_YOURS = "For none of the children you work with anything changes"
OTHERS = "The figures below count all children."


@dataclass(frozen=True)
class Figure:
    """One figure of a match, the same of the trial, and by how much it differs, in words."""

    name: str
    base: str
    trial: str
    more: str


def facts(trial: MatchRun) -> dict[str, Any]:
    """Everything the page of a finished trial needs."""
    comparison = compare(trial)
    return {
        "comparison": comparison,
        "changes": changes_in_words(trial),
        "figures": figures(trial),
        "picture": _map(comparison),
        "summary": summary(comparison),
        "served": served_by_the_new(comparison),
        "most": MOST_LISTED,
    }


def effect_of(trial: MatchRun | None) -> dict[str, Any] | None:
    """What a trial comes to, in a sentence and its figures; None until it has finished."""
    if trial is None or trial.state is not RunState.FINISHED:
        return None
    return {"summary": summary(compare(trial)), "figures": figures(trial)}


EXPORT_HEADER = ("Child reference", "Child", "What changes", "In the match", "In the trial")


def rows_to_export(trial: MatchRun) -> Iterator[list[str]]:
    """Every child for whom a trial differs, one row each, as a spreadsheet holds it."""
    comparison = compare(trial)
    for words, lines in (
        ("Gains a place", comparison.gained),
        ("Loses a place", comparison.lost),
        ("Goes elsewhere", comparison.moved),
    ):
        for line in lines:
            child = line.referral.child
            places = [", ".join(side) or "Not placed" for side in (line.before, line.after)]
            yield [child.reference, child.full_name, words, *places]


def changes_in_words(trial: MatchRun) -> list[str]:
    """What a trial changes, a sentence each; of a rule both its values."""
    base = trial.base.policy
    before = complete(base.rules if base else {})
    said = []
    for change in trial.parameters["changes"]:
        if change["kind"] == "rules":
            said += [_rule(key, before[key], value) for key, value in change["rules"].items()]
        else:
            said += what_if.in_words([change])
    return told_to_reader(said)


def _rule(key: str, before: Any, value: Any) -> str:
    rule = RULES[key]
    was, is_now = value_in_words(rule, before), value_in_words(rule, value)
    return f"{rule.label}: {is_now}, instead of {was}."


def served_by_the_new(comparison: Comparison) -> list[Line] | None:
    """The children whom a provider of a what-if alone would serve; None where none is tried."""
    if not any(each["kind"] == "new_provider" for each in comparison.trial.parameters["changes"]):
        return None
    changed = (*comparison.gained, *comparison.moved)
    return [line for line in changed if NEW_PROVIDER_NAME in line.after]


def figures(trial: MatchRun) -> list[Figure]:
    """The figures of a trial beside those of its match."""
    base = trial.base

    def whole_pounds(pence: int) -> str:
        return money(pence, whole=True)

    rows = [
        _row("Children placed", base.placed, trial.placed, number),
        _row("Hours a week placed", base.hours_placed, trial.hours_placed, number),
        _row("Cost a week", base.weekly_cost_pence, trial.weekly_cost_pence, whole_pounds),
        _row(
            "Transport a week, estimated",
            base.weekly_transport_pence,
            trial.weekly_transport_pence,
            whole_pounds,
        ),
    ]
    gaps = [
        Figure(f"Proven gap in {what}", per_cent(before, 2), per_cent(after, 2), "")
        for what, before, after in (
            ("hours", base.hours_gap, trial.hours_gap),
            ("cost", base.cost_gap, trial.cost_gap),
        )
    ]
    here, there = base.mean_distance_km, trial.mean_distance_km
    if here is None or there is None:
        return [*rows, Figure("Mean distance", distance(here), distance(there), ""), *gaps]
    return [*rows, _row("Mean distance", here, there, distance), *gaps]


def _row(name: str, base: float, trial: float, write) -> Figure:
    more = trial - base
    if write(abs(more)) == write(0):
        words = "The same"
    else:
        words = f"{write(abs(more))} {'more' if more > 0 else 'less'}"
    return Figure(name, write(base), write(trial), words)


def summary(comparison: Comparison) -> str:
    """What the trial comes to, in a sentence."""
    if comparison.is_the_same:
        return "Every child has the same answer as in the match."
    parts = [
        f"{plural(len(lines), 'child', 'children')} {words[len(lines) != 1]}"
        for lines, words in (
            (comparison.gained, ("gains a place", "gain a place")),
            (comparison.lost, ("loses a place", "lose a place")),
            (comparison.moved, ("goes elsewhere", "go elsewhere")),
        )
        if lines
    ]
    if not current().is_all:  # how many others differ would tell of a few of them
        whom = "Of the children you work with: " if parts else ""
        return f"{whom}{'; '.join(parts) or NOBODY_OF_YOURS}. {OTHERS}"
    same = plural(comparison.same, "child", "children")
    return f"{'; '.join(parts)}. For {same} nothing changes."


def _map(comparison: Comparison) -> Markup | None:
    """Where those live for whom something changes, by postcode sector; None where nobody does."""
    sides = {"gained": comparison.gained, "lost": comparison.lost, "moved": comparison.moved}
    lines = [line for side in sides.values() for line in side]
    centres = sector_centres({line.referral.child.postcode for line in lines})
    points = [point for kind, side in sides.items() for point in _homes(kind, side, centres)]
    points += _new_providers(comparison.trial)
    if not points:
        return None
    return drawing.draw(
        points,
        title=f"Map of trial {comparison.trial.id}",
        description="The homes of the children for whom something changes, each at the middle of "
        "its postcode sector. The tables above name them.",
    )


def _homes(kind: str, side: Iterable[Line], centres) -> list[drawing.Point]:
    found = []
    for line in side:
        child = line.referral.child
        home = centres.get(child.postcode)
        if home is not None:
            found.append(drawing.Point(home.latitude, home.longitude, kind, child.reference))
    return found


def _new_providers(trial: MatchRun) -> list[drawing.Point]:
    return [
        drawing.Point(
            change["offer"]["location"]["latitude"],
            change["offer"]["location"]["longitude"],
            "new",
            "The new provider",
            area=change["postcode"].split()[0],
        )
        for change in trial.parameters["changes"]
        if change["kind"] == "new_provider"
    ]
