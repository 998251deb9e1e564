"""A map drawn on the server as SVG: places, and the lines between them. Needs no script.

What the picture shows must stand in words too, so a page puts a table of the same facts beside
it. A child's home must come here already rounded to the centre of its postcode sector: this
module draws what it is given, and a finer point would show where a child lives.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import hypot
from statistics import median
from typing import NamedTuple

from markupsafe import Markup

from app.kernel.geography import KM_PER_MILE
from app.web import tiles
from app.web.projection import WIDTH, Projection

SCALES = (0.5, 1, 2, 5, 10, 20, 50, 100)
INK = "#0b0c0c"
QUIET = "#505a5f"
GRID = "#dde6e3"
PAPER = "#f2f6f5"


@dataclass(frozen=True)
class Kind:
    """How one kind of place is drawn, and what the legend calls it.

    shape: circle, square, diamond, triangle or cross. colour: at least 3:1 against the map's paper.
    home: whether it is where somebody lives, and so shown only to the postcode sector.
    """

    text: str
    shape: str
    colour: str
    home: bool = False


KINDS: dict[str, Kind] = {
    "provider": Kind("Provider", "square", "#14524a"),
    "child": Kind("Child placed", "circle", "#1d70b8", home=True),
    "unplaced": Kind("Child not placed", "diamond", "#ca3535", home=True),
    "gained": Kind("Child who gains a place", "triangle", "#00703c", home=True),
    "lost": Kind("Child who loses a place", "diamond", "#ca3535", home=True),
    "moved": Kind("Child who goes elsewhere", "circle", "#1d70b8", home=True),
    "new": Kind("New provider", "cross", "#912b88"),
}


@dataclass(frozen=True)
class Point:
    """A place. lat, lon: degrees, WGS84. kind: a key of KINDS. label: shown on hovering.

    area: the postcode district or another name of the neighbourhood, written on the map at the
    middle of all its points.
    """

    lat: float
    lon: float
    kind: str
    label: str
    area: str | None = None


@dataclass(frozen=True)
class Line:
    """A journey between two places, each (lat, lon) in degrees."""

    start: tuple[float, float]
    end: tuple[float, float]


class _Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "_Box") -> bool:
        return not (
            self.right < other.left
            or other.right < self.left
            or self.bottom < other.top
            or other.bottom < self.top
        )


def draw(
    points: Sequence[Point],
    lines: Iterable[Line] = (),
    *,
    title: str,
    description: str,
    name: str = "map",
    kinds: dict[str, Kind] = KINDS,
    way: str = "From the child’s area to the provider",
) -> Markup:
    """The map as a figure with its legend; empty markup where there is nothing to draw.

    title, description: what the picture shows, for those who cannot see it. name: keeps ids
    apart where a page has two maps. way: what a line is.
    """
    if not points:
        return Markup("")
    lines = list(lines)
    ends = [place for line in lines for place in (line.start, line.end)]
    project = Projection([(point.lat, point.lon) for point in points] + ends)
    heaps = _gather(points)
    size = _base_radius(len(heaps))
    shapes = [_mark(project, place, there, kinds[kind], size) for (place, kind), there in heaps]
    picture = Markup(
        '<svg class="fp-map__picture{crowded}" xmlns="http://www.w3.org/2000/svg" role="img" '
        'viewBox="0 0 {width} {height}" aria-labelledby="{name}-title {name}-description">'
        '<title id="{name}-title">{title}</title>'
        '<desc id="{name}-description">{description}</desc>{layers}</svg>'
    ).format(
        crowded=" fp-map__picture--crowded" if len(heaps) > 60 else "",
        width=WIDTH,
        height=project.height,
        name=name,
        title=title,
        description=description,
        layers=Markup("").join(
            [
                tiles.behind(project) or _grid(project),
                _scale(project),  # under the marks, so that it hides none
                _journeys(project, lines),
                Markup("").join(shapes),
                _areas(project, points),
            ]
        ),
    )
    shown = [kind for kind in kinds if any(point.kind == kind for point in points)]
    return Markup('<figure class="fp-map">{}{}</figure>').format(
        picture,
        _legend(
            [kinds[kind] for kind in shown],
            journeys=way if lines else "",
            counted=any(len(there) > 1 for _, there in heaps),
            attribution=tiles.attribution(),
        ),
    )


def _gather(points: Sequence[Point]) -> list[tuple[tuple[tuple[float, float], str], list[Point]]]:
    """Points by place and kind; the largest heaps first, so that none hides a smaller one."""
    heaps: dict[tuple[tuple[float, float], str], list[Point]] = defaultdict(list)
    for point in points:
        heaps[((point.lat, point.lon), point.kind)].append(point)
    return sorted(heaps.items(), key=lambda heap: (-len(heap[1]), heap[0]))


def _base_radius(marks: int) -> float:
    """How large a mark for one place is: smaller where there are many, so that they stay apart."""
    return 7 if marks <= 60 else 5.5 if marks <= 200 else 4.5


def _radius(count: int, base: float) -> float:
    """Area grows with the count, up to a size that leaves its neighbours to be seen."""
    return round(min(base * (1 + 0.45 * (count - 1) ** 0.5), 3 * base), 1)


def _shape(kind: Kind, x: float, y: float, r: float) -> Markup:
    if kind.shape == "circle":
        body = f'<circle cx="{x}" cy="{y}" r="{r}"'
    elif kind.shape == "square":
        side = round(r * 1.8, 1)
        body = f'<rect x="{x - side / 2:.1f}" y="{y - side / 2:.1f}" width="{side}" height="{side}"'
    elif kind.shape == "triangle":
        d = round(r * 1.3, 1)
        body = f'<path d="M{x} {y - d:.1f}l{d} {2 * d:.1f}h{-2 * d:.1f}z"'
    elif kind.shape == "cross":
        a = round(r * 0.7, 1)
        body = (
            f'<path d="M{x - a / 2:.1f} {y - 1.5 * a:.1f}h{a}v{a}h{a}v{a}h{-a}v{a}h{-a}v{-a}h{-a}'
            f'v{-a}h{a}z"'
        )
    else:
        d = round(r * 1.3, 1)
        body = f'<path d="M{x} {y - d:.1f}l{d} {d} {-d} {d} {-d} {-d}z"'
    return Markup(f'{body} fill="{kind.colour}" stroke="#ffffff" stroke-width="1"/>')


def _mark(
    project: Projection,
    place: tuple[float, float],
    there: list[Point],
    kind: Kind,
    base: float,
) -> Markup:
    x, y = project(*place)
    radius = _radius(len(there), base)
    hover = "\n".join(point.label for point in there[:12])
    if len(there) > 12:
        hover += f"\nand {len(there) - 12} more"
    count = Markup("")
    if len(there) > 1:
        count = Markup(
            '<text x="{}" y="{}" font-size="{}" font-weight="700" '
            'fill="#ffffff" text-anchor="middle" dominant-baseline="central">{}</text>'
        ).format(x, y, round(radius * 1.15, 1), len(there))
    return Markup('<g class="fp-map__mark"><title>{}</title>{}{}</g>').format(
        hover, _shape(kind, x, y, radius), count
    )


def _journeys(project: Projection, lines: list[Line]) -> Markup:
    """One path for all journeys: a county's worth would otherwise be thousands of elements."""
    if not lines:
        return Markup("")
    strokes = []
    for line in lines:
        (x1, y1), (x2, y2) = project(*line.start), project(*line.end)
        if hypot(x2 - x1, y2 - y1) >= 1:
            strokes.append(f"M{x1} {y1}L{x2} {y2}")
    path = "".join(strokes)
    return Markup(f'<path d="{path}" fill="none" stroke="{QUIET}" stroke-width="1.2"/>')


def _scale_miles(project: Projection) -> float:
    """The longest round distance that takes at most a fifth of the map's width."""
    fitting = [
        miles for miles in SCALES if miles * KM_PER_MILE * project.pixels_per_km <= WIDTH / 5
    ]
    return fitting[-1] if fitting else SCALES[0]


def _grid(project: Projection) -> Markup:
    """Faint squares as wide as the scale bar is long: distances can be read anywhere."""
    step = _scale_miles(project) * KM_PER_MILE * project.pixels_per_km
    across = [round(step * i, 1) for i in range(1, int(WIDTH / step) + 1)]
    down = [round(step * i, 1) for i in range(1, int(project.height / step) + 1)]
    path = "".join(f"M{x} 0V{project.height}" for x in across)
    path += "".join(f"M0 {y}H{WIDTH}" for y in down)
    return Markup(
        f'<rect width="{WIDTH}" height="{project.height}" fill="{PAPER}"/>'
        f'<path d="{path}" fill="none" stroke="{GRID}" stroke-width="1"/>'
    )


def _scale(project: Projection) -> Markup:
    miles = _scale_miles(project)
    length = round(miles * KM_PER_MILE * project.pixels_per_km, 1)
    x, y = 16, project.height - 16
    words = f"{miles:g} {'mile' if miles == 1 else 'miles'}"
    return Markup(
        f'<rect x="6" y="{y - 36}" width="{max(length + 20, 110)}" height="46" fill="{PAPER}"/>'
        f'<path d="M{x} {y - 7}v7h{length}v-7" fill="none" stroke="{INK}" stroke-width="2"/>'
        f'<text class="fp-map__words" x="{x}" y="{y - 14}" font-size="15" fill="{INK}">'
        f"{words}</text>"
    )


def _areas(project: Projection, points: Sequence[Point]) -> Markup:
    """Names of areas at the middle of their points; one that would cover another is left out."""
    places: dict[str, list[Point]] = defaultdict(list)
    for point in points:
        if point.area:
            places[point.area].append(point)
    taken: list[_Box] = []
    labels = []
    for area, there in sorted(places.items(), key=lambda item: (-len(item[1]), item[0])):
        x, y = project(median(p.lat for p in there), median(p.lon for p in there))
        half = len(area) * 8 + 4  # the words grow on a phone; their room is kept for that
        box = _Box(x - half, y - 42, x + half, y - 12)
        if any(box.meets(other) for other in taken) or box.left < 0 or box.right > WIDTH:
            continue
        taken.append(box)
        labels.append(
            Markup(
                '<text class="fp-map__words" x="{}" y="{}" font-size="15" font-weight="700" '
                'text-anchor="middle" fill="{}" stroke="{}" stroke-width="4" '
                'paint-order="stroke" stroke-linejoin="round">{}</text>'
            ).format(x, round(y - 20, 1), INK, PAPER, area)
        )
    return Markup("").join(labels)


def _legend(kinds: list[Kind], *, journeys: str, counted: bool, attribution: str) -> Markup:
    entries = [
        Markup(
            '<li><svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true" '
            'focusable="false">{}</svg>{}</li>'
        ).format(_shape(kind, 10, 10, 7), kind.text)
        for kind in kinds
    ]
    if journeys:
        entries.append(
            Markup(
                '<li><svg width="26" height="20" viewBox="0 0 26 20" aria-hidden="true" '
                f'focusable="false"><path d="M1 10h24" stroke="{QUIET}" stroke-width="1.5"/></svg>'
                "{}</li>"
            ).format(journeys)
        )
    if counted:
        entries.append(Markup("<li>A number in a mark counts those at the same place.</li>"))
    if any(kind.home for kind in kinds):
        entries.append(Markup("<li>Homes are shown only to their postcode sector.</li>"))
    if attribution:
        entries.append(Markup("<li>{}</li>").format(attribution))
    return Markup('<ul class="fp-map__legend">{}</ul>').format(Markup("").join(entries))
