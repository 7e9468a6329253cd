"""A document from the draft to the repeal; who sees it when."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from documents.models import Document, DocumentState
from documents.queries import orders_of
from documents.services import deciding, writing
from school.errors import Refusal
from school.models import Event, EventKind
from school.rights import RightDenied
from tests import factories as f

from .conftest import DAY, Office, scan

pytestmark = pytest.mark.django_db
BY_ORDER: Any = {"order_number": "9", "order_date": DAY}


def code_of(act: Any) -> str:
    with pytest.raises(Refusal) as refusal:
        act()
    return refusal.value.code


def seen(user: User) -> set[int]:
    return set(Document.objects.visible_to(f.fresh(user)).values_list("pk", flat=True))


def kinds_logged(document: Document) -> list[int]:
    rows = Event.objects.filter(subject_type="document", subject_id=document.pk).order_by("pk")
    return list(rows.values_list("kind", flat=True))


def test_the_regulation_goes_through_the_council_and_the_director(office: Office):
    document = office.draft("regulation")
    approve: Any = {"by": office.director, "document": document, "in_force_from": DAY}
    assert code_of(lambda: deciding.approve_document(**approve, **BY_ORDER)) == "not_agreed"
    deciding.agree_document(by=office.deputy, document=document, agreed_on=DAY, protocol=" 4 ")
    assert code_of(lambda: deciding.approve_document(**approve)) == "order_needed"
    done = deciding.approve_document(**approve, **BY_ORDER)
    assert (done.state, done.agreed_protocol, done.order_number) == (DocumentState.APPROVED, "4", "9")
    assert done.is_in_force
    assert kinds_logged(document) == [EventKind.DOCUMENT_ADDED, EventKind.DOCUMENT_AGREED, EventKind.DOCUMENT_APPROVED]
    assert code_of(lambda: deciding.approve_document(**approve, **BY_ORDER)) == "already_decided"


def test_an_order_is_signed_without_the_council_and_without_another_order(office: Office):
    document = office.draft()
    agree: Any = {"by": office.admin, "document": document, "agreed_on": DAY}
    assert code_of(lambda: deciding.agree_document(**agree)) == "no_council"
    done = deciding.approve_document(by=office.director, document=document, in_force_from=DAY, **BY_ORDER)
    assert (done.state, done.order_number, done.order_date) == (DocumentState.APPROVED, "", None)


def test_only_the_director_approves_and_repeals(office: Office):
    draft, standing = office.draft(number="1"), office.approved(number="2")
    for by in (office.admin, office.deputy, office.reader):
        with pytest.raises(RightDenied):
            deciding.approve_document(by=by, document=draft, in_force_from=DAY)
        with pytest.raises(RightDenied):
            deciding.repeal_document(by=by, document=standing, on=DAY)
    with pytest.raises(RightDenied):
        writing.add_document(by=office.reader, school=office.school, kind="order", number="3", date=DAY, title="Т")


def test_who_sees_what_and_when(office: Office):
    parent = f.user_of(f.make_parent(f.make_pupil(f.make_class(office.school))))
    stranger = f.administrator_of(f.make_school())
    order, draft = office.approved(number="1"), office.draft(number="2")
    rules = office.approved("regulation", "3", for_everybody=True)
    later = office.approved(number="4", since=timezone.localdate() + dt.timedelta(days=1))
    assert seen(office.reader) == {order.pk, rules.pk}
    assert seen(parent) == {rules.pk}
    assert seen(stranger) == set()
    assert seen(office.deputy) == seen(office.admin) == {order.pk, draft.pk, rules.pk, later.pk}


def test_a_repealed_document_goes_on_its_day(office: Office):
    document, today = office.approved(), timezone.localdate()
    repeal: Any = {"by": office.director, "document": document}
    assert code_of(lambda: deciding.repeal_document(**repeal, on=DAY - dt.timedelta(days=1))) == "bad_day"
    deciding.repeal_document(**repeal, on=today + dt.timedelta(days=1), reason="Новый приказ")
    assert seen(office.reader) == {document.pk}
    assert code_of(lambda: deciding.repeal_document(**repeal, on=today)) == "repealed"
    Document.objects.filter(pk=document.pk).update(in_force_until=today)
    assert seen(office.reader) == set()
    assert seen(office.deputy) == {document.pk}
    assert Event.objects.get(kind=EventKind.DOCUMENT_REPEALED).new["reason"] == "Новый приказ"
    assert code_of(lambda: deciding.repeal_document(by=office.director, document=office.draft(number="2"), on=DAY)) == (
        "not_in_force"
    )


def test_a_new_version_is_approved_anew_and_the_old_one_stays_until_then(office: Office):
    document = office.approved("regulation")
    first = document.approved_version
    writing.add_version(by=office.admin, document=document, text="Новый текст", note="Пункт 5")
    document.refresh_from_db()
    assert (document.state, document.approved_version, document.agreed_on) == (DocumentState.DRAFT, first, DAY)
    approve: Any = {"by": office.director, "document": document, "in_force_from": DAY}
    assert code_of(lambda: deciding.approve_document(**approve, **BY_ORDER)) == "not_agreed"
    assert seen(office.reader) == {document.pk}
    deciding.agree_document(by=office.admin, document=document, agreed_on=DAY)
    done = deciding.approve_document(**approve, **BY_ORDER)
    assert done.approved_version
    assert (done.approved_version.number, done.approved_version.text) == (2, "Новый текст")
    assert document.versions.count() == 2


def test_what_is_approved_keeps_its_name(office: Office):
    document = office.approved()
    edit: Any = {"by": office.admin, "document": document}
    assert code_of(lambda: writing.edit_document(**edit, title="Другой")) == "approved"
    writing.edit_document(**edit, title=document.title, asks_acknowledgement=True)
    event = Event.objects.get(kind=EventKind.DOCUMENT_CHANGED)
    assert (event.old, event.new) == ({"asks_acknowledgement": False}, {"asks_acknowledgement": True})
    with pytest.raises(TypeError):
        writing.edit_document(**edit, state="draft")


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"text": " "}, "empty_version"),
        ({"text": "", "file": "exe"}, "wrong_type"),
        ({"for_everybody": True}, "not_for_everybody"),
        ({"number": " 7 "}, "number_taken"),
    ],
)
def test_what_makes_no_sense_is_refused(office: Office, more: dict[str, Any], code: str):
    office.draft(number="7")
    if "file" in more:
        more = {**more, "file": scan("приказ.pdf", b"MZ not a scan")}
    number = more.pop("number", "8") if "number" in more else "8"
    assert code_of(lambda: office.draft(number=number, **more)) == code
    assert Document.objects.count() == 1


def test_a_repealed_document_is_not_touched(office: Office):
    document = office.approved()
    deciding.repeal_document(by=office.director, document=document, on=timezone.localdate())
    assert code_of(lambda: writing.add_version(by=office.admin, document=document, text="Т")) == "repealed"
    assert code_of(lambda: writing.edit_document(by=office.admin, document=document, title="Т")) == "repealed"


def test_an_agreed_regulation_does_not_become_an_order(office: Office):
    document = office.draft("regulation")
    deciding.agree_document(by=office.admin, document=document, agreed_on=DAY)
    assert code_of(lambda: writing.edit_document(by=office.admin, document=document, kind="order")) == "agreed"
    again: Any = {"by": office.admin, "document": document}
    assert code_of(lambda: deciding.agree_document(**again, agreed_on=DAY)) == "not_a_draft"
    writing.add_version(by=office.admin, document=document, text="Иначе")
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    assert code_of(lambda: deciding.agree_document(**again, agreed_on=tomorrow)) == "bad_day"


@pytest.mark.parametrize(
    "impossible",
    [
        {"state": "approved"},
        {"state": "agreed"},
        {"for_everybody": True},
        {"in_force_from": DAY},
        {"number": ""},
    ],
)
def test_the_database_refuses_impossible_states(office: Office, impossible: dict[str, Any]):
    document = office.draft()
    with pytest.raises(IntegrityError), transaction.atomic():
        Document.objects.filter(pk=document.pk).update(**impossible)


def test_the_forms_are_offered_orders_in_force(office: Office):
    office.approved(number="1")
    office.approved("directive", "2")
    office.approved("regulation", "3")
    office.draft(number="4")
    deciding.repeal_document(by=office.director, document=office.approved(number="5"), on=DAY)
    assert [order.number for order in orders_of(office.school)] == ["2", "1"]
    assert orders_of(f.make_school()) == []
