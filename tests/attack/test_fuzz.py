"""Every address and every form under hostile input: refused in words, never broken."""

from tests.attack.county import everybody
from tests.attack.fuzz import Fuzzer


def test_no_address_and_no_form_breaks_or_leaks_under_hostile_input(app):
    app.config["PROPAGATE_EXCEPTIONS"] = False
    tally = Fuzzer(app, everybody(app), seed=1).run()
    assert tally.requests > 300
    assert tally.faults == []
