"""Every component on a few pages, with example content, for tests to look at in a browser."""

from dataclasses import dataclass
from pathlib import Path

from flask import Flask, flash, jsonify, render_template, request
from flask_sqlalchemy.pagination import Pagination
from flask_wtf import CSRFProtect, FlaskForm
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxesInput,
    GovRadioInput,
    GovSubmitInput,
    GovTextInput,
)
from jinja2 import ChoiceLoader, FileSystemLoader
from wtforms import RadioField, SelectMultipleField, StringField, SubmitField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from app.kernel.rules import RuleBroken
from app.web import errors, headers, jinja, map
from app.web.listing import Sort

HERE = Path(__file__).resolve().parent
STATIC = HERE.parents[1] / "app" / "web" / "static"


@dataclass(frozen=True)
class Row:
    """One line of the example list."""

    name: str
    needs: str
    area: str
    state: str
    colour: str
    pence: int | None
    km: float | None


ROWS = [
    Row("Amara Okafor", "SEMH, ASD", "SO23 7", "Placed", "green", 41250, 6.4),
    Row("Siân O’Neil-Featherstonehaugh", "SLCN", "RG21 4", "Placed", "green", 18600, 22.7),
    Row("Søren Lindqvist", "MLD, SEMH", "PO12 1", "Needs a look", "yellow", 96000, 11.0),
    Row("Tom Baker", "ASD", "SP6 3", "Not placed", "red", None, None),
    Row("Yusuf Demir", "PD", "GU14 6", "Under way", "blue", 54000, 3.1),
]
COLUMNS = [
    {"text": "Child", "sort": "name"},
    {"text": "Needs"},
    {"text": "Home area"},
    {"text": "State"},
    {"text": "Cost a week", "sort": "cost", "numeric": True},
    {"text": "Distance", "sort": "distance", "numeric": True},
    {"text": "Actions", "hidden": True},
]


class _Pages(Pagination):
    """Flask-SQLAlchemy's pagination over a plain count."""

    def _query_items(self):
        return ROWS

    def _query_count(self) -> int:
        return 1310


class ExampleForm(FlaskForm):
    """A form with one field of each common kind."""

    name = StringField(
        "Provider’s name", widget=GovTextInput(), validators=[InputRequired("Enter a name")]
    )
    visited = RadioField(
        "Has it been visited?",
        widget=GovRadioInput(),
        choices=[SelectChoice("yes", "Yes"), SelectChoice("no", "No")],
        validators=[InputRequired("Select yes if it has been visited")],
    )
    needs = SelectMultipleField(
        "Needs it can meet",
        widget=GovCheckboxesInput(),
        choices=[
            SelectChoice("SEMH", "Social, emotional and mental health"),
            SelectChoice("ASD", "Autistic spectrum"),
        ],
    )
    save = SubmitField("Save and continue", widget=GovSubmitInput())


def example_map():
    """Children and providers over a county, some at the same place."""
    homes = [
        (51.063, -1.318, "SO23"),
        (51.063, -1.318, "SO23"),
        (51.268, -1.087, "RG21"),
        (50.795, -1.123, "PO12"),
        (50.928, -1.795, "SP6"),
        (51.291, -0.755, "GU14"),
    ]
    providers = [(51.051, -1.302, "SO23"), (51.249, -1.118, "RG21"), (50.851, -1.178, "PO16")]
    points = [map.Point(lat, lon, "child", f"A child in {a}", a) for lat, lon, a in homes]
    points[4] = map.Point(50.928, -1.795, "unplaced", "A child in SP6", "SP6")
    points += [
        map.Point(lat, lon, "provider", f"A provider in {a}", a) for lat, lon, a in providers
    ]
    pairs = [(0, 6), (1, 6), (2, 7), (3, 8), (5, 7)]
    lines = [
        map.Line((points[a].lat, points[a].lon), (points[b].lat, points[b].lon)) for a, b in pairs
    ]
    return map.draw(
        points,
        lines,
        title="Where the children live and where they were placed",
        description="Five of six children are placed, each within ten miles of home.",
    )


def create_gallery() -> Flask:
    """An application with nothing but the components."""
    app = Flask("gallery", static_folder=STATIC, template_folder=None)
    app.config.update(SECRET_KEY="gallery", MAX_CONTENT_LENGTH=2 * 1024 * 1024)
    CSRFProtect(app)
    jinja.register(app)
    headers.register(app)
    errors.register(app)
    app.jinja_loader = ChoiceLoader([app.jinja_loader, FileSystemLoader(HERE / "templates")])
    asked = {"progress": 0}

    @app.context_processor
    def frame():
        return {
            "navigation": [
                {"text": "Children", "href": "/", "active": request.path == "/"},
                {"text": "Providers", "href": "/facts", "active": request.path == "/facts"},
                {"text": "Matches", "href": "/progress", "active": request.path == "/progress"},
                {"text": "Intake", "href": "/form", "active": request.path == "/form"},
            ],
            "account": {
                "id": 1,
                "name": "Rosa Delgado",
                "role": "SEND officer",
                "sign_out": "/sign-out",
            },
            "footer_links": [{"text": "Accessibility statement", "href": "/accessibility"}],
        }

    @app.get("/")
    def lists():
        sort = Sort.from_args(request.args, ("name", "cost", "distance"), "name")
        pages = _Pages(page=request.args.get("page", 3, int), per_page=25, max_per_page=100)
        empty = "empty" in request.args
        return render_template(
            "gallery/lists.html", columns=COLUMNS, rows=ROWS, sort=sort, pages=pages, empty=empty
        )

    @app.get("/facts")
    def facts():
        return render_template("gallery/facts.html", picture=example_map())

    @app.route("/form", methods=["GET", "POST"])
    def form():
        example = ExampleForm()
        if example.validate_on_submit():
            flash("The provider has been saved.", "success")
            flash("Its insurance ends on 1 December 2026.", "info")
        return render_template("gallery/form.html", form=example)

    @app.get("/confirm")
    def confirm():
        return render_template("gallery/confirm.html")

    @app.get("/progress")
    def progress():
        if request.accept_mimetypes.best == "application/json":
            asked["progress"] += 1
            done = asked["progress"] > 2
            return jsonify(fraction=0.8, message="Weighing up places", done=done, next="/facts")
        return render_template("gallery/progress.html")

    @app.get("/break/<kind>")
    def break_it(kind: str):
        if kind == "rule":
            raise RuleBroken("The provider is suspended.", "The price is above the cap of £50.00.")
        raise RuntimeError("broken on purpose")

    return app
