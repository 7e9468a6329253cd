"""The status «учитель»: the desk that confirms it, and the page of the teacher who waits (2.1, 2.2)."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.http import SignedInRequest

from .. import queries
from ..current import enter_school, persons_of
from ..models import Person, School
from ..rights import require
from ..services import verification as services
from ..text import ids_in
from .pages import carry_out, page
from .staff import staff_tabs


@login_required
def verification(request: SignedInRequest, school_id: int) -> HttpResponse:
    """Who waits, the longest first; one button for as many as are chosen."""
    school = enter_school(request, school_id)
    require(request.user, "confirm_teachers", school)
    waiting = list(queries.waiting_teachers(school))
    rejected = list(school.people.present().filter(verification=Person.Verification.REJECTED))
    queries.name_roles([*waiting, *rejected])
    return page(
        request,
        "school/verification.html",
        school,
        waiting=waiting,
        rejected=rejected,
        tabs=staff_tabs(request, school, "verification"),
        title=_("Confirmation of teachers"),
    )


@login_required
@require_POST
def decide(request: SignedInRequest, school_id: int) -> HttpResponse:
    """Confirm the chosen ones, or refuse them with a reason that each of them reads."""
    school = enter_school(request, school_id)
    require(request.user, "confirm_teachers", school)
    chosen = ids_in(request.POST.getlist("person"))
    people = list(Person.objects.visible_to(request.user).present().filter(school=school, pk__in=chosen))
    if not people:
        messages.error(request, _("Choose at least one person."))
    return carry_out(
        request, lambda: _decide(request, school, people), back=reverse("school:verification", args=[school.pk])
    )


def _decide(request: SignedInRequest, school: School, people: list[Person]) -> None:
    if not people:
        return
    if request.POST.get("act") == "reject":
        reason = request.POST.get("reason", "")
        count = services.reject_teachers(by=request.user, school=school, people=people, reason=reason)
        said = ngettext("%(count)s person refused.", "%(count)s people refused.", count)
    else:
        count = services.confirm_teachers(by=request.user, school=school, people=people)
        said = ngettext("%(count)s person confirmed.", "%(count)s people confirmed.", count)
    messages.success(request, said % {"count": count})


@login_required
def mine(request: SignedInRequest, school_id: int) -> HttpResponse:
    """The teacher sees how his request stands, since when, why it was refused; and asks again."""
    school = enter_school(request, school_id)
    person = next(person for person in persons_of(request) if person.school_id == school.pk)
    if person.verification_asked_at is None and person.verification != Person.Verification.REJECTED:
        raise Http404
    if request.method == "POST":
        return carry_out(
            request,
            lambda: services.ask_verification(by=request.user, person=person),
            back=request.path,
            said=_("Asked. The administrator sees your request."),
        )
    return page(request, "school/my_verification.html", school, person=person, title=_("Status «учитель»"))
