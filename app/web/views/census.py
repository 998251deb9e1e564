"""A file in the shape of the alternative provision census: its day, what to check, the download."""

from flask import Blueprint, current_app, render_template, request
from flask_login import current_user

from app.access import Permission, requires
from app.kernel.clock import today
from app.reporting import census as returns
from app.web.census import columns
from app.web.export import download_list
from app.web.forms.census import ChooseCensusDay
from app.web.listing import paged

census = Blueprint("census", __name__, url_prefix="/census")
PAGE = 20


def _asked() -> tuple[ChooseCensusDay, returns.Census]:
    usual = returns.next_census_day(today())
    form = ChooseCensusDay.asked(request.args, usual)
    return form, returns.census_of(form.day(usual))


@census.get("/")
@requires(Permission.EXPORT_CENSUS)
def prepare():
    """The placements of a census day in figures, and what to put right before it is sent."""
    form, found = _asked()
    return render_template(
        "census/prepare.html",
        form=form,
        found=found,
        page=paged(found.to_check, PAGE),
        not_held=returns.NOT_HELD,
        earlier=returns.exports(),
    )


@census.post("/download.<any(csv, xlsx):kind>")
@requires(Permission.EXPORT_CENSUS)
def download(kind):
    """The file; that it was taken away is noted in the trail and with each child."""
    _form, found = _asked()
    returns.export(found, current_user)
    shape = columns(current_app.config["CENSUS_REASONS"])
    return download_list(kind, f"ap-census-shaped-{found.on}", shape, found.entries)
