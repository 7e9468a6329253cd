"""Text messages. The backend is `settings.SMS_BACKEND`; whoever sends calls `send_sms` outside any transaction."""

import http.client
import json
import logging
from typing import Any, ClassVar, Protocol
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string

from accounts import outbox

logger = logging.getLogger(__name__)
DEFAULT_FIELDS = {"phone": "{phone}", "text": "{text}"}


class SmsNotSent(Exception):
    """The message did not leave: the provider is not set up, is silent or refused. The text is for the log."""


class SmsBackend(Protocol):
    def send(self, phone: str, text: str) -> None:
        """Hand one message over; raises SmsNotSent."""


class DevelopmentBackend:
    """To the log and to the page /dev/outbox/."""

    def send(self, phone: str, text: str) -> None:
        logger.info("SMS to %s: %s", phone, text)
        outbox.record("sms", phone, text)


class MemoryBackend:
    """For tests: messages stay in `sent` as (phone, text)."""

    sent: ClassVar[list[tuple[str, str]]] = []

    def send(self, phone: str, text: str) -> None:
        self.sent.append((phone, text))


class HttpBackend:
    """A provider spoken to over HTTP; `settings.SMS_HTTP` says how.

    `url`, `method` ("POST" or "GET"), `headers`, `format` ("form" or "json"), `fields` (values may hold {phone},
    {digits} and {text}), `timeout` in seconds and `ok`: text that a good answer holds (empty: the status is enough).
    """

    def __init__(self, config: dict[str, Any] | None = None) -> None:
        self.config: dict[str, Any] = settings.SMS_HTTP if config is None else config

    def send(self, phone: str, text: str) -> None:
        if not self.config.get("url"):
            raise SmsNotSent("no SMS provider: SMS_HTTP names no url")
        try:
            status, answer = self._exchange(phone, text)
        except (OSError, http.client.HTTPException) as error:
            raise SmsNotSent(f"SMS provider does not answer: {error!r}") from error
        if not 200 <= status < 300 or self.config.get("ok", "") not in answer:
            raise SmsNotSent(f"SMS provider refused: {status} {answer[:200]}")

    def _exchange(self, phone: str, text: str) -> tuple[int, str]:
        url = urlsplit(self.config["url"])
        kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
        channel = kind(url.netloc, timeout=self.config.get("timeout", 5))
        try:
            channel.request(*self._request(url.path or "/", url.query, phone, text))
            response = channel.getresponse()
            return response.status, response.read(4096).decode(errors="replace")
        finally:
            channel.close()

    def _request(self, path: str, query: str, phone: str, text: str) -> tuple[str, str, bytes | None, dict[str, str]]:
        values = {"{phone}": phone, "{digits}": phone.lstrip("+"), "{text}": text}
        fields = {
            name: _filled(template, values) for name, template in self.config.get("fields", DEFAULT_FIELDS).items()
        }
        headers = dict(self.config.get("headers", {}))
        if self.config.get("method", "POST") == "GET":
            query = "&".join(part for part in (query, urlencode(fields)) if part)
            return "GET", f"{path}?{query}", None, headers
        if query:
            path = f"{path}?{query}"
        if self.config.get("format") == "json":
            return "POST", path, json.dumps(fields).encode(), {**headers, "Content-Type": "application/json"}
        content_type = "application/x-www-form-urlencoded"
        return "POST", path, urlencode(fields).encode(), {**headers, "Content-Type": content_type}


def _filled(template: str, values: dict[str, str]) -> str:
    for mark, value in values.items():
        template = template.replace(mark, value)
    return template


def send_sms(phone: str, text: str) -> None:
    """Send one message now. Inside a transaction it refuses: a slow provider must not hold the database."""
    if any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks):
        raise RuntimeError("send_sms inside a transaction: use transaction.on_commit")
    backend: SmsBackend = import_string(settings.SMS_BACKEND)()
    try:
        backend.send(phone, text)
    except SmsNotSent:
        logger.exception("SMS not sent to %s…", phone[:5])
        raise
