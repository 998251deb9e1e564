"""Pages of the search: what an address asks, what is found, compared, saved, frozen and kept."""

import csv
import io
import re
from html import unescape

import pytest
from sqlalchemy import select

from app.accounts.roles import Role
from app.children.models import ProviderWish, Referral
from app.commissioning.models.search import FrozenSearch, SavedSearch, ShortlistEntry
from app.kernel.database import db
from providers.models.place import Accuracy, Postcode
from providers.models.provider import Provider
from providers.needs import Delivery, NeedType
from tests.factories.children import make_child, make_referral, make_wish
from tests.factories.commitments import make_commitment
from tests.factories.providers import a_site, make_cap, make_offer, make_provider, make_service

CASEWORK = (Role.SEND_OFFICER, Role.COMMISSIONER, Role.AP_LEAD)
MOST_QUERIES = 14
ASKED = "age=year-9&need=SEMH&postcode=so238uj&hours=10&free=yes&half_day=mon_am"
NAMES = re.compile(r'fp-result__name"><a[^>]*>([^<]+)</a>')


def shown(answer) -> list[str]:
    """The providers on a page of results, in order."""
    assert answer.status_code == 200, answer.text
    return [unescape(name) for name in NAMES.findall(answer.text)]


def words(answer) -> str:
    """The text of a page, in one line."""
    main = answer.text.partition("<main")[2].partition("</main")[0]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main)))


def a_sector() -> None:
    db.session.add(
        Postcode(
            code="SO238", sector="SO238", accuracy=Accuracy.SECTOR, latitude=51.06, longitude=-1.3
        )
    )


def named(name: str, **values):
    """An offer of a provider with a name; `north` puts it some degrees north of Winchester."""
    site = a_site(latitude=51.06 + values.pop("north", 0.01))
    return make_offer(provider=make_provider(name=name, sites=[site]), **values)


@pytest.fixture
def county(given):
    """Two offers that fit what ASKED asks, one that does not, and a child who asks for it."""
    with given():
        a_sector()
        make_cap(make_service(), 6_500)
        near, far = named("Near Mentors", north=0.1), named("Far Mentors", north=0.2)
        named("Young Mentors", max_age=9)
        make_commitment(near, hours=2, sessions=2)
        referral = make_referral(make_child(reference="C-ONE"), hours={make_service(): 10})
        return near.id, far.id, referral.id


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.PROVIDER])
def test_everyone_at_the_authority_may_search(sign_in, role):
    assert sign_in(role).get("/search/").status_code == 200


def test_providers_do_not_search_each_other(sign_in):
    assert sign_in(Role.PROVIDER).get("/search/").status_code == 403


@pytest.mark.parametrize(
    "path", ["/search/for/1", "/search/freeze", "/search/frozen/", "/shortlists/1"]
)
def test_only_casework_roles_search_for_a_child_freeze_or_shortlist(sign_in, path):
    assert sign_in(Role.FINANCE).get(path).status_code == 403


def test_results_say_why_each_fits_and_the_others_why_not(county, sign_in):
    browser = sign_in()
    answer = browser.get(f"/search/?{ASKED}&order=distance")
    assert shown(answer) == ["Near Mentors", "Far Mentors"]
    text = words(answer)
    assert "2 offers fit , 1 is not suitable: see why" in text
    assert "Takes ages 5 to 16 · meets SEMH · 6.9 miles (11.1 km) · £45.00 an hour, £20.00" in text
    assert "18 hours free, confirmed 3 days ago" in text  # less what is promised
    others = browser.get(f"/search/?{ASKED}&show=unsuitable")
    assert shown(others) == ["Young Mentors"]
    assert "The provider teaches ages 5 to 9; the child is 13" in words(others)


def test_every_filter_is_in_the_address_and_can_be_taken_away(county, sign_in):
    page = sign_in().get(f"/search/?{ASKED}&delivery=at_base&price=50&judgement=green&tier=2")
    text = words(page)
    for words_of_filter in (
        "Year 9", "SEMH", "SO23 8UJ", "Hours a week: 10", "A place and enough hours free",
        "Monday mornings", "At the provider's site", "in pounds: 50", "Judged at least: Green",
        "Tier 2",
    ):  # fmt: skip
        assert words_of_filter in text
    assert "Remove filter:" in text


def test_results_come_twenty_a_page(given, sign_in):
    with given():
        for _ in range(21):
            make_offer(provider=make_provider())
    browser = sign_in()
    first, second = (shown(browser.get(f"/search/?age=age-12&page={page}")) for page in (1, 2))
    assert (len(first), len(second)) == (20, 1)
    assert not set(first) & set(second)
    assert browser.get("/search/?age=age-12&page=3").status_code == 404


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("postcode=nowhere", "“nowhere” is not a postcode. Enter a postcode such as SO23 8UJ."),
        ("postcode=SO23", "Enter the full postcode"),
        ("postcode=ZZ9+9ZZ", "We do not know where ZZ9 9ZZ is"),
        ("miles=10", "Enter a postcode to measure the distance from"),
        ("postcode=SO23+8UJ&miles=-3", "Enter a distance of more than 0 and at most 200 miles"),
        ("hours=many", "Enter the hours a week as a whole number, such as 10"),
        ("hours=0", "Enter hours a week from 1 to 40"),
        ("price=POA", "Enter the price an hour in pounds, such as 48.50"),
        ("price=0", "Enter a price an hour of more than £0"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words_and_nothing_is_lost(
    given, sign_in, asked, message
):
    with given():
        a_sector()
    answer = sign_in().get(f"/search/?age=year-9&{asked}")
    assert answer.status_code == 200
    assert "Error: Find provision" in answer.text
    assert message in words(answer)
    assert re.search(r'<option value="year-9" selected', answer.text)


@pytest.mark.parametrize("asked", ["age=age-99", "need=XYZ", "service=drop", "order=odd&tier=9"])
def test_a_value_that_is_not_on_the_form_leaves_the_thing_open(given, sign_in, asked):
    with given():
        make_offer()
    assert len(shown(sign_in().get(f"/search/?{asked}"))) == 1


def test_a_search_for_a_child_begins_with_what_the_referral_asks(county, sign_in):
    browser = sign_in()
    answer = browser.get(f"/search/for/{county[2]}")
    assert answer.status_code == 302
    for asked in ("age=age-13", "need=SEMH", "hours=10", "free=yes", "service="):
        assert asked in answer.location
    assert "postcode" not in answer.location  # a home stays out of addresses and logs
    page = browser.get(answer.location)
    assert set(shown(page)) == {"Near Mentors", "Far Mentors"}
    assert "C-ONE" in words(page)
    assert "SO23 8UJ" not in page.text


def test_a_search_for_a_child_keeps_to_the_wishes_of_the_family(county, given, sign_in):
    with given():
        referral = db.session.get(Referral, county[2])
        near = db.session.scalar(select(Provider).where(Provider.name == "Near Mentors"))
        make_wish(referral, near, rank=0)
        make_wish(referral, make_provider(name="Joined Later"))
        db.session.add(ProviderWish(referral=referral, provider_reference="SUP9999", rank=2))
    browser = sign_in()
    page = browser.get(f"/search/for/{county[2]}", follow_redirects=True)
    assert shown(page) == ["Far Mentors"]
    assert browser.get(f"/shortlists/{county[2]}").status_code == 200


def test_a_search_for_a_child_whose_home_is_not_on_the_map_says_so(given, sign_in):
    with given():
        child = make_child(latitude=None, longitude=None, accuracy=None)
        referral = make_referral(child).id
        make_offer()
    page = sign_in().get(f"/search/for/{referral}?age=age-13")
    assert "so no distance is measured" in words(page)
    assert len(shown(page)) == 1


def test_a_search_can_be_made_for_a_child_for_whom_nothing_is_asked_yet(given, sign_in):
    with given():
        referral = make_referral(hours={}).id
        make_offer()
    page = sign_in().get(f"/search/for/{referral}", follow_redirects=True)
    assert len(shown(page)) == 1


def test_offers_are_compared_side_by_side(county, sign_in):
    near, far, _ = county
    text = words(sign_in().get(f"/search/compare?offer={near}&offer={far}&{ASKED}"))
    assert "Compare 2 offers" in text
    assert "Near Mentors Far Mentors" in text
    assert "£45.00 an hour, £20.00 under the cap" in text
    assert "Evidence good until Public liability insurance:" in text


@pytest.mark.parametrize("offers", ["", "offer=1&offer=2&offer=3&offer=4&offer=5&offer=6&offer=7"])
def test_from_one_to_six_offers_can_be_compared(county, sign_in, offers):
    answer = sign_in().get(f"/search/compare?{offers}&{ASKED}", follow_redirects=True)
    assert "Tick from 1 to 6 offers to compare." in words(answer)
    assert shown(answer) != []  # the results are still there


def test_results_can_be_taken_away_as_a_spreadsheet(county, sign_in):
    browser = sign_in()
    for suffix, suitable, count in (("", "Yes", 2), ("&show=unsuitable", "No", 1)):
        answer = browser.get(f"/search/download.csv?{ASKED}{suffix}")
        rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
        assert [row["Suitable"] for row in rows] == [suitable] * count
    assert browser.get(f"/search/download.xlsx?{ASKED}").status_code == 200


def test_a_search_is_saved_under_a_name_for_oneself(app, given, sign_in):
    browser, other = sign_in(), sign_in()
    answer = browser.post(
        f"/search/save?{ASKED}&page=2", data={"name": "Mentors"}, follow_redirects=True
    )
    assert "“Mentors” is saved" in words(answer)
    assert "Mentors" in words(browser.get("/search/"))
    assert "Mentors" not in words(other.get("/search/"))
    with app.app_context():
        saved = db.session.scalar(db.select(SavedSearch))
        saved_id, query = saved.id, saved.query
    assert "page" not in query
    assert "half_day=mon_am" in query
    assert other.post(f"/search/saved/{saved_id}/forget").status_code == 404
    assert browser.post(f"/search/saved/{saved_id}/forget").status_code == 302
    assert "Mentors" not in words(browser.get("/search/")).replace("“Mentors” is no longer", "")


def test_a_frozen_search_is_seen_again_when_the_directory_has_changed(app, given, county, sign_in):
    near, _, referral = county
    browser = sign_in()
    refused = browser.post(f"/search/for/{referral}/freeze?age=age-13", data={"reason": ""})
    assert "Enter why this search is kept" in words(refused)
    answer = browser.post(
        f"/search/for/{referral}/freeze?age=age-13&hours=10", data={"reason": "For the panel"}
    )
    assert answer.status_code == 302
    with given():
        db.session.get(FrozenSearch, 1)
        offer = db.session.get(type(make_offer()), near)
        offer.price_pence = 9_900
        offer.provider.name = "Another name"
    page = browser.get(answer.location)
    text = words(page)
    assert "For the panel" in text
    assert "2 of 3 looked at" in text
    assert "Unchanged" in text
    assert re.search(r"Public liability insurance: \d+ \w+ 20\d\d", text)
    assert "Near Mentors" in text
    assert "£99.00" not in text
    assert "the child is 13" in words(browser.get(f"{answer.location}?show=unsuitable"))
    rows = browser.get(f"{answer.location}/download.csv").data.decode("utf-8-sig").splitlines()
    assert len(rows) == 4
    assert "C-ONE" in words(browser.get("/search/frozen/"))


def test_offers_are_put_on_a_childs_shortlist_with_a_note(app, county, sign_in):
    near, _, referral = county
    browser = sign_in()
    add = f"/shortlists/{referral}/add?offer={near}"
    answer = browser.post(add, data={"note": "Ask about Mondays"}, follow_redirects=True)
    text = words(answer)
    assert "Near Mentors, Mentoring, is on the shortlist." in text
    assert "Ask about Mondays" in text
    assert "Ask about Mondays" in browser.get(add).text  # to be changed
    with app.app_context():
        entry = db.session.scalar(db.select(ShortlistEntry.id))
    gone = browser.post(f"/shortlists/entries/{entry}/remove", follow_redirects=True)
    assert "Nothing is on the shortlist" in words(gone)


def test_an_offer_that_does_not_exist_cannot_be_shortlisted(county, sign_in):
    answer = sign_in().get(f"/shortlists/{county[2]}/add?offer=999")
    assert answer.status_code == 409
    assert "no longer in the directory" in words(answer)


@pytest.mark.parametrize(
    "path",
    [
        "/search/?{asked}",
        "/search/?{asked}&show=unsuitable",
        "/search/compare?offer={near}&offer={far}&{asked}",
        "/search/for/{referral}?{asked}",
        "/search/for/{referral}?{asked}&show=unsuitable",
        "/search/for/{referral}/compare?offer={near}&offer={far}&{asked}",
        "/search/freeze?{asked}",
        "/shortlists/{referral}",
    ],
)
def test_a_page_reads_the_database_at_most_fourteen_times(county, sign_in, count_queries, path):
    near, far, referral = county
    browser = sign_in()
    with count_queries() as asked:
        answer = browser.get(path.format(asked=ASKED, near=near, far=far, referral=referral))
    assert answer.status_code == 200
    reads = [each for each in asked if not each.startswith("INSERT INTO record_look")]
    assert len(reads) <= MOST_QUERIES, "\n".join(reads)


def test_ways_and_needs_that_are_ticked_stay_ticked(county, sign_in):
    page = sign_in().get("/search/?need=SEMH&need=ASD&match=any&delivery=online")
    for value in (NeedType.SEMH, NeedType.ASD, Delivery.ONLINE, "any"):
        assert re.search(rf'value="{value}"[^>]*checked', page.text), value
