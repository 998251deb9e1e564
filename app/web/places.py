"""How places read on a screen: postcodes, and how exactly a position is known."""

from collections.abc import Callable

from providers.models.place import Accuracy, Located

_ACCURACY = {
    Accuracy.POSTCODE: "To the postcode",
    Accuracy.SECTOR: "To the postcode sector only: distances may be a mile or two out",
    None: "Not known: no distance can be measured",
}


def postcode_in_words(postcode: str) -> str:
    """A postcode as it is written, with its space: "SO238UJ" is "SO23 8UJ".

    What is left of an erased one, "SO23", stands as it is.
    """
    if len(postcode) < 5:
        return postcode
    return f"{postcode[:-3]} {postcode[-3:]}"


def accuracy_in_words(place: Located) -> str:
    """How exactly the position of an address is known."""
    return _ACCURACY[place.accuracy]


PLACE_WORDS: dict[str, Callable] = {
    "postcode_in_words": postcode_in_words,
    "accuracy_in_words": accuracy_in_words,
}
