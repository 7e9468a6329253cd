"""A file of any kind that schools have, read by what it is and not by its name."""

from django.utils.translation import gettext as _

from .delimited import decoded, read_text
from .headers import likeness
from .tables import LARGEST_FILE, BadFile, Sheet
from .xlsx import read_xlsx

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"
_PICTURES = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf")
_MARKUP = (b"<html", b"<!doctype", b"<table", b"<?xml")


def read_sheets(content: bytes) -> list[Sheet]:
    """The sheets of an XLSX, or the one sheet of a text. Raises `BadFile`, in words that say what to do."""
    if len(content) > LARGEST_FILE:
        raise BadFile(_("The file is larger than %(size)d MB.") % {"size": LARGEST_FILE // 1024 // 1024})
    _refuse_other_kinds(content)
    if content.startswith(_ZIP):
        sheets = read_xlsx(content)
    else:
        sheets = [Sheet("", read_text(decoded(content), likeness))]
    return _with_rows(sheets)


def read_pasted(text: str) -> list[Sheet]:
    return _with_rows([Sheet("", read_text(text.replace("\0", ""), likeness))])


def _with_rows(sheets: list[Sheet]) -> list[Sheet]:
    cells = (cell for sheet in sheets for row in sheet.rows for cell in row.cells)
    if not any(char.isalnum() for cell in cells for char in cell):
        raise BadFile(_("There is nothing in the file: it needs a row of headings and a row for each person."))
    return [sheet for sheet in sheets if sheet.rows]


def _refuse_other_kinds(content: bytes) -> None:
    head = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if content.startswith(_OLE):
        raise BadFile(
            _(
                "This is an old XLS file, or one protected by a password: open it and save it as XLSX without a password."
            )
        )
    if content.startswith(_PICTURES):
        raise BadFile(_("This is not a table: upload an XLSX, a CSV or a text file, or paste the table."))
    if head.startswith(_MARKUP):
        raise BadFile(_("This is a web page with the ending of a table: open it in a spreadsheet and save it as XLSX."))
