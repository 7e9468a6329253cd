"""The ways a message leaves, and what happens when it does not."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse

from accounts import outbox
from accounts.sms import HttpBackend, MemoryBackend, SmsNotSent, send_sms
from tests.accounts.conftest import PHONE, Visitor


class Provider(BaseHTTPRequestHandler):
    """A provider of text messages that remembers what it was told."""

    asked: list[tuple[str, str, str, str]] = []
    status, answer = 200, b'{"status": "OK"}'

    def _take(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self.asked.append((self.command, self.path, self.headers.get("Authorization", ""), body))
        self.send_response(Provider.status)
        self.end_headers()
        self.wfile.write(Provider.answer)

    do_GET = do_POST = _take

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def provider() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Provider)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Provider.asked.clear()
    Provider.status, Provider.answer = 200, b'{"status": "OK"}'
    yield f"http://127.0.0.1:{server.server_port}/send?key=1"
    server.shutdown()
    server.server_close()


def test_a_json_provider(provider: str) -> None:
    fields = {"to": "{digits}", "text": "{text}", "from": "school"}
    headers = {"Authorization": "Bearer secret"}
    HttpBackend({"url": provider, "format": "json", "fields": fields, "headers": headers, "ok": "OK"}).send(
        PHONE, "Код"
    )
    method, path, key, body = Provider.asked[0]
    assert (method, path, key) == ("POST", "/send?key=1", "Bearer secret")
    assert json.loads(body) == {"to": "79161234567", "text": "Код", "from": "school"}


def test_a_form_provider(provider: str) -> None:
    HttpBackend({"url": provider, "fields": {"phone": "{phone}", "text": "{text}"}}).send(PHONE, "a&b")
    assert Provider.asked[0][3] == "phone=%2B79161234567&text=a%26b"


def test_a_get_provider(provider: str) -> None:
    HttpBackend({"url": provider, "method": "GET", "fields": {"to": "{digits}", "msg": "{text}"}}).send(PHONE, "Код 1")
    assert Provider.asked[0][:2] == ("GET", "/send?key=1&to=79161234567&msg=%D0%9A%D0%BE%D0%B4+1")


@pytest.mark.parametrize(("status", "answer"), [(500, b"OK"), (403, b""), (200, b'{"status": "ERROR"}')])
def test_a_refusal_is_an_error(provider: str, status: int, answer: bytes) -> None:
    Provider.status, Provider.answer = status, answer
    with pytest.raises(SmsNotSent, match="refused"):
        HttpBackend({"url": provider, "ok": "OK"}).send(PHONE, "Код")


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "https://127.0.0.1:9/", ""])
def test_silence_is_an_error(url: str) -> None:
    with pytest.raises(SmsNotSent):
        HttpBackend({"url": url, "timeout": 0.5}).send(PHONE, "Код")


@pytest.mark.django_db
def test_a_message_never_holds_a_transaction() -> None:
    with transaction.atomic(), pytest.raises(RuntimeError):
        send_sms(PHONE, "Код")
    send_sms(PHONE, "Код")
    assert MemoryBackend.sent == [(PHONE, "Код")]


def test_the_outbox_page_shows_the_last_messages(db: None, settings: Any, tmp_path: Any, visitor: Visitor) -> None:
    settings.VAR_DIR, settings.DEVELOPMENT = tmp_path, True
    settings.SMS_BACKEND, settings.EMAIL_BACKEND = "accounts.sms.DevelopmentBackend", "accounts.outbox.EmailBackend"
    visitor.ask_code()
    send_mail("Тема", "Письмо <b>", None, ["anna@school.ru"])
    page = visitor.client.get(reverse("accounts:development_outbox")).content.decode()
    assert PHONE in page
    assert "Письмо &lt;b&gt;" in page
    assert [message.kind for message in outbox.last()] == ["email", "sms"]


def test_the_outbox_page_does_not_exist_in_production(db: None, settings: Any, visitor: Visitor) -> None:
    settings.DEVELOPMENT = False
    assert visitor.client.get(reverse("accounts:development_outbox")).status_code == 404


def test_a_production_without_a_provider_is_warned(settings: Any) -> None:
    settings.SMS_BACKEND, settings.SMS_HTTP = "accounts.sms.HttpBackend", {"url": ""}
    found = [message.id for message in run_checks(tags=["security"], include_deployment_checks=True)]
    assert "accounts.W001" in found
    settings.SMS_HTTP = {"url": "https://sms.example/"}
    found = [message.id for message in run_checks(tags=["security"], include_deployment_checks=True)]
    assert "accounts.W001" not in found
