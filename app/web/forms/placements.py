"""Forms about placements."""

from app.commissioning.placements.lifecycle import PlacementState
from app.commissioning.placements.queries import PlacementCriteria
from app.web.forms.filters import Chooser, FilterForm, labels
from providers.needs import Tier


class FilterPlacements(FilterForm):
    """Which placements to show."""

    state = Chooser("State", "Any state", labels(PlacementState))
    tier = Chooser("Tier", "Any tier", labels(Tier))

    def criteria(self, text: str, by_name: bool) -> PlacementCriteria:
        """The filters as the query takes them. text: a name or reference that is looked for.

        by_name: whether whoever asks knows children by name.
        """
        return PlacementCriteria(
            state=self.state.code(PlacementState),
            tier=self.tier.code(Tier),
            text=text,
            by_name=by_name,
        )
