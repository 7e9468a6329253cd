"""«/», «Сегодня»: what is to be done for who answers for others, the own classes and children for the rest; what is new."""

from django.contrib.auth.decorators import login_not_required, login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.http import SignedInRequest
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
    return panels.desk_of(request, person) or _today(request, user, person)


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
        "is_applicant": is_applicant(person),
    }
    return render(request, "school/today.html", context)


def is_applicant(person: Person) -> bool:
    """A teacher who waits for the status «учитель», or was refused; the person as `current_person` gives it."""
    return person.teaches and not person.is_verified  # type: ignore[attr-defined]


@login_required
@require_GET
def news(request: SignedInRequest) -> HttpResponse:
    """What other apps show on the main page; a desk fetches it after itself, so that what is to be done comes first."""
    person = current_person(request)
    if person is None:
        raise Http404
    template = "school/_news.html" if request.headers.get("HX-Request") else "school/news.html"
    return render(request, template, {"panels": panels.render("home", request, person)})
