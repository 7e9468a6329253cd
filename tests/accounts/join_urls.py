"""The project's addresses and one page like an invite's: whoever comes is let in."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from accounts.services import start_phone_code
from sferum_portal.urls import handler429, urlpatterns

__all__ = ["handler429", "urlpatterns"]


def join(request: HttpRequest) -> HttpResponse:
    return start_phone_code(request, request.POST["phone"], create=True, next_url="/welcome/")


urlpatterns = [*urlpatterns, path("join/", join)]
