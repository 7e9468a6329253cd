"""Personal invites: slips of a class and of the staff, one from a person's card, a parent's for his own child.

(2.1, 2.5, 2.7.) On paper they are in `views.slip_pdf`.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.http import SignedInRequest
from school.current import enter_school
from school.errors import Refusal
from school.models import Guardianship, Person, School, SchoolClass
from school.rights import require
from school.text import ids_in
from school.views.pages import carry_out, on_to, page

from ..codes import code_of
from ..links import code_address, qr_of, url_of
from ..models import CLASS_ROLES, STAFF_ROLES, Invite, InviteRole
from ..models.invites import InviteQuerySet
from ..ranks import beyond, require_to_invite, roles_below
from ..services.personal import create_child_invite, create_personal_invite
from ..services.slips import create_personal_invites, create_staff_invites, people_to_invite, staff_to_invite
from ..words import FOR_ONE, FOR_WHOM, not_for
from .desk import crumbs


def enter_class(request: SignedInRequest, school: School, pk: int) -> SchoolClass:
    """A class that the user may see, 404 for any other."""
    school_class: SchoolClass = get_object_or_404(
        SchoolClass.objects.visible_to(request.user).taught().filter(school=school), pk=pk
    )
    school_class.school = school
    return school_class


def class_role(role: str) -> InviteRole:
    if role not in CLASS_ROLES:
        raise Http404
    return InviteRole(role)


@login_required
def slips(request: SignedInRequest, school_id: int, pk: int, role: str) -> HttpResponse:
    """The slips of a class to be cut out: those that are good, and a button for those who have none yet."""
    school = enter_school(request, school_id)
    school_class = enter_class(request, school, pk)
    kind = class_role(role)
    require_to_invite(request.user, kind, school, school_class)
    good = Invite.objects.in_state("active").filter(school=school, role=kind, school_class=school_class)
    args = [school.pk, school_class.pk, kind.value]
    return _slips_page(
        request,
        school,
        good,
        people_to_invite(school_class, kind),
        create_url=reverse("invites:create_slips", args=args),
        print_url=reverse("invites:print_slips", args=args),
        title=_("Slips %(for_whom)s, %(place)s") % {"for_whom": FOR_WHOM[kind], "place": school_class},
        breadcrumbs=[*crumbs(school), (str(school_class), school_class.get_absolute_url())],
    )


@login_required
def staff_slips(request: SignedInRequest, school_id: int) -> HttpResponse:
    """The slips of the staff who have not joined."""
    school = enter_school(request, school_id)
    require(request.user, "invite_staff", school)
    return _slips_page(
        request,
        school,
        Invite.objects.in_state("active").filter(school=school, role__in=STAFF_ROLES),
        staff_to_invite(school),
        create_url=reverse("invites:create_staff_slips", args=[school.pk]),
        print_url=reverse("invites:print_staff_slips", args=[school.pk]),
        title=_("Slips for the staff"),
        breadcrumbs=crumbs(school),
    )


def _slips_page(
    request: SignedInRequest, school: School, good: InviteQuerySet, absent: QuerySet[Person], **context: Any
) -> HttpResponse:
    absent = absent.exclude(pk__in=beyond(request.user, school, absent))
    invites = good.filter(person__in=absent, role__in=roles_below(request.user, school)).with_names()
    listed = list(invites.order_by("person__search_key", "-created_at"))
    rows = [
        {
            "invite": invite,
            "for_whom": FOR_ONE[InviteRole(invite.role)],
            "qr": qr_of(url_of(invite)),
            "code": code_of(invite),
            "not_for": not_for(invite),
        }
        for invite in listed
    ]
    context["missing"] = absent.count() - len({invite.person_id for invite in listed})
    return page(request, "invites/slips.html", school, slips=rows, code_address=code_address(), **context)


@login_required
@require_POST
def create_slips(request: SignedInRequest, school_id: int, pk: int, role: str) -> HttpResponse:
    """Slips for all of the class who have not joined and have none, or for those of them who are chosen."""
    school = enter_school(request, school_id)
    school_class = enter_class(request, school, pk)
    kind = class_role(role)
    who = chosen_people(request, school)
    return _create(
        request,
        lambda: create_personal_invites(by=request.user, school_class=school_class, role=kind, people=who),
        done=reverse("invites:slips", args=[school.pk, school_class.pk, kind.value]),
    )


@login_required
@require_POST
def create_staff_slips(request: SignedInRequest, school_id: int) -> HttpResponse:
    """Slips for the staff who have not joined and have none, or for those of them who are chosen."""
    school = enter_school(request, school_id)
    who = chosen_people(request, school)
    return _create(
        request,
        lambda: create_staff_invites(by=request.user, school=school, people=who),
        done=reverse("invites:staff_slips", args=[school.pk]),
    )


def _create(request: SignedInRequest, act: Callable[[], Any], *, done: str) -> HttpResponse:
    try:
        act()
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(came_from(request, done))
    return on_to(request, done, _("The slips are ready: print them and cut them out."))


def came_from(request: SignedInRequest, otherwise: str) -> str:
    """The page of the portal on which people were ticked, to say there what is wrong."""
    given = request.POST.get("back", "")
    return given if url_has_allowed_host_and_scheme(given, allowed_hosts=None) else otherwise


def chosen_people(request: SignedInRequest, school: School) -> list[Person] | None:
    """The people ticked on the page where one may tick them; None where nobody is to be ticked, that is, all."""
    if "some" not in request.POST:
        return None
    given = ids_in(request.POST.getlist("person"))
    return list(Person.objects.visible_to(request.user).filter(school=school, pk__in=given))


# --- one person -------------------------------------------------------------------------------------------------------


def enter_person(request: SignedInRequest, school_id: int, pk: int) -> Person:
    school = enter_school(request, school_id)
    people = Person.objects.visible_to(request.user).present().filter(school=school)
    return get_object_or_404(people.select_related("school"), pk=pk)


@login_required
@require_POST
def invite_person(request: SignedInRequest, school_id: int, pk: int) -> HttpResponse:
    """A personal invite from the card of a person."""
    person = enter_person(request, school_id, pk)
    made: list[Invite] = []
    answer = carry_out(
        request,
        lambda: made.append(create_personal_invite(by=request.user, person=person)),
        back=person.get_absolute_url(),
    )
    return _to_invite(made, answer)


@login_required
@require_POST
def invite_child(request: SignedInRequest, school_id: int, pk: int) -> HttpResponse:
    """A parent opens an account for his own child: a QR code that works once."""
    school = enter_school(request, school_id)
    wards = Guardianship.objects.active().filter(guardian__user=request.user)
    pupil = get_object_or_404(Person.objects.present().filter(school=school, pk__in=wards.values("pupil_id")), pk=pk)
    made: list[Invite] = []
    answer = carry_out(
        request,
        lambda: made.append(create_child_invite(by=request.user, pupil=pupil)),
        back=reverse("home"),
    )
    return _to_invite(made, answer)


def _to_invite(made: list[Invite], refused: HttpResponse) -> HttpResponse:
    """On to the new invite; where it was refused, back with the reason."""
    if made:
        refused["Location"] = reverse("invites:detail", args=[made[0].school_id, made[0].pk])
    return refused
