"""Import of lists (2.1): the history, a new list, its columns, the work on it, the plan and what came of it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRefresh

from accounts.http import SignedInRequest

from .. import panels
from ..current import enter_school
from ..errors import Refusal
from ..forms.imports import ColumnsForm, UploadForm
from ..importing.fields import FIELDS_OF, ListKind
from ..importing.headers import Header
from ..importing.lists import first_header, guessed_columns
from ..importing.tables import Sheet
from ..models import ImportLine, ListImport, School
from ..rights import may, require
from ..services import imports as services
from .pages import attempt, on_to, page

PAGE = 50
SAMPLE = 3
State, Outcome = ListImport.State, ImportLine.Outcome
TABS = (Outcome.CREATE, Outcome.UPDATE, Outcome.MOVE, Outcome.ERROR, Outcome.MISSING, Outcome.SKIP)


def enter_import(request: SignedInRequest, school: School, pk: int) -> ListImport:
    """The import of the address; 404 for who does not keep the school's movement."""
    found = ListImport.objects.visible_to(request.user).filter(school=school).select_related("act", "created_by")
    list_import = get_object_or_404(found, pk=pk)
    list_import.school = school
    return list_import


def url_of(name: str, list_import: ListImport) -> str:
    return reverse(f"school:{name}", args=[list_import.school_id, list_import.pk])


def crumbs(school: School, *, inside: bool = True) -> list[tuple[str, str]]:
    here = [(_("Import of lists"), reverse("school:imports", args=[school.pk]))] if inside else []
    return [(school.short_name, school.get_absolute_url()), *here]


@login_required
def imports(request: SignedInRequest, school_id: int) -> HttpResponse:
    """What was imported, with the way back; lists that wait."""
    school = enter_school(request, school_id)
    require(request.user, "manage_people", school)
    found = ListImport.objects.visible_to(request.user).filter(school=school).select_related("act", "created_by")
    return page(
        request,
        "school/imports.html",
        school,
        page_obj=Paginator(found, PAGE).get_page(request.GET.get("page")),
        title=_("Import of lists"),
        breadcrumbs=crumbs(school, inside=False),
    )


@login_required
def new_import(request: SignedInRequest, school_id: int) -> HttpResponse:
    school = enter_school(request, school_id)
    require(request.user, "manage_people", school)
    sent = request.method == "POST"
    form = UploadForm(request.POST if sent else None, request.FILES if sent else None)
    made: list[ListImport] = []

    def act() -> None:
        made.append(services.upload_list(by=request.user, school=school, **form.uploaded))

    if sent and form.is_valid() and attempt(form, act):
        return on_to(request, url_of("import_columns", made[0]))
    return page(request, "school/import_new.html", school, form=form, title=_("New import"), breadcrumbs=crumbs(school))


@login_required
def columns(request: SignedInRequest, school_id: int, pk: int) -> HttpResponse:
    """Each column with what it seems to mean, to be corrected; then the list is checked."""
    school = enter_school(request, school_id)
    list_import = enter_import(request, school, pk)
    if list_import.is_at_work or list_import.state == State.APPLIED:
        return on_to(request, url_of("import", list_import))
    try:
        sheets = services.sheets_of(list_import)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return on_to(request, reverse("school:imports", args=[school.pk]))
    kind, header_at = _asked(request, list_import)
    sheet, header = first_header(sheets, header_at)
    form = ColumnsForm(
        request.POST or None,
        header=header,
        kind=kind,
        fields=_fields(list_import, header, kind),
        may_create=may(request.user, "manage_structure", school),
        initial={"class_name": list_import.class_name, "create_missing": list_import.create_missing},
    )

    def act() -> None:
        wanted = form.columns
        wanted.header_at = header_at
        services.check_list(by=request.user, list_import=list_import, columns=wanted)

    if request.method == "POST" and form.is_valid() and attempt(form, act):
        return on_to(request, url_of("import", list_import))
    return page(
        request,
        "school/import_columns.html",
        school,
        form=form,
        list_import=list_import,
        shown=form.shown([row.cells for row in sheet.rows[header.last + 1 : header.last + 1 + SAMPLE]]),
        breadcrumbs=crumbs(school),
        **_about(sheets, sheet, header, kind, header_at),
    )


def _about(sheets: list[Sheet], sheet: Sheet, header: Header, kind: ListKind, header_at: int) -> dict[str, Any]:
    """What the page says about the reading of the file."""
    return {
        "kind": kind,
        "kinds": ListKind.choices,
        "header": header,
        "header_at": header_at,
        "header_row": sheet.rows[header.first].number,
        "sheet_count": len(sheets),
        "rows": sum(len(one.rows) for one in sheets),
    }


def _asked(request: HttpRequest, list_import: ListImport) -> tuple[ListKind, int]:
    """The kind of the list and the row of the headings: as asked for, else as they are."""
    asked = request.POST if request.method == "POST" else request.GET
    kind, at = asked.get("kind", ""), asked.get("header", "")
    known = kind in ListKind.values
    row = int(at) if at.isascii() and at.isdecimal() and len(at) < 6 else list_import.header_at
    return ListKind(kind if known else list_import.kind), row


def _fields(list_import: ListImport, header: Header, kind: ListKind) -> dict[str, str]:
    """What the columns mean: as it was said before for these headings, else as the headings say."""
    said = dict(list_import.columns)
    if kind == list_import.kind and set(said) & set(header.keys):
        return said
    _kind, guessed = guessed_columns(header)
    fields = {key: name for key, name in guessed.items() if name in FIELDS_OF[kind]}
    return fields or {key: name for key, name in said.items() if name in FIELDS_OF[kind]}


@login_required
def import_page(request: SignedInRequest, school_id: int, pk: int) -> HttpResponse:
    """Where the list stands: at work, checked, carried out."""
    school = enter_school(request, school_id)
    list_import = enter_import(request, school, pk)
    context: dict[str, Any] = {"list_import": list_import, "breadcrumbs": crumbs(school)}
    if list_import.is_at_work:
        return page(request, "school/import_work.html", school, **context)
    if list_import.state not in (State.PLANNED, State.APPLIED):
        return on_to(request, url_of("import_columns", list_import))
    outcome = _tab(request, list_import)
    lines = list_import.lines.filter(outcome=outcome).defer("cells")
    changes = sum(list_import.counts.get(name, 0) for name in (Outcome.CREATE, Outcome.UPDATE, Outcome.MOVE))
    return page(
        request,
        "school/import_plan.html",
        school,
        page_obj=Paginator(lines, PAGE).get_page(request.GET.get("page")),
        outcome=outcome,
        changes=changes,
        errors=list_import.counts.get(Outcome.ERROR, 0),
        tabs=_tabs(list_import, outcome),
        panels=panels.render("import", request, list_import) if _stands(list_import) else [],
        stands=_stands(list_import),
        **context,
    )


def _stands(list_import: ListImport) -> bool:
    return list_import.act is not None and list_import.act.undone_at is None


def _tab(request: HttpRequest, list_import: ListImport) -> str:
    asked = request.GET.get("tab", "")
    filled = [outcome for outcome in TABS if list_import.counts.get(outcome)]
    return asked if asked in Outcome.values else (filled or TABS)[0]


def _tabs(list_import: ListImport, here: str) -> list[dict[str, Any]]:
    return [
        {
            "label": outcome.label,
            "url": f"{url_of('import', list_import)}?tab={outcome}",
            "current": outcome == here,
            "count": list_import.counts.get(outcome, 0),
        }
        for outcome in TABS
    ]


@login_required
def progress(request: SignedInRequest, school_id: int, pk: int) -> HttpResponse:
    """How far the worker has come, asked for every second; the page is loaded anew when it has finished."""
    list_import = enter_import(request, enter_school(request, school_id), pk)
    if not list_import.is_at_work:
        return HttpResponseClientRefresh()
    return render(request, "school/_import_progress.html", {"list_import": list_import})
