"""Spreadsheets on their way in: send one, look at what it would do, accept or discard it."""

from tempfile import TemporaryFile

from flask import (
    Blueprint,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask_login import current_user
from werkzeug.utils import secure_filename

from app import jobs
from app.access import Permission, requires
from app.children.intakes import out_of_reach
from app.kernel.database import db
from app.web.forms.intakes import SendSpreadsheet
from providers.intake import corrections, staging
from providers.intake.queries import preview, sent_files
from providers.models.intake import Intake, IntakeKind, IntakeState, RowOutcome

intakes = Blueprint("intakes", __name__, url_prefix="/spreadsheets")
JOB_OF = {IntakeState.READING: "read-intake", IntakeState.SAVING: "save-intake"}


@intakes.get("/")
@requires(Permission.RUN_INTAKE)
def sent():
    """The spreadsheets sent in so far, the newest first."""
    return render_template("intakes/sent.html", page=db.paginate(sent_files(), per_page=20))


@intakes.route("/send", methods=["GET", "POST"])
@requires(Permission.RUN_INTAKE)
def send():
    """Send in a spreadsheet to be read."""
    form = SendSpreadsheet()
    if form.validate_on_submit():
        name = secure_filename(form.file.data.filename) or "spreadsheet"
        kind, content = IntakeKind(form.kind.data), form.file.data.read()
        intake = staging.send(kind, name, content, current_user.name)
        jobs.ask("read-intake", intake.id)
        return redirect(url_for("intakes.show", intake_id=intake.id))
    return render_template("intakes/send.html", form=form)


@intakes.get("/<int:intake_id>")
@requires(Permission.RUN_INTAKE, on=Intake)
def show(intake):
    """What a spreadsheet would change, or has changed; while it is read, how far that is."""
    if intake.state in JOB_OF:
        return _under_way(intake)
    shown = request.args.get("show", "")
    outcome = RowOutcome(shown) if shown in set(RowOutcome) else None
    rows = preview(intake, outcome, flagged=shown == "flagged")
    page = db.paginate(rows, per_page=50)
    hidden = out_of_reach(intake, page.items)
    return render_template(
        "intakes/show.html", intake=intake, page=page, shown=shown, hidden=hidden
    )


def _under_way(intake: Intake):
    """How far reading or saving has come, as a page or, for the page's own script, as JSON."""
    progress = jobs.progress(JOB_OF[intake.state], intake.id)
    if request.accept_mimetypes.best == "application/json":
        return jsonify(fraction=progress.fraction, message=progress.message, done=False)
    return render_template(
        "intakes/under_way.html", intake=intake, progress=progress, refresh_seconds=2
    )


@intakes.post("/<int:intake_id>/accept")
@requires(Permission.RUN_INTAKE, on=Intake)
def accept(intake):
    """Save the good rows of a preview."""
    staging.accept(intake)
    jobs.ask("save-intake", intake.id)
    return redirect(url_for("intakes.show", intake_id=intake.id))


@intakes.route("/<int:intake_id>/discard", methods=["GET", "POST"])
@requires(Permission.RUN_INTAKE, on=Intake)
def discard(intake):
    """Drop a preview; the file has changed nothing."""
    if request.method == "POST":
        staging.discard(intake)
        flash(f"{intake.filename} was discarded. It changed nothing.", "success")
        return redirect(url_for("intakes.sent"))
    return render_template("intakes/discard.html", intake=intake)


@intakes.get("/<int:intake_id>/refused.xlsx")
@requires(Permission.RUN_INTAKE, on=Intake)
def refused(intake):
    """The refused rows as a spreadsheet, with what to correct beside each."""
    file = TemporaryFile()  # noqa: SIM115 - the answer closes it once it is sent
    kept = list(staging.refused_rows(intake))
    hidden = out_of_reach(intake, kept)
    rows = ((row.values, row.faults) for row in kept if row.id not in hidden)
    corrections.write(file, intake.columns, rows)
    file.seek(0)
    name = f"to-correct-{intake.id}.xlsx"
    return send_file(file, as_attachment=True, download_name=name)
