"""Money: whole pence inside, pounds on screens."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction


def pounds(pence: int) -> str:
    """Pence as people read them: 4550 -> "£45.50", -100000 -> "-£1,000.00"."""
    sign = "-" if pence < 0 else ""
    return f"{sign}£{abs(pence) // 100:,}.{abs(pence) % 100:02}"


def whole_pounds(pence: int) -> str:
    """Pence rounded to the pound, for large sums: 123456789 -> "£1,234,568"."""
    sign = "-" if pence < 0 else ""
    return f"{sign}£{round_half_up(Fraction(abs(pence), 100)):,}"


def to_pence(amount: Decimal) -> int:
    """An amount in pounds as pence, half a penny rounded up."""
    return int((amount * 100).to_integral_value(rounding=ROUND_HALF_UP))


def round_half_up(value: Fraction) -> int:
    """A fraction of pence as whole pence; halves go up, as on an invoice."""
    return int((value + Fraction(1, 2)) // 1)
