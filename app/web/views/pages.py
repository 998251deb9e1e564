"""Pages about the service itself: help, accessibility, privacy, health."""

from flask import Blueprint, jsonify, render_template
from sqlalchemy import text

from app.access import public
from app.kernel.database import db
from app.web.readiness import checks

pages = Blueprint("pages", __name__)


@pages.get("/help")
@public
def help_page():
    """What the service does and where to start."""
    return render_template("pages/help.html")


@pages.get("/accessibility")
@public
def accessibility():
    """The accessibility statement."""
    return render_template("pages/accessibility.html")


@pages.get("/privacy")
@public
def privacy():
    """What is kept about people, and why."""
    return render_template("pages/privacy.html")


@pages.get("/healthy")
@public
def healthy():
    """Whether the service and its database answer, for a load balancer."""
    db.session.execute(text("SELECT 1"))
    return jsonify(status="ok")


@pages.get("/ready")
@public
def ready():
    """Whether everything that a request may need is there: 503 names what is not."""
    found = checks()
    return jsonify(found), 200 if all(found.values()) else 503
