"""Headers and doors that Django has no setting for."""

from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse

# The camera and the microphone are for calls, on our own pages only.
PERMISSIONS_POLICY = "camera=(self), microphone=(self), display-capture=(self), geolocation=(), payment=(), usb=()"


class SecurityMiddleware:
    """Pages under /dev/ exist in development only; nobody's pages stay in a shared cache."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response

    def process_view(self, request: HttpRequest, *view: object) -> None:
        if request.path_info.startswith("/dev/") and not settings.DEVELOPMENT:
            raise Http404
