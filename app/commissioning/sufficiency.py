"""Where the county is short: hours that a match could not place, by what, for whom and where.

A match is read also by officers whose reach is a team's children. To them nothing is shown that
tells of a few children, by the same rule as in the equality check (`disclosure`). What an hour at
an offer is worth is a price of the whole county and tells of no child.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import defer, joinedload, selectinload

from app.children.models import Child
from app.commissioning.disclosure import Tally, shares_shown, withheld
from app.commissioning.models.match import MatchOutcome, MatchRun, Recommendation
from app.commissioning.packing import expand
from app.kernel.database import db
from app.kernel.reach import whole
from providers.models.offer import Offer
from providers.stages import age_on

AGE_BANDS = ((0, 6, "Up to 6"), (7, 10, "7 to 10"), (11, 13, "11 to 13"), (14, 15, "14 to 15"),
             (16, 25, "16 and over"))  # fmt: skip
MOST_PRICES = 20


@dataclass
class Shortage:
    """One group: hours a week asked for and not placed, and for how many children.

    no_offer: hours that no offer could take, by the rules. taken: hours that offers could take,
    whose room went to others or did not make up the whole package. children: not placed; placed:
    the others of the group. no_offer_to, taken_from: ids of the referrals behind those hours.
    withheld: whoever reads may see no figure of it. split_withheld: nor which hours no offer suits.
    """

    name: str
    asked: int = 0
    no_offer: int = 0
    taken: int = 0
    children: int = 0
    placed: int = 0
    no_offer_to: set[int] = field(default_factory=set)
    taken_from: set[int] = field(default_factory=set)
    withheld: bool = False
    split_withheld: bool = False

    @property
    def unplaced(self) -> int:
        """All hours that were not placed."""
        return self.no_offer + self.taken


@dataclass(frozen=True)
class Worth:
    """What one more hour a week at an offer would be worth to the county, in pence a week."""

    offer: Offer
    pence: int


def shortages(run: MatchRun, smallest: int = 0) -> dict[str, list[Shortage]]:
    """The groups that are short, by service, need, age and district, the most hours first.

    smallest: children below which no number may be told to whoever reads; 0 where they may see
    every child. Groups with a figure withheld come last, by name, and among them those where
    everybody is placed: that nobody is left out would tell of each child, too.
    """
    on = date.fromisoformat(run.parameters["on"])
    tallies: dict[str, dict[str, Shortage]] = defaultdict(dict)
    for outcome, parts in _outcomes(run):
        for dimension, name in _person(outcome, on).items():
            tally = tallies[dimension].setdefault(name, Shortage(name))
            _count_child(tally, outcome)
            for _, hours, fits in parts:
                _count(tally, outcome, hours, fits)
        services = set()
        for service, hours, fits in parts:
            tally = tallies["Service"].setdefault(service, Shortage(service))
            if service not in services:
                _count_child(tally, outcome)
            services.add(service)
            _count(tally, outcome, hours, fits)
    order = ("Service", "Primary need", "Age", "Home district")
    return {name: _told(list(tallies[name].values()), smallest) for name in order}


def _told(groups: list[Shortage], smallest: int) -> list[Shortage]:
    """The groups that are short, in order, without what would tell of a few children."""
    if smallest:
        _withhold(groups, smallest)
    return sorted(
        (group for group in groups if group.unplaced or group.withheld),
        key=lambda group: (group.withheld, 0 if group.withheld else -group.unplaced, group.name),
    )


def _withhold(groups: list[Shortage], smallest: int) -> None:
    """Mark what may not be told. A number is, where the share placed could be told exactly.

    Where the split of one group's hours would tell of a few, none is told: one alone could be
    worked out from the splits by another characteristic.
    """
    tallies = {group.name: Tally(group.placed, group.children) for group in groups}
    hidden = withheld({name: tally.children for name, tally in tallies.items()}, smallest)
    shares = shares_shown(tallies, hidden, smallest)
    for group in groups:
        share, bound = shares[group.name]
        group.withheld = share is None or bool(bound)
    fewest = [
        min(len(group.no_offer_to), len(group.taken_from)) for group in groups if not group.withheld
    ]
    for group in groups:
        group.split_withheld = group.withheld or min(fewest) < smallest


Part = tuple[str, int, bool]


@whole()
def _outcomes(run: MatchRun) -> list[tuple[MatchOutcome, list[Part]]]:
    """Each outcome with its parts: service, hours a week, whether any offer suits.

    Of those without a place the reasons say it. They are read a few at a time and let go: of
    thousands of children they are tens of megabytes.
    """
    statement = (
        select(MatchOutcome)
        .where(MatchOutcome.run_id == run.id)
        .options(
            defer(MatchOutcome.reasons),
            joinedload(MatchOutcome.child).selectinload(Child.needs),
            selectinload(MatchOutcome.recommendations)
            .load_only(Recommendation.hours)
            .joinedload(Recommendation.offer)
            .joinedload(Offer.service),
        )
    )
    told = _parts_of_unplaced(run)
    return [
        (outcome, _parts_placed(outcome) if outcome.placed else told[outcome.id])
        for outcome in db.session.scalars(statement)
    ]


def _parts_of_unplaced(run: MatchRun) -> dict[int, list[Part]]:
    statement = (
        select(MatchOutcome.id, MatchOutcome.reasons)
        .where(MatchOutcome.run_id == run.id, ~MatchOutcome.placed)
        .execution_options(yield_per=10)
    )
    return {
        outcome_id: [
            (part["service"], part["hours"], bool(part["options"]))
            for part in reasons.get("components", [])
        ]
        for outcome_id, reasons in db.session.execute(statement)
    }


def _parts_placed(outcome: MatchOutcome) -> list[Part]:
    return [(each.offer.service.name, each.hours, True) for each in outcome.recommendations]


def _person(outcome: MatchOutcome, on: date) -> dict[str, str]:
    child = outcome.child
    age = age_on(child.born_on, on)
    return {
        "Primary need": child.need_types[0].label if child.need_types else "None recorded",
        "Age": next((name for low, high, name in AGE_BANDS if low <= age <= high), "16 and over"),
        "Home district": child.postcode[:-3].strip(),
    }


def _count_child(tally: Shortage, outcome: MatchOutcome) -> None:
    tally.children += not outcome.placed
    tally.placed += outcome.placed


def _count(tally: Shortage, outcome: MatchOutcome, hours: int, fits: bool) -> None:
    tally.asked += hours
    if outcome.placed:
        return
    if fits:
        tally.taken += hours
        tally.taken_from.add(outcome.referral_id)
    else:
        tally.no_offer += hours
        tally.no_offer_to.add(outcome.referral_id)


def worth_of_an_hour(run: MatchRun) -> list[Worth]:
    """The offers where one more hour a week would be worth most; empty where it is not known."""
    prices = expand(run.result).get("offer_prices", []) if run.result else []
    known = sorted(
        ((round(pence), offer_id) for offer_id, pence in prices if round(pence) > 0),
        reverse=True,
    )[:MOST_PRICES]
    statement = (
        select(Offer)
        .where(Offer.id.in_([offer_id for _, offer_id in known]))
        .options(joinedload(Offer.provider), joinedload(Offer.service))
    )
    offers = {offer.id: offer for offer in db.session.scalars(statement)}
    return [Worth(offers[key], pence) for pence, key in known if key in offers]
