"""Errors outside of views: pages for people, Problem Details for programs."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import defaults
from django.views.csrf import csrf_failure as csrf_page

from .problems import problem_response


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if _is_api(request):
        return problem_response(request, 404, code="not_found", detail=_("There is nothing at this address."))
    return defaults.page_not_found(request, exception)


def denied(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if _is_api(request):
        return problem_response(request, 403, code="permission_denied", detail=str(exception))
    # A denied right brings its own explanation: the clause, who may, who can give it.
    return render(request, "403.html", {"explanation": getattr(exception, "explanation", None)}, status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if _is_api(request):
        return problem_response(request, 400, code="bad_request", detail=_("The request cannot be understood."))
    return defaults.bad_request(request, exception)


def server_error(request: HttpRequest) -> HttpResponseBase:
    if _is_api(request):
        return problem_response(request, 500, code="server_error", detail=_("This is our fault; it has been logged."))
    return defaults.server_error(request)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    if _is_api(request):
        return problem_response(request, 403, code="csrf_failed", detail=reason)
    return csrf_page(request, reason=reason)
