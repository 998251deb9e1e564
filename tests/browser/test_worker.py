"""The site with a real worker beside it, as `flask serve` starts them: pages that wait go on."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.error import URLError

import pytest
from playwright.sync_api import Page, expect

from app.accounts.roles import Role
from app.accounts.service import open_account
from app.factory import create_app
from app.kernel import audit
from app.kernel.clock import today
from app.kernel.database import db
from tests.browser.conftest import Site
from tests.conftest import TESTER, settings
from tests.factories.accounts import PASSWORD
from tests.factories.places import a_mapped_county
from tests.providers.intake.builders import CHILD, OFFER, csv_file

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]
EMAIL = "officer@example.org"
AMPLE = 60_000  # milliseconds, for a machine that is busy with other tests


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def served(sqlite_template: Path, tmp_path: Path) -> Iterator[Site]:
    """The site as an operator serves it, on a database of its own, until it is told to stop."""
    database = tmp_path / "fairplace.db"
    shutil.copyfile(sqlite_template, database)
    hashed = {"SECURITY_PASSWORD_HASH": "argon2", "SECURITY_PASSWORD_SCHEMES": ["argon2"]}
    app = create_app(settings(f"sqlite:///{database}", tmp_path) | hashed)
    with app.app_context(), audit.acting(TESTER, "test"):
        a_mapped_county()
        open_account(email=EMAIL, name="Olive Officer", role=Role.SEND_OFFICER, password=PASSWORD)
        db.session.commit()
        db.engine.dispose()
    port = a_free_port()
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "serve", "--port", str(port)]
    own = {
        "FAIRPLACE_DATABASE_URL": f"sqlite:///{database}",
        "FAIRPLACE_JOBS_URL": f"sqlite:///{tmp_path / 'jobs.db'}",
        "FAIRPLACE_SECRET_KEY": "for tests only",
        "FAIRPLACE_PASSWORD_SALT": "for tests only",
    }
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | own, stdout=log, stderr=log, start_new_session=True
        )
        try:
            wait_for(f"http://127.0.0.1:{port}/healthy", process)
            yield Site(f"http://127.0.0.1:{port}", app)
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)
            assert not still_running(process.pid), "the worker outlived the site"
        finally:
            if still_running(process.pid):
                os.killpg(process.pid, signal.SIGKILL)


def still_running(group: int) -> bool:
    """Whether any process of a group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def wait_for(address: str, process: subprocess.Popen) -> None:
    """Until the site answers."""
    for _attempt in range(300):
        assert process.poll() is None, "the site ended by itself"
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (URLError, ConnectionError):
            time.sleep(0.2)
    raise AssertionError("the site did not answer within a minute")


def written(day) -> str:
    return f"{day:%d/%m/%Y}"


def files(folder: Path) -> tuple[Path, Path]:
    """One provider and one child who fit each other, on whatever day this is."""
    day = today()
    offer = OFFER | {
        "Capacity confirmed on": written(day),
        "Insurance expires": written(day + timedelta(days=200)),
        "DBS register confirmed": written(day - timedelta(days=30)),
        "Last visit": written(day - timedelta(days=60)),
    }
    child = CHILD | {
        "Support required": "Mentoring",
        "Hours per week": "6",
        "Date of birth": f"09/10/{day.year - 13}",
        "Out of education since": written(day - timedelta(days=40)),
        "Start from": written(day + timedelta(days=10)),
    }
    paths = []
    for name, row in (("supplier_tool.csv", offer), ("waiting_list.csv", child)):
        path = folder / name
        path.write_bytes(csv_file([list(row), list(row.values())]).getvalue())
        paths.append(path)
    return tuple(paths)


def test_pages_that_wait_for_the_worker_go_on_to_the_result_by_themselves(
    served: Site, page: Page, tmp_path: Path
):
    page.context.set_default_timeout(AMPLE)
    served.sign_in(page, EMAIL, PASSWORD)
    for kind, file in zip(("Supplier tool", "Waiting list"), files(tmp_path), strict=True):
        page.goto(f"{served.address}/spreadsheets/send")
        page.get_by_label(kind).check()
        page.get_by_label("Choose the file").set_input_files(file)
        page.get_by_role("button", name="Read the file").click()
        page.get_by_role("button", name="Accept 1 row").click()
        expect(page.get_by_text("Saved on")).to_be_visible(timeout=AMPLE)

    page.goto(f"{served.address}/matches/start")
    page.get_by_role("button", name="Match children now").click()
    map_link = page.get_by_role("link", name="See this match on a map")
    expect(map_link).to_be_visible(timeout=AMPLE)
    expect(page.locator(".fp-tile__value").first).to_have_text(re.compile("1 of 1"))
