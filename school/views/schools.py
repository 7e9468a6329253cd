"""The school itself: its page, its information (2.1 «вносит, редактирует информацию о школе»)."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.http import SignedInRequest

from .. import panels, queries
from ..current import enter_school
from ..forms.schools import SchoolForm
from ..models import StaffPosition
from ..rights import may, require
from ..services import schools as services
from ..services.roster import ADMINISTRATOR_KINDS
from .pages import form_page, page


@login_required
def school_home(request: SignedInRequest, school_id: int) -> HttpResponse:
    """What waits for the administration, and the school's information for everybody."""
    school = enter_school(request, school_id)
    works = may(request.user, "manage_structure", school) or may(request.user, "view_people", school)
    heads = StaffPosition.objects.active().filter(school=school, kind__in=("director", *ADMINISTRATOR_KINDS))
    return page(
        request,
        "school/home.html",
        school,
        counts=queries.counts_of(school) if works else None,
        heads=heads.select_related("person").order_by("kind", "pk"),
        panels=panels.render("school", request, school),
    )


@login_required
def edit(request: SignedInRequest, school_id: int) -> HttpResponse:
    school = enter_school(request, school_id)
    require(request.user, "manage_school", school)
    form = SchoolForm(request.POST or None, initial=SchoolForm.values_of(school))
    return form_page(
        request,
        school,
        form,
        lambda: services.update_school(by=request.user, school=school, **form.cleaned_data),
        done=reverse("school:home", args=[school.pk]),
        said=_("Saved."),
        title=_("School's information"),
        breadcrumbs=[(school.short_name, school.get_absolute_url())],
    )
