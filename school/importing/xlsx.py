"""XLSX by openpyxl's streaming parser: bounded in size, formulas by their stored values, merged cells filled."""

import datetime as dt
import io
import warnings
import zipfile
from bisect import bisect_left, bisect_right
from typing import Any

from django.utils.translation import gettext as _
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.worksheet._reader import FORMULA_TAG, WorkSheetParser

from .tables import (
    LARGEST_UNPACKED,
    LONGEST_CELL,
    MOST_COLUMNS,
    MOST_ROWS,
    MOST_SHEETS,
    UNCOMPUTED,
    BadFile,
    Row,
    Sheet,
    cleaned,
    trimmed,
)

_MOST_ENTRIES = 2000
_MOST_FILLED = 300_000  # cells that the merges of a sheet may fill

Bounds = tuple[int, int, int, int]  # left, top, right, bottom


class _Parser(WorkSheetParser):
    """Tells a formula without a stored value from an empty cell."""

    def parse_cell(self, element: Any) -> dict[str, Any]:
        cell: dict[str, Any] = super().parse_cell(element)
        if cell["value"] is None and element.find(FORMULA_TAG) is not None:
            cell["value"] = UNCOMPUTED
        return cell


def read_xlsx(content: bytes) -> list[Sheet]:
    """The visible sheets that have rows. Raises `BadFile` for a damaged or an oversized file."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except Exception as error:  # zipfile raises whatever the damage makes it raise
        raise _damaged() from error
    _check_size(archive)
    names = set(archive.namelist())
    if "xl/workbook.xml" not in names and not any(name.startswith("xl/") for name in names):
        raise BadFile(_foreign(archive, names))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _sheets(content)
    except BadFile:
        raise
    except Exception as error:  # a parser of others' XML: a damaged file ends in any exception there is
        raise _damaged() from error


def _damaged() -> BadFile:
    return BadFile(
        _("The file is damaged: open it in Excel or another spreadsheet, save it again as XLSX and upload that.")
    )


def _check_size(archive: zipfile.ZipFile) -> None:
    """What the directory promises is what can be unpacked: `zipfile` reads no entry beyond its stated size."""
    entries = archive.infolist()
    if len(entries) > _MOST_ENTRIES or sum(entry.file_size for entry in entries) > LARGEST_UNPACKED:
        raise BadFile(
            _("The file is too large when unpacked (over %(size)d MB): leave only the sheets with the lists in it.")
            % {"size": LARGEST_UNPACKED // 1024 // 1024}
        )


def _foreign(archive: zipfile.ZipFile, names: set[str]) -> str:
    if "mimetype" in names or "content.xml" in names:
        return _("This is an OpenDocument file: open it and save it as XLSX or CSV.")
    if any(name.startswith("word/") for name in names):
        return _("This is a Word document: copy the table out of it and paste it, or save it as XLSX.")
    return _("This is an archive, not a table: unpack it and upload the XLSX or CSV file itself.")


def _sheets(content: bytes) -> list[Sheet]:
    """By the steps of `load_workbook`, without the one that passes through each sheet to learn its size."""
    book = ExcelReader(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    book.read_manifest()
    book.read_strings()
    book.read_workbook()
    apply_stylesheet(book.archive, book.wb)
    found = [(sheet, part) for sheet, part in book.parser.find_sheets() if part.target in book.valid_files]
    visible = [(sheet.name, part.target) for sheet, part in found if sheet.state == "visible"]
    if len(visible) > MOST_SHEETS:
        raise BadFile(
            _("There are more than %(count)d sheets in the file: divide it into parts.") % {"count": MOST_SHEETS}
        )
    sheets: list[Sheet] = []
    left = MOST_ROWS
    for name, target in visible:
        sheet = Sheet(cleaned(name), _rows(book, target, left))
        left -= len(sheet.rows)
        if sheet.rows:
            sheets.append(sheet)
    return sheets


def _rows(book: ExcelReader, target: str, most: int) -> list[Row]:
    with book.archive.open(target) as stream:
        parser = _Parser(
            stream,
            book.shared_strings,
            data_only=True,
            epoch=book.wb.epoch,
            date_formats=book.wb._date_formats,
            timedelta_formats=book.wb._timedelta_formats,
        )
        rows: dict[int, list[str]] = {}
        for number, cells in parser.parse():
            if texts := _texts(cells):
                rows[number] = texts
            if len(rows) > most:
                raise BadFile(
                    _("There are more than %(count)d rows in the file: divide it into parts.") % {"count": MOST_ROWS}
                )
        _fill_merged(rows, [area.bounds for area in parser.merged_cells.mergeCell] if parser.merged_cells else [])
    return [Row(number, cells) for number, cells in sorted(rows.items())]


def _texts(cells: list[dict[str, Any]]) -> list[str]:
    width = min(max((cell["column"] for cell in cells), default=0), MOST_COLUMNS)
    texts = [""] * width
    for cell in cells:
        if cell["column"] <= width:
            texts[cell["column"] - 1] = _text(cell["value"])
    return trimmed(texts)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return cleaned(value[:LONGEST_CELL])
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dt.date):
        return f"{value.day:02d}.{value.month:02d}.{value.year:04d}"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return cleaned(str(value)[:LONGEST_CELL])


def _fill_merged(rows: dict[int, list[str]], areas: list[Bounds]) -> None:
    """The value of a merged cell stands in each of its cells, in rows that have something else in them.

    Counted for the whole sheet: a few kilobytes may hold a hundred thousand areas that lie over each other.
    """
    numbers = sorted(rows)
    filled = 0
    for left, top, right, bottom in areas:
        text = next(iter(rows.get(top, [])[left - 1 : left]), "")
        if not text:
            continue
        columns = range(left, min(right, MOST_COLUMNS) + 1)
        here = numbers[bisect_left(numbers, top) : bisect_right(numbers, bottom)]
        filled += len(here) * len(columns)
        if filled > _MOST_FILLED:
            raise _damaged()
        for number in here:
            _fill(rows[number], columns, text)


def _fill(cells: list[str], columns: range, text: str) -> None:
    for column in columns:
        cells.extend([""] * (column - len(cells)))
        cells[column - 1] = cells[column - 1] or text
