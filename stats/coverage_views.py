"""«Кто ещё не с нами»: the map of classes and roles, and the people behind each of its numbers (2.1)."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.http import SignedInRequest
from school.current import enter_school
from school.models import School, SchoolClass
from school.views.pages import page

from .coverage import ROLE_OF, Members, Standing, make_coverage, members_of_class, members_of_staff
from .figures import Who


@login_required
@require_GET
def coverage(request: SignedInRequest, school_id: int) -> HttpResponse:
    """The whole school for its administration, his own classes for a homeroom teacher."""
    school = enter_school(request, school_id)
    found = make_coverage(request.user, school)
    return page(request, "stats/coverage.html", school, coverage=found, title=_("Who is not with us yet"))


@login_required
@require_GET
def class_people(request: SignedInRequest, school_id: int, pk: int, who: str) -> HttpResponse:
    """The pupils of a class, or their parents, by how they stand; slips for those who are missing."""
    school = enter_school(request, school_id)
    if who not in (Who.PUPILS, Who.PARENTS):
        raise Http404
    classes = SchoolClass.objects.visible_to(request.user).taught().filter(school=school)
    school_class: SchoolClass = get_object_or_404(classes, pk=pk)
    school_class.school = school
    sort = Who(who)
    args = [school.pk, school_class.pk, ROLE_OF[sort].value]
    return _people(
        request,
        school,
        members_of_class(request.user, school_class, sort),
        here=reverse("stats:coverage_class", args=[school.pk, school_class.pk, who]),
        create_url=reverse("invites:create_slips", args=args),
        print_url=reverse("invites:print_slips", args=args),
        slips_url=reverse("invites:slips", args=args),
        title=f"{school_class} · {sort.label}",
    )


@login_required
@require_GET
def staff(request: SignedInRequest, school_id: int) -> HttpResponse:
    """The staff of the school, by how they stand; slips for those who are missing."""
    school = enter_school(request, school_id)
    return _people(
        request,
        school,
        members_of_staff(request.user, school),
        here=reverse("stats:coverage_staff", args=[school.pk]),
        create_url=reverse("invites:create_staff_slips", args=[school.pk]),
        print_url=reverse("invites:print_staff_slips", args=[school.pk]),
        slips_url=reverse("invites:staff_slips", args=[school.pk]),
        title=str(Who.STAFF.label),
    )


def _people(request: SignedInRequest, school: School, members: Members, *, here: str, **context: Any) -> HttpResponse:
    given = request.GET.get("show", "")
    chosen = Standing(given) if given in members.standings else Standing.ABSENT
    shown = members.shown(chosen)
    tabs = [
        {"label": one.label, "url": f"{here}?show={one}", "current": one == chosen, "count": len(members.shown(one))}
        for one in members.standings
    ]
    return page(
        request,
        "stats/coverage_people.html",
        school,
        members=shown,
        chosen=chosen,
        who=members.who,
        tabs=tabs,
        may_invite=members.may_invite and any(member.may_be_invited for member in shown),
        breadcrumbs=[(_("Who is not with us yet"), reverse("stats:coverage", args=[school.pk]))],
        **context,
    )
