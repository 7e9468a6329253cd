"""«Ждут второго администратора» on the school's page; on «Сегодня» it is a line (`school.concerns`)."""

from django.http import HttpRequest
from django.template.loader import render_to_string

from .models import PendingAct, School
from .rights import may


def school_panel(request: HttpRequest, school: School) -> str | None:
    """What waits for a second pair of hands in the school: one query."""
    if not may(request.user, "approve_acts", school):
        return None
    waiting = list(PendingAct.objects.waiting().filter(school=school).select_related("proposed_by")[:5])
    context = {"waiting": waiting, "school": school}
    return render_to_string("school/_acts_panel.html", context, request=request) if waiting else None
