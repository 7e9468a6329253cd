"""A class: its pupils with their parents, its homeroom teacher, its name."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.http import SignedInRequest

from .. import panels, past, queries
from ..current import enter_school
from ..forms.people import PupilForm
from ..forms.staff import HomeroomForm
from ..forms.structure import ClassForm, DayOfListForm
from ..models import Movement, School, SchoolClass
from ..orders import known_orders
from ..rights import may, require
from ..services import movements
from ..services import staff as staff_services
from ..services import structure as services
from .pages import Can, carry_out, form_page, page


def enter_class(request: SignedInRequest, school: School, pk: int) -> SchoolClass:
    """The class of the address, 404 for somebody else's; «Учительская» has a page of its own."""
    school_class: SchoolClass = get_object_or_404(
        SchoolClass.objects.visible_to(request.user)
        .filter(school=school, kind=SchoolClass.Kind.CLASS)
        .select_related("year"),
        pk=pk,
    )
    school_class.school = school
    return school_class


@login_required
def class_page(request: SignedInRequest, school_id: int, pk: int) -> HttpResponse:
    """Pupils and parents for those who may see them; for the others the names of the teachers."""
    school = enter_school(request, school_id)
    school_class = enter_class(request, school, pk)
    if not may(request.user, "view_people", school_class):
        return teachers(request, school_id, pk)
    day = DayOfListForm(request.GET if "on" in request.GET else None)
    if day.is_valid():
        return _list_on(request, school_class, day)
    pupils = list((past if school_class.archived_at else queries).pupils_of(school_class))
    return page(
        request,
        "school/class.html",
        school,
        pupils=pupils,
        day=day,
        parents=len({tie.guardian_id for row in pupils for tie in row.person.parents}),
        panels=panels.render("class", request, school_class),
        **class_context(request, school_class, "pupils"),
    )


def _list_on(request: SignedInRequest, school_class: SchoolClass, form: DayOfListForm) -> HttpResponse:
    """The list of the class on a day that has passed, and who led it then; to be printed."""
    day = form.cleaned_data["on"]
    return page(
        request,
        "school/class_on.html",
        school_class.school,
        day=form,
        on=day,
        school_class=school_class,
        pupils=list(queries.pupils_on(school_class, day)),
        led=queries.homeroom_on(school_class, day),
        title=_("%(class)s: list of the day") % {"class": school_class},
        breadcrumbs=class_crumbs(school_class),
    )


@login_required
def teachers(request: SignedInRequest, school_id: int, pk: int) -> HttpResponse:
    """Subjects of the class and who takes them."""
    school = enter_school(request, school_id)
    school_class = enter_class(request, school, pk)
    sees_people = may(request.user, "view_people", school_class)
    return page(
        request,
        "school/class_teachers.html",
        school,
        groups=(past if school_class.archived_at else queries).study_groups_of(school_class),
        panels=[] if sees_people else panels.render("class", request, school_class),
        **class_context(request, school_class, "teachers"),
    )


def class_context(request: SignedInRequest, school_class: SchoolClass, tab: str) -> dict[str, Any]:
    """What every page of a class has: the class, its homeroom teacher, tabs, the way back."""
    school = school_class.school
    args = [school.pk, school_class.pk]
    tabs = [
        {"label": _("Pupils and parents"), "url": reverse("school:class", args=args), "current": tab == "pupils"},
        {"label": _("Subjects"), "url": reverse("school:class_teachers", args=args), "current": tab == "teachers"},
    ]
    return {
        "school_class": school_class,
        "can_here": Can(request.user, school_class),
        "homeroom": (past if school_class.archived_at else queries).homeroom_of(school_class),
        "tabs": tabs if may(request.user, "view_people", school_class) else [],
        "breadcrumbs": class_crumbs(school_class)[:-1],
    }


def class_crumbs(school_class: SchoolClass) -> list[tuple[str, str]]:
    school = school_class.school
    return [
        (school.short_name, school.get_absolute_url()),
        (_("Classes"), reverse("school:structure", args=[school.pk])),
        (str(school_class), school_class.get_absolute_url()),
    ]


@login_required
def edit_class(request: SignedInRequest, school_id: int, pk: int) -> HttpResponse:
    """Correct the name; below it the way into the archive."""
    school = enter_school(request, school_id)
    school_class = enter_class(request, school, pk)
    require(request.user, "manage_structure", school)
    initial = {"parallel": school_class.parallel, "letter": school_class.letter}
    form = ClassForm(request.POST or None, initial=initial)
    return form_page(
        request,
        school,
        form,
        lambda: services.rename_class(by=request.user, school_class=school_class, **form.cleaned_data),
        done=school_class.get_absolute_url(),
        said=_("Saved."),
        template="school/edit_class.html",
        school_class=school_class,
        title=_("Class %(name)s") % {"name": str(school_class)},
        breadcrumbs=class_crumbs(school_class),
    )


@login_required
@require_POST
def archive_class(request: SignedInRequest, school_id: int, pk: int) -> HttpResponse:
    school = enter_school(request, school_id)
    school_class = enter_class(request, school, pk)
    return carry_out(
        request,
        lambda: services.archive_class(by=request.user, school_class=school_class),
        back=reverse("school:structure", args=[school.pk]),
        said=_("Class %(name)s is in the archive.") % {"name": school_class},
    )


@login_required
def homeroom(request: SignedInRequest, school_id: int, pk: int) -> HttpResponse:
    """Assign or, after a tick that names who is replaced, replace the homeroom teacher (2.1)."""
    school = enter_school(request, school_id)
    school_class = enter_class(request, school, pk)
    require(request.user, "manage_staff", school)
    lead = queries.homeroom_of(school_class)
    orders = known_orders(school)
    form = HomeroomForm(request.POST or None, school=school, current=lead.person if lead else None, orders=orders)

    def act() -> None:
        staff_services.assign_homeroom(by=request.user, school_class=school_class, **form.cleaned_data)

    return form_page(
        request,
        school,
        form,
        act,
        done=school_class.get_absolute_url(),
        said=_("The homeroom teacher is assigned."),
        template="school/homeroom.html",
        school_class=school_class,
        current=lead,
        title=_("Homeroom teacher of %(name)s") % {"name": school_class},
        breadcrumbs=class_crumbs(school_class),
    )


@login_required
@require_POST
def release_homeroom(request: SignedInRequest, school_id: int, pk: int) -> HttpResponse:
    school = enter_school(request, school_id)
    school_class = enter_class(request, school, pk)
    return carry_out(
        request,
        lambda: staff_services.release_homeroom(by=request.user, school_class=school_class),
        back=school_class.get_absolute_url(),
        said=_("The class has no homeroom teacher now."),
    )


@login_required
def add_pupil(request: SignedInRequest, school_id: int, pk: int) -> HttpResponse:
    """One pupil after another: «save and add» comes back to the empty form."""
    school = enter_school(request, school_id)
    school_class = enter_class(request, school, pk)
    require(request.user, "manage_people", school)
    form = PupilForm(request.POST or None, orders=known_orders(school))

    def act() -> None:
        movements.carry_out_movement(
            by=request.user,
            school=school,
            kind=Movement.Kind.ENROLLED,
            newcomers=(form.person,),
            to_class=school_class,
            order=form.order,
        )

    return form_page(
        request,
        school,
        form,
        act,
        done=lambda: request.path if "more" in request.POST else school_class.get_absolute_url(),
        said=_("The pupil is in the class."),
        more=True,
        cancel=school_class.get_absolute_url(),
        title=_("New pupil of %(name)s") % {"name": school_class},
        breadcrumbs=class_crumbs(school_class),
    )
