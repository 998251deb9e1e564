"""The filters of the audit trail."""

from govuk_frontend_wtf.wtforms_widgets import GovTextInput
from sqlalchemy import select
from wtforms import StringField

from app.accounts.trail import TrailCriteria, actions_known, people_known
from app.children.models import Child
from app.kernel.database import db
from app.web.entries import action_in_words
from app.web.forms.entries import DayField
from app.web.forms.filters import Chooser, FilterForm
from app.web.trail import SUBJECTS
from providers.models.provider import Provider


class FilterTrail(FilterForm):
    """Which entries of the trail to show."""

    who = Chooser("Who", "Anybody")
    child = StringField("Child’s reference", widget=GovTextInput())
    provider = StringField("Provider’s reference", widget=GovTextInput())
    action = Chooser("Action", "Any action")
    record = Chooser(
        "Kind of record",
        "Any record",
        sorted((table, words[0].capitalize()) for table, words in SUBJECTS.items()),
    )
    first = DayField("From")
    last = DayField("To")

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.who.choices += [(str(number), name) for number, name in people_known()]
        self.action.choices += [(action, action_in_words(action)) for action in actions_known()]

    def criteria(self) -> TrailCriteria:
        """The filters as the query takes them; a reference that nobody has finds nothing."""
        about, nothing = None, False
        for field, model in ((self.child, Child), (self.provider, Provider)):
            reference = (field.data or "").strip()
            if reference:
                found = db.session.scalar(select(model.id).where(model.reference == reference))
                about, nothing = (model.__tablename__, found or 0), nothing or found is None
        return TrailCriteria(
            user_id=self.who.number,
            about=about,
            nothing=nothing,
            subject=self.record.known,
            action=self.action.known,
            first=self.first.data,
            last=self.last.data,
        )
