"""What all of the API shares: problems, limits, sign-in, the schema."""

import json
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404
from django.test import Client
from pytest_django import Settings
from rest_framework import exceptions
from rest_framework.authtoken.models import Token
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory, force_authenticate
from rest_framework.views import APIView

from accounts.models import User
from school.errors import Refusal


class Failing(APIView):
    """Raises what the test puts in."""

    error: Exception | None = None

    def post(self, request: Request) -> Response:
        if self.error:
            raise self.error
        return Response({"user": request.user.pk})


def post(error: Exception | None = None, user: User | None = None, **headers: Any) -> Response:
    request = APIRequestFactory().post("/api/v1/things/", {}, **headers)
    if user:
        force_authenticate(request, user)
    response: Response = Failing.as_view(error=error)(request)
    response.render()
    return response


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Http404(), 404, "not_found"),
        (PermissionDenied("2.7"), 403, "permission_denied"),
        (exceptions.Throttled(wait=7), 429, "throttled"),
        (exceptions.MethodNotAllowed("POST"), 405, "method_not_allowed"),
        (Refusal("The class exists.", code="class_exists", field="letter"), 409, "class_exists"),
        (exceptions.ValidationError({"text": ["too long"]}), 400, "invalid"),
        (DjangoValidationError({"text": ["too long"]}), 400, "invalid"),
        (DjangoValidationError("too long"), 400, "invalid"),
    ],
)
def test_errors_are_problems(anna: User, error: Exception, status: int, code: str) -> None:
    response = post(error, anna)
    body = json.loads(response.content)
    assert response.headers["Content-Type"] == "application/problem+json"
    assert (response.status_code, body["status"], body["code"]) == (status, status, code)
    assert body["detail"]
    assert body["instance"] == "/api/v1/things/"


@pytest.mark.django_db
def test_a_problem_names_the_field(anna: User) -> None:
    body = json.loads(post(Refusal("The class exists.", code="class_exists", field="letter"), anna).content)
    assert body["errors"] == {"letter": ["The class exists."]}
    body = json.loads(post(DjangoValidationError("too long"), anna).content)
    assert body["errors"] == {"non_field_errors": ["too long"]}


@pytest.mark.django_db
def test_a_fault_of_ours_is_not_hidden(anna: User) -> None:
    with pytest.raises(ZeroDivisionError):
        post(ZeroDivisionError(), anna)


@pytest.mark.django_db
def test_a_stranger_is_told_how_to_sign_in() -> None:
    response = post()
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Token"


@pytest.mark.django_db
def test_a_token_signs_in(anna: User) -> None:
    token = Token.objects.create(user=anna)
    assert post(HTTP_AUTHORIZATION=f"Token {token.key}").data == {"user": anna.pk}
    assert post(HTTP_AUTHORIZATION="Token forged").status_code == 401


@pytest.mark.django_db
def test_too_many_requests_are_refused_until_the_minute_is_over(anna: User, settings: Settings) -> None:
    settings.API_LIMIT_USER = 3
    assert [post(user=anna).status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    assert 0 < int(post(user=anna).headers["Retry-After"]) <= 60


@pytest.mark.django_db
def test_an_unknown_address_of_the_api_is_a_problem_too(client: Client, anna: User) -> None:
    client.force_login(anna, backend="allauth.account.auth_backends.AuthenticationBackend")
    response = client.get("/api/v1/nothing/")
    assert response.status_code == 404
    assert response.headers["Content-Type"] == "application/problem+json"


@pytest.mark.django_db
def test_the_schema_is_openapi_31_and_has_no_warnings(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    response = client.get("/api/schema/?format=json")
    assert response.status_code == 200
    body = json.loads(response.content)
    assert body["openapi"].startswith("3.1")
    assert "Problem" in body["components"]["schemas"]
    printed = capsys.readouterr()
    assert "Warning" not in printed.err, printed.err
    assert "Error" not in printed.err, printed.err
