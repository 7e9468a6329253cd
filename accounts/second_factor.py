"""A second factor demanded of some: whom, says a function that another app names in settings."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from accounts.models import User

ASKED_EVERY = 10 * 60
# Where somebody without a second factor may still go: to get one, to leave, to prove who he is.
OPEN_PREFIXES = ("mfa_", "account_logout", "account_reauthenticate", "accounts:profile")


def has_second_factor(user: User) -> bool:
    """Has the user an authenticator app or a key? allauth then asks for it at every sign-in."""
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    return Authenticator.objects.filter(user=user, type__in=kinds).exists()


def must_add_second_factor(user: User) -> bool:
    """Does `settings.SECOND_FACTOR_REQUIRED` (path of a function user -> bool) demand what the user has not?"""
    path = settings.SECOND_FACTOR_REQUIRED
    return bool(path) and import_string(path)(user) and not has_second_factor(user)


class SecondFactorMiddleware:
    """Leads whoever must have a second factor and has none to the page where it is added.

    The answer «all is well» is kept in the cache for ten minutes: no queries on most requests.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not settings.SECOND_FACTOR_REQUIRED or not request.user.is_authenticated or _is_open(request):
            return None
        settled = f"second-factor-settled:{request.user.pk}"
        if cache.get(settled):
            return None
        if must_add_second_factor(request.user):
            return _refusal(request)
        cache.set(settled, True, ASKED_EVERY)
        return None


def _is_open(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and match.view_name is not None and match.view_name.startswith(OPEN_PREFIXES)


def _refusal(request: HttpRequest) -> HttpResponse:
    text = _("Your school asks its staff for a second step at sign-in. Add one to go on.")
    if request.path.startswith("/api/"):
        problem = {"type": "about:blank", "title": text, "status": 403, "code": "second_factor_required"}
        return JsonResponse(problem, status=403, content_type="application/problem+json")
    messages.warning(request, text)
    return HttpResponseRedirect(reverse("mfa_index"))
