"""The classes of past years as they were on their last day: who was in them, who led and taught them. Only to be read.

A new school year ends every fact of the old classes on one day and writes a line of the journal for each pupil
(`services.rollover_facts`): those lines say who was there at the end, the day says who led and taught.
"""

from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User

from .models import AcademicYear, Enrolment, Guardianship, Homeroom, Movement, School, SchoolClass, StudyGroup, Teaching

_MOVED_ON = Movement.objects.standing().filter(act__kind="rollover")


def years(school: School) -> QuerySet[AcademicYear]:
    """The years that are over, the last one first."""
    return school.years.filter(is_current=False, classes__isnull=False).distinct()


def classes_of(school: School, user: User, year: AcademicYear) -> QuerySet[SchoolClass]:
    """Those that the user may see, as `queries.classes_of_year` gives the present ones: with `leads` and `pupils`."""
    moved = _MOVED_ON.filter(from_class=OuterRef("pk")).order_by().values("from_class")
    visible = SchoolClass.objects.visible_to(user).filter(school=school, kind=SchoolClass.Kind.CLASS, year=year)
    last = Homeroom.objects.filter(ends_on__isnull=False).select_related("person").order_by("-ends_on", "-pk")
    return visible.prefetch_related(Prefetch("homerooms", last, to_attr="leads")).annotate(
        pupils=Coalesce(Subquery(moved.values(n=Count("pk"))), 0)
    )


def pupils_of(school_class: SchoolClass) -> QuerySet[Enrolment]:
    """The last enrolment of each who was in the class on its last day; `person.parents` are those of today."""
    moved = _MOVED_ON.filter(from_class=school_class).values("person_id")
    later = Enrolment.objects.filter(school_class=school_class, person=OuterRef("person"), pk__gt=OuterRef("pk"))
    rows: Any = Enrolment.objects.filter(~Exists(later), school_class=school_class, person__in=moved)
    parents = Guardianship.objects.active().select_related("guardian").order_by("kind", "pk")
    listed: QuerySet[Enrolment] = rows.select_related("person").prefetch_related(
        Prefetch("person__guardians", parents, to_attr="parents")
    )
    return listed.order_by("person__last_name", "person__first_name", "person__patronymic", "pk")


def homeroom_of(school_class: SchoolClass) -> Homeroom | None:
    lead: Homeroom | None = school_class.homerooms.filter(_to_the_end(school_class)).select_related("person").last()
    return lead


def study_groups_of(school_class: SchoolClass) -> QuerySet[StudyGroup]:
    """As `queries.study_groups_of`: `teachers` and `size`, of the last day."""
    last = _to_the_end(school_class)
    teachers = Teaching.objects.filter(last).select_related("person").order_by("person__last_name", "pk")
    size = Count("memberships", filter=_to_the_end(school_class, "memberships__"))
    groups = StudyGroup.objects.filter(school_class=school_class).select_related("subject").annotate(size=size)
    return groups.prefetch_related(Prefetch("teachings", teachers, to_attr="teachers"))


def _to_the_end(school_class: SchoolClass, prefix: str = "") -> Q:
    """The condition on facts: they held until the class was put into the archive."""
    archived = school_class.archived_at or timezone.now()
    day = timezone.localdate(archived)
    return Q(**{f"{prefix}ends_on__gte": day}) | Q(**{f"{prefix}ends_on__isnull": True, f"{prefix}pk__isnull": False})
