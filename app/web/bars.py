"""A bar chart drawn on the server as SVG. Needs no script; a page puts a table of it beside it."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

WIDTH, LABEL, FIGURE = 900, 300, 130
ROW, BAR, GAP = 44, 14, 3
LONGEST_LABEL = 38
INK, ACTUAL, COMMITTED = "#0b0c0c", "#14524a", "#a6c3bd"


@dataclass(frozen=True)
class Bar:
    """One row: a strong bar, and a pale one behind it where there is a second figure.

    figure: the strong one in words, written at its end.
    """

    label: str
    value: int
    figure: str
    other: int | None = None


def draw(bars: Sequence[Bar], *, title: str, legend: tuple[str, str] | None = None) -> Markup:
    """The chart. legend: what the strong bar and the pale one stand for."""
    top = 34 if legend else 6
    height = top + ROW * len(bars) + 6
    most = max([1, *(max(bar.value, bar.other or 0) for bar in bars)])
    parts = [
        Markup(
            '<svg class="fp-bars" viewBox="0 0 {w} {h}" role="img" aria-label="{t}" '
            'font-family="arial, sans-serif" font-size="16">'
        ).format(w=WIDTH, h=height, t=title)
    ]
    if legend:
        parts.append(_legend(legend))
    parts += [_row(bar, top + ROW * place, most) for place, bar in enumerate(bars)]
    return Markup("").join([*parts, Markup("</svg>")])


def _legend(legend: tuple[str, str]) -> Markup:
    return Markup(
        '<rect x="{x}" y="6" width="14" height="14" fill="{a}"/>'
        '<text x="{x1}" y="19" fill="{i}">{one}</text>'
        '<rect x="{x2}" y="6" width="14" height="14" fill="{b}" stroke="{a}"/>'
        '<text x="{x3}" y="19" fill="{i}">{two}</text>'
    ).format(
        x=LABEL,
        x1=LABEL + 20,
        x2=LABEL + 220,
        x3=LABEL + 240,
        a=ACTUAL,
        b=COMMITTED,
        i=INK,
        one=legend[0],
        two=legend[1],
    )


def _row(bar: Bar, y: int, most: int) -> Markup:
    room = WIDTH - LABEL - FIGURE
    strong = max(0, round(room * bar.value / most))
    label = bar.label if len(bar.label) <= LONGEST_LABEL else f"{bar.label[: LONGEST_LABEL - 1]}…"
    pale = Markup("")
    if bar.other is not None:
        pale = Markup(
            '<rect x="{x}" y="{y}" width="{w}" height="{h}" fill="{c}" stroke="{s}"/>'
        ).format(
            x=LABEL,
            y=y + BAR + GAP + 4,
            w=max(0, round(room * bar.other / most)),
            h=BAR - 2,
            c=COMMITTED,
            s=ACTUAL,
        )
    return Markup(
        '<text x="{lx}" y="{ty}" text-anchor="end" fill="{i}">{label}</text>'
        '<rect x="{x}" y="{by}" width="{w}" height="{h}" fill="{c}"/>{pale}'
        '<text x="{fx}" y="{ty}" fill="{i}">{figure}</text>'
    ).format(
        lx=LABEL - 12,
        ty=y + 16,
        i=INK,
        label=escape(label),
        x=LABEL,
        by=y + 3,
        w=strong,
        h=BAR,
        c=ACTUAL,
        pale=pale,
        fx=LABEL + strong + 8,
        figure=escape(bar.figure),
    )
