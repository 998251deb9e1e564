"""Compiling plain loops where numba is installed; without it they are not used at all."""

from hashlib import sha256
from pathlib import Path

try:
    from numba import config, njit
except ImportError:
    njit = None

SMALLEST_GAIN = 1e-9
"""Profit that is too small to count."""


def cache_folder(base: Path, sources: list[Path]) -> Path:
    """Where compiled code is kept: a folder of its own for each state of the sources.

    numba looks at the file of a function alone; what that calls from another file, or reads from
    it, may have changed meanwhile.
    """
    digest = sha256(b"".join(path.read_bytes() for path in sorted(sources)))
    return base / f"compiled-{digest.hexdigest()[:12]}"


if njit is not None:
    HERE = Path(__file__).parent
    config.CACHE_DIR = str(
        cache_folder(
            Path(config.CACHE_DIR or HERE / "__pycache__"),
            [*HERE.glob("compiled*.py"), HERE / "ground.py"],
        )
    )


def compiled(function):
    """The function compiled and free of the interpreter's lock; as it is without numba."""
    return function if njit is None else njit(cache=True, nogil=True)(function)


def only_where_compiled(function):
    """The function where it is compiled, else None: as plain loops it would take minutes."""
    return None if njit is None else function
