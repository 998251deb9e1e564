"""Pictures of the land behind a map, where a tile server is configured."""

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from flask import Flask

from app.web import map, tiles
from app.web.map import Point
from app.web.projection import Projection

WINCHESTER, BASINGSTOKE = (51.063, -1.308), (51.266, -1.087)
TEMPLATE = "https://tiles.example.org/land/{z}/{x}/{y}.png"


@pytest.fixture
def configured():
    app = Flask("tiles")
    app.config.update(MAP_TILES=TEMPLATE, MAP_ATTRIBUTION="© Example Survey")
    tiles.register(app)
    with app.app_context():
        yield app


def drawn(*places):
    places = places or (WINCHESTER, BASINGSTOKE)
    points = [Point(*place, "provider", "Oak Farm") for place in places]
    return str(map.draw(points, title="Places", description="Where they are"))


def pictures(*places):
    found = ElementTree.fromstring(drawn(*places)).iter()
    return [element.attrib for element in found if element.tag.endswith("image")]


def test_no_picture_is_fetched_from_anywhere_by_default():
    assert "<image" not in drawn()


def test_tiles_cover_the_whole_map_without_gaps(configured):
    found = pictures()
    lefts = sorted({float(each["x"]) for each in found})
    tops = sorted({float(each["y"]) for each in found})
    project = Projection([WINCHESTER, BASINGSTOKE])

    assert len(found) == len(lefts) * len(tops)
    assert len(found) <= 40
    assert lefts[0] <= 0 and tops[0] <= 0
    assert max(float(e["x"]) + float(e["width"]) for e in found) >= map.WIDTH
    assert max(float(e["y"]) + float(e["height"]) for e in found) >= project.height
    width = float(found[0]["width"])
    assert all(b - a == pytest.approx(width, abs=0.2) for a, b in pairwise(lefts))


def test_a_tile_is_asked_for_by_its_place_in_web_mercator(configured):
    """Charing Cross is on tile 12/2046/1362 of every such server; the map here is at level 14."""
    addresses = {each["href"] for each in pictures((51.508, -0.125))}
    tiles_of_12 = {
        (int(x) // 4, int(y) // 4)
        for x, y in (re.search(r"/14/(\d+)/(\d+)\.png$", a).groups() for a in addresses)
    }

    assert (2046, 1362) in tiles_of_12
    assert len(addresses) <= 20


def test_who_made_the_pictures_is_named(configured):
    assert "© Example Survey" in drawn()


@pytest.mark.parametrize(
    "template",
    ["tiles/{z}/{x}/{y}.png", "https://tiles.example.org/{z}/{x}.png", "ftp://a/{z}{x}{y}"],
)
def test_an_address_that_is_no_template_is_refused_at_the_start(template):
    app = Flask("tiles")
    app.config.update(MAP_TILES=template, MAP_ATTRIBUTION="")

    with pytest.raises(ValueError, match="FAIRPLACE_MAP_TILES must be an address"):
        tiles.register(app)
