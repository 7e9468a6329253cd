"""Errors of the API as Problem Details (RFC 9457)."""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import set_rollback

from . import request_context

PROBLEM = "application/problem+json"


def problem(status: int, *, code: str, detail: str, path: str, **more: Any) -> dict[str, Any]:
    """The body of an error: `code` is for programs, `detail` for people, in their language."""
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "instance": path,
        "request_id": request_context.current().request_id,
        **more,
    }


def problem_response(request: HttpRequest, status: int, *, code: str, detail: str) -> JsonResponse:
    """The same outside of REST framework's views."""
    return JsonResponse(
        problem(status, code=code, detail=detail, path=request.path), status=status, content_type=PROBLEM
    )


def handle_exception(error: Exception, context: dict[str, Any]) -> Response | None:
    """REST framework's hook: any expected error as a problem, None for a fault of ours.

    A refusal of a service (`school.errors.Refusal`) is known by what it carries: `status`, `code` and perhaps `field`.
    """
    path = context["request"].path
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        return _answer(_of_denial(error, path))
    elif isinstance(error, DjangoValidationError):
        error = exceptions.ValidationError(_by_field(error))
    if isinstance(error, exceptions.APIException):
        body, headers = _of_api_exception(error, path), _headers(error)
    elif _is_refusal(error):
        body, headers = _of_refusal(error, path), {}
    else:
        return None
    return _answer(body, headers)


def _answer(body: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    set_rollback()
    return Response(body, status=body["status"], headers=headers, content_type=PROBLEM)


def _of_denial(error: Any, path: str) -> dict[str, Any]:
    """A denied right says why (`school.rights.RightDenied`): the clause, who holds the right, who can give it."""
    detail = str(error) or _("You may not do this.")
    why = getattr(error, "explanation", None)
    if why is None:
        return problem(403, code="permission_denied", detail=detail, path=path)
    more = {"right": why.codename, "clause": why.clause, "roles": why.roles, "granted_by": why.granted_by}
    return problem(403, code="right_denied", detail=detail, path=path, **more)


def _is_refusal(error: Any) -> bool:
    return isinstance(getattr(error, "status", None), int) and bool(getattr(error, "code", ""))


def _of_refusal(error: Any, path: str) -> dict[str, Any]:
    field = getattr(error, "field", "")
    more = {"errors": {field: [str(error)]}} if field else {}
    return problem(error.status, code=error.code, detail=str(error), path=path, **more)


def _of_api_exception(error: exceptions.APIException, path: str) -> dict[str, Any]:
    if isinstance(error, exceptions.ValidationError):
        errors = error.detail if isinstance(error.detail, dict) else {api_settings.NON_FIELD_ERRORS_KEY: error.detail}
        return problem(400, code="invalid", detail=_("Some values cannot be accepted."), path=path, errors=errors)
    code = error.get_codes()
    return problem(
        error.status_code, code=code if isinstance(code, str) else "error", detail=str(error.detail), path=path
    )


def _headers(error: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if sign_in := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = sign_in
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    return headers


def _by_field(error: DjangoValidationError) -> dict[str, list[str]]:
    if hasattr(error, "error_dict"):
        return error.message_dict
    return {api_settings.NON_FIELD_ERRORS_KEY: error.messages}


def describe_problems(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """drf-spectacular's hook: every operation may answer with a problem."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = {
        "type": "object",
        "required": ["type", "title", "status", "detail", "code", "instance"],
        "properties": {
            **{name: {"type": "string"} for name in ("type", "title", "detail", "code", "instance", "request_id")},
            "status": {"type": "integer"},
            "errors": {"type": "object", "description": "what is wrong, by field"},
        },
    }
    schema = {"$ref": "#/components/schemas/Problem"}
    answer = {"description": "What went wrong (RFC 9457)", "content": {PROBLEM: {"schema": schema}}}
    for path in result.get("paths", {}).values():
        for operation in path.values():
            if isinstance(operation, dict) and "responses" in operation:
                operation["responses"].setdefault("default", answer)
    return result
