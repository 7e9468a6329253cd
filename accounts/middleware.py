"""Between the request and the views: who is here, and what went wrong while signing in."""

from collections.abc import Callable

from allauth.core.exceptions import RateLimited
from allauth.core.ratelimit import respond_429
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.services import touch_last_seen
from accounts.sms import SmsNotSent


class AccountsMiddleware:
    """Notes `last_seen_at`; turns a limit that allauth lets escape into 429 and a silent SMS provider into 503."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            touch_last_seen(request.user)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, RateLimited):
            return respond_429(request)
        if isinstance(exception, SmsNotSent):
            return render(request, "accounts/sms_not_sent.html", status=503)
        return None
