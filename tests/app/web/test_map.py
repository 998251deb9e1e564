"""The map drawn as SVG."""

from xml.etree import ElementTree

import pytest

from app.web import map
from app.web.map import KINDS, PAPER, Line, Point, Projection

WINCHESTER = (51.063, -1.308)
HOME = Point(51.09, -1.29, "child", "A child in SO23", "SO23")
FARM = Point(*WINCHESTER, "provider", "Oak Farm <Learning>")


def drawn(points, lines=(), **words) -> ElementTree.Element:
    words = {"title": "Places", "description": "Where they are", **words}
    return ElementTree.fromstring(str(map.draw(points, lines, **words)))


def texts(figure: ElementTree.Element) -> list[str]:
    return [
        "".join(element.itertext()) for element in figure.iter() if element.tag.endswith("text")
    ]


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_nothing_to_draw_gives_no_picture():
    assert map.draw([], title="Places", description="None") == ""


def test_the_picture_is_named_for_those_who_cannot_see_it():
    svg = drawn([HOME, FARM], title="Children & places").find("{*}svg")

    assert svg.get("role") == "img"
    ids = svg.get("aria-labelledby").split()
    named = {element.get("id"): element.text for element in svg.iter() if element.get("id")}
    assert [named[i] for i in ids] == ["Children & places", "Where they are"]


def test_words_from_the_data_are_escaped():
    markup = map.draw([FARM], title="T", description="D")

    assert "Oak Farm &lt;Learning&gt;" in markup
    assert "style=" not in markup


def test_a_mile_is_as_long_to_the_east_as_to_the_north():
    south, west = 51.0, -1.5
    project = Projection([(south, west), (51.3, -1.0)])
    x0, y0 = project(south, west)
    _, y1 = project(south + 0.1, west)
    x1, _ = project(south, west + 0.1 / project.squeeze)

    assert y0 - y1 == pytest.approx(x1 - x0, abs=0.2)


def test_every_place_lies_inside_the_picture():
    corners = [(50.7, -1.9), (51.4, -0.7), (51.4, -1.9), (50.7, -0.7)]
    project = Projection(corners)

    for place in corners:
        x, y = project(*place)
        assert 0 < x < map.WIDTH
        assert 0 < y < project.height


def test_places_at_one_coordinate_become_one_mark_with_their_number():
    figure = drawn([HOME, HOME, HOME, FARM])

    marks = [element for element in figure.iter() if element.get("class") == "fp-map__mark"]
    assert len(marks) == 2
    assert "3" in texts(figure)
    assert "counts those at the same place" in "".join(figure.itertext())


def test_a_child_and_a_provider_at_one_place_both_show():
    figure = drawn([Point(*WINCHESTER, "child", "A child"), FARM])

    assert len([e for e in figure.iter() if e.get("class") == "fp-map__mark"]) == 2


def test_a_single_place_still_gives_a_map_with_a_scale():
    assert any("mile" in text for text in texts(drawn([FARM])))


def test_an_area_is_named_once_in_the_middle_of_its_points():
    points = [HOME, Point(51.1, -1.31, "child", "Another", "SO23"), FARM]

    assert texts(drawn(points)).count("SO23") == 1


def test_the_legend_names_only_what_is_drawn():
    words = "".join(drawn([HOME, FARM]).itertext())

    assert "Child placed" in words
    assert "Child not placed" not in words
    assert "postcode sector" in words
    assert "From the child" not in words


def test_a_map_of_providers_says_nothing_of_homes():
    assert "Homes" not in "".join(drawn([FARM]).itertext())


def test_lines_are_drawn_and_explained():
    figure = drawn([HOME, FARM], [Line((HOME.lat, HOME.lon), WINCHESTER)])

    assert "From the child’s area to the provider" in "".join(figure.itertext())


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_each_kind_stands_out_from_the_paper(kind):
    lighter, darker = luminance(PAPER), luminance(kind.colour)

    assert (lighter + 0.05) / (darker + 0.05) >= 3


@pytest.mark.parametrize(
    "together", [("provider", "child", "unplaced"), ("provider", "gained", "lost", "moved", "new")]
)
def test_kinds_on_one_map_differ_in_shape_and_not_in_colour_alone(together):
    assert len({KINDS[name].shape for name in together}) == len(together)
