"""Which school the visitor is in: that of the address, else the one he was in last, else his first."""

from typing import Any

from django.http import Http404, HttpRequest
from django.utils.functional import SimpleLazyObject

from .models import School

_SCHOOLS, _CURRENT, _LAST = "_schools", "_current_school", "school"


def schools_of(request: HttpRequest) -> list[School]:
    """Every school that the visitor may see: one query a request, for the page, the menu and the switcher."""
    found: list[School] | None = getattr(request, _SCHOOLS, None)
    if found is None:
        user = getattr(request, "user", None)  # a request refused by the first middleware has none
        found = list(School.objects.visible_to(user).order_by("short_name")) if user and user.is_authenticated else []
        setattr(request, _SCHOOLS, found)
    return found


def enter_school(request: HttpRequest, school_id: int) -> School:
    """The school of the address, kept as the last one; 404 when the visitor is nobody there."""
    for school in schools_of(request):
        if school.pk == school_id:
            setattr(request, _CURRENT, school)
            if request.session.get(_LAST) != school_id:
                request.session[_LAST] = school_id
            return school
    raise Http404


def current_school(request: HttpRequest) -> School | None:
    """The school whose pages the menu leads to; None for a stranger."""
    entered: School | None = getattr(request, _CURRENT, None)
    if entered:
        return entered
    schools = schools_of(request)
    last = request.session.get(_LAST) if schools else None
    return next((school for school in schools if school.pk == last), schools[0] if schools else None)


def school_context(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `current_school` and `my_schools` (the switcher); no query where neither is drawn."""
    return {
        "current_school": SimpleLazyObject(lambda: current_school(request)),
        "my_schools": SimpleLazyObject(lambda: schools_of(request)),
    }
