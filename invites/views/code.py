"""«Ввести код с листка»: the short code, typed by hand, leads to the same join page as the QR code beside it."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from .. import codes, limits, tokens
from ..forms.joining import CodeForm


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """One field. Nothing is changed or checked here but the code itself: the join page asks the one check."""
    form = CodeForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        address = request.META.get("REMOTE_ADDR", "")
        if not limits.take_guess(address):
            form.add_error("code", _("Too many wrong codes. Wait ten minutes, or scan the QR code of the slip."))
            status = 429
        elif invite := codes.find(form.cleaned_data["code"]):
            limits.give_back_guess(address)
            return HttpResponseRedirect(reverse("invites:join", args=[tokens.token_of(invite)]))
        else:
            form.add_error("code", _("There is no such code. Compare it with the slip, character by character."))
    return render(request, "invites/code.html", {"form": form}, status=status)
