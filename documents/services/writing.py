"""Documents are entered, corrected and worded anew (2.2 «издает локальный нормативный документ»)."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from school.errors import Refusal
from school.eventlog import apply_changes, record
from school.models import EventKind, Person, School
from school.rights import require
from school.uploads import check_scan, kind_of

from ..models import NEEDS_COUNCIL, Document, DocumentKind, DocumentState, DocumentVersion

LONGEST_TEXT = 100_000
MARKS = frozenset({"for_everybody", "asks_acknowledgement"})
DETAILS = frozenset({"kind", "number", "date", "title"})


@transaction.atomic
def add_document(
    *,
    by: User,
    school: School,
    kind: str,
    number: str,
    date: dt.date,
    title: str,
    text: str = "",
    file: File | None = None,
    for_everybody: bool = False,
    asks_acknowledgement: bool = False,
) -> Document:
    """A draft with its first version: a scan (PDF, JPEG, PNG, at most 10 MB), a text, or both.

    Raises `Refusal` when the number of that day is taken, or when there is neither text nor file.
    """
    require(by, "manage_documents", school)
    details = {"kind": DocumentKind(kind), "number": number.strip(), "date": date, "title": " ".join(title.split())}
    document = Document(school=school, **details, asks_acknowledgement=asks_acknowledgement)
    document.for_everybody = _checked_for_everybody(document.kind, for_everybody)
    document.full_clean(exclude=["school", "search_key"], validate_constraints=False)
    with _number_is_free():
        document.save()
    _word(document, by, text, file, "")
    record(EventKind.DOCUMENT_ADDED, by=by, school=school, subject=document, new={"version": 1})
    return document


@transaction.atomic
def edit_document(*, by: User, document: Document, **changes: Any) -> Document:
    """Correct a document. What has been approved keeps its kind, number, day and title: repeal it, and enter another.

    Who reads it (`for_everybody`, a regulation only) and whether the staff acknowledges it may be changed until it is
    repealed.
    """
    require(by, "manage_documents", document.school)
    if unknown := changes.keys() - MARKS - DETAILS:
        raise TypeError(f"not to be edited: {sorted(unknown)}")
    document = locked(document)
    _require_standing(document)
    differing = {name for name in changes.keys() & DETAILS if changes[name] != getattr(document, name)}
    if differing and document.approved_version_id:
        raise Refusal(
            _("This has been approved: repeal it and enter another document instead."),
            code="approved",
            field=min(differing),
        )
    kind = changes.get("kind", document.kind)
    if kind not in NEEDS_COUNCIL and document.state == DocumentState.AGREED:
        raise Refusal(_("The Governing Council has agreed to it as a regulation."), code="agreed", field="kind")
    changes["for_everybody"] = _checked_for_everybody(kind, changes.get("for_everybody", document.for_everybody))
    with _number_is_free():
        old, new = apply_changes(document, changes)
    if new:
        record(EventKind.DOCUMENT_CHANGED, by=by, school=document.school, subject=document, old=old, new=new)
    return document


@transaction.atomic
def add_version(*, by: User, document: Document, text: str = "", file: File | None = None, note: str = "") -> Document:
    """A new wording. It is a draft to be agreed and approved anew; what was approved stays in force meanwhile."""
    require(by, "manage_documents", document.school)
    document = locked(document)
    _require_standing(document)
    version = _word(document, by, text, file, note)
    document.state = DocumentState.DRAFT
    if document.approved_version_id is None:  # what the Council agreed to is not this wording, and no other is in force
        document.agreed_on, document.agreed_protocol = None, ""
    document.save(update_fields=["state", "agreed_on", "agreed_protocol"])
    new = {"version": version.number, "note": version.note}
    record(EventKind.DOCUMENT_CHANGED, by=by, school=document.school, subject=document, new=new)
    return document


def locked(document: Document) -> Document:
    """The document as the database knows it now; nobody else changes it until the transaction ends."""
    return Document.objects.select_for_update(of=("self",)).select_related("school").get(pk=document.pk)


def own_person(by: User, school: School) -> Person:
    """Who the actor is in the school; he is one, because he holds a right there."""
    return by.persons.get(school=school)


def newest_version(document: Document) -> DocumentVersion:
    return document.versions.order_by("-number")[0]


def _word(document: Document, by: User, text: str, file: File | None, note: str) -> DocumentVersion:
    text = text.replace("\r\n", "\n").strip()
    if not text and not file:
        raise Refusal(_("Attach the scan or write the text."), code="empty_version", field="file")
    if len(text) > LONGEST_TEXT:
        raise Refusal(
            _("The text is longer than %(limit)s characters.") % {"limit": LONGEST_TEXT}, code="long_text", field="text"
        )
    if file:
        try:
            check_scan(file)
        except ValidationError as error:
            raise Refusal(error.message, code=str(error.code), field="file") from error
        file.name = f"scan.{kind_of(file)}"
    number = document.versions.count() + 1
    return DocumentVersion.objects.create(
        school=document.school,
        document=document,
        number=number,
        text=text,
        file=file or "",
        note=note.strip()[:300],
        uploaded_by=own_person(by, document.school),
    )


def _checked_for_everybody(kind: str, wanted: bool) -> bool:
    if wanted and kind != DocumentKind.REGULATION:
        raise Refusal(
            _("Only a regulation is shown to everybody; the staff reads the rest."),
            code="not_for_everybody",
            field="for_everybody",
        )
    return wanted


def _require_standing(document: Document) -> None:
    if document.state == DocumentState.REPEALED:
        raise Refusal(_("This document is repealed."), code="repealed")


@contextmanager
def _number_is_free() -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise Refusal(
            _("There is a document of this kind with this number and date."), code="number_taken", field="number"
        ) from error
