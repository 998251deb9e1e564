"""The supplier tool: one row for each service that a provider offers.

Each row carries the provider's own facts as well. They must agree from row to row, except for
evidence and visits, which councils keep by service: there each row's own dates stand.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from providers.admission import AdmissionState
from providers.intake import terms, values
from providers.intake.faults import ReadRow, Repeats, RowReader
from providers.intake.files import LIMITS, Limits
from providers.intake.offer_cells import evidence_facts, offer_facts
from providers.intake.sheet import Row, Sheet, Tell, open_sheet, stored_row
from providers.intake.supplier_columns import ASKS, COLUMNS, SupplierRow, SupplierRules
from providers.needs import Labelled, Registration, Service, ServiceGroup


def open_file(source: Path | BinaryIO, limits: Limits = LIMITS) -> Sheet:
    """Open a supplier tool, from a path or a seekable stream.

    Raises UnreadableFile with every reason where it cannot be taken at all.
    """
    return open_sheet(source, COLUMNS, limits)


def read(
    sheet: Sheet, rules: SupplierRules, tell: Tell | None = None
) -> Iterator[ReadRow[SupplierRow]]:
    """Every row of an open file, read and judged, one at a time.

    tell(rows done, rows expected or None) is called now and then.
    """
    reader = SupplierReader(rules)
    return map(reader.read, sheet.rows(tell))


class SupplierReader:
    """Reads the rows of one file in order, remembering what it needs to find contradictions."""

    def __init__(self, rules: SupplierRules) -> None:
        """Begin a file."""
        self._rules = rules
        self._names = terms.service_names(rules.services)
        self._offers = Repeats()
        self._counts: dict[tuple[str, str], int] = {}
        self._providers: dict[str, tuple[int, dict]] = {}

    def read_stored(self, number: int, texts: dict[str, str]) -> ReadRow[SupplierRow]:
        """A row that was kept as heading to text, judged once more."""
        return self.read(stored_row(number, texts, COLUMNS))

    def read(self, row: Row) -> ReadRow[SupplierRow]:
        """One row: its record, or None, with every fault found."""
        cells = RowReader(row)
        if cells.leftover:
            cells.refuse("", "This row is not an offer. Complete it, or remove it.")
            return cells.done(None)
        provider = self._provider(cells)
        offer = offer_facts(cells, self._rules, self._names)
        evidence = evidence_facts(cells, self._rules)
        _check_school_place(cells, provider["registration"], offer["service"])
        if cells.refused:
            return cells.done(None)
        return self._unrepeated(cells, provider, offer | evidence)

    def _provider(self, cells: RowReader) -> dict:
        """The provider's own facts, which must agree from row to row."""
        found = {
            "reference": cells.need("reference", values.reference, ASKS["reference"]),
            "name": cells.need("name", values.words, ASKS["name"]),
            "standing": cells.need("standing", terms.standing, ASKS["standing"]),
            "registration": cells.take("registration", terms.registration),
            "urn": cells.take("urn", values.unique_reference_number),
        }
        if cells.text("registration") is None:
            found["registration"] = Registration.UNREGISTERED
        _check_urn(cells, found["registration"])
        if found["standing"] and found["standing"] is not AdmissionState.APPROVED:
            cells.flag(
                "standing",
                f"The supplier is {found['standing']}. Its offers are kept, and not used until it "
                "is approved.",
            )
        if found["reference"]:
            self._check_agreement(cells, found)
        return found

    def _check_agreement(self, cells: RowReader, found: dict) -> None:
        number, first = self._providers.get(found["reference"], (0, {}))
        for name in ("name", "standing", "registration", "urn"):
            if not number or found[name] == first[name] or cells.refused_in(name):
                continue
            said = f"Row {number} says {_said(first[name])} for {found['reference']}."
            if name == "name":
                cells.flag(name, f"{said} That name is kept. Check which is right.")
                found[name] = first[name]
            else:
                cells.refuse(name, f"{said} Make the rows agree.")

    def _unrepeated(self, cells: RowReader, provider: dict, offer: dict) -> ReadRow[SupplierRow]:
        """The record, unless an earlier row offers the same to the same children at one site."""
        facts = provider | offer | {"service": offer["service"].code}
        pair = (facts["reference"], facts["service"])
        children = (facts["postcode"], frozenset(facts["deliveries"]), facts["min_age"])
        key = (pair, children, facts["max_age"])
        shape = tuple(facts.values())
        if earlier := self._offers.before(key, shape):
            cells.refuse("", _repeated(*earlier))
            return cells.done(None)
        self._offers.keep(key, cells.row.number, shape)
        self._providers.setdefault(facts["reference"], (cells.row.number, provider))
        self._counts[pair] = self._counts.get(pair, 0) + 1
        name = "/".join(pair)
        if self._counts[pair] > 1:
            name = f"{name}/{self._counts[pair]}"
        return cells.done(SupplierRow(offer=name, **facts))


def _check_urn(cells: RowReader, registration: Registration | None) -> None:
    given = cells.text("urn") is not None
    if registration is Registration.UNREGISTERED and given and not cells.refused_in("urn"):
        cells.refuse(
            "registration",
            "Only a registered school has a URN. Enter Yes with the kind of school, or remove the "
            "URN.",
        )
    elif registration not in (None, Registration.UNREGISTERED) and not given:
        cells.refuse("urn", "Enter the URN of the registered school: six digits.")


def _check_school_place(
    cells: RowReader, registration: Registration | None, service: Service | None
) -> None:
    if registration is None or service is None or registration.is_school:
        return
    if service.group is ServiceGroup.SCHOOL_PLACE:
        cells.refuse(
            "service",
            f"Only a registered school can offer the service {service.name}. Enter another "
            "service, or the school's registration and URN.",
        )


def _said(value: object) -> str:
    if value is None:
        return "nothing"
    return f"“{value.label if isinstance(value, Labelled) else value}”"


def _repeated(number: int, same: bool) -> str:
    if same:
        return f"This row repeats row {number}, which is taken. Remove it."
    return (
        f"Row {number} already offers this service from the same base, for the same ages, in the "
        "same way, with other details. Keep the row that is right."
    )
