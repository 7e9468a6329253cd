"""The development outbox: what would have been sent, kept in a file that the page /dev/outbox/ shows."""

import json
import logging
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

logger = logging.getLogger(__name__)
KEPT = 50


@dataclass(frozen=True)
class Sent:
    """One message: `kind` is "sms" or "email"."""

    kind: str
    to: str
    text: str
    at: datetime


def _path() -> Path:
    return Path(settings.VAR_DIR) / "outbox.jsonl"


def record(kind: str, to: str, text: str) -> None:
    """Append one message. A file, because the worker is another process than the web."""
    line = json.dumps({"kind": kind, "to": to, "text": text, "at": timezone.now().isoformat()}, ensure_ascii=False)
    with _path().open("a", encoding="utf-8") as file:
        file.write(line + "\n")


def last(count: int = KEPT) -> list[Sent]:
    """The newest messages, newest first."""
    if not _path().exists():
        return []
    with _path().open(encoding="utf-8") as file:
        lines = list(deque(file, maxlen=count))
    rows = (json.loads(line) for line in reversed(lines))
    return [Sent(row["kind"], row["to"], row["text"], datetime.fromisoformat(row["at"])) for row in rows]


class EmailBackend(BaseEmailBackend):
    """Letters on a bare machine: to the log and to the outbox page."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            to = ", ".join(message.to)
            logger.info("E-mail to %s: %s", to, message.subject)
            record("email", to, f"{message.subject}\n\n{message.body}")
        return len(email_messages)
