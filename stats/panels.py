"""The figures on the pages of the school and of a class."""

from django.http import HttpRequest
from django.template.loader import render_to_string

from school.models import School, SchoolClass
from school.rights import may

from .counting import WHOLE, count_people
from .figures import Figure, Who


def school_panel(request: HttpRequest, school: School) -> str | None:
    """The totals of the school."""
    if not may(request.user, "view_statistics", school):
        return None
    table = count_people(school, SchoolClass.objects.taught().filter(school=school), whole=True)
    totals = [table.get(WHOLE, {}).get(who, Figure(who)) for who in Who]
    context = {"totals": [figure for figure in totals if figure.listed], "school": school}
    return render_to_string("stats/_school_panel.html", context, request=request) if context["totals"] else None


def class_panel(request: HttpRequest, school_class: SchoolClass) -> str | None:
    """The figures of one class: pupils and parents."""
    if not may(request.user, "view_statistics", school_class):
        return None
    only = SchoolClass.objects.filter(pk=school_class.pk)
    row = count_people(school_class.school, only, whole=False).get(("class", school_class.pk), {})
    totals = [row[who] for who in (Who.PUPILS, Who.PARENTS) if who in row and row[who].listed]
    context = {"totals": totals, "school": school_class.school, "school_class": school_class}
    return render_to_string("stats/_class_panel.html", context, request=request) if totals else None
