"""What a letter about notices says: what changed, what to do, where. It names nobody."""

from app.notices.outbox import Claim

_SIGNED = "This message was sent by Fairplace for the local authority. Replies are not read."


def subject_of(claim: Claim) -> str:
    """The subject: the topic's own, or how many things there are."""
    if len(claim.lines) == 1:
        return claim.lines[0][0].subject
    return f"{len(claim.lines)} notices in Fairplace"


def text_of(claim: Claim, address: str) -> str:
    """The letter in plain text. address: the site's own, without a slash at its end."""
    parts = [_part(topic.changed, topic.to_do, address + page) for topic, page in claim.lines]
    return "\n".join(
        [
            *parts,
            "Sign in to read more: for the safety of children no letter says whom it is about.",
            f"To get fewer letters, or one a day: {address}/notices/choose",
            "",
            _SIGNED,
            "",
        ]
    )


def _part(changed: str, to_do: str, link: str) -> str:
    return f"{changed}\n{to_do}\n\n{link}\n"
