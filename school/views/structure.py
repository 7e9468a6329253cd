"""Classes by parallel, the nomenclature of the year in one form, the subjects (2.1 «создает структуру школы»)."""

from itertools import groupby

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.http import SignedInRequest

from .. import past, queries
from ..current import enter_school
from ..forms.structure import ClassesForm, SubjectsForm
from ..models import AcademicYear, School, SchoolClass
from ..rights import may, require
from ..services import structure as services
from .pages import form_page, on_to, page


@login_required
def structure(request: SignedInRequest, school_id: int) -> HttpResponse:
    """The classes of this year; with `year`, of one that is over."""
    school = enter_school(request, school_id)
    years = list(past.years(school)) if may(request.user, "view_people", school) else []
    if "year" in request.GET:
        return _past_year(request, school, years)
    classes = list(queries.classes_of_year(school, request.user))
    if headless := "headless" in request.GET:
        classes = [school_class for school_class in classes if not school_class.leads]  # type: ignore[attr-defined]
    return page(
        request,
        "school/structure.html",
        school,
        parallels=_by_parallel(classes),
        years=years,
        total=len(classes),
        pupils=sum(school_class.pupils for school_class in classes),  # type: ignore[attr-defined]
        headless=headless,
    )


def _past_year(request: SignedInRequest, school: School, years: list[AcademicYear]) -> HttpResponse:
    year = next((year for year in years if str(year.pk) == request.GET["year"]), None)
    if year is None:
        raise Http404
    classes = list(past.classes_of(school, request.user, year))
    return page(
        request,
        "school/past_year.html",
        school,
        year=year,
        parallels=_by_parallel(classes),
        total=len(classes),
        breadcrumbs=_crumbs(school),
    )


def _by_parallel(classes: list[SchoolClass]) -> list[tuple[int | None, list[SchoolClass]]]:
    return [(parallel, list(group)) for parallel, group in groupby(classes, key=lambda c: c.parallel)]


@login_required
def create_classes(request: SignedInRequest, school_id: int) -> HttpResponse:
    """The classes of the year, as many as there are, in one field."""
    school = enter_school(request, school_id)
    require(request.user, "manage_structure", school)
    form = ClassesForm(request.POST or None)

    def act() -> None:
        made, known = services.create_classes(by=request.user, school=school, names=form.cleaned_data["names"])
        _tell(request, made, known)

    return form_page(
        request,
        school,
        form,
        act,
        done=reverse("school:structure", args=[school.pk]),
        title=_("Classes of the year"),
        button=_("Create"),
        breadcrumbs=_crumbs(school),
    )


def _tell(request: SignedInRequest, made: list[SchoolClass], known: list[str]) -> None:
    if made:
        names = ", ".join(school_class.name for school_class in made)
        said = ngettext("%(count)s class created: %(names)s.", "%(count)s classes created: %(names)s.", len(made))
        messages.success(request, said % {"count": len(made), "names": names})
    if known:
        messages.info(request, _("These were there already: %(names)s.") % {"names": ", ".join(known)})


@login_required
def subjects(request: SignedInRequest, school_id: int) -> HttpResponse:
    """The subjects of the curriculum; several may be added at once, one on a line."""
    school = enter_school(request, school_id)
    require(request.user, "manage_structure", school)
    form = SubjectsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        for name in form.cleaned_data["names"]:
            services.add_subject(by=request.user, school=school, name=name)
        return on_to(request, request.path, _("Saved."))
    return page(
        request, "school/subjects.html", school, form=form, subjects=school.subjects.all(), breadcrumbs=_crumbs(school)
    )


def _crumbs(school: School) -> list[tuple[str, str]]:
    return [
        (school.short_name, school.get_absolute_url()),
        (_("Classes"), reverse("school:structure", args=[school.pk])),
    ]
