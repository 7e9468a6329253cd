"""Rows of other apps that an act on the whole school changes along (chats of the classes, their invites).

An app says in `AppConfig.ready` which columns of a model an act may change, and notes with `noting` what it changed.
`school.undo` puts them back before the school's own rows, and a column that somebody has changed since stays as it is:
nobody's later work stands in the way, or is lost.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import models
from django.db.models import QuerySet

from .models import Act, ActRow

Row = dict[str, Any]

_columns: dict[str, tuple[type[models.Model], tuple[str, ...]]] = {}


def remember(model: type[models.Model], *columns: str) -> None:
    """Rows of the model may be made or changed by an act; of a changed one these columns (as `attname`) come back."""
    _columns[str(model._meta.label_lower)] = model, columns


@contextmanager
def noting(act: Act, *rows: QuerySet) -> Iterator[None]:
    """What the code inside makes of these rows is remembered with the act. None of them may be deleted inside.

    The querysets are read before and after: they must name their rows by what does not change (`pk__in`, `chat__in`).
    """
    before = [_seen(queryset) for queryset in rows]
    yield
    lines: list[ActRow] = []
    for queryset, old in zip(rows, before, strict=True):
        lines += _changes(act, str(queryset.model._meta.label_lower), old, _seen(queryset.all()))
    ActRow.objects.bulk_create(lines, batch_size=1000)


def _seen(queryset: QuerySet) -> dict[int, Row]:
    columns = _columns[str(queryset.model._meta.label_lower)][1]
    rows = queryset.order_by().values("pk", *columns)
    return {row.pop("pk"): {name: plain(value) for name, value in row.items()} for row in rows}


def _changes(act: Act, model: str, before: dict[int, Row], after: dict[int, Row]) -> Iterator[ActRow]:
    for pk, new in after.items():
        old = before.get(pk)
        if old is None:
            yield ActRow(act=act, model=model, row_id=pk, before=None, after=new)
        elif changed := [name for name in new if new[name] != old[name]]:
            values = {name: old[name] for name in changed}, {name: new[name] for name in changed}
            yield ActRow(act=act, model=model, row_id=pk, before=values[0], after=values[1])


def is_companion(line: ActRow) -> bool:
    return line.model in _columns


def put_back(lines: Iterable[ActRow]) -> None:
    """Delete what the act made, give back what it changed; a row that has gone since stays away."""
    by_model: dict[str, list[ActRow]] = {name: [] for name in _columns}
    for line in lines:
        by_model[line.model].append(line)
    for name, of_model in by_model.items():
        model = _columns[name][0]
        model._default_manager.filter(pk__in=[line.row_id for line in of_model if line.before is None]).delete()
        _give_back(model, [line for line in of_model if line.before is not None])


def _give_back(model: type[models.Model], lines: list[ActRow]) -> None:
    present = {row["id"]: row for row in model._default_manager.filter(pk__in=[line.row_id for line in lines]).values()}
    by_columns: dict[tuple[str, ...], list[models.Model]] = {}
    for line in lines:
        now, before, after = present.get(line.row_id, {}), line.before or {}, line.after or {}
        names = tuple(name for name in before if now and plain(now[name]) == after[name])
        if names:
            old = values(model, {name: before[name] for name in names})
            by_columns.setdefault(names, []).append(model(pk=line.row_id, **old))
    for names, rows in by_columns.items():
        model._default_manager.bulk_update(rows, names, batch_size=500)


def plain(value: Any) -> Any:
    """A column as JSON keeps it."""
    return value.isoformat() if isinstance(value, dt.date) else value


def values(model: type[models.Model], row: Row) -> Row:
    """The columns as Python values again."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    return {name: fields[name].to_python(value) for name, value in row.items()}
