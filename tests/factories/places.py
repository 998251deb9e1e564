"""Places: a framework and the few sectors of postcodes that tests live in."""

from datetime import date

from app.kernel.database import db
from providers.models.framework import Framework
from providers.models.place import Accuracy, Postcode
from providers.service import start_framework

SECTORS = {"SO238": (51.06, -1.31), "PO121": (50.79, -1.12)}


def a_mapped_county() -> Framework:
    """A framework with all its services, lots and caps, and the middles of two sectors."""
    framework = start_framework(
        reference="FW", name="Open framework", starts_on=date(2025, 2, 1), ends_on=date(2029, 8, 31)
    )
    for code, (latitude, longitude) in SECTORS.items():
        place = {"latitude": latitude, "longitude": longitude, "accuracy": Accuracy.SECTOR}
        db.session.add(Postcode(code=code, sector=code, **place))
    db.session.flush()
    return framework
