"""The form that ties two children."""

from flask_wtf import FlaskForm

from app.children.ties import TieKind
from app.web.forms.entries import Choice, Given, Line, Words
from app.web.forms.filters import labels


class MakeTie(FlaskForm):
    """The other child, what binds or parts the two, and why."""

    reference = Line(
        "Reference of the other child",
        [Given("Enter the reference of the other child, such as C5000001")],
        most=20,
        description="It stands above the name on the child’s page, such as C5000001.",
    )
    kind = Choice(
        "What is it?",
        labels(TieKind),
        [Given("Select whether they are brothers or sisters, or to be kept apart")],
    )
    reason = Words(
        "Why?",
        most=500,
        description="Needed where they are to be kept apart. It is kept encrypted, and no provider "
        "sees it.",
    )
