"""Forms about providers."""

from collections.abc import Callable

from govuk_frontend_wtf.wtforms_widgets import GovTextInput
from wtforms import StringField

from app.web.forms.filters import Chooser, FilterForm, labels
from providers.admission import AdmissionState
from providers.attention import Concern
from providers.directory_queries import DirectoryCriteria, services
from providers.needs import Delivery, NeedType
from providers.stages import OLDEST_AGE

AGES = [(str(age), str(age)) for age in range(4, OLDEST_AGE + 1)]
STATES = [(state.value, state.value.capitalize()) for state in AdmissionState]


class FilterDirectory(FilterForm):
    """Which providers of the directory to show."""

    text = StringField("Name or reference", widget=GovTextInput())
    service = Chooser("Service", "Any service")
    need = Chooser("Need type", "Any need type", labels(NeedType))
    age = Chooser("Child’s age", "Any age", AGES)
    delivery = Chooser("Where it is given", "Anywhere", labels(Delivery))
    registered = Chooser(
        "Registered as a school", "Registered or not", [("yes", "Yes"), ("no", "No")]
    )
    state = Chooser("Standing", "Any standing", STATES)
    concern = Chooser("Needs attention", "All providers", labels(Concern))

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.service.choices += [(str(service.id), service.name) for service in services()]

    def criteria(self, concerned: Callable[[Concern], frozenset[int]]) -> DirectoryCriteria:
        """The filters as the query takes them.

        concerned: gives the ids of the providers that a concern is about; asked only where one
        is chosen.
        """
        concern = self.concern.code(Concern)
        return DirectoryCriteria(
            service_id=self.service.number,
            need_type=self.need.code(NeedType),
            age=self.age.number,
            delivery=self.delivery.code(Delivery),
            registered=self.registered.answer,
            state=self.state.code(AdmissionState),
            only=concerned(concern) if concern else None,
            text=self.text.data or "",
        )
