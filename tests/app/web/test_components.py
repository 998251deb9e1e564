"""The components that pages are built from, rendered without a browser."""

import re
from xml.etree import ElementTree

import pytest
from flask import render_template_string

from app.web.listing import Sort
from tests.browser.gallery import create_gallery

TABLE = """
{% from "components/lists.html" import data_table %}
{% call(row, cell) data_table("Children", columns, rows, sort=sort) %}
  {% call cell() %}<a href="/x">{{ row[0] }}</a>{% endcall %}
  {{ cell(row[1]) }}
{% endcall %}
"""
COLUMNS = [{"text": "Child", "sort": "name"}, {"text": "Cost", "sort": "cost", "numeric": True}]


@pytest.fixture(scope="module")
def gallery():
    return create_gallery()


@pytest.fixture
def render(gallery):
    def render_source(source: str, path: str = "/", **values) -> str:
        with gallery.test_request_context(path):
            return render_template_string(source, **values).strip()

    return render_source


def table(render, path="/", sort=None, rows=(("O’Neil <b>", "£3.00"),)):
    markup = render(TABLE, path, columns=COLUMNS, rows=rows, sort=sort)
    return ElementTree.fromstring(markup)


def test_a_table_escapes_what_it_shows_and_names_each_cell(render):
    cells = [*table(render).iter("th"), *table(render).iter("td")]

    assert cells[2].find(".//a").text == "O’Neil <b>"
    assert [cell.get("data-label") for cell in cells[2:]] == ["Child", "Cost"]
    assert cells[2].get("scope") == "row"


@pytest.mark.parametrize("missing", [None, ""])
def test_a_missing_value_is_a_dash_in_a_table(render, missing):
    assert "".join(table(render, rows=[("A", missing)]).find(".//td").itertext()) == "–"


def test_a_zero_is_shown_as_a_zero(render):
    assert "".join(table(render, rows=[("A", 0)]).find(".//td").itertext()) == "0"


def test_the_sorted_column_says_so_and_its_link_turns_the_order_round(render):
    heads = list(table(render, "/?need=PD&page=4&sort=name", Sort("name")).iter("th"))

    assert heads[0].get("aria-sort") == "ascending"
    assert heads[1].get("aria-sort") == "none"
    assert heads[0].find("a").get("href") == "/?need=PD&sort=-name"
    assert heads[1].find("a").get("href") == "/?need=PD&sort=cost"


def test_without_a_sort_headings_are_plain(render):
    heads = list(table(render).iter("th"))

    assert heads[0].get("aria-sort") is None
    assert heads[0].find("a") is None


def test_a_button_that_sends_a_form_carries_its_token_and_values(render):
    source = """{% from "components/actions.html" import post_button %}
    {{ post_button("Accept", "/accept", about="for Amara", values={"place": 3}) }}"""
    form = render(source)

    assert '<form class="fp-post" method="post" action="/accept">' in form
    assert re.search(r'name="csrf_token" value="[^"]+"', form)
    assert 'name="place" value="3"' in form
    assert 'Accept<span class="govuk-visually-hidden"> for Amara</span>' in form


def test_reasons_say_their_kind_without_colour(render):
    source = """{% from "components/facts.html" import why %}{{ why(["a <b>"], kind="against") }}"""

    assert "No: </span>a &lt;b&gt;" in render(source)


def test_progress_without_a_known_end_has_no_value(render):
    source = """{% from "components/facts.html" import progress %}{{ progress(none, "Waiting") }}"""

    assert " value=" not in render(source)
    assert "Working …" in render(source)
