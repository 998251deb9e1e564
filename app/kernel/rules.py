"""The one refusal: a domain rule that was broken, with every reason in words."""


class RuleBroken(Exception):
    """A request that a rule forbids; nothing of it has been saved.

    reasons: one sentence each, fit to be shown to the person who asked.
    """

    def __init__(self, *reasons: str) -> None:
        if not reasons:
            raise ValueError("A broken rule needs at least one reason.")
        super().__init__(" ".join(reasons))
        self.reasons: tuple[str, ...] = reasons


def require(*reasons: str | None) -> None:
    """Refuse with every reason that is not None; pass where all are None.

    Raises RuleBroken.
    """
    broken = [reason for reason in reasons if reason]
    if broken:
        raise RuleBroken(*broken)
