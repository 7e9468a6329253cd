"""What the pages of the documents need: who is to read one, the orders that the school's forms offer."""

from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from school.models import Person, School, StaffPosition
from school.orders import Order

from .models import ORDERS, Acknowledgement, Document

MOST_ORDERS = 100


def staff_of(school: School) -> QuerySet[Person]:
    """Everybody who holds a post in the school, by name."""
    posts = StaffPosition.objects.active().filter(school=school)
    return Person.objects.present().filter(school=school, pk__in=posts.values("person_id"))


def readers_of(document: Document) -> Any:
    """The staff with `acknowledged_at`, None for those who have not acknowledged the version in force."""
    marks = Acknowledgement.objects.filter(version=document.approved_version_id, person=OuterRef("pk"))
    return staff_of(document.school).annotate(acknowledged_at=Subquery(marks.values("at")[:1]))


def with_readers(documents: QuerySet[Document], school: School) -> Any:
    """Adds `readers`: how many of the present staff have acknowledged the version in force."""
    staff = Q(approved_version__acknowledgements__person__in=staff_of(school))
    counted = documents.annotate(readers=Count("approved_version__acknowledgements", filter=staff))
    return counted.order_by("-date", "-pk")  # grouping forgets the order of the model


def orders_of(school: School) -> list[Order]:
    """The orders and directives in force, the latest first (`school.orders`)."""
    rows = Document.objects.in_force().filter(school=school, kind__in=ORDERS)
    values = rows.values_list("number", "date", "title").order_by("-date", "-pk")[:MOST_ORDERS]
    return [Order(number, date, title) for number, date, title in values]
