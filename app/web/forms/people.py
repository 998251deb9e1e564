"""Forms about a provider's people: inviting a colleague, setting a password."""

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovPasswordInput
from wtforms import PasswordField
from wtforms.validators import Email, EqualTo, InputRequired, Length

from app.accounts.passwords import SHORTEST
from app.web.forms.entries import Given, Line


class InviteColleague(FlaskForm):
    """Who is to have access."""

    name = Line("Name", [Given("Enter your colleague’s name")], most=120)
    email = Line(
        "Work email address",
        [
            Given("Enter your colleague’s email address"),
            Email("Enter an email address, such as name@example.org"),
        ],
        most=254,
    )


class SetPassword(FlaskForm):
    """A password of one's own."""

    password = PasswordField(
        "Password",
        widget=GovPasswordInput(),
        description=f"At least {SHORTEST} characters. Three random words are easy to keep in mind.",
        validators=[
            InputRequired("Enter a password"),
            Length(SHORTEST, 128, f"Enter a password of {SHORTEST} to 128 characters"),
        ],
    )
    again = PasswordField(
        "The same password again",
        widget=GovPasswordInput(),
        validators=[EqualTo("password", "Enter the same password twice")],
    )
