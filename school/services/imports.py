"""Imports of lists (2.1): uploaded, its columns read by a person, checked, carried out or cancelled."""

import hashlib
import uuid
from collections.abc import Callable
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from sferum_portal import request_context

from .. import undo
from ..errors import Refusal
from ..eventlog import record
from ..importing.fields import FIELDS_OF, ListKind
from ..importing.headers import Header
from ..importing.lists import Columns, first_header, guessed_class, guessed_columns, packed, unpacked, without_sensitive
from ..importing.making import make_plan
from ..importing.plan import Allowed, Outcome, Plan, digest_of
from ..importing.reading import read_pasted, read_sheets
from ..importing.roster import Roster
from ..importing.tables import Sheet
from ..models import Act, EventKind, ListImport, RememberedColumns, School
from ..rights import forget_rights, may, require
from ..roles import lock_roster, projecting_once
from .import_writing import Writer

State = ListImport.State
RIGHT_OF_KIND = {ListKind.STAFF: "manage_staff", ListKind.CLASSES: "manage_structure"}
OPEN = (State.UPLOADED, State.PLANNED, State.FAILED)


class ListsChanged(Refusal):
    """The school's lists are no longer those that the plan was made from."""

    code = "lists_changed"

    def __init__(self) -> None:
        super().__init__(_("The lists have changed since the check: look at the new result and apply once more."))


def upload_list(*, by: User, school: School, name: str, content: bytes = b"", text: str = "") -> ListImport:
    """Read a file or a pasted table and keep it for a day, without the columns that are never read.

    Its columns are read as the school read lists with these headings before, else as their headings say.
    Raises `BadFile` for what is no list.
    """
    require(by, "manage_people", school)
    sheets = without_sensitive(read_pasted(text) if text else read_sheets(content))
    sheet, header = first_header(sheets)
    found = guessed_class(sheet, header, name, alone=len(sheets) == 1)
    kind, fields = _remembered(school, header) or guessed_columns(header)
    made = ListImport(school=school, name=name[:200], created_by=by, asked_by=by, kind=kind)
    made.columns = list(fields.items())
    made.class_name = str(found)[:20] if found and len(sheets) == 1 else ""
    made.total = sum(len(sheet.rows) for sheet in sheets)
    with transaction.atomic():
        made.file.save(f"{uuid.uuid4().hex}.json.gz", ContentFile(packed(sheets)), save=False)
        made.save()
    return made


def sheets_of(list_import: ListImport) -> list[Sheet]:
    """What was read. Raises `Refusal` when it is kept no more."""
    try:
        with list_import.file.open("rb") as stored:
            return unpacked(stored.read())
    except (ValueError, OSError) as error:
        raise Refusal(_("The list is kept no more: upload it again."), code="list_is_gone") from error


def columns_of(list_import: ListImport) -> Columns:
    return Columns(
        kind=ListKind(list_import.kind),
        fields=dict(list_import.columns),
        class_name=list_import.class_name,
        header_at=list_import.header_at,
        create_missing=list_import.create_missing,
    )


def _headings(header: Header) -> str:
    return hashlib.sha256("\n".join(sorted(header.keys)).encode()).hexdigest()


def _remembered(school: School, header: Header) -> tuple[ListKind, dict[str, str]] | None:
    known = RememberedColumns.objects.filter(school=school, headings=_headings(header)).first()
    return (ListKind(known.kind), known.columns) if known else None


@transaction.atomic
def check_list(*, by: User, list_import: ListImport, columns: Columns) -> None:
    """Take the columns as the person says they are, remember that for the school, and have the list checked.

    Raises `Refusal` where the columns name nobody; RightDenied for a list of a kind that he may not import.
    """
    require(by, "manage_people", list_import.school)
    _require_kind(by, list_import.school, columns.kind)
    if columns.create_missing:
        require(by, "manage_structure", list_import.school)
    known = FIELDS_OF[columns.kind]
    columns.fields = {key: name for key, name in columns.fields.items() if name in known}
    if not columns.is_enough:
        raise Refusal(_missing_columns(columns.kind), code="columns_missing")
    if len(set(columns.fields.values())) < len(columns.fields):
        raise Refusal(_("Two columns have the same meaning: leave one of them."), code="column_twice")
    _sheet, header = first_header(sheets_of(list_import), columns.header_at)
    with _changing(list_import, OPEN) as current:
        current.kind, current.class_name = columns.kind, columns.class_name
        current.columns = list(columns.fields.items())
        current.header_at, current.create_missing = columns.header_at, columns.create_missing
        _hand_over(current, by, State.PLANNING)
    RememberedColumns.objects.update_or_create(
        school=list_import.school,
        headings=_headings(header),
        defaults={"kind": columns.kind, "columns": columns.fields, "used_at": timezone.now()},
    )


def _require_kind(by: User, school: School, kind: str) -> None:
    if right := RIGHT_OF_KIND.get(ListKind(kind)):
        require(by, right, school)


def _missing_columns(kind: ListKind) -> Any:
    if kind == ListKind.CLASSES:
        return _("Say which column is the class, or the parallel and the letter.")
    return _("Say which column is the full name, or which two are the last name and the first name.")


@transaction.atomic
def ask_to_apply(*, by: User, list_import: ListImport) -> None:
    """Have the checked plan carried out. Raises `Refusal` where another one has asked already."""
    require(by, "manage_people", list_import.school)
    _require_kind(by, list_import.school, list_import.kind)
    with _changing(list_import, (State.PLANNED,)) as current:
        _hand_over(current, by, State.APPLYING)


@transaction.atomic
def apply_import(*, by: User, list_import: ListImport) -> ListImport:
    """Carry the plan out: one transaction, one act that can be undone, behind the lock of the roster.

    The plan is made anew there. Raises `ListsChanged` where it says something else by now; writes nothing at all where
    there is nothing to change.
    """
    school = lock_roster(list_import.school_id)
    forget_rights(by)
    require(by, "manage_people", school)
    with _changing(list_import, (State.PLANNED, State.APPLYING)) as current:
        _require_kind(by, school, current.kind)
        plan, roster = plan_of(current, by)
        lines = plan.lines()
        if digest_of(lines) != current.digest:
            raise ListsChanged
        if plan.changes_something:
            _carry_out(by, current, plan, roster, plan.counts(lines))
        current.state, current.message = State.APPLIED, ""
        _let_go_of_file(current)
    return current


def plan_of(list_import: ListImport, by: User, progress: Callable[[int], None] | None = None) -> tuple[Plan, Roster]:
    """What the list would change now, with the rights of `by`."""
    school = list_import.school
    allowed = Allowed(
        classes=list_import.create_missing and may(by, "manage_structure", school),
        director=may(by, "appoint_administrators", school),
    )
    return make_plan(
        school,
        sheets_of(list_import),
        columns_of(list_import),
        name=list_import.name,
        allowed=allowed,
        progress=progress,
    )


def _carry_out(by: User, list_import: ListImport, plan: Plan, roster: Roster, counts: dict[str, int]) -> None:
    school = roster.school
    title = _("Import of “%(name)s”") % {"name": list_import.name}
    with undo.remembered(Act.Kind.IMPORT, by=by, school=school, title=str(title)) as act, projecting_once(school):
        writer = Writer(by, act, plan, roster)
        writer.write()
        details = {
            "list": str(ListKind(list_import.kind).label),
            "added": counts[Outcome.CREATE],
            "changed": counts[Outcome.UPDATE],
            "moved": counts[Outcome.MOVE],
        }
        record(EventKind.LIST_IMPORTED, by=by, school=school, subject=list_import, new=details)
    list_import.act, list_import.class_ids = act, sorted(writer.class_ids)


@transaction.atomic
def cancel_import(*, by: User, list_import: ListImport) -> None:
    """Forget a list that was not carried out: its file and its plan go."""
    require(by, "manage_people", list_import.school)
    with _changing(list_import, (*OPEN, State.PLANNING)) as current:
        discard(current)


def discard(list_import: ListImport) -> None:
    _let_go_of_file(list_import)
    list_import.delete()


def _let_go_of_file(list_import: ListImport) -> None:
    storage, name = list_import.file.storage, list_import.file.name
    list_import.file = ""
    if name:
        transaction.on_commit(lambda: storage.delete(name), robust=True)


class _changing:
    """The import as the database has it, locked, and saved at the end; refused in any other state."""

    def __init__(self, list_import: ListImport, states: tuple[State, ...]) -> None:
        self.given, self.states = list_import, states

    def __enter__(self) -> ListImport:
        self.current = ListImport.objects.select_for_update(of=("self",)).filter(pk=self.given.pk).first()
        if self.current is None:
            raise Refusal(_("This list has been cancelled."), code="cancelled")
        self.current.school = self.given.school
        if self.current.state == State.APPLIED:
            raise Refusal(_("This list has been carried out already."), code="already_applied")
        if self.current.state not in self.states:
            raise Refusal(_("The portal is at work on this list: wait until it has finished."), code="at_work")
        return self.current

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if error is None and self.current and self.current.pk:
            self.current.save()


def _hand_over(list_import: ListImport, by: User, state: State) -> None:
    """To the worker, who does what the person asked for in his name."""
    from ..tasks import work_on_import

    where = request_context.current()
    list_import.state, list_import.asked_by, list_import.message = state, by, ""
    list_import.address, list_import.request_id = where.address or None, where.request_id[:64]
    list_import.done, list_import.attempts, list_import.beat_at = 0, 0, None
    pk = list_import.pk
    transaction.on_commit(lambda: work_on_import.delay(pk), robust=True)
