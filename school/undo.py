"""Acts that can be taken back (movement, import, rollover): what they changed is remembered and put back whole.

`remembered` compares the school's lists before and after the act, so that no service has to note what it writes; `undo`
puts every row back as it was, or refuses with the list of what has changed since. Rows that others keep (a slip that
nobody used) go with what they belong to where their app said so (`let_go`), come back as they were (`companions`), or
follow it (`school.consequences`).
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from django.contrib.auth.models import Group
from django.db import DEFAULT_DB_ALIAS, IntegrityError, models, transaction
from django.db.models import ProtectedError, Q, QuerySet
from django.db.models.deletion import Collector
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User

from . import companions, consequences, succession, undo_checks
from . import models as m
from .companions import plain, values
from .errors import Refusal
from .eventlog import record
from .rights import forget_rights, require
from .roles import lock_roster, project

Row = dict[str, Any]
Snapshot = dict[tuple[str, int], Row]

# In the order in which rows are made: what refers to others comes after them. With what names the person, if anything.
TRACKED: dict[type[models.Model], tuple[str, ...]] = {
    m.AcademicYear: (),
    m.Subject: (),
    m.SchoolClass: (),
    m.StudyGroup: (),
    m.Person: ("pk",),
    m.Enrolment: ("person",),
    m.GroupMembership: ("person",),
    m.Guardianship: ("guardian", "pupil"),
    m.StaffPosition: ("person",),
    m.Homeroom: ("person",),
    m.Teaching: ("person",),
    m.Activist: ("person",),
}
_BY_NAME = {model._meta.model_name: model for model in TRACKED}
_GO_ALONG: tuple[Any, ...] = (
    *(m.RoleGroup, m.SchoolGroupPermission, m.ClassGroupPermission, m.StudyGroupGroupPermission),
    *(Group, User.groups.through, Group.permissions.through),
    m.Movement,  # the journal's lines of the people that the act itself made
    *(m.Rollover, m.RolloverClass, m.RolloverPupil),  # plans, which change nothing by themselves
    m.ImportedValues,
)
_UNDONE = {
    m.Act.Kind.MOVEMENT: m.EventKind.MOVEMENT_UNDONE,
    m.Act.Kind.IMPORT: m.EventKind.IMPORT_UNDONE,
    m.Act.Kind.ROLLOVER: m.EventKind.ROLLOVER_UNDONE,
}
_expendable: dict[str, Q] = {}
SHOWN_OBSTACLES = 20


class UndoRefused(Refusal):
    """Something has changed since; `obstacles` are what stands in the way, in words."""

    code = "changed_since"

    def __init__(self, obstacles: list[str]) -> None:
        self.obstacles = obstacles
        shown = "; ".join(obstacles[:SHOWN_OBSTACLES])
        text = gettext_lazy("This cannot be undone, because it has been changed since: %(what)s.") % {"what": shown}
        super().__init__(text)


def let_go(label: str, condition: Q) -> None:
    """Rows of another app («invites.Invite») that may be deleted together with the person or class they belong to."""
    _expendable[label] = condition


@contextmanager
def remembered(
    kind: m.Act.Kind, *, by: User, school: m.School, title: str, people: Collection[m.Person] | None = None
) -> Iterator[m.Act]:
    """Run the act inside: afterwards the yielded `Act` is saved with every row that it changed.

    `people` narrows what is compared to their facts (a movement of a few); None compares the whole school. One
    transaction; the roster is locked. People that the act makes may be added to a list given as `people`.
    """
    with transaction.atomic():
        lock_roster(school.pk)
        before = _snapshot(school, people)
        act = m.Act.objects.create(school=school, kind=kind, title=title[:300], done_by=by)
        yield act
        after = _snapshot(school, people)
        m.ActRow.objects.bulk_create(_differences(act, before, after), batch_size=1000)


def _snapshot(school: m.School, people: Collection[m.Person] | None) -> Snapshot:
    rows: Snapshot = {}
    for model, person_keys in TRACKED.items():
        for row in _rows(model, school, people, person_keys).values():
            rows[str(model._meta.model_name), row["id"]] = {name: plain(value) for name, value in row.items()}
    return rows


def _rows(
    model: type[models.Model], school: m.School, people: Collection[m.Person] | None, keys: tuple[str, ...]
) -> QuerySet:
    rows = model._default_manager.filter(school=school).order_by()
    if people is None:
        return rows
    ids = [person.pk for person in people]
    condition = Q(pk__in=[])
    for key in keys:
        condition |= Q(**{f"{key}__in": ids})
    return rows.filter(condition)


def _differences(act: m.Act, before: Snapshot, after: Snapshot) -> Iterator[m.ActRow]:
    for key in before.keys() | after.keys():
        old, new = before.get(key), after.get(key)
        if old == new:
            continue
        if old and new:
            changed = [name for name in new if new[name] != old[name]]
            old, new = {name: old[name] for name in changed}, {name: new[name] for name in changed}
        yield m.ActRow(act=act, model=key[0], row_id=key[1], before=old, after=new)


@transaction.atomic
def undo(*, by: User, act: m.Act) -> None:
    """Put everything back as it was before the act; its people's roles and chats follow.

    Raises `UndoRefused` with the list of what has changed since, `Refusal` after 14 days or for the second time,
    `RightDenied` for who may not do what the act did.
    """
    require(by, "manage_people", act.school)
    school = lock_roster(act.school_id)
    forget_rights(by)
    require(by, "manage_people", school)
    act.refresh_from_db()
    if act.undone_at:
        raise Refusal(_("This has been undone already."), code="already_undone")
    if not act.can_be_undone:
        raise Refusal(
            _("An act can be undone for %(days)d days.") % {"days": m.acts.UNDO_DAYS}, code="too_late_to_undo"
        )
    of_others, lines = _sorted_out(act.rows.all())
    undo_checks.require_rights(by, act, lines)
    if obstacles := _obstacles(lines):
        raise UndoRefused(obstacles)
    misfits_before = undo_checks.misfits(school)
    whole_year = act if act.kind == m.Act.Kind.ROLLOVER else None
    with succession.following(school, None) if whole_year else nullcontext():
        try:
            with transaction.atomic():
                companions.put_back(of_others)
                _put_back(lines)
        except IntegrityError as error:
            raise UndoRefused([_("the place has been taken by somebody else")]) from error
        misfits = undo_checks.misfits(school)
        if made := [misfits[key] for key in misfits.keys() - misfits_before.keys()]:
            raise UndoRefused(sorted(set(made)))
        act.undone_by, act.undone_at = by, timezone.now()
        act.save(update_fields=["undone_by", "undone_at"])
        m.Rollover.objects.filter(act=act).update(state=m.Rollover.State.UNDONE)
        record(_UNDONE[m.Act.Kind(act.kind)], by=by, school=school, subject=act)
        project(school, by=by, act=whole_year)
    if not whole_year:  # the new year has brought the rows of others back itself
        consequences.followed(by, school)


def _sorted_out(rows: Iterable[m.ActRow]) -> tuple[list[m.ActRow], list[m.ActRow]]:
    """(rows of other apps, the school's own)."""
    sorted_out: tuple[list[m.ActRow], list[m.ActRow]] = [], []
    for row in rows:
        sorted_out[0 if companions.is_companion(row) else 1].append(row)
    return sorted_out


def _obstacles(lines: list[m.ActRow]) -> list[str]:
    """The rows that are no longer as the act left them, in words; empty where it can be undone."""
    found: list[str] = []
    for model, of_model in _by_model(lines).items():
        rows = model._default_manager.filter(pk__in=[line.row_id for line in of_model]).values()
        present = {row["id"]: row for row in rows}
        found += [_in_words(model, line) for line in of_model if not _as_left(present.get(line.row_id), line.after)]
    return found


def _by_model(lines: Iterable[m.ActRow]) -> dict[type[models.Model], list[m.ActRow]]:
    grouped: dict[type[models.Model], list[m.ActRow]] = {model: [] for model in TRACKED}
    for line in lines:
        grouped[_BY_NAME[line.model]].append(line)
    return grouped


def _as_left(row: Row | None, after: Row | None) -> bool:
    if row is None or after is None:
        return row is after
    return all(plain(row[name]) == value for name, value in after.items())


def _in_words(model: type[models.Model], line: m.ActRow) -> str:
    obj: Any = model._default_manager.filter(pk=line.row_id).first()
    if obj is None:
        return _("%(what)s was deleted") % {"what": model._meta.verbose_name}
    whose = next((str(getattr(obj, key)) for key in ("person", "guardian") if hasattr(obj, key)), str(obj))
    return f"{whose} ({model._meta.verbose_name})"


def _put_back(lines: list[m.ActRow]) -> None:
    """Delete what the act made, the last first; then give back what it changed and what it deleted."""
    by_model = _by_model(lines)
    for model in reversed(by_model):
        _delete_made(model, [line.row_id for line in by_model[model] if line.before is None])
    for model, of_model in by_model.items():
        _restore(model, [line for line in of_model if line.before is not None and line.after is not None])
        _make_again(model, [values(model, line.before or {}) for line in of_model if line.after is None])


def _delete_made(model: type[models.Model], ids: list[int]) -> None:
    """Raises `UndoRefused` where something that the act did not make would go along (a chat of the new class)."""
    rows: list[Any] = list(model._default_manager.filter(pk__in=ids))
    scopes = {m.SchoolClass: "school_class__in", m.StudyGroup: "study_group__in"}
    groups = list(Group.objects.filter(**{f"role_group__{scopes[model]}": rows})) if model in scopes else []
    for listed in filter(None, (groups, rows)):
        collector = Collector(using=DEFAULT_DB_ALIAS)
        try:
            collector.collect(listed)
        except ProtectedError as error:
            raise UndoRefused([_tie(obj) for obj in error.protected_objects]) from error
        if strangers := [_tie(obj) for obj in _going_along(collector) if obj not in listed]:
            raise UndoRefused(list(dict.fromkeys(strangers)))
        collector.delete()


def _going_along(collector: Collector) -> Iterator[models.Model]:
    """What would be deleted besides, except what is no loss."""
    for model, objects in collector.data.items():
        if model not in _GO_ALONG:
            yield from _kept(model, [obj.pk for obj in objects])
    for rows in collector.fast_deletes:
        if rows.model not in _GO_ALONG:
            yield from _kept(rows.model, [obj.pk for obj in rows])


def _kept(model: type[models.Model], ids: list[Any]) -> Iterator[models.Model]:
    rows = model._default_manager.filter(pk__in=ids)
    yield from rows.exclude(_expendable[model._meta.label]) if model._meta.label in _expendable else rows


def _tie(obj: models.Model) -> str:
    return f"{obj} ({obj._meta.verbose_name})"


def _restore(model: type[models.Model], lines: list[m.ActRow]) -> None:
    """One UPDATE for each set of changed columns, a thousand rows at a time."""
    by_columns: dict[tuple[str, ...], list[models.Model]] = {}
    for line in lines:
        before = values(model, line.before or {})
        by_columns.setdefault(tuple(before), []).append(model(pk=line.row_id, **before))
    for columns, rows in by_columns.items():
        model._default_manager.bulk_update(rows, columns, batch_size=500)


def _make_again(model: type[models.Model], rows: list[Row]) -> None:
    """With their first moments too, which `auto_now_add` would replace."""
    made = model._default_manager.bulk_create([model(**row) for row in rows])
    moments = [field.name for field in model._meta.concrete_fields if getattr(field, "auto_now_add", False)]
    if made and moments:
        again = [model(**row) for row in rows]
        model._default_manager.bulk_update(again, moments)
