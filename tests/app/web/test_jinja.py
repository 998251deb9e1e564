"""What templates can use."""

import pytest
from flask import render_template_string
from jinja2 import UndefinedError

from tests.browser.gallery import create_gallery


@pytest.fixture(scope="module")
def gallery():
    return create_gallery()


def render(gallery, source: str, path: str = "/", **values) -> str:
    with gallery.test_request_context(path):
        return render_template_string(source, **values)


def test_a_misspelt_name_is_an_error_and_not_a_gap(gallery):
    with pytest.raises(UndefinedError):
        render(gallery, "{{ chidl }}", child="Amara")


def test_an_optional_name_may_be_asked_about(gallery):
    assert render(gallery, "{% if chidl %}yes{% else %}no{% endif %}") == "no"


@pytest.mark.parametrize(
    ("path", "call", "expected"),
    [
        ("/c?need=ASD&page=3", "this_page(page=4)", "/c?need=ASD&page=4"),
        ("/c?need=ASD&page=3", "this_page(need=none, page=none)", "/c"),
        ("/c?need=ASD&need=PD", "this_page(page=2)", "/c?need=ASD&need=PD&page=2"),
        ("/c", "this_page()", "/c"),
        ("/c?q=O%27Neil+%26+co", "this_page(page=2)", "/c?q=O%27Neil+%26+co&page=2"),
    ],
)
def test_this_page_keeps_the_rest_of_the_query(gallery, path, call, expected):
    assert render(gallery, "{{ " + call + " | string }}", path).replace("&amp;", "&") == expected


def test_own_files_carry_a_mark_of_their_content(gallery):
    assert "fairplace.css?v=" in render(gallery, "{{ static_file('fairplace.css') }}")


def test_filters_reach_templates(gallery):
    source = "{{ 4550 | money }} {{ 10 | miles }} {{ 2 | plural('child', 'children') }}"

    assert render(gallery, source) == "£45.50 6.2 miles 2 children"
