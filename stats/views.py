"""The pages with the figures."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.http import SignedInRequest
from school.current import enter_school
from school.rights import require

from .attention import troubles, view_of
from .board import make_board
from .desk import sections
from .figures import FEWEST, Who
from .monday import week_of


@login_required
@require_GET
def dashboard(request: SignedInRequest, school_id: int) -> HttpResponse:
    """The whole school for its administration, a class for its homeroom teacher; `?who=` chooses staff or pupils."""
    school = enter_school(request, school_id)
    board = make_board(request.user, school)
    chosen = request.GET.get("who", "")
    who = Who(chosen) if chosen in Who.values else Who.PARENTS
    url = reverse("stats:dashboard", args=[school.pk])
    tabs = [{"label": one.label, "url": f"{url}?who={one}#classes", "current": one == who} for one in Who]
    context = {
        "school": school,
        "board": board,
        "who": who,
        "who_tabs": tabs,
        "totals": [board.total.of(one) for one in Who],
        "fewest": FEWEST,
    }
    return render(request, "stats/dashboard.html", context)


@login_required
@require_GET
def monday(request: SignedInRequest, school_id: int) -> HttpResponse:
    """One sheet of paper for the administration: what is wrong and where, what the week has changed."""
    school = enter_school(request, school_id)
    require(request.user, "view_statistics", school)
    view = view_of(request.user, school)
    found = troubles(view) if view else []
    context = {
        "school": school,
        "today": timezone.localdate(),
        "troubles": found,
        "sections": sections(found),
        "urgent": sum(line.tone == "bad" for line in found),
        "week": week_of(school),
        "breadcrumbs": [(_("Figures"), reverse("stats:dashboard", args=[school.pk]))],
    }
    return render(request, "stats/monday.html", context)
