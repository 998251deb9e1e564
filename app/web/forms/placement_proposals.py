"""Forms about proposals: what is proposed, why, and what is decided."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovSelect
from wtforms import HiddenField, SelectField
from wtforms.validators import InputRequired, Optional

from app.children.models import Referral
from app.commissioning.enquiries.models import EnquiryAsk
from app.commissioning.now import Part
from app.commissioning.placements.gatekeeping import Assessment, Ground
from app.commissioning.placements.lifecycle import ProposalState
from app.commissioning.placements.models import Proposal
from app.commissioning.placements.proposing import Terms, Wanted
from app.kernel.clock import today
from app.kernel.money import pounds
from app.kernel.words import in_sentence
from app.web.forms.commitments import HALF_DAYS
from app.web.forms.entries import Choice, DayField, Given, Ticks, Words
from app.web.forms.filters import Chooser, FilterForm, labels
from providers.models.offer import Offer
from providers.needs import LegalBasis, Tier, sessions_to_mask

NOT_NOW = "0"
DECISIONS = [
    ("approve", "Approve"),
    ("question", "Return with a question"),
    ("refuse", "Refuse"),
]


class FilterProposals(FilterForm):
    """Which proposals to show."""

    state = Chooser("State", "Any state", labels(ProposalState))

    @property
    def wanted(self) -> ProposalState | None:
        """The state chosen, None for any."""
        return self.state.code(ProposalState)


class _Terms(FlaskForm):
    starts_on = DayField("First day", [Given("Enter the first day, such as 4 1 2027")])
    ends_on = DayField("Last day", [Given("Enter the last day, such as 26 3 2027")])
    tier = Choice("Tier", labels(Tier), [InputRequired("Select a tier")])
    legal_basis = Choice(
        "Legal basis", labels(LegalBasis), [InputRequired("Select the legal basis")]
    )

    def terms(self, officer_id: int | None) -> Terms:
        """What was entered as the service takes it."""
        return Terms(
            self.starts_on.data,
            self.ends_on.data,
            Tier(self.tier.data),
            LegalBasis(self.legal_basis.data),
            officer_id,
        )


class ProposeMany(_Terms):
    """What holds for every child of a match who is proposed at once."""


class MakeProposal(_Terms):
    """An offer for each part of a child's package, and what holds for all of them."""

    @classmethod
    def for_referral(
        cls,
        referral: Referral,
        parts: Sequence[Part],
        chosen: dict[int, int],
        extra: Offer | None,
        asks: Mapping[int, EnquiryAsk],
    ) -> "MakeProposal":
        """The form with a choice of offers for each part.

        chosen: by component, the offer that is chosen at first. extra: an offer to list that may
        not be among those that fit. asks: what providers offered for this child, by their offers.
        """
        fields = {
            f"offer_{part.component.id}": _offers(part, chosen.get(part.component.id), extra, asks)
            for part in parts
        }
        fields |= {
            f"sessions_{part.component.id}": Ticks(
                f"Half-days of {in_sentence(part.component.service.name)}, where they are agreed",
                HALF_DAYS,
            )
            for part in parts
        }
        made = type("MakeProposalHere", (cls,), fields)
        days = [ask.starts_on for ask in asks.values() if ask.offer_id in chosen.values()]
        form = made(
            tier=referral.tier,
            legal_basis=referral.legal_basis,
            starts_on=max([*days, today()]) if days else None,
        )
        form.parts = parts
        form.offers = {
            each.offer.id: each.offer for part in parts for each in (*part.choices, *part.refused)
        }
        return form

    def part_fields(self) -> list[tuple[Any, Any]]:
        """For each part, in order, the choice of an offer and that of its half-days."""
        numbers = [part.component.id for part in self.parts]
        return [(self[f"offer_{number}"], self[f"sessions_{number}"]) for number in numbers]

    def wanted(self) -> list[Wanted]:
        """The parts for which an offer was chosen."""
        picked = [(part.component, self[f"offer_{part.component.id}"].data) for part in self.parts]
        return [
            Wanted(
                component,
                self.offers[int(number)],
                sessions=sessions_to_mask(self[f"sessions_{component.id}"].data or ()),
            )
            for component, number in picked
            if number != NOT_NOW
        ]


def _in_words(offer: Offer, pence: int, ask: EnquiryAsk | None) -> str:
    """An offer to choose: its provider, and what it costs a week by list or as offered."""
    name = offer.provider.name
    if ask is None or ask.pence_a_week is None:
        return f"{name}, {pounds(pence)} a week"
    return f"{name}, {ask.hours} hours for {pounds(ask.pence_a_week)} a week as offered"


def _offers(
    part: Part, chosen: int | None, extra: Offer | None, asks: Mapping[int, EnquiryAsk]
) -> SelectField:
    names = [
        (str(c.offer.id), _in_words(c.offer, c.judged.cost_pence, asks.get(c.offer.id)))
        for c in part.choices
    ]
    known = {int(value) for value, _name in names}
    wanted = {chosen, extra.id if extra else None} - {None} - known
    names += [
        (str(each.offer.id), f"{each.offer.provider.name} (see what speaks against it)")
        for each in part.refused
        if each.offer.id in wanted
    ]
    names.append((NOT_NOW, "Nothing for now"))
    listed = {value for value, _name in names}
    default = str(chosen) if str(chosen) in listed else NOT_NOW
    return SelectField(
        f"{part.component.service.name}, {part.component.hours} hours a week",
        widget=GovSelect(),
        choices=names,
        default=default,
    )


class SubmitProposal(FlaskForm):
    """Why the placement is right, and a reason for each exception."""

    why = Words(
        "Why this placement is right for the child",
        [Given("Enter why this placement is right for the child")],
        most=2000,
    )

    @classmethod
    def for_proposal(cls, proposal: Proposal, found: Assessment) -> "SubmitProposal":
        """The form with a field for the reason of each exception that was found."""
        fields = {
            ground.value: Words(
                f"Reason: {ground.label.lower()}",
                [Given(f"Enter a reason: {ground.label.lower()}")],
                description=" ".join(sentences),
            )
            for ground, sentences in found.grounds.items()
        }
        made = type("SubmitProposalHere", (cls,), fields)
        form = made(why=proposal.why, **proposal.reasons)
        form.grounds = list(found.grounds)
        return form

    def reasons(self) -> dict[Ground, str]:
        """The reason given for each exception."""
        return {ground: self[ground.value].data or "" for ground in self.grounds}


class AnswerQuestion(FlaskForm):
    """The answer to a commissioner's question."""

    answer = Words("Your answer", [Given("Enter your answer")])
    first_day = DayField(
        "Another first day", [Optional()], description="Leave it empty where the days stay."
    )


class DecideProposal(FlaskForm):
    """A decision. seen: the version of the proposal that it is made on."""

    decision = Choice("Your decision", DECISIONS, [InputRequired("Select your decision")])
    words = Words(
        "Question or reason",
        description="Needed for a question and for a refusal. The officer reads it.",
    )
    seen = HiddenField()

    def validate(self, extra_validators: Any = None) -> bool:
        """A question or a refusal needs its words."""
        fine = super().validate(extra_validators)
        if fine and self.decision.data != "approve" and not self.words.data:
            self.words.errors = ["Enter your question, or the reason for refusing"]
            return False
        return fine

    @property
    def version(self) -> int | None:
        """The version that was seen."""
        seen = str(self.seen.data or "")
        return int(seen) if seen.isdecimal() else None
