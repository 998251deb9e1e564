"""What a search of the directory asks: the child's needs, the place, the days, the price."""

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from providers.needs import Delivery, Judgement, Labelled, NeedType, ServiceGroup, Tier


class SearchOrder(Labelled):
    """How results are put in order."""

    FIT = "fit", "Best fit"
    DISTANCE = "distance", "Nearest"
    PRICE = "price", "Lowest price"


class FreeNow(Labelled):
    """What is asked of an offer's capacity."""

    SAID = "yes", "A place and enough hours free"
    CONFIRMED = "confirmed", "A place and enough hours free, confirmed lately"


class Standard(Labelled):
    """The least that the last quality visit must have concluded."""

    GREEN = "green", "Green"
    AMBER = "amber", "Green or amber"

    @property
    def judgements(self) -> tuple[Judgement, ...]:
        """The judgements that are good enough."""
        if self is Standard.GREEN:
            return (Judgement.GREEN,)
        return (Judgement.GREEN, Judgement.AMBER)


@dataclass(frozen=True)
class Home:
    """Where the child lives, in degrees (WGS 84)."""

    latitude: float
    longitude: float


@dataclass(frozen=True)
class SearchCriteria:
    """What is looked for; None, and what is empty, leave a thing open.

    needs: all of them must be met, or with every_need False any one. wished: further needs, which
    put an offer higher. ages: youngest and oldest, each of which must be taken. within_km: the
    furthest the child may travel; the provider's own radius holds for work at home. sessions: a
    mask of half-days (`providers.needs`), all of which must be open. hours: a week. half_days: how
    many a week those hours take. max_pence: an hour, net of VAT. must_be_registered: by law, for
    this child. preferred, excluded: ids of providers, by the family's wishes.
    """

    service_id: int | None = None
    needs: tuple[NeedType, ...] = ()
    every_need: bool = True
    wished: tuple[NeedType, ...] = ()
    ages: tuple[int, int] | None = None
    home: Home | None = None
    within_km: float | None = None
    deliveries: frozenset[Delivery] = frozenset()
    sessions: int = 0
    hours: int | None = None
    half_days: int = 0
    max_pence: int | None = None
    tier: Tier | None = None
    standard: Standard | None = None
    free: FreeNow | None = None
    registered_only: bool = False
    registered_first: bool = False
    must_be_registered: bool = False
    preferred: tuple[int, ...] = ()
    excluded: frozenset[int] = field(default_factory=frozenset)
    order: SearchOrder = SearchOrder.FIT

    def as_record(self) -> dict[str, Any]:
        """The criteria as JSON can hold them, alike for like searches."""
        return {name: _plain(value) for name, value in asdict(self).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(_plain(item) for item in value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value.value if isinstance(value, StrEnum) else value


ANYTHING = SearchCriteria()

GROUPS_OF_TIER: dict[Tier, frozenset[ServiceGroup]] = {
    Tier.ONE: frozenset({ServiceGroup.TEACHING, ServiceGroup.INCLUSION, ServiceGroup.THERAPY}),
    Tier.TWO: frozenset(ServiceGroup),
    Tier.THREE: frozenset({ServiceGroup.TEACHING, ServiceGroup.SCHOOL_PLACE}),
}
"""Which services can serve a tier: support beside school, a placement for a time, a way on."""
