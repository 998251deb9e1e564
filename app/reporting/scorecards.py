"""The scorecard of a provider: its figures from the records, beside those of similar providers.

Similar are the approved providers whose main group of services is the same. A figure of fewer
cases than the smallest group is withheld, and so is a comparison with fewer providers than that:
one child's absence, or one competitor's price, must not be read from it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from app.kernel.database import db
from app.reporting import tallies
from app.reporting.tallies import Tallies, Tally
from providers.models.offer import Offer
from providers.models.provider import Provider
from providers.needs import Labelled, ServiceGroup

PERIOD = timedelta(days=365)
SMALLEST_GROUP = 5


class Unit(Labelled):
    """What a figure is given in."""

    SHARE = "share", "share"
    DAYS = "days", "working days"
    PENCE = "pence", "an hour, net of VAT"


@dataclass(frozen=True)
class Measure:
    """Something that is measured. case, cases: what is counted. public: counted from no child."""

    code: str
    label: str
    case: str
    cases: str
    unit: Unit
    read: Callable[[date, date], Tallies] | None
    public: bool = False


MEASURES = (
    Measure("attendance", "Sessions attended", "session", "sessions", Unit.SHARE,
            tallies.attendance),
    Measure("broken", "Placements that broke down", "placement that ended",
            "placements that ended", Unit.SHARE, tallies.broken_down),
    Measure("answer", "Days to answer an enquiry", "answer", "answers", Unit.DAYS,
            tallies.days_to_answer),
    Measure("objectives", "Objectives met, by the latest judgement", "objective judged",
            "objectives judged", Unit.SHARE, tallies.objectives_met),
    Measure("reviews", "Reviews held in time", "review held or overdue",
            "reviews held or overdue", Unit.SHARE, tallies.reviews_in_time),
    Measure("actions", "Actions after visits done in time", "action that fell due",
            "actions that fell due", Unit.SHARE, tallies.actions_in_time),
    Measure("price", "Price against peers", "offer", "offers", Unit.PENCE, None, public=True),
)  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """One measure of one provider. value: None where withheld or nothing was counted.

    count: cases. peers: the same over similar providers together, None where withheld;
    peer_count: how many providers that is.
    """

    measure: Measure
    value: float | None
    count: int
    peers: float | None
    peer_count: int
    withheld: bool


@dataclass(frozen=True)
class Share:
    """What came to a provider: offers listed now; enquiries, offers made, choices, placements."""

    listed: int = 0
    asked: int = 0
    offered: int = 0
    chosen: int = 0
    placed: int = 0


@dataclass(frozen=True)
class Scorecard:
    """A provider's figures of a period, and its share of the work."""

    provider: Provider
    group: ServiceGroup | None
    figures: Sequence[Figure]
    share: Share


@dataclass(frozen=True)
class Period:
    """From one day to another, both included."""

    first: date
    last: date


class Ledger:
    """Everything counted of all providers in the year to a day, in a fixed number of queries."""

    def __init__(self, on: date, smallest: int = SMALLEST_GROUP) -> None:
        self.period = Period(on - PERIOD + timedelta(days=1), on)
        self.smallest = smallest
        first, last = self.period.first, self.period.last
        priced, self.groups = tallies.prices()
        self._tallies: Mapping[str, Tallies] = {
            measure.code: measure.read(first, last) if measure.read else priced
            for measure in MEASURES
        }
        self._asked = tallies.asked(first, last)
        self._placed = tallies.awarded(first, last)
        listed = select(Offer.provider_id, func.count(Offer.id)).group_by(Offer.provider_id)
        self._listed = {row[0]: row[1] for row in db.session.execute(listed)}

    def card(self, provider: Provider) -> Scorecard:
        """The scorecard of one provider."""
        group = self.groups.get(provider.id)
        peers = {each for each, other in self.groups.items() if other is group} - {provider.id}
        figures = [self._figure(measure, provider.id, peers) for measure in MEASURES]
        asked, offered, chosen = self._asked.get(provider.id, (0, 0, 0))
        share = Share(
            self._listed.get(provider.id, 0),
            asked,
            offered,
            chosen,
            self._placed.get(provider.id, 0),
        )
        return Scorecard(provider, group, figures, share)

    def _figure(self, measure: Measure, provider_id: int, peers: set[int]) -> Figure:
        known = self._tallies[measure.code]
        part, count = known.get(provider_id, (0.0, 0))
        few = 0 < count < self.smallest and not measure.public
        others = [known[each] for each in peers if each in known]
        enough = len(others) >= self.smallest
        return Figure(
            measure,
            None if few or not count else part / count,
            count,
            _pooled(others) if enough else None,
            len(others),
            few,
        )


def _pooled(others: Sequence[Tally]) -> float | None:
    whole = sum(count for _part, count in others)
    return sum(part for part, _count in others) / whole if whole else None
