"""Forms about children."""

from app.accounts.queries import colleagues
from app.accounts.roles import Role
from app.children.clocks import Duty, Urgency
from app.children.queries import WaitingCriteria
from app.web.forms.filters import Chooser, FilterForm, labels
from providers.directory_queries import services
from providers.needs import NeedType
from providers.stages import KeyStage, year_in_words

CASEWORKERS = (Role.SEND_OFFICER, Role.COMMISSIONER, Role.AP_LEAD)
"""Who may be responsible for a child's case."""
YEARS = {str(year): (year, year) for year in range(15)}
STAGES = {stage.value: stage.years for stage in KeyStage}


class FilterWaiting(FilterForm):
    """Which children of the waiting list to show."""

    urgency = Chooser("Urgency", "Any", labels(Urgency))
    duty = Chooser("What decides the day", "Anything", labels(Duty))
    officer = Chooser("Officer responsible", "Anybody")
    need = Chooser("Need type", "Any need type", labels(NeedType))
    service = Chooser("Service asked for", "Any service")
    year = Chooser(
        "Key stage or year group",
        "Any year group",
        [
            *labels(KeyStage),
            *((value, year_in_words(first)) for value, (first, _last) in YEARS.items()),
        ],
    )
    ehcp = Chooser("EHC plan", "With or without", [("yes", "With a plan"), ("no", "Without")])
    looked_after = Chooser("Looked after", "Any", [("yes", "Yes"), ("no", "No")])

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.service.choices += [(str(service.id), service.name) for service in services()]

        officers = colleagues(*CASEWORKERS)
        self.officer.choices += [(str(person.id), person.name) for person in officers]

    def criteria(self, text: str) -> WaitingCriteria:
        """The filters as the query takes them. text: a name or reference that is looked for."""
        return WaitingCriteria(
            need_type=self.need.code(NeedType),
            service_id=self.service.number,
            years={**YEARS, **STAGES}.get(self.year.known or ""),
            ehcp=self.ehcp.answer,
            looked_after=self.looked_after.answer,
            text=text,
            urgency=self.urgency.code(Urgency),
            duty=self.duty.code(Duty),
            officer_id=self.officer.number,
        )
