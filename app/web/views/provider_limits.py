"""A provider's limits over all its offers: most children at one time, needs taught apart."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user

from app.access import Permission, requires
from app.kernel.rules import RuleBroken
from app.web.forms.entries import refuse
from app.web.forms.provider_limits import KeepApart, StateMost
from providers import limits
from providers.needs import NeedType

provider_limits = Blueprint("provider_limits", __name__, url_prefix="/portal/limits")


@provider_limits.route("/", methods=["GET", "POST"])
@requires(Permission.EDIT_PROFILE)
def show():
    """State the most children at one time, and see the pairs of needs taught apart."""
    form = StateMost(children=current_user.provider.most_children)
    if form.validate_on_submit():
        limits.state_most(current_user.provider, form.children.data)
        flash("Saved. It counts from the next match or proposal on.", "success")
        return redirect(url_for(".show"))
    return _page(form, KeepApart(formdata=None))


@provider_limits.post("/needs")
@requires(Permission.EDIT_PROFILE)
def keep_apart():
    """Add a pair of needs that are not taught together."""
    form = KeepApart()
    if form.validate_on_submit() and _added(form):
        flash("The pair is added. It counts from the next match on.", "success")
        return redirect(url_for(".show"))
    return _page(StateMost(formdata=None, children=current_user.provider.most_children), form)


@provider_limits.post("/needs/remove")
@requires(Permission.EDIT_PROFILE)
def let_together():
    """Take a pair of needs out."""
    codes = [request.form.get(name, "") for name in ("one", "other")]
    if not all(code in NeedType.__members__ for code in codes):
        abort(400)
    limits.let_together(current_user.provider, *(NeedType[code] for code in codes))
    flash("The pair is taken out.", "success")
    return redirect(url_for(".show"))


def _added(form: KeepApart) -> bool:
    """Add the pair; a refusal is shown on the form."""
    try:
        limits.keep_apart(current_user.provider, NeedType(form.one.data), NeedType(form.other.data))
    except RuleBroken as refusal:
        refuse(form, {"other": str(refusal)})
        return False
    return True


def _page(most: StateMost, apart: KeepApart) -> str:
    return render_template(
        "provider_limits/show.html",
        most=most,
        form=apart if apart.errors else most,
        apart=apart,
        pairs=limits.pairs_of(current_user.provider),
    )
