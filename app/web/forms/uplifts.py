"""Forms of the yearly uplift."""

from collections.abc import Iterable

from flask_wtf import FlaskForm

from app.web.forms.entries import DayField, Given, Line, Price, Ticks, Words
from providers.models.offer import Offer
from providers.models.uplift import UpliftProposal


class OpenRound(FlaskForm):
    """When prices may be proposed, and from when they hold."""

    name = Line("Name of the round", [Given("Enter a name")], description="Such as 2027 to 2028.")
    opens_on = DayField("First day for proposals", [Given("Enter the first day")])
    closes_on = DayField("Last day for proposals", [Given("Enter the last day")])
    applies_on = DayField(
        "Day from which new prices hold", [Given("Enter the day from which new prices hold")]
    )


class ProposePrices(FlaskForm):
    """A new price for each of a provider's offers, where it is to change."""

    reason = Words(
        "Why do the prices change?",
        [Given("Enter the reason for the new prices")],
        description="For example, the change of wages or of rent.",
    )

    @classmethod
    def of(cls, offers: Iterable[Offer]) -> "ProposePrices":
        """A form with a field for each offer."""
        fields = {
            _name(offer): Price(
                f"New price for {offer.service.name} ({offer.reference})",
                description=f"Now {offer.price}. Leave empty to keep it.",
            )
            for offer in offers
        }
        return type("ProposePricesOf", (cls,), fields)()

    def prices(self, offers: Iterable[Offer]) -> dict[Offer, int]:
        """What was entered, in pence."""
        return {offer: pence for offer in offers if (pence := self[_name(offer)].data)}

    def by_field(self, faults: dict[int, str]) -> dict[str, str]:
        """Faults by the offer's id as faults by field."""
        return {f"price_{offer_id}": message for offer_id, message in faults.items()}


class DecideProposals(FlaskForm):
    """Which proposals to accept or to return."""

    chosen = Ticks("Which proposed prices?", validate_choice=False)
    comment = Words("Comment, if you return them", description="The provider reads this.")

    def among(self, proposals: Iterable[UpliftProposal]) -> list[UpliftProposal]:
        """The proposals that were ticked."""
        return [row for row in proposals if str(row.id) in (self.chosen.data or ())]


def _name(offer: Offer) -> str:
    return f"price_{offer.id}"
