"""Personal invites: one from a person's card, slips for a class, a parent's invite for his own child (2.1, 2.5, 2.7)."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.http import SignedInRequest
from school.current import enter_school
from school.models import Guardianship, Person, School, SchoolClass
from school.views.pages import carry_out, page

from ..links import qr_of, url_of
from ..models import CLASS_ROLES, Invite, InviteRole
from ..ranks import require_to_invite
from ..services.personal import create_child_invite, create_personal_invite, create_personal_invites, people_to_invite
from ..words import FOR_WHOM, not_for
from .desk import crumbs


def enter_class(request: SignedInRequest, school: School, pk: int) -> SchoolClass:
    """A class that the user may see, 404 for any other."""
    school_class: SchoolClass = get_object_or_404(
        SchoolClass.objects.visible_to(request.user).taught().filter(school=school), pk=pk
    )
    school_class.school = school
    return school_class


def _role(role: str) -> InviteRole:
    if role not in CLASS_ROLES:
        raise Http404
    return InviteRole(role)


@login_required
def slips(request: SignedInRequest, school_id: int, pk: int, role: str) -> HttpResponse:
    """The slips of a class to be cut out: those that are good, and a button for those who have none yet."""
    school = enter_school(request, school_id)
    school_class = enter_class(request, school, pk)
    kind = _role(role)
    require_to_invite(request.user, kind, school, school_class)
    absent = people_to_invite(school_class, kind)
    good = Invite.objects.in_state("active").filter(school=school, role=kind, person__in=absent).with_names()
    rows = [{"invite": i, "qr": qr_of(url_of(i)), "link": url_of(i)} for i in good.order_by("person__search_key")]
    context: dict[str, Any] = {
        "school_class": school_class,
        "role": kind,
        "for_whom": FOR_WHOM[kind],
        "slips": rows,
        "not_for": not_for(rows[0]["invite"]) if rows else "",  # type: ignore[arg-type]
        "missing": absent.count() - len({row["invite"].person_id for row in rows}),  # type: ignore[attr-defined]
        "breadcrumbs": [*crumbs(school), (str(school_class), school_class.get_absolute_url())],
    }
    return page(request, "invites/slips.html", school, **context)


@login_required
@require_POST
def create_slips(request: SignedInRequest, school_id: int, pk: int, role: str) -> HttpResponse:
    """Slips for all of the class who have not joined and have none."""
    school = enter_school(request, school_id)
    school_class = enter_class(request, school, pk)
    kind = _role(role)
    return carry_out(
        request,
        lambda: create_personal_invites(by=request.user, school_class=school_class, role=kind),
        back=reverse("invites:slips", args=[school.pk, school_class.pk, kind.value]),
        said=_("The slips are ready: print them and cut them out."),
    )


@login_required
@require_POST
def invite_person(request: SignedInRequest, school_id: int, pk: int) -> HttpResponse:
    """A personal invite from the card of a person."""
    school = enter_school(request, school_id)
    person = get_object_or_404(Person.objects.visible_to(request.user).present().filter(school=school), pk=pk)
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
