"""CSV, TXT and pasted tables: the encoding and the delimiter are found, not asked for."""

import codecs
import csv
import io
from collections.abc import Callable

from django.utils.translation import gettext as _

from .tables import LONGEST_CELL, MOST_COLUMNS, MOST_ROWS, BadFile, Row, cleaned, trimmed

_BOMS = [(codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")]
_DELIMITERS = ";\t,|"
_PROBE = 30  # lines by which the delimiter is chosen
_MOST_LINE_ENDS = 3  # inside one cell

Score = Callable[[list[list[str]]], tuple[int, int]]


def decoded(content: bytes) -> str:
    """UTF-8 with or without a mark, UTF-16 with one, else Windows-1251. Raises `BadFile` for what is not text."""
    encodings = [name for mark, name in _BOMS if content.startswith(mark)] or ["utf-8", "cp1251"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise BadFile(_("This is not a table: upload an XLSX, a CSV or a text file, or paste the table."))


def read_text(text: str, score: Score) -> list[Row]:
    """The rows of the text. `score` says how much the first rows look like a list, for each delimiter that is tried."""
    head = "\n".join(text.splitlines()[:_PROBE])
    delimiter = max(_DELIMITERS, key=lambda mark: score(_probed(head, mark)))
    rows: list[Row] = []
    try:
        for number, cells in enumerate(_reader(text, delimiter), start=1):
            texts = trimmed([_checked(cell, number) for cell in cells[:MOST_COLUMNS]])
            if texts:
                rows.append(Row(number, texts))
            if len(rows) > MOST_ROWS:
                raise BadFile(
                    _("There are more than %(count)d rows in the file: divide it into parts.") % {"count": MOST_ROWS}
                )
    except csv.Error as error:
        raise BadFile(_("The table cannot be read: a cell in it is longer than any name.")) from error
    _refuse_open_quote(text, delimiter)
    return rows


def _reader(text: str, delimiter: str, *, strict: bool = False) -> "csv._reader":  # type: ignore[name-defined]
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)


def _probed(head: str, delimiter: str) -> list[list[str]]:
    try:
        return [[cleaned(cell) for cell in cells] for cells in _reader(head, delimiter)]
    except csv.Error:
        return []


def _checked(cell: str, number: int) -> str:
    if len(cell) > LONGEST_CELL or cell.count("\n") > _MOST_LINE_ENDS:
        raise _open_quote(number)
    return cleaned(cell)


def _open_quote(number: int) -> BadFile:
    return BadFile(_("A quotation mark opened in row %(number)d is not closed: correct it.") % {"number": number})


def _refuse_open_quote(text: str, delimiter: str) -> None:
    """A quote that is never closed swallows the rows after it, which nobody would notice."""
    whole = 0
    try:
        for _cells in _reader(text, delimiter, strict=True):
            whole += 1
    except csv.Error as error:
        if "end of data" in str(error):
            raise _open_quote(whole + 1) from error
