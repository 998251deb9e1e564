"""Where things are: sectors first, exact postcodes instead of them, nothing ever guessed."""

from types import SimpleNamespace

import pytest
from geopy.exc import GeocoderTimedOut
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app.kernel.database import db
from app.kernel.rules import RuleBroken
from providers import places
from providers.intake.postcodes import Coordinates
from providers.models.place import Accuracy, Postcode
from providers.places import Locator, load_postcodes, load_sectors, online_geocoder, sector_centres
from tests.factories.children import make_child
from tests.factories.places import a_mapped_county
from tests.factories.providers import a_site, make_provider

MIDDLE = Coordinates(51.06, -1.31, Accuracy.SECTOR)
EXACT = Coordinates(51.0632, -1.308, Accuracy.POSTCODE)


@pytest.fixture
def county(context):
    """The middles of two sectors are known."""
    a_mapped_county()
    return context


@pytest.fixture
def file(tmp_path):
    """Writes a file of postcodes; gives its path."""

    def write(*lines: str, heading: str = "Postcode,lat,long"):
        path = tmp_path / "postcodes.csv"
        path.write_text("\n".join([heading, *lines]) + "\n")
        return path

    return write


@pytest.fixture
def online():
    """The online geocoder, switched off again when the test ends."""
    geocoder = online_geocoder()
    yield geocoder
    geocoder.switch_off()


def test_the_sectors_that_ship_place_an_address_in_england(sqlite_app_context):
    stored = load_sectors()
    assert stored == db.session.scalar(select(func.count()).select_from(Postcode))
    found = Locator()("so23 8uj")
    assert found.accuracy is Accuracy.SECTOR
    assert (round(found.latitude, 1), round(found.longitude, 1)) == (51.1, -1.3)


def test_without_exact_postcodes_the_middle_of_the_sector_serves(county):
    assert Locator()("SO23 8UJ") == MIDDLE


@pytest.mark.parametrize("postcode", ["so23 8uj", "SO238UJ", " So23  8uJ "])
def test_a_postcode_is_known_however_it_is_written(county, postcode):
    assert Locator()(postcode) == MIDDLE


def test_a_postcode_of_an_unknown_sector_is_unknown(county):
    assert Locator()("ZZ99 1ZZ") is None


def test_exact_postcodes_replace_the_sector(county, file):
    loaded = load_postcodes(file("SO23 8UJ,51.0632,-1.308", "PO12 1AA,0,0"))
    assert (loaded.taken, loaded.left_out) == (1, 1)
    assert Locator()("SO23 8UJ") == EXACT


def test_where_exact_postcodes_are_loaded_a_gap_is_unknown_and_not_the_sector(county, file):
    load_postcodes(file("SO23 8UJ,51.0632,-1.308"))
    locate = Locator()
    assert locate("SO23 8ZZ") is None
    assert locate("PO12 1AA").accuracy is Accuracy.SECTOR


def test_loading_again_brings_the_newer_position_and_no_second_row(county, file):
    load_postcodes(file("SO23 8UJ,51.0000,-1.300"))
    load_postcodes(file("SO23 8UJ,51.0632,-1.308"))
    assert Locator()("SO23 8UJ") == EXACT
    rows = select(func.count()).select_from(Postcode).where(Postcode.code == "SO238UJ")
    assert db.session.scalar(rows) == 1


def test_homes_and_sites_move_to_their_exact_places(county, file):
    child = make_child(accuracy=Accuracy.SECTOR, latitude=51.06, longitude=-1.31)
    site = make_provider(sites=[a_site(accuracy=Accuracy.SECTOR, latitude=51.06)]).sites[0]
    settled = make_child(latitude=51.0632, longitude=-1.308)
    loaded = load_postcodes(file("SO23 8UJ,51.0632,-1.308"))
    assert loaded.moved == 2
    for row in (child, site, settled):
        assert (row.latitude, row.longitude, row.accuracy) == (51.0632, -1.308, Accuracy.POSTCODE)


def test_an_address_that_is_no_longer_known_has_no_position_rather_than_a_false_one(county, file):
    child = make_child(postcode="SO238ZZ")
    load_postcodes(file("SO23 8UJ,51.0632,-1.308"))
    assert (child.latitude, child.longitude, child.accuracy) == (None, None, None)


def test_a_file_that_is_no_postcodes_is_refused_and_changes_nothing(county, file):
    with pytest.raises(RuleBroken):
        load_postcodes(file("Oak,Winchester", heading="Name,Town"))
    assert Locator()("SO23 8UJ") == MIDDLE


def test_loading_tells_how_far_it_is(county, file):
    told = []
    load_postcodes(file("SO23 8UJ,51.0632,-1.308"), told.append)
    assert told[-1].fraction == 1.0


def test_the_database_holds_no_place_outside_britain(county):
    for column, value in (("latitude", 0.0), ("longitude", 10.0)):
        place = {"latitude": 51.0, "longitude": -1.0} | {column: value}
        row = Postcode(code="AA11AA", sector="AA11", accuracy=Accuracy.POSTCODE, **place)
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.add(row)
            db.session.flush()


def test_a_look_up_is_remembered(county, monkeypatch):
    asked = []
    monkeypatch.setattr(places, "_find", lambda code: asked.append(code) or MIDDLE)
    locate = Locator()
    assert locate("SO23 8UJ") == locate("so238uj") == MIDDLE
    assert asked == ["SO238UJ"]


def test_a_map_shows_a_home_at_the_middle_of_its_sector_however_exactly_it_is_known(county, file):
    load_postcodes(file("SO23 8UJ,51.0632,-1.308"))
    centres = sector_centres({"SO238UJ", "ZZ991ZZ"})
    assert set(centres) == {"SO238UJ"}
    assert (centres["SO238UJ"].latitude, centres["SO238UJ"].longitude) == (51.06, -1.31)


class Stub:
    """What geopy's geocoders look like from outside."""

    answer = SimpleNamespace(latitude=51.5, longitude=-0.1)

    def __init__(self, **options):
        self.options = options
        Stub.asked = []
        Stub.made_with = options

    def geocode(self, query, exactly_one):
        Stub.asked.append(query)
        assert exactly_one
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def stub(online, monkeypatch):
    """An online geocoder that is switched on and can be told what to answer."""
    monkeypatch.setattr(places, "get_geocoder_for_service", {"stub": Stub}.__getitem__)
    online.switch_on("stub", user_agent="Hampshire")
    return Stub


def test_an_online_geocoder_is_asked_only_for_what_is_not_known_here(county, stub):
    locate = Locator()
    assert locate("SO23 8UJ") == MIDDLE
    assert stub.asked == []
    assert locate("ZZ99 1ZZ") == Coordinates(51.5, -0.1, Accuracy.POSTCODE)
    assert stub.asked == ["ZZ99 1ZZ, United Kingdom"]
    assert stub.made_with == {"user_agent": "Hampshire"}


@pytest.mark.parametrize(
    "answer",
    [None, SimpleNamespace(latitude=0.0, longitude=0.0), GeocoderTimedOut("no answer")],
    ids=["not found", "nowhere", "no answer"],
)
def test_an_online_geocoder_that_does_not_know_leaves_the_place_unknown(
    county, stub, monkeypatch, answer
):
    monkeypatch.setattr(stub, "answer", answer)
    assert Locator()("ZZ99 1ZZ") is None


def test_nobody_is_asked_unless_a_geocoder_is_switched_on(county, online):
    assert online.ask("ZZ991ZZ") is None


def test_every_kind_of_row_with_an_address_is_looked_up_again(county):
    child = make_child(latitude=None, longitude=None, accuracy=None)
    site = make_provider().sites[0]
    site.latitude = site.longitude = site.accuracy = None
    assert places.relocate_all() == 2
    assert child.accuracy is site.accuracy is Accuracy.SECTOR
