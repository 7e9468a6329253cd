"""The facts read as roles: which role groups the active facts of a school put its people in. Writes nothing."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from . import models as m
from .regulation import Role

Key = tuple[Role, int | None, int | None]  # role, class, study group
Pair = tuple[int, Key]  # user, role group

ROLES_OF_POSITION = {
    m.StaffPosition.Kind.DIRECTOR: [Role.DIRECTOR, Role.TEACHER],
    m.StaffPosition.Kind.DEPUTY: [Role.DEPUTY, Role.TEACHER],
    m.StaffPosition.Kind.TEACHER: [Role.TEACHER],
    m.StaffPosition.Kind.EXTRA_TEACHER: [Role.TEACHER],
    m.StaffPosition.Kind.EMPLOYEE: [Role.EMPLOYEE],
    m.StaffPosition.Kind.ADMINISTRATOR: [Role.ADMINISTRATOR],
    m.StaffPosition.Kind.ADDITIONAL_ADMINISTRATOR: [Role.ADDITIONAL_ADMINISTRATOR],
}
# An order of the director or the approval of the registration vouches for these; the others wait for the status «учитель».
VOUCHED_FOR = (Role.ADMINISTRATOR, Role.ADDITIONAL_ADMINISTRATOR, Role.EMPLOYEE)
BODIES = {
    m.Activist.Kind.PARENTS: (Role.PARENT, Role.PARENTS_ACTIVIST),
    m.Activist.Kind.PUPILS: (Role.PUPIL, Role.PUPILS_ACTIVIST),
}


def facts_to_pairs(
    school: m.School, people: Collection[int] | None = None, *, who: Literal["user_id", "id"] = "user_id"
) -> set[Pair]:
    """The (user, role group) pairs that the facts demand, of these people or of the whole school.

    With `who="id"` the pairs name persons instead, also those without a login: the roles that they would have.
    """
    facts = _Facts(school, people, who)
    families = facts.pupils() | facts.parents()
    return facts.staff() | families | facts.activists(families)


def with_families(people: Iterable[int]) -> set[int]:
    """These people and the parents whose roles follow from them, by id."""
    ids = set(people)
    return ids.union(m.Guardianship.objects.active().filter(pupil__in=ids).values_list("guardian_id", flat=True))


@dataclass(frozen=True)
class _Facts:
    """The active facts of a school, or of some of its people, read as roles."""

    school: m.School
    people: Collection[int] | None
    who: str

    def _active(self, model: Any, person: str = "person", **conditions: Any) -> Any:
        conditions |= {f"{person}__removed_at__isnull": True, f"{person}__{self.who}__isnull": False}
        rows = model.objects.active().filter(school=self.school, **conditions)
        return rows if self.people is None else rows.filter(**{f"{person}__in": self.people})

    def staff(self) -> set[Pair]:
        who, status = f"person__{self.who}", "person__verification"
        pairs: set[tuple[int, str, Key]] = set()
        for person, verification, kind in self._active(m.StaffPosition).values_list(who, status, "kind"):
            for role in ROLES_OF_POSITION[m.StaffPosition.Kind(kind)]:
                pairs.add((person, verification, (role, None, None)))
        homerooms = self._active(m.Homeroom, school_class__archived_at__isnull=True)
        for person, verification, school_class in homerooms.values_list(who, status, "school_class_id"):
            pairs.add((person, verification, (Role.HOMEROOM, school_class, None)))
        teachings = self._active(m.Teaching, study_group__school_class__archived_at__isnull=True)
        group_and_class = ("study_group_id", "study_group__school_class_id")
        for person, verification, group, school_class in teachings.values_list(who, status, *group_and_class):
            pairs.add((person, verification, (Role.CLASS_TEACHER, school_class, None)))
            pairs.add((person, verification, (Role.GROUP_TEACHER, school_class, group)))
        return {self._as_verified(*pair) for pair in pairs}

    def _as_verified(self, person: int, status: str, key: Key) -> Pair:
        """An unverified teacher has what an applicant has, where the school demands the status (2.1).

        One who was refused waits in every school.
        """
        refused = status == m.Person.Verification.REJECTED
        waits = refused or (self.school.requires_verification and status != m.Person.Verification.VERIFIED)
        if waits and key[0] not in VOUCHED_FOR:
            return person, (Role.APPLICANT, None, None)
        return person, key

    def pupils(self) -> set[Pair]:
        who = f"person__{self.who}"
        pairs: set[Pair] = set()
        enrolments = self._active(m.Enrolment, school_class__archived_at__isnull=True)
        for person, school_class in enrolments.values_list(who, "school_class_id"):
            pairs |= {(person, (Role.PUPIL, None, None)), (person, (Role.CLASS_PUPIL, school_class, None))}
        members = self._active(m.GroupMembership, study_group__school_class__archived_at__isnull=True)
        group_and_class = ("study_group_id", "study_group__school_class_id")
        for person, group, school_class in members.values_list(who, *group_and_class):
            pairs.add((person, (Role.GROUP_PUPIL, school_class, group)))
        return pairs

    def parents(self) -> set[Pair]:
        """A parent has a role through each child that is in a class."""
        wards = self._active(m.Guardianship, "guardian").values_list(f"guardian__{self.who}", "pupil_id")
        children = {child for _guardian, child in wards}
        enrolled = m.Enrolment.objects.active().filter(person__in=children, school_class__archived_at__isnull=True)
        classes = dict(enrolled.filter(person__removed_at__isnull=True).values_list("person_id", "school_class_id"))
        pairs: set[Pair] = set()
        for person, child in wards:
            if child in classes:
                pairs |= {(person, (Role.PARENT, None, None)), (person, (Role.CLASS_PARENT, classes[child], None))}
        return pairs

    def activists(self, families: set[Pair]) -> set[Pair]:
        """An activist is one as long as he is a parent or a pupil: a child who left takes the committee along."""
        pairs: set[Pair] = set()
        for person, kind in self._active(m.Activist).values_list(f"person__{self.who}", "kind"):
            basis, role = BODIES[m.Activist.Kind(kind)]
            if (person, (basis, None, None)) in families:
                pairs.add((person, (role, None, None)))
        return pairs
