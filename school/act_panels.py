"""«Ждут второго администратора» on the school's page, and on the main page of a director who is no administrator."""

from django.http import HttpRequest
from django.template.loader import render_to_string

from .models import PendingAct, Person, School
from .rights import may


def school_panel(request: HttpRequest, school: School) -> str | None:
    """What waits for a second pair of hands in the school: one query."""
    if not may(request.user, "approve_acts", school):
        return None
    waiting = list(PendingAct.objects.waiting().filter(school=school).select_related("proposed_by")[:5])
    context = {"waiting": waiting, "school": school}
    return render_to_string("school/_acts_panel.html", context, request=request) if waiting else None


def home_panel(request: HttpRequest, person: Person) -> str | None:
    return school_panel(request, person.school)
