"""What the pages need beyond a queryset method: one or two queries each, whatever the size of the school."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User

from .models import (
    Activist,
    Enrolment,
    Guardianship,
    Homeroom,
    Person,
    School,
    SchoolClass,
    StaffPosition,
    StudyGroup,
    Teaching,
)
from .services.roster import ORDERED_KINDS, TEACHING_KINDS


def classes_of_year(school: School, user: User) -> QuerySet[SchoolClass]:
    """The classes that the user may see: `leads` (the homeroom teacher), `pupils` and `joined`. Two queries."""
    leads = Homeroom.objects.active().select_related("person")
    enrolled = Enrolment.objects.active().filter(school_class=OuterRef("pk")).order_by().values("school_class")
    classes = SchoolClass.objects.visible_to(user).taught().filter(school=school)
    return classes.prefetch_related(Prefetch("homerooms", leads, to_attr="leads")).annotate(
        pupils=Coalesce(Subquery(enrolled.values(n=Count("pk"))), 0),
        joined=Coalesce(Subquery(enrolled.filter(person__user__isnull=False).values(n=Count("pk"))), 0),
    )


def classes_with_mine(school: School, user: User) -> QuerySet[SchoolClass]:
    """All classes of the school, to name them; `mine` are those that the user may see. One query."""
    visible = SchoolClass.objects.visible_to(user).values("pk")
    mine = Case(When(pk__in=visible, then=Value(True)), default=Value(False))
    return SchoolClass.objects.taught().filter(school=school).annotate(mine=mine)


def pupils_of(school_class: SchoolClass) -> QuerySet[Enrolment]:
    """Who is in the class, by name; `person.parents` are the guardianships with their guardians. Two queries."""
    parents = Guardianship.objects.active().select_related("guardian").order_by("kind", "pk")
    rows: QuerySet[Enrolment] = Enrolment.objects.active().filter(school_class=school_class).select_related("person")
    return rows.prefetch_related(Prefetch("person__guardians", parents, to_attr="parents")).order_by(
        "person__last_name", "person__first_name", "person__patronymic", "pk"
    )


def pupils_on(school_class: SchoolClass, day: dt.date) -> QuerySet[Enrolment]:
    """Who was in the class on that day, by name; `person.parents` are the guardianships of that day. Two queries."""
    parents = Guardianship.objects.on(day).select_related("guardian").order_by("kind", "pk")
    rows: QuerySet[Enrolment] = Enrolment.objects.on(day).filter(school_class=school_class).select_related("person")
    return rows.prefetch_related(Prefetch("person__guardians", parents, to_attr="parents")).order_by(
        "person__last_name", "person__first_name", "person__patronymic", "pk"
    )


def homeroom_on(school_class: SchoolClass, day: dt.date) -> Homeroom | None:
    """Who led the class on that day."""
    led: Homeroom | None = Homeroom.objects.on(day).filter(school_class=school_class).select_related("person").first()
    return led


def study_groups_of(school_class: SchoolClass) -> QuerySet[StudyGroup]:
    """What is taught in the class: `teachers` (teachings with their people) and `size` of a part. Two queries."""
    teachers = Teaching.objects.active().select_related("person").order_by("person__last_name", "pk")
    members = Count("memberships", filter=Q(memberships__ends_on__isnull=True))
    groups = StudyGroup.objects.filter(school_class=school_class).select_related("subject").annotate(size=members)
    return groups.prefetch_related(Prefetch("teachings", teachers, to_attr="teachers"))


def homeroom_of(school_class: SchoolClass) -> Homeroom | None:
    lead: Homeroom | None = school_class.homerooms.active().select_related("person").first()
    return lead


def waiting_teachers(school: School) -> QuerySet[Person]:
    """Teachers whose status is to be confirmed (2.1), those who wait longest first."""
    waiting = Person.objects.present().filter(school=school, verification=Person.Verification.PENDING)
    return waiting.filter(holds_teaching_post()).order_by("verification_asked_at", "last_name", "pk")


def holds_teaching_post() -> Exists:
    return Exists(StaffPosition.objects.active().filter(person=OuterRef("pk"), kind__in=TEACHING_KINDS))


def classes_without_homeroom(school: School) -> QuerySet[SchoolClass]:
    lead = Homeroom.objects.active().filter(school_class=OuterRef("pk"))
    return SchoolClass.objects.taught().filter(~Exists(lead), school=school)


def without_adult() -> Q:
    """The condition on people: a pupil of some class with no parent linked."""
    enrolled = Enrolment.objects.active().filter(person=OuterRef("pk"))
    parents = Guardianship.objects.active().filter(pupil=OuterRef("pk"))
    return Q(Exists(enrolled)) & ~Q(Exists(parents))


def unplaced(school: School) -> Q:
    """The condition on people: a pupil whose class is in the archive, or who was one and now has neither class nor role.

    By lists of the school's ids, each made once: asked row by row the tables of all schools would be read.
    """
    pupils = Enrolment.objects.filter(school=school)
    staff = StaffPosition.objects.active().filter(school=school)
    parents = Guardianship.objects.active().filter(school=school)
    somebody = Q(pk__in=pupils.active().values("person_id")) | Q(pk__in=staff.values("person_id"))
    somebody |= Q(pk__in=parents.values("guardian_id"))
    archived = pupils.active().filter(school_class__archived_at__isnull=False)
    was_pupil = Q(pk__in=pupils.filter(ends_on__isnull=False).values("person_id"))
    return Q(pk__in=archived.values("person_id")) | was_pupil & ~somebody


BIRTHDAYS = dt.timedelta(days=7), dt.timedelta(days=14)  # so long ago, so soon


def born_between(age: int) -> tuple[dt.date, dt.date]:
    """The birth dates of those who turned this old within 7 days or will within 14: consents change then."""
    before, after = BIRTHDAYS
    today = timezone.localdate()
    return years_before(today - before, age), years_before(today + after, age)


def turning(age: int) -> Q:
    """The condition on people: a pupil who turns this old these days."""
    enrolled = Enrolment.objects.active().filter(person=OuterRef("pk"))
    return Q(Exists(enrolled), birth_date__range=born_between(age))


def years_before(day: dt.date, years: int) -> dt.date:
    """The same day so many years ago; 28 February for the 29th where there was none."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


@dataclass(frozen=True)
class SchoolCounts:
    """How many of each; `waiting`, `headless` and `alone` are what the administrator has to do."""

    class_count: int
    pupils: int
    parents: int
    staff: int
    waiting: int
    headless: int
    alone: int


def counts_of(school: School) -> SchoolCounts:
    """The figures of the school's page: one query."""
    enrolled = Enrolment.objects.active().filter(school=school)
    parents = Guardianship.objects.active().filter(school=school)
    staff = StaffPosition.objects.active().filter(school=school)
    alone = Person.objects.present().filter(without_adult(), school=school)
    numbers = {
        "class_count": number_of(SchoolClass.objects.taught().filter(school=school)),
        "pupils": number_of(enrolled),
        "parents": number_of(parents, "guardian"),
        "staff": number_of(staff, "person"),
        "waiting": number_of(waiting_teachers(school)),
        "headless": number_of(classes_without_homeroom(school)),
        "alone": number_of(alone),
    }
    found: Any = School.objects.filter(pk=school.pk).values(**numbers).get()
    return SchoolCounts(**found)


def number_of(rows: QuerySet, of: str = "pk") -> Coalesce:
    """How many different ones, as a sub-select: several counts in one query."""
    counted = rows.order_by().annotate(_all=Value(1)).values("_all").annotate(n=Count(of, distinct=True)).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def roles_in_words(people: Iterable[Person], classes: dict[int, SchoolClass] | None = None) -> dict[int, list[str]]:
    """What each of these people is: «учитель», «классный руководитель 7Б», «родитель: Иван, 7Б». One query.

    `classes` by id, those that the caller has, spare a second one.
    """
    ids = [person.pk for person in people]
    rows = _role_rows(ids) if ids else []
    known = dict(classes or {})
    if missing := {row[3] for row in rows if row[3]} - known.keys():
        known |= SchoolClass.objects.in_bulk(missing)
    words: dict[int, list[str]] = defaultdict(list)
    for person, what, detail, school_class in rows:
        words[person].append(_in_words(what, detail, str(known.get(school_class, ""))))
    return words


def name_roles(people: Iterable[Person], classes: dict[int, SchoolClass] | None = None) -> None:
    """Give each of these people the attribute `roles`, for a template."""
    listed = list(people)
    words = roles_in_words(listed, classes)
    for person in listed:
        person.roles = words[person.pk]  # type: ignore[attr-defined]


def _role_rows(ids: list[int]) -> list[tuple[int, str, str, int]]:
    """(person, what, detail, class or 0), the weightiest first."""
    child_class = Enrolment.objects.active().filter(person=OuterRef("pupil")).values("school_class")[:1]
    sources: list[tuple[str, str, QuerySet, Any, Any]] = [
        ("1position", "person", StaffPosition.objects.active(), F("kind"), Value(0)),
        ("2homeroom", "person", Homeroom.objects.active(), Value(""), F("school_class")),
        ("3pupil", "person", Enrolment.objects.active(), Value(""), F("school_class")),
        ("4parent", "guardian", Guardianship.objects.active(), F("pupil__first_name"), Subquery(child_class)),
        ("5activist", "person", Activist.objects.active(), F("kind"), Value(0)),
    ]
    parts = [
        rows.filter(**{f"{who}__in": ids}).values_list(
            f"{who}_id", Value(what), detail, Cast(Coalesce(place, 0), IntegerField()), named=False
        )
        for what, who, rows, detail, place in sources
    ]
    return sorted(parts[0].union(*parts[1:]), key=lambda row: (row[0], row[1], row[3]))


def _in_words(what: str, detail: str, place: str) -> str:
    if what == "1position":
        return str(StaffPosition.Kind(detail).label)
    if what == "2homeroom":
        return _("homeroom teacher of %(place)s") % {"place": place}
    if what == "3pupil":
        return _("pupil, %(place)s") % {"place": place}
    if what == "4parent":
        return ", ".join(filter(None, [_("parent: %(child)s") % {"child": detail}, place]))
    return str(Activist.Kind(detail).label)


@dataclass
class WithoutOrder:
    """A post or a class that was given without an order."""

    what: str  # «position» or «homeroom», as in the address
    fact: Any
    words: str
    may_name: bool = False


def posts_without_order(school: School) -> QuerySet[StaffPosition]:
    """Active posts that are given by an order, with none named."""
    posts: QuerySet[StaffPosition] = StaffPosition.objects.active()
    return posts.filter(school=school, kind__in=ORDERED_KINDS, order_number="")


def homerooms_without_order(school: School) -> QuerySet[Homeroom]:
    homerooms: QuerySet[Homeroom] = Homeroom.objects.active()
    return homerooms.filter(school=school, order_number="")


def facts_without_order(school: School) -> list[WithoutOrder]:
    """Active posts that are given by an order, and homerooms, with none named; by name. Two queries."""
    posts = posts_without_order(school).select_related("person")
    homerooms = homerooms_without_order(school).select_related("person", "school_class")
    lines = [
        *(WithoutOrder("position", post, post.words) for post in posts),
        *(
            WithoutOrder("homeroom", lead, _("homeroom teacher of %(place)s") % {"place": lead.school_class})
            for lead in homerooms
        ),
    ]
    return sorted(lines, key=lambda line: (line.what != "position", line.fact.person.search_key, line.fact.pk))
