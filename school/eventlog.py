"""Writing the event log: called inside the transaction of the act it tells of."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from accounts.models import User
from sferum_portal import request_context

from .models import Event, EventKind, Person, School


def record(
    kind: EventKind,
    *,
    by: User | None,
    school: School | None,
    subject: Any,
    person: Person | None = None,
    old: dict[str, Any] | None = None,
    new: dict[str, Any] | None = None,
) -> None:
    """Write one line; the arguments are those of `line`."""
    line(kind, by=by, school=school, subject=subject, person=person, old=old, new=new).save(force_insert=True)


def record_many(lines: Iterable[Event]) -> None:
    """Write the lines of an act on many subjects at once."""
    Event.objects.bulk_create(lines, batch_size=1000)


def line(
    kind: EventKind,
    *,
    by: User | None,
    school: School | None,
    subject: Any,
    person: Person | None = None,
    old: dict[str, Any] | None = None,
    new: dict[str, Any] | None = None,
) -> Event:
    """One line, not saved yet: who (`None` for the schedule), what, on which subject, with old and new values.

    `person` is whom the act concerns, so that the log can be searched by person; a `Person` subject is its own.
    """
    where = request_context.current()
    concerned = person or (subject if isinstance(subject, Person) else None)
    return Event(
        kind=kind,
        school=school,
        actor=by,
        actor_name=str(by)[:200] if by else "",
        subject_type=subject._meta.model_name,
        subject_id=subject.pk,
        subject_name=str(subject)[:300],
        person_id=concerned.pk if concerned else None,
        old=_plain(old or {}),
        new=_plain(new or {}),
        address=where.address or None,
        request_id=where.request_id,
    )


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {key: _plain_value(value) for key, value in values.items()}


def _plain_value(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    if isinstance(value, list | tuple | set):
        return [_plain_value(item) for item in value]
    return str(value)


def apply_changes(obj: Any, changes: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Set the fields that differ and save these only; returns their old and new values for the log.

    A whole row written from an object that was read a minute ago would undo what others did to it since.
    """
    old = {name: getattr(obj, name) for name, value in changes.items() if getattr(obj, name) != value}
    new = {name: changes[name] for name in old}
    for name, value in new.items():
        setattr(obj, name, value)
    if new:
        obj.full_clean(validate_constraints=False)
        obj.save(update_fields=list(new))
    return old, new
