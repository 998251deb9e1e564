"""The matching policy: each rule in words, and how the AP lead changes it, effect first."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from flask_wtf import FlaskForm

from app import jobs
from app.access import Permission, requires
from app.commissioning import policies as policy
from app.commissioning import policy_trials
from app.commissioning.clashes import told_to_reader
from app.commissioning.models.policy import MatchPolicy
from app.commissioning.policy_rules import GROUPS, RULES, differences
from app.kernel.database import db
from app.kernel.rules import RuleBroken
from app.web.columns import POLICIES
from app.web.export import download_list
from app.web.forms.policies import ChangePolicy, field_name, filled_in
from app.web.history import history_of
from app.web.policies import value_in_words
from app.web.trials import effect_of

policies = Blueprint("policies", __name__, url_prefix="/policies")
PAGE = 20


@policies.context_processor
def words():
    """The rules in their groups, and how to say a value."""
    return {"groups": GROUPS, "value_in_words": value_in_words, "field_name": field_name}


@policies.get("/")
@requires(Permission.VIEW_POLICY)
def current():
    """The policy in force, rule by rule, and every version before it."""
    in_force = policy.in_force()
    page = db.paginate(policy.versions(), per_page=PAGE, max_per_page=PAGE)
    facts = {"values": policy.rules_of(in_force), "days": policy.capacity_days(in_force)}
    return render_template("policies/current.html", policy=in_force, page=page, **facts)


@policies.get("/download.<any(csv, xlsx):kind>")
@requires(Permission.VIEW_POLICY)
def export(kind):
    """The versions of the policy as a spreadsheet."""
    return download_list(kind, "policies", POLICIES, policy.versions())


@policies.route("/change", methods=["GET", "POST"])
@requires(Permission.CHANGE_POLICY)
def change():
    """Write a new policy, and see at once what it would have done to the last match."""
    form = ChangePolicy() if request.method == "POST" else filled_in(policy.in_force())
    draft = _drafted(form) if form.validate_on_submit() else None
    if draft is None:
        return render_template("policies/change.html", form=form)
    _try(draft)
    return redirect(url_for("policies.show", match_policy_id=draft.id))


def _drafted(form: FlaskForm) -> MatchPolicy | None:
    """The draft; where a rule is broken, its reasons stand in the form and all is as typed."""
    days, note = form.confirmed_within_days.data, form.note.data
    try:
        return policy.draft(form.rules(), confirmed_within_days=days, note=note, by=current_user)
    except RuleBroken as refusal:
        first = form[field_name(next(iter(RULES)))]
        first.errors = [*first.errors, *refusal.reasons]
        return None


def _try(draft: MatchPolicy) -> None:
    trial = policy_trials.request(draft, current_user)
    if trial:
        jobs.ask("match", trial.id)


@policies.get("/<int:match_policy_id>")
@requires(Permission.VIEW_POLICY, on=MatchPolicy)
def show(match_policy):
    """One version: what it changes, why, what it would have done, and what became of it."""
    before = policy.rules_of(policy.in_force())
    return render_template(
        "policies/show.html",
        policy=match_policy,
        changed=differences(before, match_policy.rules),
        values=policy.rules_of(match_policy),
        in_force=policy.in_force(),
        trial=(trial := policy_trials.latest(match_policy)),
        effect=effect_of(trial),
        failure=" ".join(told_to_reader([trial.failure or ""])) if trial else "",
        history=history_of(match_policy),
    )


@policies.post("/<int:match_policy_id>/adopt")
@requires(Permission.CHANGE_POLICY, on=MatchPolicy)
def adopt(match_policy):
    """Put a draft in force for the matches to come."""
    policy.adopt(match_policy, current_user)
    flash("This policy is in force. The next match is made by it.", "success")
    return redirect(url_for("policies.current"))


@policies.post("/<int:match_policy_id>/discard")
@requires(Permission.CHANGE_POLICY, on=MatchPolicy)
def discard(match_policy):
    """Set a draft aside."""
    policy.discard(match_policy, current_user)
    flash("The draft is discarded. The policy in force stays as it is.", "success")
    return redirect(url_for("policies.current"))
