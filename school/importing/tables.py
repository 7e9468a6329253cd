"""What was read from a file: sheets of text cells. And how a file that cannot be read is refused."""

import re
import unicodedata
from dataclasses import dataclass, field

from django.utils.functional import Promise

from ..errors import Refusal

LARGEST_FILE = 10 * 1024 * 1024
LARGEST_UNPACKED = 40 * 1024 * 1024
MOST_ROWS = 10_000
MOST_COLUMNS = 60
MOST_SHEETS = 60
LONGEST_CELL = 1000

UNCOMPUTED = "#FORMULA!"  # a formula whose value the file does not hold
_SPACES = re.compile(r"\s+")


class BadFile(Refusal):
    """The file cannot be read; the text says what to do."""

    code = "bad_file"

    def __init__(self, message: str | Promise) -> None:
        super().__init__(message, field="file")


@dataclass
class Row:
    """A row that is not empty: its number in the file, from 1, and its cells as text."""

    number: int
    cells: list[str]


@dataclass
class Sheet:
    name: str
    rows: list[Row] = field(default_factory=list)


def cleaned(text: str) -> str:
    """One line of visible characters: no-break and doubled spaces, line ends, invisible marks do not count."""
    if not text.isprintable():
        text = "".join(" " if char.isspace() else char for char in text if char.isspace() or _is_visible(char))
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()


def _is_visible(char: str) -> bool:
    return unicodedata.category(char)[0] != "C"


def trimmed(cells: list[str]) -> list[str]:
    """Without the empty cells at the end."""
    last = next((index for index in range(len(cells), 0, -1) if cells[index - 1]), 0)
    return cells[:last]
