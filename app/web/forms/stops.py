"""Forms of stops: stopping new placements by hand, and lifting a stop."""

from collections.abc import Sequence

from flask_wtf import FlaskForm

from app.web.forms.entries import Choice, Given, Line, Words
from providers.models.offer import Offer

EVERY_OFFER = "all"


class ImposeStop(FlaskForm):
    """What is stopped, why, and what that rests on."""

    offer = Choice("What is stopped?", validators=[Given("Select what is stopped")])
    source = Line(
        "What does it rest on?",
        [Given("Enter what the stop rests on, such as a telephone call and its day")],
        most=300,
        description="Such as “call from the school on 23 November 2026”.",
    )
    reason = Words(
        "Why are new placements stopped?",
        [Given("Enter why new placements are stopped")],
        description="Officers read this; the provider does not. Name no child, and repeat nothing "
        "that was said in confidence.",
    )

    def __init__(self, offers: Sequence[Offer]) -> None:
        super().__init__()
        self.offer.choices = [(EVERY_OFFER, "All that the provider offers")]
        self.offer.choices += [
            (str(each.id), f"{each.service.name} only ({each.reference})") for each in offers
        ]

    def chosen(self, offers: Sequence[Offer]) -> Offer | None:
        """The one offer that is stopped, None for all."""
        return next((each for each in offers if str(each.id) == self.offer.data), None)


class LiftStop(FlaskForm):
    """Why a stop is lifted."""

    reason = Words(
        "Why may children be placed again?",
        [Given("Enter why the stop is lifted")],
        description="Say what was put right and how you know. It is kept with your name.",
    )
