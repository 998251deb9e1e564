"""Panels: meetings, agendas, decisions and minutes."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_login import current_user

from app.access import Permission, requires
from app.commissioning.agreements.models import Agreement
from app.commissioning.panels import service
from app.commissioning.panels.models import PanelDecision, PanelItem, PanelMeeting, PanelState
from app.commissioning.placements.models import Proposal
from app.kernel.database import db
from app.web.columns import PANELS
from app.web.documents import minutes_as_pdf
from app.web.export import attachment, download_list
from app.web.forms.panels import CallPanel, ClosePanel, PutOnAgenda, RecordDecision
from app.web.histories import of_panel
from app.web.placement_notices import tell_of_panel, tell_panel

panels = Blueprint("panels", __name__, url_prefix="/panels")
PAGE = 20


@panels.get("/")
@requires(Permission.RUN_PANEL)
def listed():
    """Every meeting, the latest first."""
    page = db.paginate(service.meetings(), per_page=PAGE, max_per_page=PAGE)
    return render_template("panels/listed.html", page=page)


@panels.get("/download.<any(csv, xlsx):kind>")
@requires(Permission.RUN_PANEL)
def export(kind):
    """The meetings as a spreadsheet."""
    return download_list(kind, "panels", PANELS, service.meetings())


@panels.route("/call", methods=["GET", "POST"])
@requires(Permission.RUN_PANEL)
def call():
    """Call a meeting."""
    form = CallPanel()
    if form.validate_on_submit():
        meeting = service.call(form.held_on.data, form.place.data or "", current_user)
        return redirect(url_for(".show", panel_meeting_id=meeting.id))
    return render_template("panels/call.html", form=form)


@panels.get("/<int:panel_meeting_id>")
@requires(Permission.RUN_PANEL, on=PanelMeeting)
def show(panel_meeting):
    """A meeting: its agenda, what was decided, its minutes."""
    return _page(panel_meeting, ClosePanel())


def _page(meeting: PanelMeeting, form: ClosePanel):
    items = service.items_of(meeting)
    costs = {item.id: service.cost_of(item) for item in items}
    facts = {"items": items, "costs": costs, "history": of_panel(meeting, items)}
    return render_template("panels/show.html", meeting=meeting, form=form, **facts)


@panels.route("/agenda/<int:placement_proposal_id>", methods=["GET", "POST"])
@requires(Permission.RUN_PANEL, on=Proposal)
def put_on_agenda(placement_proposal):
    """Put a proposal on the agenda of a meeting."""
    return _agenda_of(
        partial(service.put_on_agenda, proposal=placement_proposal),
        child=placement_proposal.child,
        reference=placement_proposal.reference,
        back=url_for("placement_proposals.show", placement_proposal_id=placement_proposal.id),
    )


@panels.route("/agenda/versions/<int:placement_agreement_id>", methods=["GET", "POST"])
@requires(Permission.RUN_PANEL, on=Agreement)
def put_variation_on_agenda(placement_agreement):
    """Put a variation that is beyond one's limit on the agenda of a meeting."""
    placement = placement_agreement.placement
    return _agenda_of(
        partial(service.put_variation_on_agenda, version=placement_agreement),
        child=placement.child,
        reference=f"{placement.reference}, version {placement_agreement.number}",
        back=url_for("agreements.show", placement_agreement_id=placement_agreement.id),
    )


def _agenda_of(put: Callable[[PanelMeeting], PanelItem], **facts: Any):
    """Choose a meeting to come, and put something on its agenda. facts: for the page."""
    coming = service.coming()
    form = PutOnAgenda.of(coming)
    if form.validate_on_submit():
        meeting = next(each for each in coming if each.id == form.meeting.data)
        tell_panel(put(meeting), current_user)
        return redirect(url_for(".show", panel_meeting_id=meeting.id))
    return render_template("panels/put_on_agenda.html", form=form, coming=coming, **facts)


@panels.route("/items/<int:panel_item_id>", methods=["GET", "POST"])
@requires(Permission.RUN_PANEL, on=PanelItem)
def record(panel_item):
    """Record what the panel decided about one item."""
    form = RecordDecision(seen=panel_item.version)
    if form.validate_on_submit():
        decision = PanelDecision(form.decision.data)
        service.record(panel_item, decision, form.reason.data, current_user, seen=form.version)
        if decision is PanelDecision.APPROVED:
            tell_of_panel(panel_item)
        flash(f"{panel_item.reference}: {decision.label.lower()}.", "success")
        return redirect(url_for(".show", panel_meeting_id=panel_item.panel_meeting_id))
    return render_template("panels/record.html", form=form, item=panel_item)


@panels.post("/items/<int:panel_item_id>/take-off")
@requires(Permission.RUN_PANEL, on=PanelItem)
def take_off(panel_item):
    """Take a proposal off an agenda."""
    meeting_id = panel_item.panel_meeting_id
    service.take_off(panel_item)
    flash("It is off the agenda.", "success")
    return redirect(url_for(".show", panel_meeting_id=meeting_id))


@panels.post("/<int:panel_meeting_id>/close")
@requires(Permission.RUN_PANEL, on=PanelMeeting)
def close(panel_meeting):
    """Close a meeting; its minutes can be taken away."""
    form = ClosePanel()
    if form.validate_on_submit():
        service.close(panel_meeting, form.present.data, form.notes.data or "")
        flash("The meeting is closed. Its minutes can be downloaded.", "success")
        return redirect(url_for(".show", panel_meeting_id=panel_meeting.id))
    return _page(panel_meeting, form)


@panels.post("/<int:panel_meeting_id>/cancel")
@requires(Permission.RUN_PANEL, on=PanelMeeting)
def cancel(panel_meeting):
    """Cancel a meeting that has decided nothing."""
    service.cancel(panel_meeting)
    flash("The meeting is cancelled. Put its items on another agenda.", "success")
    return redirect(url_for(".listed"))


@panels.get("/<int:panel_meeting_id>/minutes.pdf")
@requires(Permission.RUN_PANEL, on=PanelMeeting)
def minutes(panel_meeting):
    """The agenda before the meeting, the minutes after it, as a document."""
    if panel_meeting.state is PanelState.CANCELLED:
        abort(404)
    name = "minutes" if panel_meeting.state is PanelState.HELD else "agenda"
    return attachment(minutes_as_pdf(panel_meeting), f"panel-{name}-{panel_meeting.held_on}.pdf")
