"""Pictures of the land behind a map, from a tile server that the authority may choose.

The server is told which tiles are wanted, and so roughly which area somebody looks at. It is not
told who asks for what: no cookie and no referrer goes with it, and no home is finer than its
postcode sector to begin with.
"""

from dataclasses import dataclass
from math import atan, degrees, log, log2, pi, radians, sinh, tan
from urllib.parse import urlsplit

from flask import Flask, current_app, has_app_context
from markupsafe import Markup

from app.web.projection import KM_PER_DEGREE, Projection

EXTENSION = "map-tiles"
PIXELS = 256
CLOSEST = 17
PARTS = ("{z}", "{x}", "{y}")


@dataclass(frozen=True)
class Tiles:
    """A tile server. template: an address with {z}, {x} and {y}. words: who is to be named."""

    template: str
    words: str

    def __post_init__(self) -> None:
        """Raises ValueError where the template is no such address."""
        found = urlsplit(self.template)
        whole = found.scheme in ("http", "https") and found.hostname
        if not (whole and all(part in found.path + found.query for part in PARTS)):
            raise ValueError(
                "FAIRPLACE_MAP_TILES must be an address with {z}, {x} and {y}, such as "
                "https://tiles.example.org/{z}/{x}/{y}.png"
            )

    @property
    def origin(self) -> str:
        """The scheme and host that a browser must be allowed to fetch pictures from."""
        found = urlsplit(self.template)
        return f"{found.scheme}://{found.netloc}"

    def address(self, zoom: int, column: int, row: int) -> str:
        """Where one tile is."""
        values = (zoom, column, row)
        address = self.template
        for part, value in zip(PARTS, values, strict=True):
            address = address.replace(part, str(value))
        return address


def register(app: Flask) -> None:
    """Take the tile server from the settings. Raises ValueError where its address is none."""
    template = app.config["MAP_TILES"]
    if template:
        words = app.config["MAP_ATTRIBUTION"] or f"Map: {urlsplit(template).hostname}"
        app.extensions[EXTENSION] = Tiles(template, words)


def in_use() -> Tiles | None:
    """The tile server that is configured; None where there is none."""
    return current_app.extensions.get(EXTENSION) if has_app_context() else None


def attribution() -> str:
    """Who made the pictures behind maps, in words; empty where there are none."""
    tiles = in_use()
    return tiles.words if tiles else ""


def behind(project: Projection) -> Markup:
    """The tiles under a map, each stretched to where the map has its corners."""
    tiles = in_use()
    if tiles is None:
        return Markup("")
    zoom = _zoom(project)
    south, west, north, east = project.corners()
    left, top = _tile(zoom, north, west)
    right, bottom = _tile(zoom, south, east)
    pictures = [
        _picture(project, tiles, zoom, column, row)
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
    ]
    return Markup('<g opacity="0.6">{}</g>').format(Markup("").join(pictures))


def _zoom(project: Projection) -> int:
    """The level at which a tile is drawn nearest to its own size."""
    across = project.pixels_per_km * KM_PER_DEGREE * project.squeeze * 360
    return max(0, min(CLOSEST, round(log2(across / PIXELS))))


def _tile(zoom: int, lat: float, lon: float) -> tuple[int, int]:
    """Column and row of the tile at a place, in web Mercator."""
    last = 2**zoom - 1
    column = int((lon + 180) / 360 * 2**zoom)
    phi = radians(lat)
    row = int((1 - log(tan(phi / 2 + pi / 4)) / pi) / 2 * 2**zoom)
    return min(max(column, 0), last), min(max(row, 0), last)


def _corner(zoom: int, column: int, row: int) -> tuple[float, float]:
    """Latitude and longitude of a tile's north-western corner."""
    return (
        degrees(atan(sinh(pi * (1 - 2 * row / 2**zoom)))),
        column / 2**zoom * 360 - 180,
    )


def _picture(project: Projection, tiles: Tiles, zoom: int, column: int, row: int) -> Markup:
    x1, y1 = project(*_corner(zoom, column, row))
    x2, y2 = project(*_corner(zoom, column + 1, row + 1))
    return Markup(
        '<image href="{}" x="{}" y="{}" width="{}" height="{}" preserveAspectRatio="none"/>'
    ).format(tiles.address(zoom, column, row), x1, y1, round(x2 - x1, 1), round(y2 - y1, 1))
