"""Forms of the public directory."""

from govuk_frontend_wtf.wtforms_widgets import GovTextInput
from wtforms import StringField

from app.web.forms.filters import Chooser, FilterForm, labels
from providers.admission import AdmissionState
from providers.directory_queries import DirectoryCriteria, services
from providers.needs import Delivery, NeedType
from providers.stages import OLDEST_AGE, YOUNGEST_AGE


class FilterPublic(FilterForm):
    """Which approved providers to show the public."""

    text = StringField("Name", widget=GovTextInput())
    service = Chooser("Service", "Any service")
    need = Chooser("Need type", "Any need type", labels(NeedType))
    age = Chooser(
        "Age", "Any age", [(str(age), str(age)) for age in range(YOUNGEST_AGE, OLDEST_AGE + 1)]
    )
    delivery = Chooser("Where it is given", "Anywhere", labels(Delivery))

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.service.choices += [(str(service.id), service.name) for service in services()]

    def criteria(self) -> DirectoryCriteria:
        """The filters as the query takes them: approved providers without a stop, no others."""
        return DirectoryCriteria(
            service_id=self.service.number,
            need_type=self.need.code(NeedType),
            age=self.age.number,
            delivery=self.delivery.code(Delivery),
            state=AdmissionState.APPROVED,
            unstopped=True,
            text=self.text.data or "",
        )
