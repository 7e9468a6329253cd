"""Waiting at the door: how the request stands, and taking it back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.http import SignedInRequest
from school.errors import Refusal

from ..checks import refusal_of
from ..models import JoinRequest
from ..services.requesting import withdraw_request
from .entrance import open_invite


@require_POST
@login_required
def withdraw(request: SignedInRequest, token: str) -> HttpResponse:
    """The applicant takes his request back."""
    invite = open_invite(request, token)
    if invite is None:
        raise Http404
    request_pk = request.POST.get("request", "")
    mine = JoinRequest.objects.own(request.user).filter(pk=request_pk if request_pk.isdecimal() else 0).first()
    if mine is None:
        raise Http404
    try:
        withdraw_request(by=request.user, request=mine)
        messages.success(request, _("Your request is withdrawn."))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return HttpResponseRedirect(reverse("invites:join", args=[token]))


@login_not_required
@never_cache
@require_safe
def standing(request: HttpRequest, token: str) -> HttpResponse:
    """One word for the page that waits: the code of the refusal, or «open»; when it changes, the page reloads."""
    refusal = refusal_of(open_invite(request, token), request.user)
    return HttpResponse(refusal.code if refusal else "open", content_type="text/plain")
