"""Two at once, on a database that really runs them at once."""

import pytest

from documents.models import Acknowledgement, Document
from documents.services import deciding, reading, writing
from school.models import Event, EventKind
from tests import factories as f
from tests.school.test_races import at_once

from .conftest import DAY, Office

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_a_document_is_approved_once(office: Office):
    document = office.draft()
    outcomes = at_once(
        *(
            lambda: deciding.approve_document(by=f.fresh(office.director), document=document, in_force_from=DAY)
            for _ in range(2)
        )
    )
    assert outcomes == ["already_decided", "done"]
    assert Event.objects.filter(kind=EventKind.DOCUMENT_APPROVED).count() == 1


def test_a_version_that_comes_while_the_director_approves_is_not_approved_unread(office: Office):
    for number in range(5):
        document = office.draft(number=str(number))
        at_once(
            lambda document=document: deciding.approve_document(
                by=f.fresh(office.director), document=document, in_force_from=DAY
            ),
            lambda document=document: writing.add_version(by=f.fresh(office.admin), document=document, text="Другой"),
        )
        document.refresh_from_db()
        assert document.state in ("draft", "approved")
        if document.state == "approved":
            assert document.approved_version == document.versions.get(number=2)


def test_a_double_click_acknowledges_once(office: Office):
    document = office.approved(asks_acknowledgement=True)
    acts = [lambda: reading.acknowledge_document(by=office.reader, document=document) for _ in range(3)]
    assert at_once(*acts) == ["done"] * 3
    assert Acknowledgement.objects.count() == 1
    assert Event.objects.filter(kind=EventKind.DOCUMENT_ACKNOWLEDGED).count() == 1


def test_a_number_is_taken_once(office: Office):
    outcomes = at_once(*(lambda: office.draft(number="5") for _ in range(3)))
    assert outcomes == ["done", "number_taken", "number_taken"]
    assert Document.objects.count() == 1
