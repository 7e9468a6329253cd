"""«Ознакомлен»: the staff acknowledges what is in force; who has not is reminded."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from school.errors import Refusal
from school.eventlog import record
from school.models import EventKind
from school.rights import require

from ..models import Acknowledgement, Document
from ..queries import readers_of
from .writing import locked, own_person


@transaction.atomic
def acknowledge_document(*, by: User, document: Document) -> Acknowledgement:
    """One of the staff has read the version in force; a second click changes nothing.

    Raises `Refusal` for a document that is not in force or asks nobody.
    """
    require(by, "view_staff", document.school)
    document = locked(document)
    _require_asking(document)
    person = own_person(by, document.school)
    mark, new = Acknowledgement.objects.get_or_create(
        version=document.approved_version, person=person, defaults={"school": document.school}
    )
    if new:
        record(
            EventKind.DOCUMENT_ACKNOWLEDGED,
            by=by,
            school=document.school,
            subject=document,
            person=person,
            new={"version": mark.version.number},
        )
    return mark


@transaction.atomic
def remind_staff(*, by: User, document: Document) -> int:
    """Show «напоминание» to those of the staff who have not acknowledged the version in force; returns how many.

    Raises `Refusal` when everybody has.
    """
    require(by, "manage_documents", document.school)
    document = locked(document)
    _require_asking(document)
    late = readers_of(document).filter(acknowledged_at__isnull=True).count()
    if not late:
        raise Refusal(_("Everybody has acknowledged it."), code="nobody_to_remind")
    document.reminded_at = timezone.now()
    document.save(update_fields=["reminded_at"])
    record(EventKind.DOCUMENT_REMINDED, by=by, school=document.school, subject=document, new={"people": late})
    return late


def _require_asking(document: Document) -> None:
    if not (document.asks_acknowledgement and document.is_in_force):
        raise Refusal(_("This document is not to be acknowledged now."), code="nothing_to_acknowledge")
