"""One plan out of one list: read, merged, compared with the school. Nothing is written."""

from collections.abc import Callable, Iterator

from django.utils import timezone
from django.utils.translation import gettext as _

from ..models import School
from .families import read_families
from .fields import SLOTS, ListKind, parent_field
from .lists import Columns, SourceRow, source_rows
from .plan import Allowed, Plan
from .plan_pupils import plan_families
from .plan_staff import plan_classes, plan_staff
from .posts import read_classes, read_staff
from .roster import Roster, read_roster
from .tables import Sheet

Progress = Callable[[int], None]
EVERY = 250  # rows between two reports of the progress


def make_plan(
    school: School,
    sheets: list[Sheet],
    columns: Columns,
    *,
    name: str,
    allowed: Allowed,
    progress: Progress | None = None,
) -> tuple[Plan, Roster]:
    """The plan, and the lists that it was compared with: a fixed number of queries, whatever the size."""
    plan, skipped, today = Plan(), [], timezone.localdate()  # type: ignore[var-annotated]
    columns = _with_names(columns, plan)
    rows = list(_watched(source_rows(sheets, columns, name, skipped), progress))
    plan.total = len(rows)
    roster = read_roster(school)
    if columns.kind == ListKind.STAFF:
        staff, plan.problems = read_staff(rows, columns, today)
        plan_staff(plan, roster, staff, allowed)
    elif columns.kind == ListKind.CLASSES:
        classes, plan.problems = read_classes(rows)
        plan_classes(plan, roster, classes)
    else:
        pupils, plan.problems = read_families(rows, today)
        plan_families(plan, roster, pupils, allowed)
    if skipped:
        names = ", ".join(f"«{sheet}»" for sheet in skipped)
        plan.notes.append(_("Sheets without these columns are not read: %(names)s.") % {"names": names})
    return plan, roster


def _with_names(columns: Columns, plan: Plan) -> Columns:
    """A parent without a column of names cannot be kept: the columns of his phone are left out, and that is said."""
    fields = dict(columns.fields)
    for slot in SLOTS:
        given = {name for name in fields.values() if name.startswith(parent_field(slot, ""))}
        named = given & {parent_field(slot, "full_name"), parent_field(slot, "first_name")}
        if given and not named:
            fields = {key: name for key, name in fields.items() if name not in given}
            text = _("Parent %(number)d is not read: the list has no column with the name.")
            plan.notes.append(text % {"number": slot})
    return Columns(columns.kind, fields, columns.class_name, columns.header_at, columns.create_missing)


def _watched(rows: Iterator[SourceRow], progress: Progress | None) -> Iterator[SourceRow]:
    for number, row in enumerate(rows):
        if progress and number % EVERY == 0:
            progress(number)
        yield row
