"""Published postcode files become points, and nothing is ever placed at 0, 0."""

import io
from datetime import date

import pytest

from providers.intake.files import UnreadableFile
from providers.intake.postcodes import (
    PointLookup,
    PostcodePoint,
    open_postcodes,
    sector_of,
    shipped_sectors,
)
from providers.models.place import Accuracy
from tests.providers.intake.builders import archive

NSPL = (
    "pcd,pcd2,pcds,dointr,doterm,usertype,oseast1m,osnrth1m,lat,long\n"
    "SO238UJ,SO23 8UJ,SO23 8UJ,198001,,0,448000,129500,51.063200,-1.316100\n"
    "SO238ZZ,SO23 8ZZ,SO23 8ZZ,198001,200512,0,448000,129500,51.060000,-1.310000\n"
    "JE2 3AB,JE2  3AB,JE2 3AB,198001,,0,,,99.999999,0.000000\n"
)
LIVE = PostcodePoint("SO238UJ", 51.0632, -1.3161)
DEAD = PostcodePoint("SO238ZZ", 51.06, -1.31, terminated_on=date(2005, 12, 1))
CODE_POINT = '"SO23 8UJ",10,448000,129500,"E92000001"\n"SO238ZZ",90,0,0,"E92000001"\n'


def stream(text: str) -> io.BytesIO:
    return io.BytesIO(text.encode())


@pytest.mark.parametrize(
    "source",
    [
        stream(NSPL),
        stream("\ufeff" + NSPL.upper()),
        archive(
            Data__NSPL_csv=NSPL, Data__multi_csv__SO_csv=NSPL, Documents__names_csv="a,b\n1,2\n"
        ),
    ],
)
def test_the_national_lookup_is_read_once_from_csv_or_zip(source):
    file = open_postcodes(source)
    assert list(file) == [LIVE, DEAD]
    assert (file.form, file.skipped) == ("National Statistics postcode lookup", 1)


def test_a_lookup_that_is_only_split_by_area_is_read_whole():
    parts = archive(multi_csv__SO_csv=NSPL, multi_csv__PO_csv=NSPL.replace("SO23", "PO13"))
    assert len(list(open_postcodes(parts))) == 4


@pytest.mark.parametrize(
    "source",
    [
        stream(CODE_POINT),
        archive(
            Data__CSV__so_csv=CODE_POINT, Doc__Column_Headers_csv="PC,PQ,EA,NO\nPostcode,x,y,z\n"
        ),
    ],
)
def test_code_point_open_is_turned_from_grid_metres_into_degrees(source):
    file = open_postcodes(source)
    (point,) = file
    assert point.latitude == pytest.approx(51.0628, abs=0.0005)
    assert point.longitude == pytest.approx(-1.3164, abs=0.0005)
    assert (file.form, file.skipped) == ("Code-Point Open", 1)


def test_a_known_grid_reference_lands_within_five_metres():
    # Ordnance Survey's worked example: TG 51409 13177 is 52°39'28.72"N 1°42'57.79"E
    (point,) = open_postcodes(stream("NR303AB,10,651409,313177\n"))
    assert point.latitude == pytest.approx(52.657978, abs=0.00005)
    assert point.longitude == pytest.approx(1.716053, abs=0.00008)


def test_a_plain_list_is_read_and_blank_or_foreign_coordinates_are_skipped():
    file = open_postcodes(
        stream(
            "Postcode,lat,long\nso23 8uj,51.0632,-1.3161\nPO1 9AH,,0.00000\nPO2 1AA,0,0\n"
            "PO3 1AA,40.7,-74\nSO23,51,-1\nSO23 8UJ,north,-1\n"
        )
    )
    assert list(file) == [LIVE]
    assert file.skipped == 5


@pytest.mark.parametrize(
    "source",
    [
        stream(""),
        stream("Name,Age\nSøren,9\n"),
        archive(readme_txt="no"),
        io.BytesIO(b"PK\x03\x04cut off"),
        archive(Data__lists_csv="a,b\n"),
    ],
)
def test_a_file_without_postcodes_is_refused(source):
    with pytest.raises(UnreadableFile):
        open_postcodes(source)


def test_progress_is_told_as_a_share(tmp_path):
    path = tmp_path / "list.csv"
    lines = [f"SO{n % 90 + 10} {n % 10}AA,51.{n:05},-1.3" for n in range(12_000)]
    path.write_text("Postcode,lat,long\n" + "\n".join(lines))
    told = []
    assert len(list(open_postcodes(path, lambda share, rows: told.append((share, rows))))) == 12_000
    assert [rows for _, rows in told] == [5_000, 10_000, 12_000]
    assert told[-1][0] == 1.0
    assert sorted(told) == told


def test_the_sectors_that_ship_with_the_product_place_an_address_to_its_sector():
    lookup = PointLookup(shipped_sectors())
    found = lookup("so23 8uj")
    assert found.accuracy is Accuracy.SECTOR
    assert found.latitude == pytest.approx(51.06, abs=0.02)
    assert lookup("ZZ99 9ZZ") is None


def test_a_full_postcode_is_found_before_its_sector():
    sector = PostcodePoint("SO238", 51.0, -1.0, Accuracy.SECTOR)
    lookup = PointLookup([sector, LIVE])
    assert lookup("SO23 8UJ").accuracy is Accuracy.POSTCODE
    assert lookup("SO23 8AA").accuracy is Accuracy.SECTOR
    assert (LIVE.sector, sector.sector, sector_of("SO23 8UJ")) == ("SO238", "SO238", "SO238")
