"""The event log in words: what changed, from what to what."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import Event, Guardianship, Movement, Person, School, StaffPosition
from .regulation import RIGHTS, Role

_LABELS: dict[str, Any] = {
    "name": gettext_lazy("name"),
    "reason": gettext_lazy("reason"),
    "order_number": gettext_lazy("number of the order"),
    "order_date": gettext_lazy("date of the order"),
    "kind": gettext_lazy("kind"),
    "title": gettext_lazy("title"),
    "class": gettext_lazy("class"),
    "homeroom": gettext_lazy("homeroom teacher"),
    "teacher": gettext_lazy("teacher"),
    "group": gettext_lazy("subject"),
    "pupil": gettext_lazy("pupil"),
    "pupils": gettext_lazy("pupils"),
    "role": gettext_lazy("role"),
    "roles": gettext_lazy("roles"),
    "right": gettext_lazy("right"),
    "allowed": gettext_lazy("allowed"),
    "scope": gettext_lazy("where"),
    "until": gettext_lazy("until"),
    "verification": gettext_lazy("status «учитель»"),
    "parents": gettext_lazy("parents' activist"),
    "what": gettext_lazy("what"),
    "filters": gettext_lazy("filter"),
    "due_at": gettext_lazy("done by itself"),
    "proposed_by": gettext_lazy("proposed by"),
    "slips": gettext_lazy("slips"),
    "reissue": gettext_lazy("those given out before are annulled"),
    "from_year": gettext_lazy("from the year"),
    "to_year": gettext_lazy("to the year"),
    "skipped": gettext_lazy("decisions that came to nothing"),
    **dict(Movement.Kind.choices),
    "people": gettext_lazy("people"),
    "place": gettext_lazy("from where or to where"),
    "happened_on": gettext_lazy("date"),
    "newcomers_see": gettext_lazy("newcomers see"),
    "leavers_read": gettext_lazy("those who have left read"),
    "list": gettext_lazy("list of"),
    "added": gettext_lazy("added"),
    "changed": gettext_lazy("changed"),
    "moved": gettext_lazy("moved or enrolled"),
}
_VALUES: dict[str, dict[str, Any]] = {
    "kind": dict([*StaffPosition.Kind.choices, *Guardianship.Kind.choices, *Movement.Kind.choices]),
    "role": dict(Role.choices),
    "right": {codename: right.label for codename, right in RIGHTS.items()},
    "verification": dict(Person.Verification.choices),
    "what": {"events": gettext_lazy("the event log"), "people": gettext_lazy("the list of people")},
}
_HIDDEN = ("class_id", "pupil_id", "roles")


def name_fields(labels: Mapping[str, Any], values: Mapping[str, Mapping[str, Any]] | None = None) -> None:
    """The words of another app for the fields of its events, and for their values; called in `AppConfig.ready`."""
    _LABELS.update(labels)
    for name, words in (values or {}).items():
        _VALUES.setdefault(name, {}).update(words)


@dataclass(frozen=True)
class Change:
    label: str
    old: str
    new: str


def changes_of(event: Event) -> list[Change]:
    """What the event changed, each line in words; ids of rows are left out."""
    names = [name for name in dict.fromkeys([*event.old, *event.new]) if name not in _HIDDEN]
    lines = [Change(_label(name), _said(name, event.old.get(name)), _said(name, event.new.get(name))) for name in names]
    return [line for line in lines if line.old or line.new]


def _label(name: str) -> str:
    if name in _LABELS:
        return str(_LABELS[name])
    for model in (Person, School):
        if name in {field.name for field in model._meta.get_fields()}:
            return str(getattr(model._meta.get_field(name), "verbose_name", name))
    return name


def _said(name: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return str(len(value)) if name == "pupils" else ", ".join(map(str, value))
    return _word(name, value) or _moment(value) or str(value)


def _word(name: str, value: Any) -> str:
    return str(_VALUES.get(name, {}).get(value, ""))


def _moment(value: Any) -> str:
    if not isinstance(value, str) or not value[:4].isdigit() or value[4:5] != "-":
        return ""
    try:
        moment: dt.date | None = parse_datetime(value) if "T" in value else parse_date(value)
    except ValueError:
        return ""
    if isinstance(moment, dt.datetime) and timezone.is_aware(moment):
        moment = timezone.localtime(moment)  # the log keeps it in UTC
    return date_format(moment, "d.m.Y H:i" if "T" in value else "d.m.Y") if moment else ""


def in_one_line(event: Event) -> str:
    """«номер приказа: 12; причина: …», for a cell of a table."""
    return "; ".join(
        f"{change.label}: {change.old} → {change.new}"
        if change.old and change.new
        else f"{change.label}: {change.new or change.old}"
        for change in changes_of(event)
    )
