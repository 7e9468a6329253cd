"""«Ознакомиться»: what one of the staff has still to acknowledge, on his main page and on the school's."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from school.current import current_person
from school.models import Person, School
from school.rights import may

from .models import Document


def home_panel(request: HttpRequest, person: Person) -> str | None:
    """The documents in force that wait for the person's «ознакомлен», with the day of the reminder."""
    if not may(request.user, "view_staff", person.school):
        return None
    waiting: list[Any] = list(Document.objects.visible_to(request.user).awaiting(person))
    context = {"waiting": waiting, "reminded_at": max((d.reminded_at for d in waiting if d.reminded_at), default=None)}
    return render_to_string("documents/_home_panel.html", context, request=request) if waiting else None


def school_panel(request: HttpRequest, school: School) -> str | None:
    """The same for the administrators, whose main page is that of the school."""
    person = current_person(request)
    return home_panel(request, person) if person and may(request.user, "manage_structure", school) else None
