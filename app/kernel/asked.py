"""Work that a transaction asks for, to be handed to the background once it has committed.

Any room may ask by name; `app.jobs` knows what the names mean.
"""

from app.kernel.database import db

ASKED = "jobs"


def ask(name: str, subject_id: int) -> None:
    """Hand a job to the queue once the present transaction commits; forget it on a rollback.

    Asked for twice in one transaction it is handed over once.
    """
    waiting = db.session().info.setdefault(ASKED, [])
    if (name, subject_id) not in waiting:
        waiting.append((name, subject_id))
