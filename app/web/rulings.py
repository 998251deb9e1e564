"""What a page says after a change that officers' rulings may not survive."""

from flask import flash

from app.commissioning import now


def warn_of_left_aside(*child_ids: int) -> None:
    """Tell whoever changed these children's records which of their rulings cannot be kept now."""
    for each in now.left_aside(*child_ids).values():
        flash(
            f"The ruling that fixes {each.named} cannot be kept now, and the next match leaves it "
            f"aside: {each.why}",
            "info",
        )
