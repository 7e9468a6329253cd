"""The door to what a school owns: views and API read only through `visible_to` and `allowing`."""

import re
from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, Self

from django.db import connections, models
from django.db.models import Q

if TYPE_CHECKING:
    from accounts.models import User

_SIGNS_OF_A_PHONE = re.compile(r"[\s()+-]")
_SHORTEST_PHONE = 4


def rights_q(user: "User", codename: str, *, school: str, school_class: str = "", study_group: str = "") -> Q:
    """The rows on whose school, class or study group the user holds the right.

    The arguments name the look-ups that lead from the row to its scopes; an empty one is not a scope of the row.
    The ids come from the user's own few rights (one look-up per request), so the condition is a list of literals.
    """
    from .rights import rights_of

    held = rights_of(user)
    condition = Q(**{f"{school}__in": held.ids("school", codename)})
    if school_class:
        condition |= Q(**{f"{school_class}__in": held.ids("class", codename)})
    if study_group:
        condition |= Q(**{f"{study_group}__in": held.ids("group", codename)})
    return condition


class SchoolQuerySet(models.QuerySet["School"]):  # type: ignore[name-defined]
    def visible_to(self, user: "User") -> Self:
        """The schools in which the user is a person who has not left."""
        return self.filter(pk__in=user.persons.present().values("school_id"))

    def allowing(self, user: "User", codename: str) -> Self:
        return self.filter(rights_q(user, codename, school="pk"))


class SchoolClassQuerySet(models.QuerySet["SchoolClass"]):  # type: ignore[name-defined]
    def visible_to(self, user: "User") -> Self:
        """The classes in which the user has a role, and those whose people he may see."""
        own = user.groups.filter(role_group__school_class__isnull=False).values("role_group__school_class_id")
        return self.filter(Q(pk__in=own) | rights_q(user, "view_people", school="school_id", school_class="pk"))

    def allowing(self, user: "User", codename: str) -> Self:
        return self.filter(rights_q(user, codename, school="school_id", school_class="pk"))

    def taught(self) -> Self:
        """Classes of pupils that are not in the archive: without «Учительская»."""
        return self.filter(kind="class", archived_at__isnull=True)


class StudyGroupQuerySet(models.QuerySet["StudyGroup"]):  # type: ignore[name-defined]
    def visible_to(self, user: "User") -> Self:
        from .models import SchoolClass

        return self.filter(school_class__in=SchoolClass.objects.visible_to(user))

    def allowing(self, user: "User", codename: str) -> Self:
        scopes = {"school": "school_id", "school_class": "school_class_id", "study_group": "pk"}
        return self.filter(rights_q(user, codename, **scopes))


class PersonQuerySet(models.QuerySet["Person"]):  # type: ignore[name-defined]
    def present(self) -> Self:
        """People who have not left the school."""
        return self.filter(removed_at__isnull=True)

    def joined(self) -> Self:
        return self.filter(user__isnull=False)

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        """With the keys by which people are found, as `save` sets them."""
        people = list(objs)
        for person in people:
            person.set_search_keys()
        return super().bulk_create(people, *args, **kwargs)

    def search(self, text: str, *, asked_by: "User | None" = None) -> Self:
        """People in whose name each word of the text begins some word, in any spelling and layout (`school.spelling`).

        With `asked_by` a number is a phone, looked for among those whose contacts he may know. An empty text leaves all.
        """
        from .spelling import readings, words

        digits = _SIGNS_OF_A_PHONE.sub("", text)
        if asked_by is not None and digits.isdecimal() and len(digits) >= _SHORTEST_PHONE:
            return self.contacts_visible_to(asked_by).by_phone(digits)
        every = Q()
        for word in words(text):
            meant = [Q(search_words__contains=f" {reading}") for reading in readings(word)]
            if not meant:
                return self.none()
            every &= reduce(or_, meant)
        return self._holding(every) if every else self

    def by_phone(self, digits: str) -> Self:
        """Part of a number as people write it; a leading 8 is +7. Ask it of those whose contacts the user may know."""
        return self._holding(Q(phone__contains=digits[1:] if len(digits) == 11 else digits))

    def _holding(self, pieces: Q) -> Self:
        """The people whose texts hold these pieces. SQLite reads them out of the index only if asked for nothing else."""
        if connections[self.db].vendor != "sqlite":
            return self.filter(pieces)
        return self.filter(pk__in=self.model._default_manager.filter(pieces).order_by().values("pk"))

    def visible_to(self, user: "User") -> Self:
        """Oneself, one's children, the staff to the staff, and the people of the schools and classes one may see."""
        from .models import Enrolment, Guardianship

        pupils = Enrolment.objects.active().filter(
            rights_q(user, "view_people", school="school_id", school_class="school_class_id")
        )
        parents = Guardianship.objects.active().filter(pupil__in=pupils.values("person_id"))
        children = Guardianship.objects.active().filter(guardian__user=user)
        staff = Q(pk__in=self._staff_of_schools_allowing(user))
        return self.filter(  # the whole school first: for who sees it the lists that follow are never made
            rights_q(user, "view_people", school="school_id")
            | Q(user=user)
            | Q(pk__in=children.values("pupil_id"))
            | Q(pk__in=pupils.values("person_id"))
            | Q(pk__in=parents.values("guardian_id"))
            | staff
        )

    def contacts_visible_to(self, user: "User") -> Self:
        """Whose phones and birth dates the user may know: his own, his child's, of those for whom he answers.

        Who runs the school answers for everybody, a homeroom teacher for the pupils and the parents of the class.
        """
        from .models import Enrolment, Guardianship

        led = Enrolment.objects.active().filter(
            rights_q(user, "decide_requests", school="school_id", school_class="school_class_id")
        )
        ties = Guardianship.objects.active()
        return self.filter(
            rights_q(user, "view_people", school="school_id")
            | Q(user=user)
            | Q(pk__in=ties.filter(guardian__user=user).values("pupil_id"))
            | Q(pk__in=led.values("person_id"))
            | Q(pk__in=ties.filter(pupil__in=led.values("person_id")).values("guardian_id"))
        )

    def _staff_of_schools_allowing(self, user: "User") -> models.QuerySet:
        from .models import StaffPosition

        allowed = StaffPosition.objects.active().filter(rights_q(user, "view_staff", school="school_id"))
        return allowed.values("person_id")


class FactQuerySet(models.QuerySet):
    """Facts with dates: a fact is active until somebody ends it; `[starts_on, ends_on)`."""

    def active(self) -> Self:
        return self.filter(ends_on__isnull=True)

    def on(self, day: "models.DateField | object") -> Self:
        """The facts that held on that day."""
        return self.filter(starts_on__lte=day).filter(Q(ends_on__isnull=True) | Q(ends_on__gt=day))

    def visible_to(self, user: "User") -> Self:
        """The facts about people whom the user may see."""
        from .models import Person

        return self.filter(person__in=Person.objects.visible_to(user))


class GuardianshipQuerySet(FactQuerySet):
    def visible_to(self, user: "User") -> Self:
        """The ties both ends of which the user may see: a mother sees hers, not the father's."""
        from .models import Person

        seen = Person.objects.visible_to(user)
        return self.filter(pupil__in=seen, guardian__in=seen)
