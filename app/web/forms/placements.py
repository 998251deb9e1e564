"""Forms about placements."""

from govuk_frontend_wtf.wtforms_widgets import GovTextInput
from wtforms import StringField

from app.commissioning.placements.lifecycle import PlacementState
from app.commissioning.placements.queries import PlacementCriteria
from app.web.forms.filters import Chooser, FilterForm, labels
from providers.needs import Tier


class FilterPlacements(FilterForm):
    """Which placements to show."""

    text = StringField("Child or reference", widget=GovTextInput())
    state = Chooser("State", "Any state", labels(PlacementState))
    tier = Chooser("Tier", "Any tier", labels(Tier))

    def criteria(self) -> PlacementCriteria:
        """The filters as the query takes them."""
        return PlacementCriteria(
            state=self.state.code(PlacementState),
            tier=self.tier.code(Tier),
            text=self.text.data or "",
        )
