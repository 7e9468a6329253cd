"""A school asks to be let in; the operator decides; the administrator signs in by the phone of the request."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from school.errors import Refusal
from school.models import Event, EventKind, RegistrationRequest, School, StaffPosition
from school.services import schools
from tests import factories as f

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj"
PHONE = "8 (916) 555-44-33"


def fields(content: bytes = PDF, name: str = "приказ.pdf", **changes: str) -> dict[str, Any]:
    return {
        "school_name": "МБОУ СОШ № 3",
        "short_name": "Школа № 3",
        "city": "Владикавказ",
        "last_name": "О’Нил",
        "first_name": "Анна",
        "patronymic": "",
        "email": "anna@example.ru",
        "phone": PHONE,
        "order_number": "12",
        "order_date": "2026-09-01",
        "order_file": SimpleUploadedFile(name, content),
        **changes,
    }


def send(client: Client, **kwargs: Any) -> Any:
    return client.post(reverse("school:register"), fields(**kwargs))


@pytest.fixture
def request_(client: Client) -> RegistrationRequest:
    assert send(client).headers["Location"] == reverse("school:registered")
    return RegistrationRequest.objects.get()


@pytest.fixture
def operator(client: Client) -> Client:
    client.force_login(f.make_operator(), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_anybody_sends_a_request_and_is_thanked(client: Client, request_: RegistrationRequest):
    assert request_.phone == "+79165554433"
    assert "Оператор проверит приказ" in client.get(reverse("school:registered")).content.decode()


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"MZ\x90\x00", "приказ.pdf", "Это не PDF"),
        (b"<svg onload=alert(1)>", "scan.png", "Это не PDF"),
        (PDF + b"0" * (10 * 1024 * 1024), "приказ.pdf", "больше 10 МБ"),
        (b"", "приказ.pdf", ""),
    ],
    ids=["a program", "a drawing", "too large", "empty"],
)
def test_a_file_is_judged_by_its_content(client: Client, content: bytes, name: str, said: str):
    response = send(client, content=content, name=name)
    assert said in response.context["form"].errors["order_file"][0]
    assert not RegistrationRequest.objects.exists()


def test_a_picture_called_pdf_is_kept_as_a_picture(client: Client):
    send(client, content=b"\x89PNG\r\n\x1a\n123", name="приказ.pdf")
    assert RegistrationRequest.objects.get().order_file.name.endswith(".png")


def test_a_second_request_with_the_phone_is_refused_beside_it(client: Client, request_: RegistrationRequest):
    response = send(client, phone="+7 916 555 44 33")
    assert response.context["form"].errors["phone"] == ["Заявка с этим телефоном уже рассматривается."]


def test_a_stranger_knocks_ten_times_an_hour(client: Client):
    answers = [client.post(reverse("school:register"), {}).status_code for _ in range(11)]
    assert answers == [200] * 10 + [429]


def act(client: Client, name: str, request: RegistrationRequest, **data: str) -> Any:
    url = reverse("admin:school_registrationrequest_changelist")
    return client.post(url, {"action": name, "_selected_action": request.pk, **data}, follow=True)


def test_the_operator_approves_once(request_: RegistrationRequest, operator: Client):
    assert "Школа зарегистрирована" in act(operator, "approve", request_).content.decode()
    position = StaffPosition.objects.get(kind=StaffPosition.Kind.ADMINISTRATOR)
    assert (position.person.user.phone, position.order_number) == ("+79165554433", "12")
    assert "решение уже принято" in act(operator, "approve", request_).content.decode()
    assert "решение уже принято" in act(operator, "reject", request_, reason="Поздно").content.decode()
    assert School.objects.count() == 1


def test_the_operator_refuses_with_a_reason(request_: RegistrationRequest, operator: Client):
    assert "Причина отказа" in act(operator, "reject", request_).content.decode()
    request_.refresh_from_db()
    assert request_.status == "waiting"
    act(operator, "reject", request_, reason="Нет печати")
    request_.refresh_from_db()
    assert (request_.status, request_.reason) == ("rejected", "Нет печати")
    assert Event.objects.filter(kind=EventKind.REGISTRATION_REJECTED).exists()
    assert not School.objects.exists()


def test_approving_twice_is_refused_by_the_service(request_: RegistrationRequest):
    by = f.make_operator()
    schools.approve_registration(by=by, request=request_)
    with pytest.raises(Refusal) as refusal:
        schools.approve_registration(by=by, request=request_)
    assert refusal.value.code == "already_decided"


def test_the_order_is_for_the_operator_only(request_: RegistrationRequest, client: Client):
    url = reverse("admin:school_registrationrequest_order", args=[request_.pk])
    assert client.get(url).status_code == 302
    client.force_login(f.make_user(), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(url).status_code == 302
    client.force_login(f.make_operator(), backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.get(url)
    assert b"".join(answer.streaming_content) == PDF
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "attachment" in answer.headers["Content-Disposition"]


def test_the_operator_lists_schools_and_changes_nothing(operator: Client):
    school = f.make_school()
    page = operator.get(reverse("admin:school_school_changelist")).content.decode()
    assert school.short_name in page
    change = reverse("admin:school_school_change", args=[school.pk])
    assert operator.get(change).status_code == 200
    assert operator.post(change, {"name": "Другая"}).status_code == 403
    assert operator.get(reverse("admin:school_school_add")).status_code == 403
