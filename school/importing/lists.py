"""The list as it is kept between its upload and its end: the cells that may be read, and what the columns mean."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from .fields import FIELDS_OF, ListKind, has_what_it_needs, kind_of
from .headers import Header, find_header, guess, kinds_of_slots
from .tables import Row, Sheet
from .values import BadValue, ClassName, class_inside, class_of

_LONGEST_GROUP = 40


@dataclass
class Columns:
    """What the columns of a list mean: its kind, the field of each heading, the class where no column says it."""

    kind: ListKind = ListKind.PUPILS
    fields: dict[str, str] = field(default_factory=dict)
    class_name: str = ""
    header_at: int = 0
    create_missing: bool = False

    @property
    def is_enough(self) -> bool:
        return has_what_it_needs(self.kind, self.fields.values())

    @property
    def names_class(self) -> bool:
        return bool({"class_name", "parallel"} & set(self.fields.values()))


@dataclass
class SourceRow:
    """A row of a person: `label` names it to people, `values` are its texts by field, `cells` by heading."""

    label: str
    values: dict[str, str]
    cells: dict[str, str]
    default_class: ClassName | None
    kinships: dict[int, str]


def without_sensitive(sheets: list[Sheet]) -> list[Sheet]:
    """The same sheets, with nothing below the headings «Паспорт», «СНИЛС», «Адрес»: it is not kept at all."""
    for sheet in sheets:
        header = find_header(sheet)
        for row in sheet.rows[header.last + 1 :] if header else ():
            _blank(row, header)
    return sheets


def _blank(row: Row, header: Header | None) -> None:
    for place in header.sensitive if header else ():
        if place < len(row.cells):
            row.cells[place] = ""


def packed(sheets: list[Sheet]) -> bytes:
    plain = [[sheet.name, [[row.number, row.cells] for row in sheet.rows]] for sheet in sheets]
    return gzip.compress(json.dumps(plain, ensure_ascii=False).encode(), compresslevel=3)


def unpacked(content: bytes) -> list[Sheet]:
    plain = json.loads(gzip.decompress(content))
    return [Sheet(name, [Row(number, cells) for number, cells in rows]) for name, rows in plain]


def first_header(sheets: list[Sheet], at: int = 0) -> tuple[Sheet, Header]:
    """The sheet whose columns are shown: the first with known headings, else the first."""
    headed = [(sheet, header) for sheet in sheets if (header := find_header(sheet, at))]
    return next(((s, h) for s, h in headed if h.recognised), headed[0] if headed else _nothing(sheets))


def _nothing(sheets: list[Sheet]) -> tuple[Sheet, Header]:
    return sheets[0], Header(0, 0, sheets[0].rows[0].cells, recognised=False)


def guessed_columns(header: Header) -> tuple[ListKind, dict[str, str]]:
    fields = dict(zip(header.keys, guess(header.texts), strict=True))
    kind = kind_of(fields.values())
    return kind, {key: name for key, name in fields.items() if name in FIELDS_OF[kind]}


def guessed_class(sheet: Sheet, header: Header, name: str, *, alone: bool) -> ClassName | None:
    """The class that the titles above the headings speak of, the sheet's name or, of a file with one sheet, its name."""
    titles = [cell for row in sheet.rows[: header.first] for cell in dict.fromkeys(row.cells) if cell]
    found = (class_inside(text) for text in [*titles, sheet.name, *([name] if alone else [])])
    return next(filter(None, found), None)


def source_rows(
    sheets: list[Sheet], columns: Columns, name: str, skipped: list[str] | None = None
) -> Iterator[SourceRow]:
    """The rows below the headings of every sheet that has the columns; the names of the other sheets go to `skipped`."""
    by_hand = _class_or_none(columns.class_name)
    for sheet in sheets:
        header = find_header(sheet, columns.header_at)
        here = {key: columns.fields[key] for key in header.keys if columns.fields.get(key)} if header else {}
        if header is None or not has_what_it_needs(columns.kind, here.values()):
            if skipped is not None:
                skipped.append(sheet.name)
            continue
        own = guessed_class(sheet, header, name, alone=len(sheets) == 1)
        default = (own or by_hand) if len(sheets) > 1 else (by_hand or own)
        yield from _rows_of(sheet, header, here, default, prefix=f"{sheet.name}: " if len(sheets) > 1 else "")


def _class_or_none(text: str) -> ClassName | None:
    try:
        return class_of(text) if text else None
    except BadValue:
        return None


def _rows_of(
    sheet: Sheet, header: Header, fields: dict[str, str], default: ClassName | None, *, prefix: str
) -> Iterator[SourceRow]:
    headings = {tuple(row.cells) for row in sheet.rows[header.first : header.last + 1]}
    names_people = has_what_it_needs(ListKind.PUPILS, fields.values())
    kinships = kinds_of_slots(header.texts)
    read = [(place, key, fields[key]) for place, key in enumerate(header.keys) if key in fields]
    read = [column for column in read if column[0] not in header.sensitive]
    for row in sheet.rows[header.last + 1 :]:
        if tuple(row.cells) in headings or _is_ordinal(row.cells):
            continue
        if (group := _group(row.cells)) and names_people:
            default = group
            continue
        texts = {place: row.cells[place] for place, _key, _field in read if place < len(row.cells) and row.cells[place]}
        if texts:
            yield SourceRow(
                label=f"{prefix}{row.number}",
                values={name: texts[place] for place, _key, name in read if place in texts},
                cells={key: texts[place] for place, key, _field in read if place in texts},
                default_class=default,
                kinships=kinships,
            )


def _is_ordinal(cells: list[str]) -> bool:
    """«1 2 3 4» below the headings of a form."""
    return len(cells) > 1 and cells == [str(number) for number in range(1, len(cells) + 1)]


def _group(cells: list[str]) -> ClassName | None:
    """A row that says nothing but «5А класс»: the rows below it are of that class."""
    texts = set(filter(None, cells))
    if len(texts) != 1 or len(text := texts.pop()) > _LONGEST_GROUP:
        return None
    return _class_or_none(text)
