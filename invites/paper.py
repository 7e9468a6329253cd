"""Slips on A4, eight to a sheet, with lines to cut along. Draws what it is given and knows nothing of the database.

A pile (a class and a role) begins on a new sheet, so that the administrator hands each to its homeroom teacher; its name
stands at the foot of the sheet. Roboto comes out of the wheel `font-roboto`; QR codes are vectors from segno's matrix.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from itertools import groupby

import segno
from font_roboto import Roboto, RobotoBold
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

COLUMNS, ROWS = 2, 4
ON_SHEET = COLUMNS * ROWS
_WIDTH, _HEIGHT = A4
_MARGIN = 8 * mm
_SLIP_WIDTH, _SLIP_HEIGHT = (_WIDTH - 2 * _MARGIN) / COLUMNS, (_HEIGHT - 2 * _MARGIN) / ROWS
_PAD = 5 * mm
_QR_SIDE = 28 * mm
# The standard has an encoder try all eight masks, which is six sevenths of the work; any of them can be read.
_QR_MASK = 3
_PLAIN, _BOLD = "Slip", "Slip-Bold"
_GREY, _SOFT = 0.55, 0.3
_LEADING = 1.18
_lock = threading.Lock()


@dataclass(frozen=True)
class Slip:
    """What one slip says. `note` is whose parent or what in the school, `link` what the QR code holds."""

    pile: str
    for_whom: str
    name: str
    note: str
    school: str
    until: str
    code: str
    link: str
    not_for: str


@dataclass(frozen=True)
class Common:
    """What all slips say alike: what to do, where the code is typed, the warning; `sheet` names a sheet of a pile."""

    title: str
    scan: str
    type_here: str
    address: str
    warning: str
    sheet: Callable[[str, int, int], str]


def draw(slips: Sequence[Slip], common: Common, tell: Callable[[int], None] = lambda done: None) -> bytes:
    """The PDF. `tell` hears after each sheet how many slips are done."""
    _register_fonts()
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4, pageCompression=1)
    canvas.setTitle(common.title)
    done = 0
    for pile, number, sheets, on_sheet in _sheets(slips):
        _draw_cuts(canvas)
        for place, slip in enumerate(on_sheet):
            row, column = divmod(place, COLUMNS)
            left = _MARGIN + column * _SLIP_WIDTH
            _draw_slip(canvas, slip, common, left, _HEIGHT - _MARGIN - (row + 1) * _SLIP_HEIGHT)
        canvas.setFillGray(_GREY)
        canvas.setFont(_PLAIN, 6.5)
        canvas.drawString(_MARGIN + _PAD, 3 * mm, common.sheet(pile, number, sheets))
        canvas.showPage()
        done += len(on_sheet)
        tell(done)
    canvas.save()
    return out.getvalue()


def _sheets(slips: Sequence[Slip]) -> Iterator[tuple[str, int, int, list[Slip]]]:
    """(pile, number of the sheet in it, of how many, the slips)."""
    for pile, of_pile in groupby(slips, key=lambda slip: slip.pile):
        listed = list(of_pile)
        starts = range(0, len(listed), ON_SHEET)
        for number, start in enumerate(starts, 1):
            yield pile, number, len(starts), listed[start : start + ON_SHEET]


@cache
def _register_fonts() -> None:
    with _lock:
        pdfmetrics.registerFont(TTFont(_PLAIN, Roboto))
        pdfmetrics.registerFont(TTFont(_BOLD, RobotoBold))


def _draw_cuts(canvas: Canvas) -> None:
    canvas.setStrokeGray(_GREY)
    canvas.setLineWidth(0.4)
    canvas.setDash(3, 3)
    for column in range(1, COLUMNS):
        x = _MARGIN + column * _SLIP_WIDTH
        canvas.line(x, 0, x, _HEIGHT)
    for row in range(1, ROWS):
        y = _MARGIN + row * _SLIP_HEIGHT
        canvas.line(0, y, _WIDTH, y)
    canvas.setDash()


def _draw_slip(canvas: Canvas, slip: Slip, common: Common, left: float, bottom: float) -> None:
    text = _Text(canvas, left + _PAD, bottom + _SLIP_HEIGHT - 3 * mm, _SLIP_WIDTH - 2 * _PAD)
    text.line(slip.school, _PLAIN, 8, smallest=5, grey=_SOFT)
    text.line(slip.for_whom, _BOLD, 17, smallest=10)
    text.down(2 * mm)
    top = text.y
    _draw_qr(canvas, slip.link, text.x, top - _QR_SIDE)
    beside = _Text(canvas, text.x + _QR_SIDE + 4 * mm, top, text.width - _QR_SIDE - 4 * mm)
    beside.lines(slip.name, _BOLD, 12, most=3)
    beside.down(0.8 * mm)
    beside.lines(slip.note, _PLAIN, 9.5, most=2)
    beside.down(0.8 * mm)
    beside.line(slip.until, _PLAIN, 8.5, smallest=6)
    text.y = top - _QR_SIDE - 2 * mm
    text.line(common.scan, _PLAIN, 8, smallest=6)
    if slip.code:
        text.line(f"{common.type_here} {common.address}", _PLAIN, 8, smallest=5)
        text.down(0.6 * mm)
        text.line(slip.code, _BOLD, 15.5, smallest=10)
    text.down(0.6 * mm)
    text.lines(slip.not_for, _PLAIN, 7, most=2, grey=_SOFT)
    text.line(common.warning, _BOLD, 7, smallest=5)


class _Text:
    """A column of lines, written from the top down; `y` is the top of the next line."""

    def __init__(self, canvas: Canvas, x: float, y: float, width: float) -> None:
        self.canvas, self.x, self.y, self.width = canvas, x, y, width

    def down(self, gap: float) -> None:
        self.y -= gap

    def line(self, text: str, font: str, size: float, *, smallest: float, grey: float = 0) -> None:
        """One line, in smaller letters if it is too long, cut off if it is still too long in the smallest."""
        length = pdfmetrics.stringWidth(text, font, size)
        if length > self.width:
            size = max(smallest, size * self.width / length)
            while pdfmetrics.stringWidth(text, font, size) > self.width + 0.1:
                text = text.rstrip("…")[:-1] + "…"
        self._write(text, font, size, grey)

    def lines(self, text: str, font: str, size: float, *, most: int, grey: float = 0) -> None:
        """Up to `most` lines, in smaller letters until they hold the whole text."""
        wrapped = simpleSplit(text, font, size, self.width)
        while len(wrapped) > most and size > 5:
            size -= 0.5
            wrapped = simpleSplit(text, font, size, self.width)
        for line in wrapped[:most]:
            self._write(line, font, size, grey)

    def _write(self, text: str, font: str, size: float, grey: float) -> None:
        self.canvas.setFillGray(grey)
        self.canvas.setFont(font, size)
        self.canvas.drawString(self.x, self.y - size * 0.8, text)
        self.y -= size * _LEADING


def _draw_qr(canvas: Canvas, link: str, x: float, y: float) -> None:
    """Black modules of the code as one path: a rectangle for each run of them in a row."""
    matrix = segno.make(link, error="m", micro=False, mask=_QR_MASK).matrix
    module = _QR_SIDE / len(matrix)
    path = canvas.beginPath()
    for number, row in enumerate(matrix, 1):
        start = row.find(1)
        while start >= 0:
            end = row.find(0, start)
            end = len(row) if end < 0 else end
            path.rect(x + start * module, y + _QR_SIDE - number * module, (end - start) * module, module)
            start = row.find(1, end)
    canvas.setFillGray(0)
    canvas.drawPath(path, stroke=0, fill=1)
