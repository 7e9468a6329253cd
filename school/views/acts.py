"""«Ждут второго администратора»: what was proposed, approving it, cancelling it, taking the file of an export."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.http import SignedInRequest
from accounts.models import User

from ..acts import kind_named
from ..current import enter_school
from ..errors import Refusal
from ..models import PendingAct
from ..person_facts import order_words
from ..rights import may, require
from ..services import acts as services
from ..services.exports import may_take, take_export
from .exports import file_of
from .pages import acts_url, carry_out, page

LATEST = 30


@dataclass(frozen=True)
class Line:
    """An act as the page shows it to this user."""

    act: PendingAct
    label: str | Promise
    order: str
    is_own: bool
    file_waits: bool


@login_required
@require_GET
def acts(request: SignedInRequest, school_id: int) -> HttpResponse:
    """What waits, and what became of the latest; who may approve nothing sees what he proposed himself."""
    school = enter_school(request, school_id)
    found = PendingAct.objects.visible_to(request.user).filter(school=school).with_names()
    waiting = [_line(act, request.user) for act in found.waiting()]
    ended = [_line(act, request.user) for act in found.ended()[:LATEST]]
    if not waiting and not ended:
        require(request.user, "approve_acts", school)
    return page(
        request,
        "school/acts.html",
        school,
        waiting=waiting,
        ended=ended,
        approves=may(request.user, "approve_acts", school),
        title=_("Waits for a second administrator"),
    )


def _line(act: PendingAct, user: User) -> Line:
    date = parse_date(act.payload.get("order_date") or "")
    order = order_words(act.payload.get("order_number") or "", date)
    return Line(act, kind_named(act.kind).label, order, act.proposed_by_id == user.pk, may_take(user, act))


def _enter_act(request: SignedInRequest, school_id: int, pk: int) -> PendingAct:
    school = enter_school(request, school_id)
    visible = PendingAct.objects.visible_to(request.user).filter(school=school)
    act: PendingAct = get_object_or_404(visible.with_names(), pk=pk)
    return act


@login_required
@require_POST
def approve(request: SignedInRequest, school_id: int, pk: int) -> HttpResponse:
    act = _enter_act(request, school_id, pk)
    return carry_out(
        request,
        lambda: services.approve_act(by=request.user, act=act),
        back=acts_url(act.school),
        said=_("Approved and done: %(act)s") % {"act": act},
    )


@login_required
@require_POST
def cancel(request: SignedInRequest, school_id: int, pk: int) -> HttpResponse:
    act = _enter_act(request, school_id, pk)
    return carry_out(
        request,
        lambda: services.cancel_act(by=request.user, act=act),
        back=acts_url(act.school),
        said=_("Cancelled: %(act)s") % {"act": act},
    )


@login_required
@require_POST
def take(request: SignedInRequest, school_id: int, pk: int) -> HttpResponseBase:
    """The file of an export that has been allowed, as the data are now; each time it is noted."""
    act = _enter_act(request, school_id, pk)
    try:
        take_export(by=request.user, act=act)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(acts_url(act.school))
    return file_of(act.kind, request.user, act.school, QueryDict(act.payload["filters"]))
