"""Changing a profile: what publishes, what waits, what is kept, and two people at once."""

import pytest

from app.kernel import audit
from app.kernel.database import db
from app.kernel.rules import RuleBroken
from providers import changes
from providers.facts import facts_for, read_facts
from providers.models.change import ChangeItem, ChangeState
from providers.models.offer import Offer
from providers.needs import NeedType, Registration
from tests.factories.providers import make_cap, make_offer, make_provider, make_service

LEAD = audit.Actor(None, "Amara Lead")


def edit(row, base=None, **values):
    base = changes.draft_of(row) if base is None else base
    return changes.submit(row, base, base | values)


def price(pence):
    return {"pence": pence, "unit": "hour", "vat": "exempt"}


def the_item(**values):
    return db.session.query(ChangeItem).filter_by(state=ChangeState.WAITING, **values).one()


def history(row):
    return list(db.session.scalars(changes.versions(row)))


@pytest.mark.parametrize("make", [make_provider, make_offer])
def test_every_fact_is_read_as_it_was_written(context, make):
    row = make()
    facts = read_facts(row)
    for name, fact in facts_for(row).items():
        fact.write(row, facts[name])
        assert fact.words(facts[name]), name
    db.session.flush()
    assert read_facts(row) == facts


def test_a_small_change_publishes_at_once_and_both_versions_are_kept(context):
    offer = make_offer()
    outcome = edit(offer, about="Boxing and bicycles", min_hours=3)
    assert outcome.published == ("Least hours a week", "About this offer")
    assert read_facts(offer)["about"] == "Boxing and bicycles"
    after, before = history(offer)
    assert (after.number, before.number) == (2, 1)
    assert before.facts["min_hours"] == 1
    assert after.facts["min_hours"] == 3
    assert after.made_by == "Test"


def test_a_change_that_matters_waits_and_changes_nothing_yet(context):
    offer = make_offer()
    outcome = edit(offer, price=price(5_000), ages=[7, 16])
    assert outcome.waiting == ("Price", "Ages")
    assert (offer.price_pence, offer.min_age) == (4_500, 5)
    assert changes.draft_of(offer)["price"] == price(5_000)
    assert history(offer) == []


def test_an_accepted_change_is_published_and_named_with_who_proposed_it(context):
    offer = make_offer()
    edit(offer, needs=["ASD", "SEMH"])
    with audit.acting(LEAD, "test"):
        changes.accept(the_item())
    assert offer.need_types == {NeedType.ASD, NeedType.SEMH}
    assert history(offer)[0].made_by == "Amara Lead"
    assert history(offer)[0].why == "Needs, proposed by Test"


def test_a_change_is_returned_only_with_a_reason(context):
    offer = make_offer()
    edit(offer, ages=[4, 16])
    with pytest.raises(RuleBroken, match="why the change is returned"):
        changes.send_back(the_item(), " ")
    item = the_item()
    changes.send_back(item, "Reception needs another risk assessment.")
    assert item.state is ChangeState.RETURNED
    assert offer.min_age == 5


def test_a_decision_is_made_once(context):
    offer = make_offer()
    edit(offer, ages=[6, 16])
    item = the_item()
    changes.accept(item)
    db.session.flush()
    with pytest.raises(RuleBroken):
        changes.send_back(item, "Too late")


def test_a_further_change_of_the_same_fact_takes_the_place_of_the_first(context):
    offer = make_offer()
    edit(offer, price=price(5_000))
    edit(offer, price=price(5_100))
    assert the_item().after == price(5_100)


def test_going_back_to_what_is_published_withdraws_the_change(context):
    offer = make_offer()
    edit(offer, price=price(5_000))
    outcome = edit(offer, price=price(4_500))
    assert outcome.waiting == ()
    assert changes.waiting_items(offer) == {}


def test_a_price_above_the_cap_is_refused_at_entry_with_cap_date_and_excess(context):
    service = make_service()
    make_cap(service, 5_500)
    offer = make_offer(service=service)
    found = changes.faults(offer, read_facts(offer) | {"price": price(6_000)})
    assert "£5.00 above the cap of £55.00 an hour" in found["price"]
    assert "in force since" in found["price"]
    with pytest.raises(RuleBroken, match="above the cap"):
        edit(offer, price=price(6_000))


def test_a_cap_that_came_down_meanwhile_stops_the_acceptance(context):
    offer = make_offer()
    edit(offer, price=price(5_000))
    make_cap(offer.service, 4_800)
    with pytest.raises(RuleBroken, match="above the cap"):
        changes.accept(the_item())


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"ages": [16, 7]}, "ages"),
        ({"ages": [5, 26]}, "ages"),
        ({"needs": []}, "needs"),
        ({"delivery": []}, "delivery"),
    ],
)
def test_an_offer_that_makes_no_sense_is_refused(context, facts, field):
    offer = make_offer()
    assert list(changes.faults(offer, read_facts(offer) | facts)) == [field]


@pytest.mark.parametrize(
    "claim", [{"kind": "pru", "urn": ""}, {"kind": "unregistered", "urn": "123456"}]
)
def test_a_school_and_only_a_school_has_a_urn(context, claim):
    provider = make_provider()
    found = changes.faults(provider, read_facts(provider) | {"registration": claim})
    assert list(found) == ["registration"]


def test_a_registration_is_published_once_accepted(context):
    provider = make_provider()
    edit(provider, registration={"kind": "pru", "urn": "123456"})
    assert not provider.registered
    changes.accept(the_item(field="registration"))
    assert (provider.registration, provider.urn) == (Registration.PRU, "123456")


def test_two_people_who_change_different_facts_both_have_their_way(context):
    offer = make_offer()
    base = changes.draft_of(offer)
    edit(offer, base, about="Ours")
    outcome = edit(offer, base, min_hours=4)
    assert outcome.conflicts == ()
    assert (read_facts(offer)["about"], offer.min_hours) == ("Ours", 4)


@pytest.mark.parametrize(
    ("first", "second"),
    [({"about": "Ours"}, {"about": "Mine"}), ({"price": price(4_600)}, {"price": price(4_700)})],
)
def test_the_second_of_two_who_change_one_fact_is_shown_both_and_can_save_again(
    context, first, second
):
    offer = make_offer()
    base = changes.draft_of(offer)
    edit(offer, base, **first)
    outcome = edit(offer, base, **second)
    (conflict,) = outcome.conflicts
    (name,) = first
    fact = facts_for(offer)[name]
    assert (conflict.was, conflict.now, conflict.wanted) == tuple(
        fact.words(value) for value in (base[name], first[name], second[name])
    )
    assert changes.draft_of(offer)[name] == first[name]
    edit(offer, **second)
    assert changes.draft_of(offer)[name] == second[name]


def test_two_people_who_want_the_same_do_not_contradict_each_other(context):
    offer = make_offer()
    base = changes.draft_of(offer)
    edit(offer, base, about="Ours")
    assert edit(offer, base, about="Ours").conflicts == ()


def test_what_changed_outside_the_portal_is_kept_as_a_version_too(context):
    offer = make_offer()
    edit(offer, about="One")
    offer.price_pence = 4_700
    db.session.flush()
    edit(offer, about="Two")
    assert [version.facts["price"]["pence"] for version in history(offer)] == [
        4_700, 4_700, 4_500, 4_500,
    ]  # fmt: skip


def test_any_two_versions_are_compared_fact_by_fact(context):
    offer = make_offer()
    edit(offer, about="One", min_hours=2)
    newer, older = history(offer)
    rows = {
        fact.name: (a, b, c) for fact, a, b, c in changes.compared(offer, older.facts, newer.facts)
    }
    assert rows["min_hours"] == ("1", "2", True)
    assert rows["ages"] == ("5 to 16", "5 to 16", False)


def test_names_of_sites_and_the_safeguarding_contact_are_kept_whole(context):
    provider = make_provider()
    site = str(provider.sites[0].id)
    contact = {"name": "Sam Lead", "email": "dsl@oak.example", "phone": "01962 000000"}
    edit(
        provider, sites={site: "The Barn"}, safeguarding=contact, contact_email="hello@oak.example"
    )
    assert provider.sites[0].name == "The Barn"
    assert read_facts(provider)["contact_email"] == "hello@oak.example"
    changes.accept(the_item(field="safeguarding"))
    assert read_facts(provider)["safeguarding"] == contact


def test_what_somebody_saved_after_the_page_was_read_is_seen_under_the_lock(app):
    with app.app_context(), audit.acting(LEAD, "test"):
        number = make_offer().id
        db.session.commit()
    with app.app_context(), audit.acting(LEAD, "test"):
        mine = db.session.get_one(Offer, number)
        base = changes.draft_of(mine)
        with app.app_context():
            edit(db.session.get_one(Offer, number), base, min_hours=3)
            db.session.commit()
        (conflict,) = edit(mine, base, min_hours=4).conflicts
        assert (conflict.was, conflict.now, conflict.wanted) == ("1", "3", "4")
        assert conflict.by == "Amara Lead"
