"""How dates and lists read in English sentences."""

from collections.abc import Iterable
from datetime import date


def in_words(day: date) -> str:
    """A date as GOV.UK writes it: "23 November 2026"."""
    return f"{day.day} {day:%B %Y}"


def listed(words: Iterable[str], joint: str = "and") -> str:
    """Words as a list in a sentence: "a, b and c"."""
    items = list(words)
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {joint} {items[-1]}"


def in_sentence(name: str) -> str:
    """A name as it stands inside a sentence: "Tutoring (QTS)" is "tutoring (QTS)"."""
    return name if name[:2].isupper() else name[:1].lower() + name[1:]
