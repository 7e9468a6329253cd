"""Which school the visitor is in: that of the address, else the one he was in last, else his first."""

from typing import Any

from django.http import Http404, HttpRequest
from django.utils.functional import SimpleLazyObject

from .models import Person, School
from .queries import holds_teaching_post

_PERSONS, _CURRENT, _LAST = "_persons", "_current_school", "school"


def persons_of(request: HttpRequest) -> list[Person]:
    """Who the visitor is in each of his schools: one query a request, for the page, the menu and the switcher.

    These are the schools of `School.objects.visible_to(user)`. `teaches`: he holds a teaching position.
    """
    found: list[Person] | None = getattr(request, _PERSONS, None)
    if found is None:
        user = getattr(request, "user", None)  # a request refused by the first middleware has none
        found = []
        if user and user.is_authenticated:
            present = user.persons.present().annotate(teaches=holds_teaching_post())
            found = list(present.select_related("school").order_by("school__short_name"))
        setattr(request, _PERSONS, found)
    return found


def enter_school(request: HttpRequest, school_id: int) -> School:
    """The school of the address, kept as the last one; 404 when the visitor is nobody there."""
    for person in persons_of(request):
        if person.school_id == school_id:
            setattr(request, _CURRENT, person.school)
            if request.session.get(_LAST) != school_id:
                request.session[_LAST] = school_id
            return person.school
    raise Http404


def current_person(request: HttpRequest) -> Person | None:
    """Who the visitor is in his present school."""
    school = current_school(request)
    return next((person for person in persons_of(request) if person.school == school), None)


def current_school(request: HttpRequest) -> School | None:
    """The school whose pages the menu leads to; None for a stranger."""
    entered: School | None = getattr(request, _CURRENT, None)
    if entered:
        return entered
    schools = [person.school for person in persons_of(request)]
    last = request.session.get(_LAST) if schools else None
    return next((school for school in schools if school.pk == last), schools[0] if schools else None)


def school_context(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `current_school` and `my_schools` (the switcher); no query where neither is drawn."""
    return {
        "current_school": SimpleLazyObject(lambda: current_school(request)),
        "my_schools": SimpleLazyObject(lambda: [person.school for person in persons_of(request)]),
    }
