"""«Ознакомлен»: by a button, per version; who has not is reminded."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from documents.models import Acknowledgement, Document
from documents.queries import readers_of
from documents.services import deciding, reading, writing
from school.errors import Refusal
from school.models import Event, EventKind, StaffPosition
from school.rights import RightDenied
from tests import factories as f

from .conftest import DAY, Office

pytestmark = pytest.mark.django_db


@pytest.fixture
def document(office: Office) -> Document:
    return office.approved(asks_acknowledgement=True)


def late(document: Document) -> set[int]:
    return set(readers_of(document).filter(acknowledged_at__isnull=True).values_list("pk", flat=True))


def test_a_second_click_changes_nothing(office: Office, document: Document):
    first = reading.acknowledge_document(by=office.reader, document=document)
    assert reading.acknowledge_document(by=office.reader, document=document) == first
    event = Event.objects.get(kind=EventKind.DOCUMENT_ACKNOWLEDGED)
    assert (event.person_id, event.new) == (office.teacher.pk, {"version": 1})
    assert office.teacher.pk not in late(document)


def test_a_new_version_is_acknowledged_anew(office: Office, document: Document):
    reading.acknowledge_document(by=office.reader, document=document)
    writing.add_version(by=office.admin, document=document, text="Иначе")
    assert office.teacher.pk not in late(Document.objects.get(pk=document.pk))
    document = deciding.approve_document(by=office.director, document=document, in_force_from=DAY)
    assert office.teacher.pk in late(document)
    reading.acknowledge_document(by=office.reader, document=document)
    assert Acknowledgement.objects.filter(person=office.teacher).count() == 2


def test_nobody_acknowledges_what_is_not_asked_or_not_in_force(office: Office, document: Document):
    plain = office.approved(number="2")
    deciding.repeal_document(by=office.director, document=document, on=timezone.localdate())
    for other in (plain, document, office.draft(number="3", asks_acknowledgement=True)):
        with pytest.raises(Refusal, match="Ознакомления"):
            reading.acknowledge_document(by=office.reader, document=other)


def test_a_parent_is_not_asked(office: Office):
    rules = office.approved("regulation", for_everybody=True, asks_acknowledgement=True)
    parent = f.make_parent(f.make_pupil(f.make_class(office.school)))
    with pytest.raises(RightDenied):
        reading.acknowledge_document(by=f.user_of(parent), document=rules)
    assert parent.pk not in late(rules)


def test_a_reminder_is_shown_to_those_who_have_not(office: Office, document: Document, as_):
    client = as_(office.reader)
    page = client.get("/").content.decode()
    assert "Ознакомиться: 1 документ" in page
    assert "напоминание от" not in page
    assert reading.remind_staff(by=office.deputy, document=document) == len(late(document)) == 4
    assert "напоминание от сегодня" in client.get("/").content.decode()
    reading.acknowledge_document(by=office.reader, document=document)
    assert "Ознакомиться" not in client.get("/").content.decode()
    assert Event.objects.get(kind=EventKind.DOCUMENT_REMINDED).new == {"people": 4}


def test_the_administrator_is_told_on_the_school_page(office: Office, document: Document, as_):
    client, url = as_(office.admin), reverse("school:home", args=[office.school.pk])
    assert "Ознакомиться: 1 документ" in client.get(url).content.decode()


def test_there_is_nobody_to_remind_when_all_have_read(office: Office, document: Document):
    for user in (office.admin, office.director, office.deputy, office.reader):
        reading.acknowledge_document(by=user, document=document)
    with pytest.raises(Refusal, match="Все"):
        reading.remind_staff(by=office.admin, document=document)
    with pytest.raises(RightDenied):
        reading.remind_staff(by=office.reader, document=document)


def test_the_sheet_lists_everybody_with_a_line_to_sign(office: Office, document: Document, as_):
    absent = f.make_staff(office.school, StaffPosition.Kind.EMPLOYEE, joined=False, verified=False)
    reading.acknowledge_document(by=office.reader, document=document)
    page = as_(office.admin).get(reverse("documents:readers", args=[office.school.pk, document.pk])).content.decode()
    assert "Ознакомлены 1 из 5" in page
    assert absent.full_name in page
    assert "подписывает на бумаге" in page
    assert "Подпись" in page


@pytest.mark.parametrize("name", ["list", "detail", "readers"])
def test_pages_cost_the_same_for_three_and_for_many(office: Office, document: Document, as_, name: str):
    args = [office.school.pk, *([] if name == "list" else [document.pk])]
    client, url = as_(office.admin), reverse(f"documents:{name}", args=args)

    def cost() -> int:
        client.get(url)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(url).status_code == 200
        return len(queries)

    few = cost()
    for number in range(2, 40):
        office.approved(number=str(number), asks_acknowledgement=True)
    for _ in range(20):
        person = f.make_staff(office.school)
        reading.acknowledge_document(by=f.user_of(person), document=document)
    for number in range(8):
        writing.add_version(by=office.admin, document=document, text=f"Версия {number}")
    assert cost() == few
    assert few <= 10
