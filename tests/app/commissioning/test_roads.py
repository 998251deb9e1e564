"""The way by road: from a table server where there is one, estimated where there is none."""

import json
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from app.commissioning.roads import Road, RoadServer, by_road

HOME, FARM, SCHOOL = (51.06, -1.31), (51.09, -1.29), (50.9, -1.4)
SITES = [(FARM, 4.0), (SCHOOL, 20.0)]


@contextmanager
def serving(status: int = 200, body: str = ""):
    """A table server that gives one answer; yields its address and the questions it was asked."""
    asked: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Answer)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()


def table(metres, seconds, code="Ok") -> str:
    return json.dumps({"code": code, "distances": [metres], "durations": [seconds]})


def test_without_a_server_the_straight_line_is_stretched():
    assert by_road(HOME, SITES, 1.3, None) == [Road(5.2), Road(26.0)]


def test_a_server_measures_kilometres_and_minutes():
    with serving(body=table([5_100.4, 24_000], [540, 1_500])) as (address, asked):
        roads = by_road(HOME, SITES, 1.3, RoadServer(address))
    assert roads == [Road(5.1, 9.0), Road(24.0, 25.0)] and all(r.measured for r in roads)
    assert asked == [
        "/table/v1/driving/-1.310000,51.060000;-1.290000,51.090000;-1.400000,50.900000"
        "?sources=0&destinations=1;2&annotations=distance,duration"
    ]


def test_a_place_that_no_road_reaches_is_estimated():
    with serving(body=table([5_100, None], [540, None])) as (address, _asked):
        roads = by_road(HOME, SITES, 1.3, RoadServer(address))
    assert roads == [Road(5.1, 9.0), Road(26.0)]


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, ""),
        (200, "not json"),
        (200, table([1], [1])),
        (200, table([1, 2], [1, 2], code="NoTable")),
        (200, "[]"),
        (200, '{"code": "Ok"}'),
    ],
)
def test_a_server_that_answers_nonsense_is_done_without(status, body):
    with serving(status, body) as (address, _asked):
        assert by_road(HOME, SITES, 1.3, RoadServer(address)) == [Road(5.2), Road(26.0)]


def test_a_server_that_is_away_is_left_alone_for_a_while():
    with serving(503) as (address, asked):
        server = RoadServer(address)
        for _ in range(3):
            by_road(HOME, SITES, 1.3, server)
        assert len(asked) == 1


def test_nowhere_to_go_asks_nobody():
    with serving() as (address, asked):
        assert by_road(HOME, [], 1.3, RoadServer(address)) == [] and asked == []


@pytest.mark.parametrize("address", ["file:///etc/passwd", "roads:5000", ""])
def test_only_a_web_address_is_asked(address):
    with pytest.raises(ValueError, match="must begin with http"):
        RoadServer(address)
