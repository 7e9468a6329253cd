"""Files that leave the portal: CSV and XLSX that spreadsheets open safely."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def neutralised(value: Any) -> str:
    """The text of a cell that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_DANGEROUS) else text


class _Echo:
    def write(self, value: str) -> str:
        return value


def csv_response(name: str, rows: Iterable[Iterable[Any]]) -> StreamingHttpResponse:
    """A CSV with a BOM and semicolons, as Russian spreadsheets expect, streamed row by row."""
    writer = csv.writer(_Echo(), delimiter=";")

    def lines() -> Iterator[str]:
        yield "\ufeff"
        for row in rows:
            yield writer.writerow([neutralised(cell) for cell in row])

    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8", headers=headers)


def xlsx_response(name: str, sheet: str, rows: Iterable[Iterable[Any]], widths: Sequence[int]) -> HttpResponse:
    """A workbook of one sheet, every cell as text; the first row is the header. `widths` in characters."""
    book = Workbook()
    page: Any = book.active
    page.title = sheet[:31]
    for row in rows:
        page.append([ILLEGAL_CHARACTERS_RE.sub("", neutralised(cell)) for cell in row])
    for number, width in enumerate(widths, start=1):
        page.column_dimensions[page.cell(1, number).column_letter].width = width
    for cell in page[1]:
        cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    page.freeze_panes = "A2"
    file = BytesIO()
    book.save(file)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return HttpResponse(file.getvalue(), content_type=kind, headers=headers)
