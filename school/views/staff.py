"""«Учительская»: the staff, new members, the administrators (2.1, 2.2)."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.http import SignedInRequest

from ..current import enter_school
from ..forms.staff import AppointForm, NamedOrderForm, StaffForm
from ..models import Homeroom, Movement, PendingAct, Person, School, StaffPosition, Teaching
from ..orders import known_orders
from ..person_facts import order_in_words
from ..rights import may, require
from ..services import administrators as administrator_services
from ..services import movements
from ..services.roster import ADMINISTRATOR_KINDS
from .pages import form_page, page, say_that_it_waits


def staff_tabs(request: SignedInRequest, school: School, here: str) -> list[dict[str, Any]]:
    """«Учительская», «Подтверждение», «Администраторы», «Права без приказа»: those that the visitor may open."""
    user = request.user
    tabs = [
        ("staff", _("Staff room"), may(user, "view_staff", school)),
        ("verification", _("Confirmation"), may(user, "confirm_teachers", school)),
        ("administrators", _("Administrators"), sees_administrators(request, school)),
        ("rights_without_order", _("Rights without an order"), may(user, "manage_documents", school)),
    ]
    return [
        {"label": label, "url": reverse(f"school:{name}", args=[school.pk]), "current": name == here}
        for name, label, shown in tabs
        if shown
    ]


def sees_administrators(request: SignedInRequest, school: School) -> bool:
    return may(request.user, "appoint_administrators", school) or may(request.user, "manage_staff", school)


@login_required
def staff(request: SignedInRequest, school_id: int) -> HttpResponse:
    school = enter_school(request, school_id)
    require(request.user, "view_staff", school)
    positions = StaffPosition.objects.active().order_by("kind")
    homerooms = Homeroom.objects.active().select_related("school_class")
    teachings = Teaching.objects.active().select_related("study_group__subject", "study_group__school_class")
    employed = Person.objects.visible_to(request.user).present().filter(school=school)
    people = employed.filter(pk__in=positions.filter(school=school).values("person_id")).prefetch_related(
        Prefetch("positions", positions, to_attr="posts"),
        Prefetch("homerooms", homerooms, to_attr="leads"),
        Prefetch("teachings", teachings, to_attr="teaches"),
    )
    return page(
        request,
        "school/staff.html",
        school,
        people=people,
        tabs=staff_tabs(request, school, "staff"),
        title=_("Staff room"),
    )


@login_required
def add_staff(request: SignedInRequest, school_id: int) -> HttpResponse:
    school = enter_school(request, school_id)
    require(request.user, "manage_staff", school)
    form = StaffForm(request.POST or None)

    def act() -> None:
        data = dict(form.cleaned_data)
        terms = {"position": data.pop("kind"), "title": data.pop("title")}
        movements.carry_out_movement(
            by=request.user, school=school, kind=Movement.Kind.HIRED, newcomers=(data,), **terms
        )

    there = reverse("school:staff", args=[school.pk])
    return form_page(
        request,
        school,
        form,
        act,
        done=lambda: request.path if "more" in request.POST else there,
        said=_("The person is in the staff list. Send an invite so that he or she joins."),
        more=True,
        cancel=there,
        title=_("New member of the staff"),
        breadcrumbs=[(_("Staff room"), there)],
    )


@login_required
def administrators(request: SignedInRequest, school_id: int) -> HttpResponse:
    """Who administers the school and by which order; who did before."""
    school = enter_school(request, school_id)
    if not sees_administrators(request, school):
        require(request.user, "appoint_administrators", school)
    positions = StaffPosition.objects.filter(school=school, kind__in=ADMINISTRATOR_KINDS).select_related("person")
    rows = [(position, order_in_words(position)) for position in positions.order_by("kind", "-starts_on", "pk")]
    return page(
        request,
        "school/administrators.html",
        school,
        active=[row for row in rows if row[0].ends_on is None],
        former=[row for row in rows if row[0].ends_on],
        tabs=staff_tabs(request, school, "administrators"),
        title=_("Administrators"),
    )


@login_required
def appoint(request: SignedInRequest, school_id: int) -> HttpResponse:
    """Appoint an additional administrator, or hand over the main role, by an order (2.1, 2.2)."""
    school = enter_school(request, school_id)
    require(request.user, "appoint_administrators", school)
    form = AppointForm(request.POST or None, school=school, orders=known_orders(school))
    there = reverse("school:administrators", args=[school.pk])

    proposed: list[PendingAct | None] = []

    def act() -> None:
        person, main = form.cleaned_data["person"], form.cleaned_data["main"]
        order = form.order
        proposed.append(
            administrator_services.appoint_administrator(by=request.user, person=person, main=main, **order)
        )

    def done() -> str:
        if pending := proposed[0]:
            return say_that_it_waits(request, pending)
        messages.success(request, _("The administrator is appointed."))
        return there

    return form_page(
        request,
        school,
        form,
        act,
        done=done,
        cancel=there,
        lead=_("Done at once by the director; otherwise a second administrator approves, or a day passes."),
        button=_("Appoint"),
        title=_("Appoint an administrator"),
        breadcrumbs=[(_("Administrators"), there)],
    )


@login_required
def dismiss(request: SignedInRequest, school_id: int, pk: int) -> HttpResponse:
    school = enter_school(request, school_id)
    require(request.user, "appoint_administrators", school)
    person = get_object_or_404(Person.objects.visible_to(request.user).filter(school=school), pk=pk)
    form = NamedOrderForm(request.POST or None, orders=known_orders(school))
    there = reverse("school:administrators", args=[school.pk])
    return form_page(
        request,
        school,
        form,
        lambda: administrator_services.dismiss_administrator(by=request.user, person=person, **form.order),
        done=there,
        said=_("%(name)s is not an administrator any more.") % {"name": person},
        lead=_("The rights of an administrator end at once; the other roles stay."),
        button=_("Dismiss"),
        danger=True,
        title=_("Dismiss: %(name)s") % {"name": person},
        breadcrumbs=[(_("Administrators"), there)],
    )
