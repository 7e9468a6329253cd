"""Slips as a PDF. By a POST, because it makes the invites that are missing and leaves a line in the event log (2.1)."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.http import SignedInRequest
from school.current import enter_school
from school.errors import Refusal

from ..services.printing import print_class_slips, print_person_slip, print_staff_slips
from ..words import FOR_WHOM
from .slips import came_from, chosen_people, class_role, enter_class, enter_person


@login_required
@require_POST
@never_cache
def print_slips(request: SignedInRequest, school_id: int, pk: int, role: str) -> HttpResponse:
    """The PDF of a class: of all who have not joined, or of those who are chosen; with `reissue` the old ones die."""
    school = enter_school(request, school_id)
    school_class = enter_class(request, school, pk)
    kind, who = class_role(role), chosen_people(request, school)
    return _pdf(
        request,
        lambda reissue: print_class_slips(
            by=request.user, school_class=school_class, role=kind, people=who, reissue=reissue
        ),
        name=f"{school_class} {FOR_WHOM[kind]}",
        back=reverse("invites:slips", args=[school.pk, school_class.pk, kind.value]),
    )


@login_required
@require_POST
@never_cache
def print_staff(request: SignedInRequest, school_id: int) -> HttpResponse:
    """The PDF of the staff: of all who have not joined, or of those who are chosen."""
    school = enter_school(request, school_id)
    who = chosen_people(request, school)
    return _pdf(
        request,
        lambda reissue: print_staff_slips(by=request.user, school=school, people=who, reissue=reissue),
        name=_("staff"),
        back=reverse("invites:staff_slips", args=[school.pk]),
    )


@login_required
@require_POST
@never_cache
def print_person(request: SignedInRequest, school_id: int, pk: int) -> HttpResponse:
    """The PDF of one slip, from the card of a person."""
    person = enter_person(request, school_id, pk)
    return _pdf(
        request,
        lambda reissue: print_person_slip(by=request.user, person=person, reissue=reissue),
        name=person.short_name,
        back=person.get_absolute_url(),
    )


def _pdf(request: SignedInRequest, make: Callable[[bool], bytes], *, name: str, back: str) -> HttpResponse:
    try:
        pdf = make("reissue" in request.POST)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(came_from(request, back))
    return pdf_response(pdf, name)


def pdf_response(pdf: bytes, name: str) -> HttpResponse:
    """A download that no proxy and no disk of a browser keeps: it opens the school."""
    file_name = _("Slips") + f" {name.rstrip('.')}.pdf"
    headers = {
        "Content-Disposition": content_disposition_header(True, file_name) or "attachment",
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)
