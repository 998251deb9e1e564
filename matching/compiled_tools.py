"""Compiling plain loops where numba is installed; without it they are not used at all."""

try:
    from numba import njit
except ImportError:
    njit = None

SMALLEST_GAIN = 1e-9
"""Profit that is too small to count."""


def compiled(function):
    """The function compiled and free of the interpreter's lock; as it is without numba."""
    return function if njit is None else njit(cache=True, nogil=True)(function)


def only_where_compiled(function):
    """The function where it is compiled, else None: as plain loops it would take minutes."""
    return None if njit is None else function
