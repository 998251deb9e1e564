"""The first page after signing in: this person's next work."""

from flask import Blueprint, render_template
from flask_login import current_user

from app.access import Permission, requires
from app.notices.service import count_unread
from app.web.home import work_of

home = Blueprint("home", __name__)


@home.get("/")
@requires(Permission.USE_HOME)
def start():
    """What needs doing next, by role."""
    role = current_user.role
    return render_template(
        "home/start.html",
        role=role,
        work=work_of(current_user),
        unread=count_unread(current_user),
    )
