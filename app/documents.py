"""Documents as PDF: headings, paragraphs, facts and tables, in one plain style.

The typeface is embedded, so that names of any European language print as they are written.
"""

from collections.abc import Iterable, Sequence
from importlib.resources import files

from fpdf import FPDF
from fpdf.fonts import FontFace

FAMILY = "Lato"
INK, QUIET = (11, 12, 12), (80, 90, 95)
MARGIN = 20  # mm


class Document(FPDF):
    """A document of A4 pages that carries its title, its language, and page numbers.

    note: a line at the foot of each page, such as the state of the document.
    """

    def __init__(self, title: str, note: str = "") -> None:
        super().__init__(format="A4")
        self.note = note
        folder = files("font_lato") / "files"
        self.add_font(FAMILY, "", str(folder / "Lato-Regular.ttf"))
        self.add_font(FAMILY, "B", str(folder / "Lato-Bold.ttf"))
        self.set_title(title)
        self.set_lang("en-GB")
        self.set_creator("Fairplace")
        self.set_margins(MARGIN, MARGIN)
        self.set_auto_page_break(True, margin=MARGIN)
        self.alias_nb_pages()
        self.add_page()
        self._line(title, 20, "B", above=0)

    def footer(self) -> None:
        """The note and the number of the page."""
        self.set_y(-14)
        self.set_font(FAMILY, size=8)
        self.set_text_color(*QUIET)
        self.cell(0, 5, f"{self.note}   Page {self.page_no()} of {{nb}}".strip())

    def section(self, text: str) -> None:
        """A heading."""
        self.start_section(text)
        self._line(text, 14, "B", above=5)

    def subsection(self, text: str) -> None:
        """A smaller heading."""
        self._line(text, 11, "B", above=2)

    def words(self, text: str) -> None:
        """A paragraph; its line breaks are kept."""
        self._line(text, 10.5, "", above=0)

    def quiet(self, text: str) -> None:
        """A remark."""
        self._line(text, 9, "", above=0, colour=QUIET)

    def facts(self, rows: Iterable[tuple[str, str]]) -> None:
        """Facts by name."""
        self._table([list(row) for row in rows], (35, 65), headings=False)

    def grid(self, head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """A table with its headings, columns of equal width."""
        self._table([list(head), *(list(row) for row in rows)], None, headings=True)

    def content(self) -> bytes:
        """The finished file."""
        return bytes(self.output())

    def _line(
        self, text: str, size: float, style: str, *, above: float, colour: tuple = INK
    ) -> None:
        if above:
            self.ln(above)
        self.set_font(FAMILY, style, size)
        self.set_text_color(*colour)
        self.multi_cell(0, size * 0.5, text, align="L", new_x="LMARGIN", new_y="NEXT")
        self.ln(1.5)

    def _table(self, rows: list[list[str]], widths: tuple | None, *, headings: bool) -> None:
        self.set_font(FAMILY, size=10)
        self.set_text_color(*INK)
        bold = FontFace(emphasis="BOLD")
        with self.table(
            rows=(),
            col_widths=widths,
            first_row_as_headings=headings,
            headings_style=bold,
            borders_layout="HORIZONTAL_LINES",
            line_height=5.5,
            text_align="LEFT",
        ) as table:
            for row in rows:
                line = table.row()
                for place, text in enumerate(row):
                    line.cell(text, style=bold if place == 0 else None)
        self.ln(2)
