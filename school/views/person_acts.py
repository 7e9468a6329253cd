"""What the administrator does with one person: corrects, moves, removes, gives positions (2.1 «движение»)."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.http import SignedInRequest

from .. import queries
from ..current import enter_school
from ..forms.people import MoveForm, PersonForm, RemoveForm
from ..forms.staff import PositionForm
from ..models import Activist, Movement, PendingAct, Person, StaffPosition
from ..orders import known_orders
from ..rights import require
from ..services import movements, removal
from ..services import people as services
from ..text import ids_in
from .pages import carry_out, form_page, say_that_it_waits
from .people import enter_person


@login_required
def edit_person(request: SignedInRequest, school_id: int, pk: int) -> HttpResponse:
    school = enter_school(request, school_id)
    person = enter_person(request, school, pk)
    require(request.user, "manage_people", school)
    form = PersonForm(request.POST or None, initial=PersonForm.values_of(person))
    return form_page(
        request,
        school,
        form,
        lambda: services.edit_person(by=request.user, person=person, **form.cleaned_data),
        done=person.get_absolute_url(),
        said=_("Saved."),
        title=person.full_name,
        breadcrumbs=[(person.full_name, person.get_absolute_url())],
    )


@login_required
def move(request: SignedInRequest, school_id: int, pk: int) -> HttpResponse:
    """Move a pupil to another class, or put somebody who is in none into one."""
    school = enter_school(request, school_id)
    person = enter_person(request, school, pk)
    require(request.user, "manage_people", school)
    here = person.enrolments.active().select_related("school_class").first()
    form = MoveForm(
        request.POST or None, school=school, without=here.school_class if here else None, orders=known_orders(school)
    )

    def act() -> None:
        movements.carry_out_movement(
            by=request.user,
            school=school,
            kind=Movement.Kind.TRANSFERRED if here else Movement.Kind.ENROLLED,
            people=[person],
            to_class=form.cleaned_data["to_class"],
            order=form.order,
        )

    lead = _("The pupil and the parents leave the chats of %(place)s and come into those of the new class at once.")
    return form_page(
        request,
        school,
        form,
        act,
        done=person.get_absolute_url(),
        said=_("The pupil is in the new class.") if here else _("The pupil is in the class."),
        lead=lead % {"place": here.school_class} if here else "",
        button=_("Move") if here else _("Enrol"),
        title=_("Move: %(name)s") % {"name": person} if here else _("Enrol: %(name)s") % {"name": person},
        breadcrumbs=[(person.full_name, person.get_absolute_url())],
    )


@login_required
def remove(request: SignedInRequest, school_id: int, pk: int) -> HttpResponse:
    """The person leaves the school; the page says which roles end."""
    school = enter_school(request, school_id)
    person = enter_person(request, school, pk)
    require(request.user, "manage_people", school)
    form = RemoveForm(request.POST or None, orders=known_orders(school))

    def act() -> None:
        reason = form.cleaned_data["reason"]
        movements.remove_from_school(by=request.user, person=person, reason=reason, order=form.order)

    roles = ", ".join(queries.roles_in_words([person])[person.pk])
    lead = _("Every role ends today and its chats with it: %(roles)s. The record and its history stay with the school.")
    return form_page(
        request,
        school,
        form,
        act,
        done=reverse("school:people", args=[school.pk]),
        said=_("%(name)s has left the school.") % {"name": person},
        cancel=person.get_absolute_url(),
        lead=lead % {"roles": roles or _("none")},
        button=_("Remove from the school"),
        danger=True,
        title=_("Leaves the school: %(name)s") % {"name": person},
        breadcrumbs=[(person.full_name, person.get_absolute_url())],
    )


@login_required
def remove_many(request: SignedInRequest, school_id: int) -> HttpResponse:
    """The people chosen in the list leave the school; the page names them before it is done."""
    school = enter_school(request, school_id)
    require(request.user, "manage_people", school)
    chosen = ids_in(request.GET.getlist("person"))
    people = list(Person.objects.visible_to(request.user).present().filter(school=school, pk__in=chosen))
    there = reverse("school:people", args=[school.pk])
    if not people:
        messages.error(request, _("Choose at least one person who is in the school."))
        return HttpResponseRedirect(there)
    form = RemoveForm(request.POST or None, orders=known_orders(school))
    proposed: list[PendingAct | None] = []

    def act() -> None:
        reason = form.cleaned_data["reason"]
        proposed.append(
            removal.remove_people(by=request.user, school=school, people=people, reason=reason, **form.order)
        )

    def done() -> str:
        if pending := proposed[0]:
            return say_that_it_waits(request, pending)
        words = ngettext("%(n)s person has left the school.", "%(n)s people have left the school.", len(people))
        messages.success(request, words % {"n": len(people)})
        return there

    queries.name_roles(people)
    return form_page(
        request,
        school,
        form,
        act,
        done=done,
        template="school/remove_people.html",
        people=people,
        needs_two=len(people) > removal.MOST_AT_ONCE,
        most=removal.MOST_AT_ONCE,
        cancel=there,
        button=_("Remove from the school"),
        danger=True,
        title=_("Remove from the school"),
        breadcrumbs=[(_("People"), there)],
    )


@login_required
def add_position(request: SignedInRequest, school_id: int, pk: int) -> HttpResponse:
    school = enter_school(request, school_id)
    person = enter_person(request, school, pk)
    require(request.user, "manage_staff", school)
    form = PositionForm(request.POST or None, orders=known_orders(school))

    def act() -> None:
        kind, title = StaffPosition.Kind(form.cleaned_data["kind"]), form.cleaned_data["title"]
        movements.give_position(by=request.user, person=person, kind=kind, title=title, **form.order)

    return form_page(
        request,
        school,
        form,
        act,
        done=person.get_absolute_url(),
        said=_("The position is given."),
        title=_("Position: %(name)s") % {"name": person},
        breadcrumbs=[(person.full_name, person.get_absolute_url())],
    )


@login_required
@require_POST
def end_position(request: SignedInRequest, school_id: int, pk: int) -> HttpResponse:
    school = enter_school(request, school_id)
    active = StaffPosition.objects.active().visible_to(request.user).filter(school=school)
    position = get_object_or_404(active.select_related("person", "school"), pk=pk)
    return carry_out(
        request,
        lambda: movements.end_position(by=request.user, position=position),
        back=position.person.get_absolute_url(),
        said=_("The position has ended."),
    )


@login_required
@require_POST
def detach(request: SignedInRequest, school_id: int, pk: int) -> HttpResponse:
    """Somebody else joined as this person: the login goes, the person is invited anew."""
    school = enter_school(request, school_id)
    person = enter_person(request, school, pk)
    return carry_out(
        request,
        lambda: services.detach_user(by=request.user, person=person),
        back=person.get_absolute_url(),
        said=_("The login is taken off. Invite the right person."),
    )


@login_required
@require_POST
def set_activist(request: SignedInRequest, school_id: int, pk: int) -> HttpResponse:
    """On or off the parents' or pupils' body, whichever the person can be on."""
    school = enter_school(request, school_id)
    person = enter_person(request, school, pk)
    kind = Activist.Kind.PUPILS if person.enrolments.active().exists() else Activist.Kind.PARENTS
    active = request.POST.get("active") == "1"
    return carry_out(
        request,
        lambda: services.set_activist(by=request.user, person=person, kind=kind, active=active),
        back=person.get_absolute_url(),
        said=_("Saved."),
    )
