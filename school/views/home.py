"""«/»: the landing page for a stranger, the school's desk for an administrator, the own classes for the others."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from accounts.models import User

from .. import panels, queries
from ..current import current_person
from ..models import Guardianship, Person
from ..rights import may


@login_not_required
def home(request: HttpRequest) -> HttpResponse:
    """Leads everybody where his role works; changes nothing."""
    user = request.user
    if not isinstance(user, User):
        return render(request, "school/landing.html")
    person = current_person(request)
    if person is None:
        return render(request, "school/nobody.html", {"panels": panels.render("nobody", request, user)})
    if may(user, "manage_structure", person.school):
        return HttpResponseRedirect(person.school.get_absolute_url())
    return _today(request, user, person)


def _today(request: HttpRequest, user: User, person: Person) -> HttpResponse:
    """My classes, my children, what other apps show; a teacher who waits for the status is told so."""
    school = person.school
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
        "is_applicant": person.teaches and not person.is_verified,  # type: ignore[attr-defined]
    }
    return render(request, "school/today.html", context)
