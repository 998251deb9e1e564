"""Lists as spreadsheets: each opens in both kinds, holds its rows, and runs nobody's formula."""

import csv
import io
from datetime import timedelta

from openpyxl import load_workbook

from app.access import POLICY, declaration_of
from app.accounts.roles import Role
from app.commissioning.budgets.costs import financial_year_of
from app.commissioning.budgets.models import PlacementCost
from app.commissioning.panels.models import PanelMeeting
from app.commissioning.placements.lifecycle import PlacementState
from app.kernel.clock import today
from app.kernel.database import db
from app.notices import service as notices
from app.notices.topics import Topic
from tests.app.web.visitors import signed_in
from tests.factories.accounts import make_user
from tests.factories.attendance import make_mark
from tests.factories.children import make_child, make_referral
from tests.factories.enquiries import make_enquiry
from tests.factories.placements import make_placement
from tests.factories.providers import make_offer

HARMFUL = "=HYPERLINK(1)"


def rows_in(answer) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text[:500]
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_every_list_of_nothing_is_a_file_with_its_headings(sqlite_app):
    adapter, clients = sqlite_app.url_map.bind("localhost"), {}
    for rule in sqlite_app.url_map.iter_rules():
        if rule.arguments != {"kind"} or "csv" not in rule.rule or "GET" not in rule.methods:
            continue
        permission = declaration_of(sqlite_app.view_functions[rule.endpoint])[0]
        role = (
            Role.AP_LEAD if Role.AP_LEAD in POLICY[permission] else next(iter(POLICY[permission]))
        )
        client = clients.setdefault(role, None) or signed_in(sqlite_app, role)
        clients[role] = client
        for kind in ("csv", "xlsx"):
            answer = client.get(adapter.build(rule.endpoint, {"kind": kind}) + "?kind=odd&x=1")
            if answer.status_code == 302:  # a search of nothing leads to its form
                continue
            assert answer.status_code == 200, (rule.rule, answer.status_code)
            assert answer.headers["Cache-Control"] == "no-store"
            assert _headings(kind, answer.data), rule.rule


def _headings(kind: str, data: bytes) -> list:
    if kind == "csv":
        return next(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    return [cell.value for cell in next(load_workbook(io.BytesIO(data)).active.rows)]


def test_a_page_leads_to_its_list_as_it_is_filtered_whatever_its_address_says(given, sign_in):
    with given():
        make_placement()
    page = sign_in(Role.COMMISSIONER).get("/placements/?state=live&kind=odd&page=1")
    assert page.status_code == 200
    assert 'href="/placements/download.csv?state=live&amp;kind=odd"' in page.text


def test_proposals_are_exported_as_filtered_without_names_for_finance(given, sign_in):
    with given():
        child = make_child(forename=HARMFUL)
        waiting = make_placement(PlacementState.PROPOSED, referral=make_referral(child))
        reference, name = waiting.proposal.reference, child.full_name
        make_placement()
    (row,) = rows_in(sign_in(Role.COMMISSIONER).get("/placement-proposals/download.csv"))
    assert row["Proposal"] == reference
    assert row["Name"] == f"'{name}"
    (row,) = rows_in(sign_in(Role.FINANCE).get("/placement-proposals/download.csv"))
    assert row["Name"] == ""
    everything = sign_in(Role.COMMISSIONER).get("/placement-proposals/download.csv?state=")
    assert len(rows_in(everything)) == 2


def test_a_line_of_the_budget_is_exported_in_pounds(given, sign_in):
    with given():
        placement = make_placement()
        year = financial_year_of(today())
        cost = PlacementCost(year=year, pence=123_45, transport_pence=100)
        placement.costs.append(cost)
        db.session.flush()
        tier = placement.tier.value
    (row,) = rows_in(sign_in(Role.FINANCE).get(f"/budgets/{year}/{tier}/download.csv"))
    assert (row["Provision in the year (£)"], row["Transport in the year (£)"]) == ("123.45", "1.0")
    assert row["Name"] == ""


def test_sessions_of_one_placement_are_exported_and_no_other(given, sign_in):
    with given():
        mark, other = make_mark(), make_mark()
        number = mark.placement_id
        named = {mark.placement.reference, other.placement.reference}
        mine = mark.placement.reference
        provider_id = mark.placement.offer.provider_id
    found = rows_in(sign_in(Role.SEND_OFFICER).get(f"/attendance/placements/{number}/download.csv"))
    assert {row["Placement"] for row in found} == {mine} < named
    own, another = sign_in(Role.PROVIDER, provider_id), sign_in(Role.PROVIDER)
    assert own.get(f"/attendance/placements/{number}/download.csv").status_code == 200
    assert another.get(f"/attendance/placements/{number}/download.csv").status_code == 404


def test_a_person_exports_their_own_notices_alone(given, sign_in, app):
    client = sign_in(Role.SEND_OFFICER)
    with given():
        other = make_user(Role.COMMISSIONER)
        notices.tell([other], Topic.PANEL_AGENDA, page="/panels/1", key="test:1")
    assert rows_in(client.get("/notices/download.csv")) == []


def test_a_provider_exports_what_it_was_asked_and_nothing_of_who_it_is(given, sign_in):
    with given():
        ask = make_enquiry(make_offer()).asks[0]
        provider_id, name = ask.offer.provider_id, ask.enquiry.referral.child.full_name
        reference = ask.enquiry.reference
    answer = sign_in(Role.PROVIDER, provider_id).get("/answers/download.csv")
    (row,) = rows_in(answer)
    assert row["Enquiry"] == reference
    assert name not in answer.text
    assert rows_in(sign_in(Role.PROVIDER).get("/answers/download.csv")) == []


def test_meetings_are_exported_with_what_was_decided(given, sign_in):
    with given():
        day = today() + timedelta(days=7)
        db.session.add(PanelMeeting(held_on=day, place="Winchester", called_by="Callum"))
    (row,) = rows_in(sign_in(Role.COMMISSIONER).get("/panels/download.csv"))
    assert (row["Day"], row["Place"], row["Items"]) == (day.isoformat(), "Winchester", "0")


def test_missing_registers_are_exported(given, sign_in):
    with given():
        placement = make_placement(sessions=1023)
        reference = placement.reference
    found = rows_in(sign_in(Role.SEND_OFFICER).get("/attendance/missing/download.csv"))
    assert found
    assert {row["Placement"] for row in found} == {reference}
    assert found[0]["Missing"] == "Morning; Afternoon"
