"""A role changed in place: first what is lost and gained, then the act (2.1)."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.http import SignedInRequest

from .. import queries
from ..current import enter_school
from ..forms.roles import RoleForm
from ..rights import require
from ..services import role_change as services
from .pages import attempt, on_to, page
from .people import candidates, enter_person


@login_required
def role_change(request: SignedInRequest, school_id: int, pk: int) -> HttpResponse:
    """The first POST shows the preview with the same values hidden in it, the second one changes the role."""
    school = enter_school(request, school_id)
    person = enter_person(request, school, pk)
    require(request.user, "manage_people", school)
    form = RoleForm(
        request.POST or None,
        school=school,
        pupils=candidates(request, school, "pupil").exclude(pk=person.pk),
        url=reverse("school:lookup", args=[school.pk, "pupil"]),
    )
    queries.name_roles([person])
    preview: list[services.RoleChangePreview] = []
    if request.method == "POST" and form.is_valid():
        if "confirm" in request.POST:
            if attempt(form, lambda: services.change_role(by=request.user, person=person, target=form.target)):
                return on_to(request, person.get_absolute_url(), _("The role is changed."))
        else:
            attempt(
                form,
                lambda: preview.append(
                    services.preview_role_change(by=request.user, person=person, target=form.target)
                ),
            )
    return page(
        request,
        "school/role_preview.html" if preview else "school/role_change.html",
        school,
        person=person,
        form=form,
        preview=preview[0] if preview else None,
        title=_("Change the role: %(name)s") % {"name": person},
        breadcrumbs=[(person.full_name, person.get_absolute_url())],
    )
