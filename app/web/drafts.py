"""Writing an application: bringing in an edit of a section, a site or an offer, even by two."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import abort, request
from wtforms import Field

from app.kernel.audit import Actor
from app.web.forms.applications import SECTION_FORMS, PutOffer, PutSite, answers_of
from app.web.forms.entries import Carrying, refuse
from providers.applications import service
from providers.applications.proposals import NEW
from providers.applications.sections import Section
from providers.editing import Clash, merged
from providers.models.application import Application

ITEM_FORMS = {Section.SITES: PutSite, Section.OFFERS: PutOffer}


@dataclass(frozen=True)
class Conflict:
    """What two people changed, in words. by: who saved meanwhile."""

    label: str
    was: str
    now: str
    wanted: str
    by: str


@dataclass(frozen=True)
class Edit:
    """What became of an edit; without `saved` nothing was, and the form holds what was typed.

    conflicts: what somebody else changed too. against: why nothing can be saved any more.
    gone: whether somebody took out what is edited.
    """

    form: Carrying
    conflicts: tuple[Conflict, ...] = ()
    against: str | None = None
    gone: bool = False
    saved: bool = False


def bring_in_section(application: Application, section: Section, *, by: Actor) -> Edit:
    """The form of a section's questions; what was entered in it is saved, where it may be."""
    now = application.answers(section)
    form = SECTION_FORMS[section](data=now)
    form.base.data = form.base.data or json.dumps(now)
    against = service.closed_to_changes(application, section)
    if against or not form.validate_on_submit():
        return Edit(form, against=against)
    base, entered = form.opened_with() or {}, answers_of(form)
    found = service.bring_in(application, section, base, entered, by=by)
    if not found:
        return Edit(form, saved=True)
    now = application.answers(section)
    both = SECTION_FORMS[section](
        data=merged(base, now, entered, {**now, **entered}), formdata=None
    )
    both.start_from(now)
    return Edit(both, _in_words(form, found, application, section))


def bring_in_item(application: Application, section: Section, number: int, *, by: Actor) -> Edit:
    """The form of a site or an offer, NEW for a further one; saved likewise.

    Answers 404 for a number that nothing has, unless something was typed about it.
    """
    kept, kind = _kept(application, section, number), ITEM_FORMS[section]
    if number != NEW and kept is None and request.method == "GET":
        abort(404)
    form = kind.about(application, kept)
    against = service.closed_to_changes(application, section)
    if against or not form.validate_on_submit():
        return Edit(form, against=against)
    entered = form.proposed(number)
    if section is Section.OFFERS and refuse(form, service.faults_of(application, entered)):
        return Edit(form)
    if number != NEW and kept is None:
        return Edit(form, gone=True)
    put = service.put_site if section is Section.SITES else service.put_offer
    base = form.opened_with()
    found = put(application, entered, base, by=by)
    if not found:
        return Edit(form, saved=True)
    now, wanted = _kept(application, section, number), entered.kept()
    both = kind.about(application, merged(base, now, wanted, wanted), formdata=None)
    both.start_from(now)
    return Edit(both, _in_words(form, found, application, section))


def _kept(application: Application, section: Section, number: int) -> Mapping[str, Any] | None:
    items = application.sites if section is Section.SITES else application.offers
    return next((item.kept() for item in items if item.number == number), None)


def _in_words(
    form: Carrying, found: tuple[Clash, ...], application: Application, section: Section
) -> tuple[Conflict, ...]:
    by = application.section(section).saved_by or ""
    return tuple(
        Conflict(
            form[clash.name].label.text,
            *(_said(form[clash.name], value) for value in (clash.was, clash.now, clash.wanted)),
            by,
        )
        for clash in found
    )


def _said(field: Field, value: Any) -> str:
    """A value as its field would show it."""
    if value in (None, "", [], ()):
        return "Nothing"
    if hasattr(field, "iter_choices"):
        values = value if isinstance(value, list) else [value]
        wanted = {str(each) for each in values}
        return "; ".join(c[1] for c in field.iter_choices() if str(c[0]) in wanted)
    return field.write(value) if hasattr(field, "write") else str(value)
