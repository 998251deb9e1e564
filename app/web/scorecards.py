"""What the pages of scorecards show: figures in words, and the rows of the spreadsheet."""

from collections.abc import Iterator, Sequence
from typing import Any

from app.reporting.scorecards import MEASURES, Figure, Ledger, Unit
from app.web.formats import money, number, per_cent, plural
from providers.models.provider import Provider

WITHHELD = "Withheld: too few"
EXPORT_HEADER = (
    "Provider reference", "Provider", "Main services", "From", "To",
    *(
        f"{measure.label}: {what}"
        for measure in MEASURES
        for what in ("figure", "number counted", "similar providers", "how many")
    ),
    "Offers listed", "Enquiries", "Offers made", "Chosen", "Placements awarded",
)  # fmt: skip


def said(value: float | None, unit: Unit) -> str:
    """A figure in words; a dash where there is none."""
    if value is None:
        return "–"
    if unit is Unit.SHARE:
        return per_cent(value)
    return money(round(value)) if unit is Unit.PENCE else f"{number(value, 1)} days"


def own(figure: Figure, smallest: int) -> str:
    """A provider's own figure with what it was counted from."""
    if figure.withheld:
        return f"Withheld: fewer than {smallest} {figure.measure.cases}"
    if not figure.count:
        return f"No {figure.measure.cases} in this period"
    counted = plural(figure.count, figure.measure.case, figure.measure.cases)
    return f"{said(figure.value, figure.measure.unit)}, of {counted}"


def peers(figure: Figure, smallest: int) -> str:
    """The same of similar providers together."""
    if figure.peers is None:
        return f"Withheld: fewer than {smallest} similar providers"
    return f"{said(figure.peers, figure.measure.unit)}, of {plural(figure.peer_count, 'provider')}"


WORDS = {"own": own, "peers": peers, "said": said}


def rows(ledger: Ledger, providers: Sequence[Provider]) -> Iterator[list[Any]]:
    """Scorecards as rows of a spreadsheet, in the header's order."""
    for provider in providers:
        card = ledger.card(provider)
        figures = [
            cell
            for figure in card.figures
            for cell in (
                WITHHELD if figure.withheld else _plain(figure.value, figure.measure.unit),
                WITHHELD if figure.withheld else figure.count,
                WITHHELD if figure.peers is None else _plain(figure.peers, figure.measure.unit),
                figure.peer_count,
            )
        ]
        yield [
            provider.reference,
            provider.name,
            card.group.label if card.group else None,
            ledger.period.first,
            ledger.period.last,
            *figures,
            *vars(card.share).values(),
        ]


def _plain(value: float | None, unit: Unit) -> float | None:
    if value is None:
        return None
    return round(value / 100, 2) if unit is Unit.PENCE else round(value, 4)
