"""Join requests: the list with their age, one and many decided, with the reason (2.1, 2.3)."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.http import SignedInRequest
from school.current import enter_school
from school.errors import Refusal
from school.models import School
from school.rights import RightDenied, holds_any
from school.text import ids_in
from school.views.pages import attempt, carry_out, on_to, page

from ..forms.requests import ApproveForm, ReasonForm
from ..models import JoinRequest
from ..services.deciding import approve_request, approve_requests, reject_requests

PER_PAGE = 50
Status = JoinRequest.Status


def enter_requests(request: SignedInRequest, school_id: int) -> School:
    """The school, for those who decide requests of it or of a class. Raises 404 or `RightDenied`."""
    school = enter_school(request, school_id)
    if not holds_any(request.user, ["decide_requests"], school):
        raise RightDenied(request.user, "decide_requests", school)
    return school


def _visible(request: SignedInRequest, school: School) -> Any:
    return JoinRequest.objects.visible_to(request.user).filter(school=school).with_names()


@login_required
def requests(request: SignedInRequest, school_id: int) -> HttpResponse:
    """Who waits, the longest first; in other tabs what has been decided."""
    school = enter_requests(request, school_id)
    status = request.GET.get("status", Status.WAITING)
    status = status if status in Status.values else Status.WAITING
    rows = _visible(request, school).filter(status=status)
    rows = rows if status == Status.WAITING else rows.order_by("-decided_at")
    here = reverse("invites:requests", args=[school.pk])
    tabs = [
        {"label": label, "url": f"{here}?status={value}", "current": value == status}
        for value, label in [
            (Status.WAITING, _("Waiting")),
            (Status.APPROVED, _("Approved")),
            (Status.REJECTED, _("Rejected")),
            (Status.WITHDRAWN, _("Withdrawn")),
        ]
    ]
    return page(
        request,
        "invites/requests.html",
        school,
        page_obj=Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        shown=status,
        tabs=tabs,
        title=_("Requests to join"),
    )


@login_required
@require_POST
def decide(request: SignedInRequest, school_id: int) -> HttpResponse:
    """Approve or reject the chosen ones."""
    school = enter_requests(request, school_id)
    given = ids_in(request.POST.getlist("request"))
    chosen = list(_visible(request, school).waiting().filter(pk__in=given))
    if not chosen:
        messages.error(request, _("Choose at least one request that waits."))
    return carry_out(request, lambda: _decide(request, chosen), back=reverse("invites:requests", args=[school.pk]))


def _decide(request: SignedInRequest, chosen: list[JoinRequest]) -> None:
    if not chosen:
        return
    if request.POST.get("act") == "reject":
        count = reject_requests(by=request.user, requests=chosen, reason=request.POST.get("reason", ""))
        said = ngettext("%(count)s request rejected.", "%(count)s requests rejected.", count)
        messages.success(request, said % {"count": count})
        return
    decision = approve_requests(by=request.user, requests=chosen)
    if decision.approved:
        count = len(decision.approved)
        said = ngettext("%(count)s request approved.", "%(count)s requests approved.", count)
        messages.success(request, said % {"count": count})
    for left, refusal in decision.left:
        messages.warning(request, f"{left.full_name}: {refusal}")


@login_required
def request_page(request: SignedInRequest, school_id: int, pk: int) -> HttpResponse:
    """One request: what the applicant says, whom of the lists he may be; approve with a choice, or reject."""
    school = enter_requests(request, school_id)
    asked = get_object_or_404(_visible(request, school), pk=pk)
    here = reverse("invites:requests", args=[school.pk])
    rejects = request.POST.get("act") == "reject"
    approve = ApproveForm(None if rejects else request.POST or None, request=asked)
    reason = ReasonForm(request.POST if rejects else None)
    if request.method == "POST":
        if rejects and reason.is_valid() and attempt(reason, lambda: _reject(request, asked, reason)):
            return on_to(request, here, _("The request is rejected."))
        if not rejects and approve.is_valid() and attempt(approve, lambda: _approve(request, asked, approve)):
            return on_to(request, here, _("%(name)s is in.") % {"name": asked.full_name})
    context: dict[str, Any] = {"asked": asked, "approve": approve, "reason": reason, "title": asked.full_name}
    crumbs = [(school.short_name, school.get_absolute_url()), (_("Requests to join"), here)]
    return page(request, "invites/request.html", school, breadcrumbs=crumbs, **context)


def _approve(request: SignedInRequest, asked: JoinRequest, form: ApproveForm) -> None:
    approve_request(by=request.user, request=asked, **form.choice)


def _reject(request: SignedInRequest, asked: JoinRequest, form: ReasonForm) -> None:
    if not reject_requests(by=request.user, requests=[asked], reason=form.cleaned_data["reason"]):
        raise Refusal(_("This request has been decided already."), code="already_decided")
