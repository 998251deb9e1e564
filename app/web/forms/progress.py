"""Forms about progress: a review that was held, and the ending of a placement."""

from collections.abc import Iterable

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxInput
from wtforms import BooleanField
from wtforms.validators import NumberRange, Optional

from app.commissioning.placements.lifecycle import Destination
from app.commissioning.plans.models import Objective
from app.commissioning.progress.lifecycle import NextStep, Outcome, Progress
from app.commissioning.progress.reviews import Conclusion
from app.web.fields import WholeNumber
from app.web.forms.entries import Choice, DayField, Given, Line, Words

MOST_HOURS = 40


class _Judging(FlaskForm):
    """A form that has a choice for each objective of a plan."""

    objectives: tuple[Objective, ...] = ()

    def judged(self, objective: Objective):
        """The choice of one objective."""
        return self[f"objective_{objective.id}"]

    def note_on(self, objective: Objective):
        """The note on one objective."""
        return self[f"note_{objective.id}"]


class _Review(_Judging):
    """A review that was held."""

    held_on = DayField("When was it held?", [Given("Enter the day on which the review was held")])
    present = Line("Who took part?", [Given("Enter who took part")], most=500)
    child_voice = Words(
        "What did the child say?",
        [Given("Enter what the child said, or why the child could not be asked")],
        most=2000,
    )
    parents_voice = Words(
        "What did the parents or carers say?",
        [Given("Enter what the parents or carers said, or why they could not be asked")],
        most=2000,
    )
    summary = Words(
        "What did the review conclude, and why?",
        [Given("Enter what the review concluded, and why")],
        most=4000,
    )
    next_step = Choice(
        "Next step",
        [(each.value, each.label) for each in NextStep],
        [Given("Select the next step")],
    )
    new_hours = WholeNumber(
        "Hours a week from now on",
        "Enter hours a week as a whole number, such as 6",
        description="Only where the next step is to change or step down. A change of hours also"
        " needs a variation of the agreement.",
        validators=[
            Optional(),
            NumberRange(1, MOST_HOURS, f"Enter hours a week from 1 to {MOST_HOURS}"),
        ],
    )

    def conclusion(self) -> Conclusion:
        """What was entered, as a conclusion."""
        return Conclusion(
            self.held_on.data,
            self.present.data,
            self.child_voice.data,
            self.parents_voice.data,
            self.summary.data,
            NextStep(self.next_step.data),
            self.new_hours.data,
        )

    def progress(self) -> dict[int, tuple[Progress, str]]:
        """For each objective, by its id, the progress and the note."""
        return {
            each.id: (Progress(self.judged(each).data), self.note_on(each).data or "")
            for each in self.objectives
        }


class _Ending(_Judging):
    """How a placement ended."""

    last_day = DayField("Last day", [Given("Enter the last day of the placement")])
    destination = Choice(
        "Where did the child go?",
        [(each.value, each.label) for each in Destination],
        [Given("Select where the child went")],
    )
    where = Line("Name of the school or setting", most=200)
    reason = Words("Why did it end?", [Given("Enter why the placement ended")], most=2000)
    waits_again = BooleanField(
        "The child needs other provision: put the child back on the waiting list",
        widget=GovCheckboxInput(),
    )

    def outcomes(self) -> dict[int, Outcome]:
        """For each objective, by its id, what became of it."""
        return {each.id: Outcome(self.judged(each).data) for each in self.objectives}


def review_form(objectives: Iterable[Objective]) -> _Review:
    """The form of a review, with progress for each objective."""
    listed, fields = tuple(objectives), {}
    for each in listed:
        fields[f"objective_{each.id}"] = _choice(each, Progress, "Select the progress of")
        fields[f"note_{each.id}"] = Line("What shows it?", most=1000)
    return type("ReviewHeld", (_Review,), {"objectives": listed, **fields})()


def ending_form(objectives: Iterable[Objective]) -> _Ending:
    """The form of an ending, with an outcome for each objective."""
    listed = tuple(objectives)
    fields = {
        f"objective_{each.id}": _choice(each, Outcome, "Select what became of") for each in listed
    }
    return type("PlacementEnded", (_Ending,), {"objectives": listed, **fields})()


def _choice(objective: Objective, kind, missing: str) -> Choice:
    words = [(each.value, each.label) for each in kind]
    return Choice(objective.aim, words, [Given(f"{missing} “{objective.aim}”")])
