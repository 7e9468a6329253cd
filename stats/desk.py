"""«Сегодня» of who answers for a school or for a class: what is to be mended, the worst first, each with its button."""

from dataclasses import dataclass
from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from school.attention import Tone
from school.models import Guardianship, Person, SchoolClass
from school.views.home import is_applicant

from .attention import Trouble, View, troubles, view_of

HEADINGS: dict[Tone, Promise] = {
    "bad": _("First of all"),
    "warn": _("To be mended"),
    "info": _("To bear in mind"),
}


@dataclass(frozen=True)
class Section:
    tone: Tone
    heading: Promise
    troubles: list[Trouble]


def desk(request: HttpRequest, person: Person) -> HttpResponse | None:
    """The main page of an administrator, the administration, a homeroom teacher; None for the others.

    Ten queries with the menu, whatever the size of the school: what is new in the chats comes after the page.
    """
    user = request.user
    view = view_of(user, person.school) if isinstance(user, User) else None
    if view is None:
        return None
    context = {
        "school": person.school,
        "person": person,
        "whole": view.whole,
        "is_empty": not view.classes and view.holds("manage_structure"),
        "sections": sections(troubles(view)),
        "classes": own_classes(view),
        "children": Guardianship.objects.active().filter(guardian=person).select_related("pupil").order_by("pupil"),
        "is_applicant": is_applicant(person),
    }
    return render(request, "stats/today.html", context)


def sections(found: list[Trouble]) -> list[Section]:
    """The lines under their headings; they come sorted."""
    return [Section(tone, HEADINGS[tone], list(lines)) for tone, lines in groupby(found, key=lambda line: line.tone)]


def own_classes(view: View) -> list[SchoolClass]:
    """The classes of a teacher; who sees the whole school finds them in the menu."""
    return [] if view.whole else [item for item in view.classes if view.holds("view_people", item)]
