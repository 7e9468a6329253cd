import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from documents.models import Document
from documents.services import deciding, writing
from school.models import Person, School, StaffPosition
from tests import factories as f

DAY = dt.date(2025, 9, 1)
PDF = b"%PDF-1.4 scan"


def scan(name: str = "Приказ.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@dataclass
class Office:
    """A school with a director, a deputy and a teacher, and what they do with documents."""

    school: School
    admin: User
    director: User
    deputy: User
    teacher: Person

    @property
    def reader(self) -> User:
        return f.user_of(self.teacher)

    def draft(self, kind: str = "order", number: str = "1", **more: Any) -> Document:
        details: dict[str, Any] = {"date": DAY, "title": f"О порядке {number}", "text": "Текст", **more}
        return writing.add_document(by=self.admin, school=self.school, kind=kind, number=number, **details)

    def approved(self, kind: str = "order", number: str = "1", since: dt.date = DAY, **more: Any) -> Document:
        document = self.draft(kind, number, **more)
        if document.needs_council:
            document = deciding.agree_document(by=self.admin, document=document, agreed_on=DAY)
        order: Any = {"order_number": "9", "order_date": DAY} if document.needs_order else {}
        return deciding.approve_document(by=self.director, document=document, in_force_from=since, **order)


@pytest.fixture
def office() -> Office:
    school = f.make_school()
    director, deputy = (f.make_staff(school, kind) for kind in (StaffPosition.Kind.DIRECTOR, StaffPosition.Kind.DEPUTY))
    teacher = f.make_staff(school)
    return Office(school, f.administrator_of(school), f.user_of(director), f.user_of(deputy), teacher)


@pytest.fixture
def as_(client: Client) -> Callable[[User], Client]:
    def sign_in(user: User) -> Client:
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in
