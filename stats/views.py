"""The page with the figures."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.http import SignedInRequest
from school.current import enter_school

from .board import make_board
from .figures import FEWEST, Who


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
