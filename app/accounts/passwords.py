"""What a password must be: long, not widely known, not made from what others know of the person.

Length and a list of known passwords in place of rules about figures and signs, as the National
Cyber Security Centre and NIST SP 800-63B advise. The list comes with the package zxcvbn, so nothing
is asked of the network.
"""

from collections.abc import Iterable

from zxcvbn import zxcvbn

SHORTEST = 12
LONGEST = 128
WEAKEST = 3
"""The least score, of 0 to 4: more than a hundred million guesses."""


def objection(password: str, about: Iterable[str] = ()) -> str | None:
    """Why a password is refused, in words; None where it will do.

    about: what others know of the person, such as name and email address.
    """
    if len(password) < SHORTEST:
        return f"The password is too short. Choose one of at least {SHORTEST} characters."
    if len(password) > LONGEST:
        return f"The password is too long. Choose one of at most {LONGEST} characters."
    known = [word for text in about for word in [text, *text.replace("@", " ").split()]]
    judged = zxcvbn(password[:100], user_inputs=[*known, "fairplace"])
    if judged["score"] < WEAKEST:
        return (
            "The password is easy to guess: it is widely known, or close to your name or a common "
            "word. Choose another, such as three random words."
        )
    return None
