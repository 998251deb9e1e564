"""What is read from a line of text: a value, or words to say; never a fault."""

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import Form
from wtforms.validators import NumberRange

from app.web.fields import Amount, Miles, PerCent, Pounds, WholeNumber

KINDS = (WholeNumber, Amount, Pounds, PerCent, Miles)
HOSTILE = ("9" * 400, "9" * 5000, "-" + "9" * 400, "1e400", "1e999999999", "1e-999999999", "nan")


def read(kind, text):
    class Sheet(Form):
        field = kind("Field", "Enter a number", [NumberRange(0, 100_000, "Enter less")])

    form = Sheet(MultiDict({"field": text}))
    return form.validate(), form.field


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("kind", KINDS)
def test_a_number_beyond_all_measure_is_refused_in_words(kind, text):
    good, field = read(kind, text)
    assert not good
    assert field.errors[0] == "Enter a number"


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (WholeNumber, " 1,200 ", 1200),
        (WholeNumber, "0", 0),
        (Amount, "2.50", 2.5),
        (Amount, "0", 0.0),
        (Pounds, "£45.50", 4550),
        (PerCent, "12.5%", 0.125),
    ],
)
def test_a_number_is_read_as_people_write_it(kind, text, value):
    good, field = read(kind, text)
    assert good
    assert field.data == value
