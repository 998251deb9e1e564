"""What would be if something were different: asked of a match, answered side by side with it."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user

from app import jobs
from app.access import Permission, requires
from app.commissioning import costs_of_choices, inputs, service
from app.commissioning.models.match import MatchOutcome, MatchRun, RunKind
from app.kernel.rules import RuleBroken
from app.web.forms.what_ifs import AskWhatIf
from app.web.runs import with_result

what_ifs = Blueprint("what_ifs", __name__, url_prefix="/what-ifs")


@what_ifs.route("/<int:match_run_id>", methods=["GET", "POST"])
@requires(Permission.RUN_MATCH, on=MatchRun)
@with_result
def ask(match_run):
    """Ask what the result of a match would be if something were different."""
    providers = inputs.providers_of(match_run)
    wanted = {"new_service": request.args.get("service"), "provider": request.args.get("provider")}
    form = AskWhatIf(providers, **{name: given for name, given in wanted.items() if given})
    trial = _asked(match_run, form) if form.validate_on_submit() else None
    if trial is not None:
        jobs.ask("match", trial.id)
        return redirect(url_for("trials.show", match_run_id=trial.id))
    return render_template("what_ifs/ask.html", form=form, run=match_run)


def _asked(match_run: MatchRun, form: AskWhatIf) -> MatchRun | None:
    """The trial; what stands against it is told on the form, which stays as typed."""
    try:
        return service.request_trial(current_user, RunKind.WHAT_IF, match_run, form.changes())
    except RuleBroken as refusal:
        form.first_changed().errors = [str(refusal)]
        return None


@what_ifs.post("/choices/<int:match_outcome_id>")
@requires(Permission.RUN_MATCH, on=MatchOutcome)
def cost_choices(match_outcome):
    """Work out what choosing each of the next best would really cost the county."""
    for trial in costs_of_choices.request(match_outcome, current_user):
        jobs.ask("match", trial.id)
    return redirect(url_for("matches.outcome", match_outcome_id=match_outcome.id))
