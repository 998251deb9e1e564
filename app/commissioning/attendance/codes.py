"""The codes of session attendance, and what each means for the figures.

K, B, /, \\, C2 and E stand in Working together to improve school attendance (DfE, August 2024);
the others are the common ones and are not law here: the AP lead can reword any code, add one or
take it out of use. A mark keeps the meaning that its code had when it was recorded.
"""

from dataclasses import dataclass

from sqlalchemy import CheckConstraint, String, select
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.audit import Audited
from app.kernel.database import choice, db
from app.kernel.rules import require
from providers.needs import Labelled


class Meaning(Labelled):
    """What a code says of a session, for rates and for hours."""

    PRESENT = "present", "Present"
    AUTHORISED = "authorised", "Authorised absence"
    UNAUTHORISED = "unauthorised", "Unauthorised absence"
    UNEXPLAINED = "unexplained", "Absent, no reason known yet"
    NOT_COUNTED = "not_counted", "The session could not take place"


@dataclass(frozen=True)
class Code:
    """A code as pages offer it. quick: one of the large buttons of the day's register."""

    code: str
    label: str
    meaning: Meaning
    quick: bool = False
    in_use: bool = True

    @property
    def short(self) -> str:
        """The words of its button: "Present", "Ill"."""
        before, _colon, after = self.label.partition(": ")
        short = before if self.meaning is Meaning.PRESENT or not after else after
        return short[:1].upper() + short[1:]


M = Meaning
PRESENT, UNEXPLAINED = "K", "N"
"""The codes that "everyone was present" and an absence without a reason record."""
STANDARD = (
    Code("K", "Present: provision arranged by the local authority", M.PRESENT, quick=True),
    Code("N", "Absent: no reason yet", M.UNEXPLAINED, quick=True),
    Code("I", "Absent: ill", M.AUTHORISED, quick=True),
    Code("O", "Absent: unauthorised", M.UNAUTHORISED, quick=True),
    Code("L", "Present: arrived late", M.PRESENT),
    Code("B", "Present: educated off site", M.PRESENT),
    Code("/", "Present: morning", M.PRESENT),
    Code("\\", "Present: afternoon", M.PRESENT),
    Code("M", "Absent: medical or dental appointment", M.AUTHORISED),
    Code("C", "Absent: other authorised circumstances", M.AUTHORISED),
    Code("C2", "Absent: part-time timetable", M.AUTHORISED),
    Code("E", "Absent: excluded, no other provision made", M.AUTHORISED),
    Code("G", "Absent: holiday not agreed", M.UNAUTHORISED),
    Code("U", "Absent: arrived after registers closed", M.UNAUTHORISED),
    Code("Y", "Unable to attend for an unavoidable cause", M.NOT_COUNTED),
    Code("#", "Provision was closed or cancelled the session", M.NOT_COUNTED),
)
FIXED = (PRESENT, UNEXPLAINED)
"""The codes that the day's register itself records: their meaning and use stay."""


class AttendanceCode(Audited, db.Model):
    """A code as the authority set it, in place of the standard one or beside them."""

    __tablename__ = "attendance_code"
    __table_args__ = (CheckConstraint("length(code) BETWEEN 1 AND 2", name="code_is_short"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(2), unique=True)
    label: Mapped[str] = mapped_column(String(100))
    meaning: Mapped[Meaning] = mapped_column(choice(Meaning, "meaning"))
    quick: Mapped[bool] = mapped_column(default=False)
    in_use: Mapped[bool] = mapped_column(default=True)


def codes(*, all_of_them: bool = False) -> dict[str, Code]:
    """The codes in use by code, the standard ones in their order first; or every one."""
    found = {each.code: each for each in STANDARD}
    for row in db.session.scalars(select(AttendanceCode).order_by(AttendanceCode.code)):
        found[row.code] = Code(row.code, row.label, row.meaning, row.quick, row.in_use)
    return {code: each for code, each in found.items() if each.in_use or all_of_them}


def set_code(code: str, label: str, meaning: Meaning, *, quick: bool, in_use: bool) -> None:
    """Reword a code, change its meaning or use, or add one. What is recorded already stays.

    Raises RuleBroken where the day's register could not be kept without it as it is.
    """
    standard = next((each for each in STANDARD if each.code == code), None)
    changed = standard and (meaning is not standard.meaning or not in_use)
    require(
        f"The day’s register records {code} by itself. Change its words, not its meaning or use."
        if code in FIXED and changed
        else None
    )
    row = db.session.scalar(select(AttendanceCode).where(AttendanceCode.code == code))
    if row is None:
        row = AttendanceCode(code=code)
        db.session.add(row)
    row.label, row.meaning, row.quick, row.in_use = label.strip(), meaning, quick, in_use
    db.session.flush()
