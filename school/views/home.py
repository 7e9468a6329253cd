"""«/»: the landing page for a stranger, the school's desk for an administrator, the own classes for the others."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from accounts.models import User

from .. import panels, queries
from ..current import current_school
from ..models import Guardianship, Person, School
from ..rights import may


@login_not_required
def home(request: HttpRequest) -> HttpResponse:
    """Leads everybody where his role works; changes nothing."""
    user = request.user
    if not isinstance(user, User):
        return render(request, "school/landing.html")
    school = current_school(request)
    if school is None:
        return render(request, "school/nobody.html", {"panels": panels.render("nobody", request, user)})
    if may(user, "manage_structure", school):
        return HttpResponseRedirect(school.get_absolute_url())
    return _today(request, user, school)


def _today(request: HttpRequest, user: User, school: School) -> HttpResponse:
    """My classes, my children, what other apps show; a teacher who waits for the status is told so."""
    present = Person.objects.present().annotate(teaches=queries.holds_teaching_post())
    person = present.get(school=school, user=user)
    children = list(Guardianship.objects.active().filter(guardian=person).select_related("pupil").order_by("pupil"))
    classes = list(queries.classes_of_year(school, user))
    for school_class in classes:
        school_class.counted = may(user, "view_people", school_class)  # type: ignore[attr-defined]
    queries.name_roles([person, *(tie.pupil for tie in children)], {c.pk: c for c in classes})
    context = {
        "school": school,
        "person": person,
        "children": children,
        "classes": classes,
        "panels": panels.render("home", request, person),
        "is_applicant": person.teaches and not person.is_verified,
    }
    return render(request, "school/today.html", context)
