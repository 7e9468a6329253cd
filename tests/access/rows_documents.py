"""Documents: an order for the staff, the regulation for everybody, a draft that only its keepers see."""

import datetime as dt
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from documents.models import Document
from documents.services import deciding, writing
from tests.access.matrix import (
    ADMINISTRATION,
    ADMINISTRATORS,
    MEMBERS,
    STAFF,
    Row,
    row,
)
from tests.factories import administrator_of, make_staff, user_of
from tests.world import Place

DAY = dt.date(2025, 9, 1)


def prepare(place: Place) -> None:
    if not (made := list(Document.objects.filter(school=place.school).order_by("pk"))):
        made = make_documents(place)
    place.made |= dict(zip(("order", "regulation", "draft", "agreed"), made, strict=True))


def make_documents(place: Place) -> list[Document]:
    by, director = administrator_of(place.school), place.school.people.filter(positions__kind="director").first()
    director = director or make_staff(place.school, "director")

    def draft(kind: str, number: str, **more: Any) -> Document:
        scan = SimpleUploadedFile("приказ.pdf", b"%PDF-1.4 scan")
        return writing.add_document(
            by=by,
            school=place.school,
            kind=kind,
            number=number,
            date=DAY,
            title=number,
            text="Текст",
            file=scan,
            **more,
        )

    made = [
        draft("order", "1", asks_acknowledgement=True),
        draft("regulation", "2", for_everybody=True),
        draft("order", "3"),
        draft("regulation", "4"),
    ]
    deciding.agree_document(by=by, document=made[1], agreed_on=DAY)
    deciding.agree_document(by=by, document=made[3], agreed_on=DAY)
    approver: Any = {"by": user_of(director), "in_force_from": DAY}
    deciding.approve_document(document=made[0], **approver)
    deciding.approve_document(document=made[1], order_number="9", order_date=DAY, **approver)
    return made


KEEPERS = (*ADMINISTRATORS, *ADMINISTRATION)
NOT_KEEPERS = tuple(role for role in MEMBERS if role not in KEEPERS)
READERS = tuple(role for role in STAFF if role not in KEEPERS)
NOT_STAFF = tuple(role for role in MEMBERS if role not in STAFF)


def school(place: Place) -> dict[str, Any]:
    return {"school_id": place.school.pk}


def of(name: str, **more: Any) -> Any:
    return lambda place: {**school(place), "pk": place.made[name].pk, **more}


def api(name: str) -> Any:
    return lambda place: {"pk": place.made[name].pk}


def keeping(name: str, document: str = "order", status: int = 200, **more: Any) -> Row:
    """What is done by those who keep the documents; the staff who read this one are told why they may not."""
    readers = READERS if document == "order" else ()
    return row(f"documents:{name}", of(document), own={status: KEEPERS, 403: readers}, **more)


def deciding_page(name: str, document: str) -> Row:
    """What only the director does."""
    own = {200: "director", 403: tuple(role for role in KEEPERS if role != "director")}
    return row(f"documents:{name}", of(document), own=own)


ROWS = [
    row("documents:list", school, own={200: MEMBERS}),
    row("documents:add", school, own={200: KEEPERS, 403: NOT_KEEPERS}),
    row("documents:detail", of("order"), own={200: STAFF}),
    row("documents:detail", of("regulation"), own={200: MEMBERS}),
    row("documents:detail", of("draft"), own={200: KEEPERS}),
    row("documents:scan", of("order", number=1), own={200: STAFF}),
    row("documents:scan", of("regulation", number=1), own={200: MEMBERS}),
    row("documents:scan", of("draft", number=1), own={200: KEEPERS}),
    keeping("edit"),
    keeping("add_version"),
    keeping("agree", "agreed"),
    keeping("readers"),
    deciding_page("approve", "draft"),
    row("documents:repeal", of("order"), own={200: "director", 403: tuple(r for r in STAFF if r != "director")}),
    row("documents:acknowledge", of("order"), method="post", own={302: STAFF}),
    row("documents:acknowledge", of("regulation"), method="post", own={302: STAFF, 403: NOT_STAFF}),
    keeping("remind", status=302, method="post"),
]
ROWS += [
    row("api:documents", school, own={200: MEMBERS}),
    row("api:document", api("order"), own={200: STAFF}),
    row("api:document", api("regulation"), own={200: MEMBERS}),
    row("api:document", api("draft"), own={200: KEEPERS}),
    row("api:document_file", api("order"), own={200: STAFF}),
    row("api:document_file", api("draft"), own={}),
    row("api:acknowledge_document", api("order"), method="post", own={200: STAFF}),
    row("api:acknowledge_document", api("regulation"), method="post", own={409: STAFF, 403: NOT_STAFF}),
]
