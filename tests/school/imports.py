"""A list on its way through the portal, as tests walk it."""

from typing import Any

from accounts.models import User
from school.importing.lists import Columns
from school.models import ListImport, School
from school.services import import_work, imports
from tests import factories as f
from tests.school.files import Table, delimited

State = ListImport.State


def uploaded(school: School, content: bytes | Table, name: str = "список.csv", by: User | None = None) -> ListImport:
    content = content if isinstance(content, bytes) else delimited(content)
    return imports.upload_list(by=by or f.administrator_of(school), school=school, name=name, content=content)


def checked(list_import: ListImport, by: User | None = None, **columns: Any) -> ListImport:
    """The columns as the portal guesses them, with these changes; then the plan, as the worker makes it."""
    by = by or f.administrator_of(list_import.school)
    given = imports.columns_of(list_import)
    columns = {"create_missing": True, **columns}
    wanted = Columns(**{**vars(given), **columns})
    imports.check_list(by=by, list_import=list_import, columns=wanted)
    import_work.work_on(list_import.pk)
    list_import.refresh_from_db()
    return list_import


def applied(list_import: ListImport, by: User | None = None) -> ListImport:
    by = by or f.administrator_of(list_import.school)
    imports.apply_import(by=by, list_import=list_import)
    list_import.refresh_from_db()
    return list_import


def run(school: School, content: bytes | Table, name: str = "список.csv", **columns: Any) -> ListImport:
    """Uploaded, checked and applied."""
    return applied(checked(uploaded(school, content, name), **columns))


def plan(school: School, content: bytes | Table, name: str = "список.csv", **columns: Any) -> ListImport:
    return checked(uploaded(school, content, name), **columns)


def said(list_import: ListImport, outcome: str = "") -> list[tuple[str, str, str]]:
    """(outcome, who, reason) of the plan's lines, or of those with one outcome."""
    lines = list_import.lines.all()
    lines = lines.filter(outcome=outcome) if outcome else lines
    return list(lines.values_list("outcome", "who", "reason"))


def reasons(list_import: ListImport, outcome: str = "error") -> str:
    return "\n".join(f"{who}: {reason}" for _outcome, who, reason in said(list_import, outcome))


def some(list_import: ListImport) -> dict[str, int]:
    """The counts that are not nothing."""
    return {outcome: count for outcome, count in list_import.counts.items() if count}
