"""The AP lead's decision about a further site or offer."""

from flask_wtf import FlaskForm
from wtforms import ValidationError

from app.web.forms.entries import Choice, Given, Words


class DecideAddition(FlaskForm):
    """Accept it, or return it with the reason."""

    choice = Choice(
        "Decision",
        [("accept", "Accept and publish it"), ("return", "Return it to the provider")],
        [Given("Select whether to accept or to return it")],
    )
    comment = Words("Comment for the provider", description="Needed where you return it.")

    def validate_comment(self, field) -> None:
        """Refuse to return it without a reason. Raises ValidationError."""
        if self.choice.data == "return" and not (field.data or "").strip():
            raise ValidationError("Enter why it is returned, so that the provider knows what to do")
