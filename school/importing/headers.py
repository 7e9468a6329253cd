"""The row of headings: found among the titles, read as one row or two, and what each column seems to mean."""

from collections import Counter
from dataclasses import dataclass

from .fields import heading, is_preferred, is_sensitive, kind_named, parent_field, part_of
from .tables import MOST_COLUMNS, Row, Sheet

SEARCHED = 15
_LONGEST_HEADING = 80
_PARENTS = ("full_name", "last_name", "first_name", "patronymic", "kind", "phone", "email")


@dataclass(frozen=True)
class Header:
    """The headings of a sheet. `first` and `last` are the indexes of their rows; `keys` tell equal headings apart."""

    first: int
    last: int
    texts: list[str]
    recognised: bool = True

    @property
    def keys(self) -> list[str]:
        """«телефон», «телефон#2» … A column without a heading is known by its place."""
        seen: Counter[str] = Counter()
        keys = []
        for place, text in enumerate(self.texts, start=1):
            name = heading(text) or f"#{place}"
            seen[name] += 1
            keys.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
        return keys

    @property
    def sensitive(self) -> list[int]:
        """The columns that are not read."""
        return [place for place, text in enumerate(self.texts) if is_sensitive(text)]


def guess(texts: list[str]) -> list[str]:
    """The field of each column, "" for one that is not read. A field is given once."""
    fields = [""] * len(texts)
    taken: dict[str, int] = {}
    context = 0  # the parent whose columns are being passed
    for place, text in enumerate(map(heading, texts)):
        slot, part = part_of(text)
        if slot is not None:
            context = slot or context or 1
        field = _field(slot, part, context, taken) if part else ""
        if not field:
            continue
        if field not in taken or (is_preferred(field, text) and not is_preferred(field, heading(texts[taken[field]]))):
            if field in taken:
                fields[taken[field]] = ""
            fields[place], taken[field] = field, place
    return fields


def _field(slot: int | None, part: str | None, context: int, taken: dict[str, int]) -> str:
    if slot is not None:
        return parent_field(context, part) if part in _PARENTS else ""
    if part == "kind":
        return parent_field(context or 1, part)
    if part in ("phone", "email") and context and parent_field(context, part) not in taken:
        return parent_field(context, part)
    return part or ""


def kinds_of_slots(texts: list[str]) -> dict[int, str]:
    """The kinship that the headings themselves say: {1: "mother"} for «ФИО матери»."""
    kinds: dict[int, str] = {}
    for text in map(heading, texts):
        slot, _part = part_of(text)
        if slot and (kind := kind_named(text)):
            kinds.setdefault(slot, kind)
    return kinds


def likeness(rows: list[list[str]]) -> tuple[int, int]:
    """How much these rows look like a list: headings that are known, then cells."""
    numbered = [Row(number, cells) for number, cells in enumerate(rows, start=1) if any(cells)]
    found = _best(numbered)
    known = _known(found.texts) if found else 0
    return known, sum(len(row.cells) for row in numbered)


def find_header(sheet: Sheet, at: int = 0) -> Header | None:
    """The headings of the sheet: in the row with the number `at`, else where most of them are known.

    Where nothing is known it is the first row with two cells, for the user to say what its columns are.
    """
    if at:
        place = next((place for place, row in enumerate(sheet.rows[:SEARCHED]) if row.number == at), None)
        return _single(sheet.rows, place) if place is not None else None
    if best := _best(sheet.rows):
        return best
    wide = next((place for place, row in enumerate(sheet.rows[:SEARCHED]) if _different(row.cells) > 1), 0)
    return Header(wide, wide, sheet.rows[wide].cells, recognised=False) if sheet.rows else None


def _best(rows: list[Row]) -> Header | None:
    best: tuple[int, Header] | None = None
    for place in range(min(SEARCHED, len(rows))):
        for candidate in (_single(rows, place), _double(rows, place)):
            if candidate and (points := _points(rows, candidate)) > (best[0] if best else 0):
                best = points, candidate
    return best[1] if best else None


def _single(rows: list[Row], place: int) -> Header:
    return Header(place, place, rows[place].cells[:MOST_COLUMNS])


def _double(rows: list[Row], place: int) -> Header | None:
    """«Родитель 1» over «Фамилия», «Имя»: two rows read as one, the upper heading carried to the right."""
    if place + 1 >= len(rows) or min(_different(rows[place].cells), _different(rows[place + 1].cells)) < 2:
        return None
    upper, lower = rows[place].cells, rows[place + 1].cells
    texts, carried = [], ""
    for column in range(min(max(len(upper), len(lower)), MOST_COLUMNS)):
        above = upper[column] if column < len(upper) else ""
        below = lower[column] if column < len(lower) else ""
        carried = above or carried
        texts.append(" ".join(dict.fromkeys(filter(None, [carried if below else above, below]))))
    return Header(place, place + 1, texts)


def _points(rows: list[Row], header: Header) -> int:
    """The number of different fields that the headings name; 0 for a title, for people, for too little.

    Two rows count as one heading only where they say more together than each of them alone.
    """
    cells = [row.cells for row in rows[header.first : header.last + 1]]
    known = _known(header.texts)
    if any(len(text) > _LONGEST_HEADING for row in cells for text in row):
        return 0
    if header.first != header.last:
        return known if known > max(map(_known, cells)) else 0
    return known if known > 1 or _is_enough_alone(rows, header.texts) else 0


def _is_enough_alone(rows: list[Row], texts: list[str]) -> bool:
    """One known heading will do: «ФИО», «Класс» in a list of classes, the one column of a list of names."""
    words = set(map(heading, texts))
    if words & {"фио", "ф и о", "фамилия имя отчество", "фамилия имя"} or heading(texts[0]) in ("класс", "классы"):
        return True
    narrow = all(_different(row.cells) == 1 for row in rows[:SEARCHED])
    return narrow and len(rows) > 1 and _known(texts) == 1 and len(texts[0].split()) < 3


def _known(texts: list[str]) -> int:
    return sum(map(bool, guess(texts)))


def _different(cells: list[str]) -> int:
    """How many different texts: a title that is merged over the sheet is one."""
    return len(set(filter(None, cells)))
