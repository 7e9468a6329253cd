"""«Кто что может»: the table of rights, its changes, temporary rights, «Почему нельзя?»."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.http import SignedInRequest

from .. import rights_table
from ..current import enter_school
from ..errors import Refusal
from ..forms.rights import GrantForm
from ..models import Person, School, SchoolClass, StudyGroup, TemporaryPermission
from ..regulation import RIGHTS, Role
from ..rights import Scope, effective_rights, explain, may, require
from ..services import rights as services
from ..temporary import TEMPORARY_MODELS
from .pages import carry_out, form_page, page


@login_required
def rights(request: SignedInRequest, school_id: int) -> HttpResponse:
    """My own line first, then the regulation by clause; the administrator may tighten and widen."""
    school = enter_school(request, school_id)
    groups = rights_table.own_roles(request.user, school)
    manages = may(request.user, "manage_rights", school)
    everything = manages and "all" in request.GET
    return page(
        request,
        "school/rights.html",
        school,
        own=rights_table.own_line(school, groups),
        own_temporary=[row for row in temporary_of(school) if row.user_id == request.user.pk],
        chapters=rights_table.table_of(school, {Role(group.role) for group in groups}, everything=everything),
        manages=manages,
        everything=everything,
        tabs=_tabs(school, "rights") if manages else [],
        title=_("Who may do what"),
    )


def _tabs(school: School, here: str) -> list[dict[str, Any]]:
    tabs = [("rights", _("By the regulation")), ("temporary_rights", _("Temporary rights"))]
    return [
        {"label": label, "url": reverse(f"school:{name}", args=[school.pk]), "current": name == here}
        for name, label in tabs
    ]


@login_required
@require_POST
def set_right(request: SignedInRequest, school_id: int) -> HttpResponse:
    """One cell of the table. htmx gets the cell back, a plain form the page."""
    school = enter_school(request, school_id)
    require(request.user, "manage_rights", school)
    role, codename = request.POST.get("role", ""), request.POST.get("right", "")
    if role not in Role.values or codename not in RIGHTS:
        raise Http404
    allowed = request.POST.get("allowed") == "1"

    def act() -> None:
        services.set_right(by=request.user, school=school, role=Role(role), codename=codename, allowed=allowed)

    if not request.headers.get("HX-Request"):
        return carry_out(request, act, back=f"{reverse('school:rights', args=[school.pk])}?all=1", said=_("Saved."))
    try:
        act()
    except Refusal as refusal:
        return HttpResponse(str(refusal), status=409)
    cell = rights_table.cell_of(effective_rights(school), Role(role), codename)
    return render(request, "school/_right_cell.html", {"cell": cell, "school": school, "everything": True})


def temporary_of(school: School) -> list[TemporaryPermission]:
    """Every temporary right of the school that is not over, the first to end first."""
    rows: list[TemporaryPermission] = []
    for model in TEMPORARY_MODELS.values():
        found = model.objects.filter(school=school).select_related("user", "permission", "content_object", "granted_by")
        rows += found
    for row in rows:
        row.right = RIGHTS[row.permission.codename]  # type: ignore[attr-defined]
        row.scope_kind = row.content_object._meta.model_name  # type: ignore[attr-defined]
    return sorted(rows, key=lambda row: row.expires_at)


@login_required
def temporary_rights(request: SignedInRequest, school_id: int) -> HttpResponse:
    school = enter_school(request, school_id)
    require(request.user, "manage_rights", school)
    rows = temporary_of(school)
    people = Person.objects.filter(school=school, user__in=[row.user_id for row in rows])
    names = {person.user_id: person for person in people}
    return page(
        request,
        "school/temporary_rights.html",
        school,
        rows=[(row, names.get(row.user_id)) for row in rows],
        tabs=_tabs(school, "temporary_rights"),
        title=_("Temporary rights"),
    )


@login_required
def grant(request: SignedInRequest, school_id: int) -> HttpResponse:
    school = enter_school(request, school_id)
    require(request.user, "manage_rights", school)
    form = GrantForm(request.POST or None, school=school)
    there = reverse("school:temporary_rights", args=[school.pk])
    return form_page(
        request,
        school,
        form,
        lambda: services.grant_temporary(by=request.user, **form.grant),
        done=there,
        said=_("The right is given. It ends by itself."),
        button=_("Give the right"),
        title=_("Give a right for a time"),
        breadcrumbs=[(_("Temporary rights"), there)],
    )


@login_required
@require_POST
def end_grant(request: SignedInRequest, school_id: int, scope: str, pk: int) -> HttpResponse:
    """Take a temporary right back before its term. `scope` is where it is held: school, schoolclass, studygroup."""
    school = enter_school(request, school_id)
    require(request.user, "manage_rights", school)
    models = {model._meta.model_name: rows for model, rows in TEMPORARY_MODELS.items()}
    if scope not in models:
        raise Http404
    permission = get_object_or_404(models[scope].objects.filter(school=school), pk=pk)
    return carry_out(
        request,
        lambda: services.end_temporary(by=request.user, permission=permission),
        back=reverse("school:temporary_rights", args=[school.pk]),
        said=_("The right has ended."),
    )


@login_required
def why(request: SignedInRequest, school_id: int, codename: str) -> HttpResponse:
    """«Почему нельзя?»: the clause, who may, who can give the right; `class` and `group` name the object."""
    school = enter_school(request, school_id)
    if codename not in RIGHTS:
        raise Http404
    scope = _scope(request, school)
    return page(
        request,
        "school/why.html",
        school,
        explanation=explain(request.user, codename, scope),
        scope=scope,
        title=_("Why not?"),
        breadcrumbs=[(_("Who may do what"), reverse("school:rights", args=[school.pk]))],
    )


def _scope(request: SignedInRequest, school: School) -> Scope:
    models: dict[str, Any] = {"group": StudyGroup, "class": SchoolClass}
    for name, model in models.items():
        if (pk := request.GET.get(name, "")).isdecimal():
            scope: Scope = get_object_or_404(model.objects.visible_to(request.user).filter(school=school), pk=pk)
            return scope
    return school
