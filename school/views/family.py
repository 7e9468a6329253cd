"""Parents linked to pupils and unlinked: the administrator, and the homeroom teacher in his class (2.7)."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.http import SignedInRequest

from ..current import enter_school
from ..forms.people import KnownParentForm, ParentForm
from ..models import Guardianship, Person, School
from ..rights import require
from ..services import people as services
from .pages import attempt, carry_out, on_to, page
from .people import candidates, enter_person


@login_required
def add_parent(request: SignedInRequest, school_id: int, pk: int) -> HttpResponse:
    """A parent who is in the lists, by name, or a new one: two forms on one page."""
    school = enter_school(request, school_id)
    pupil = enter_person(request, school, pk)
    enrolment = pupil.enrolments.active().select_related("school_class").first()
    require(request.user, "decide_requests", enrolment.school_class if enrolment else school)
    known, new = _forms(request, school)
    chosen: Any = known if known.is_bound else new
    if chosen.is_bound and chosen.is_valid() and attempt(chosen, lambda: _link(request, pupil, known, new)):
        return on_to(request, pupil.get_absolute_url(), _("The parent is linked."))
    return page(
        request,
        "school/add_parent.html",
        school,
        pupil=pupil,
        known=known,
        new=new,
        breadcrumbs=[(pupil.full_name, pupil.get_absolute_url())],
    )


def _forms(request: SignedInRequest, school: School) -> tuple[KnownParentForm, ParentForm]:
    is_known = "guardian" in request.POST
    known = KnownParentForm(request.POST if is_known else None, auto_id="known_%s")
    people: Any = known.fields["guardian"]
    people.offer(candidates(request, school, "parent"), reverse("school:lookup", args=[school.pk, "parent"]))
    return known, ParentForm(request.POST if request.method == "POST" and not is_known else None)


def _link(request: SignedInRequest, pupil: Person, known: KnownParentForm, new: ParentForm) -> None:
    if known.is_bound:
        data = known.cleaned_data
        kind = Guardianship.Kind(data["kind"])
        services.add_guardian(by=request.user, pupil=pupil, guardian=data["guardian"], kind=kind)
    else:
        data = dict(new.cleaned_data)
        services.add_parent(by=request.user, pupil=pupil, kind=Guardianship.Kind(data.pop("kind")), **data)


@login_required
@require_POST
def remove_parent(request: SignedInRequest, school_id: int, pk: int) -> HttpResponse:
    school = enter_school(request, school_id)
    active = Guardianship.objects.active().visible_to(request.user).filter(school=school)
    tie = get_object_or_404(active.select_related("pupil__school", "guardian"), pk=pk)
    return carry_out(
        request,
        lambda: services.remove_guardian(by=request.user, guardianship=tie),
        back=tie.pupil.get_absolute_url(),
        said=_("The parent is unlinked."),
    )
