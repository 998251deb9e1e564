"""Registered schools: the list, loading the national register, claims held against it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.utils import secure_filename

from app.access import Permission, may, requires
from app.kernel.database import db
from app.web.forms.schools import FilterSchools, LoadSchools
from providers import gias
from providers.models.school import SchoolLoad

schools = Blueprint("schools", __name__, url_prefix="/schools")
PAGE = 20
LARGEST = 150 * 1024 * 1024
"""Bytes: the whole register has some 60 million, more than other pages take."""


@schools.url_value_preprocessor
def allow_for_the_register(endpoint, _values):
    """Let the one page that takes the register take so much, of those who may send it."""
    if endpoint == "schools.load" and may(current_user, Permission.LOAD_SCHOOLS):
        request.max_content_length = LARGEST


@schools.get("/")
@requires(Permission.VIEW_SCHOOL)
def listed():
    """Registered schools by authority and kind."""
    form = FilterSchools(request.args)
    criteria = form.criteria()
    page = db.paginate(gias.schools(criteria), per_page=PAGE, max_per_page=PAGE)
    counts = gias.counts_by_kind(criteria.authority)
    return render_template("schools/listed.html", form=form, page=page, counts=counts)


@schools.route("/load", methods=["GET", "POST"])
@requires(Permission.LOAD_SCHOOLS)
def load():
    """Load a file of the national register."""
    form = LoadSchools()
    if form.validate_on_submit():
        name = secure_filename(form.file.data.filename) or "register"
        done = gias.load_schools(form.file.data.stream, name)
        flash("The register was loaded.", "success")
        return redirect(url_for("schools.loaded", school_load_id=done.id))
    page = db.paginate(gias.loads(), per_page=PAGE)
    return render_template("schools/load.html", form=form, page=page)


@schools.get("/loads/<int:school_load_id>")
@requires(Permission.VIEW_SCHOOL, on=SchoolLoad)
def loaded(school_load):
    """What a file of the register changed."""
    closed = gias.closed_in(school_load)
    return render_template("schools/loaded.html", load=school_load, closed=closed)


@schools.get("/claims")
@requires(Permission.VIEW_SCHOOL)
def claims():
    """Providers that claim to be registered, each held against the register."""
    return render_template("schools/claims.html", claims=gias.claims())
