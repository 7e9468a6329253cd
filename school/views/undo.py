"""«Отменить»: an act is taken back from wherever it is listed."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.http import SignedInRequest

from .. import undo
from ..current import enter_school
from ..models import Act
from .pages import carry_out


@login_required
@require_POST
def undo_act(request: SignedInRequest, school_id: int, pk: int) -> HttpResponse:
    """Back to the page that named itself in `next`, with a word about it or with what stands in the way."""
    school = enter_school(request, school_id)
    act = get_object_or_404(Act.objects.visible_to(request.user).filter(school=school), pk=pk)
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = school.get_absolute_url()
    return carry_out(
        request,
        lambda: undo.undo(by=request.user, act=act),
        back=back,
        said=_("It is undone: everything is as it was before."),
    )
