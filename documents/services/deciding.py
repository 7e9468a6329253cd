"""A document comes into force and out of it: agreed with the Governing Council, approved, repealed (1.3, 2.2)."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from school.errors import Refusal
from school.eventlog import record
from school.models import EventKind
from school.rights import require

from ..models import Document, DocumentState
from .writing import locked, newest_version, own_person


@transaction.atomic
def agree_document(*, by: User, document: Document, agreed_on: dt.date, protocol: str = "") -> Document:
    """Note that the Governing Council agrees to the newest version of a regulation (1.3), by its protocol."""
    require(by, "manage_documents", document.school)
    document = locked(document)
    if not document.needs_council:
        raise Refusal(_("Only a regulation is agreed with the Governing Council."), code="no_council")
    if document.state != DocumentState.DRAFT:
        raise Refusal(_("This is not a draft any more."), code="not_a_draft")
    if agreed_on > timezone.localdate():
        raise Refusal(_("This day has not come yet."), code="bad_day", field="agreed_on")
    document.state, document.agreed_on, document.agreed_protocol = DocumentState.AGREED, agreed_on, protocol.strip()
    document.save(update_fields=["state", "agreed_on", "agreed_protocol"])
    new = {"agreed_on": agreed_on, "protocol": document.agreed_protocol}
    record(EventKind.DOCUMENT_AGREED, by=by, school=document.school, subject=document, new=new)
    return document


@transaction.atomic
def approve_document(
    *,
    by: User,
    document: Document,
    in_force_from: dt.date,
    in_force_until: dt.date | None = None,
    order_number: str = "",
    order_date: dt.date | None = None,
) -> Document:
    """The director approves the newest version (1.3); it is in force from the day on, `in_force_until` excluded.

    What is no order itself is approved by one: `order_number` and `order_date` are needed. Raises `Refusal` for a regulation
    that the Governing Council has not agreed to, and for a document that is approved or repealed already.
    """
    require(by, "approve_documents", document.school)
    document = locked(document)
    wanted = DocumentState.AGREED if document.needs_council else DocumentState.DRAFT
    if document.state in (DocumentState.APPROVED, DocumentState.REPEALED):
        raise Refusal(_("This has been approved or repealed already."), code="already_decided")
    if document.state != wanted:
        raise Refusal(_("The Governing Council agrees to a regulation first (1.3)."), code="not_agreed")
    if document.needs_order and not (order_number.strip() and order_date):
        raise Refusal(_("Name the order: its number and date."), code="order_needed", field="order_number")
    if in_force_until and in_force_until <= in_force_from:
        raise Refusal(_("It ends before it begins."), code="bad_term", field="in_force_until")
    document.approved_version = newest_version(document)
    document.approved_by, document.approved_at = own_person(by, document.school), timezone.now()
    document.order_number = order_number.strip() if document.needs_order else ""
    document.order_date = order_date if document.needs_order else None
    document.in_force_from, document.in_force_until = in_force_from, in_force_until
    document.state, document.reminded_at = DocumentState.APPROVED, None
    document.save()
    new = {
        "version": document.approved_version.number,
        "in_force_from": in_force_from,
        "order_number": document.order_number,
        "order_date": document.order_date,
    }
    record(EventKind.DOCUMENT_APPROVED, by=by, school=document.school, subject=document, new=new)
    return document


@transaction.atomic
def repeal_document(*, by: User, document: Document, on: dt.date, reason: str = "") -> Document:
    """The director takes it out of force from the day `on`, as he put it into force; the record stays."""
    require(by, "approve_documents", document.school)
    document = locked(document)
    if document.state == DocumentState.REPEALED:
        raise Refusal(_("This document is repealed."), code="repealed")
    if document.in_force_from is None:
        raise Refusal(_("This document has not been in force: there is nothing to repeal."), code="not_in_force")
    if on < document.in_force_from:
        raise Refusal(_("It was not in force yet on that day."), code="bad_day", field="on")
    document.state, document.in_force_until = DocumentState.REPEALED, on
    document.save(update_fields=["state", "in_force_until"])
    new = {"in_force_until": on, "reason": reason.strip()}
    record(EventKind.DOCUMENT_REPEALED, by=by, school=document.school, subject=document, new=new)
    return document
