"""The school's lists as a plan needs them: everything in a fixed number of queries, then looked up in memory."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ..models import (
    Enrolment,
    Guardianship,
    Homeroom,
    ImportedValues,
    Person,
    School,
    SchoolClass,
    StaffPosition,
    StudyGroup,
    Subject,
    Teaching,
)
from ..text import fold
from .records import Named, agree
from .values import ClassName

Key = tuple[str, str]


@dataclass
class Roster:
    """Who and what is in the school now. People who have left are in `people` too: they may come back."""

    school: School
    people: dict[int, Person] = field(default_factory=dict)
    written: dict[int, dict[str, Any]] = field(default_factory=dict)
    classes: dict[ClassName, SchoolClass] = field(default_factory=dict)
    enrolments: dict[int, Enrolment] = field(default_factory=dict)
    guardians: dict[int, dict[int, Guardianship]] = field(default_factory=dict)  # pupil -> parent -> the tie
    wards: dict[int, set[int]] = field(default_factory=dict)
    positions: dict[int, dict[str, StaffPosition]] = field(default_factory=dict)
    homerooms: dict[int, Homeroom] = field(default_factory=dict)
    subjects: dict[str, Subject] = field(default_factory=dict)
    groups: dict[tuple[int, int], StudyGroup] = field(default_factory=dict)
    teachings: set[tuple[int, int]] = field(default_factory=set)
    by_name: dict[Key, list[Person]] = field(default_factory=dict)
    by_number: dict[str, list[Person]] = field(default_factory=dict)
    by_phone: dict[str, list[Person]] = field(default_factory=dict)

    def class_of(self, person: Person) -> SchoolClass | None:
        enrolment = self.enrolments.get(person.pk)
        return enrolment.school_class if enrolment else None

    def named(self, record: Named) -> list[Person]:
        """The people of this name; a patronymic counts where both sides have one."""
        found = self.by_name.get(record.key, [])
        return [person for person in found if agree(fold(person.patronymic), record.patronymic)]

    def is_staff(self, person: Person) -> bool:
        return bool(self.positions.get(person.pk))

    def may_be_pupil(self, person: Person) -> bool:
        """Neither one of the staff nor a parent."""
        return not self.is_staff(person) and not self.wards.get(person.pk)

    def last_written(self, person: Person) -> dict[str, Any]:
        return self.written.get(person.pk, {})


def read_roster(school: School) -> Roster:
    """The lists of the school as they are; inside a transaction that holds `lock_roster` they stay so."""
    roster = Roster(school)
    roster.people = {person.pk: person for person in Person.objects.filter(school=school).order_by("pk")}
    for person in roster.people.values():
        person.school = school
    _index(roster)
    written = ImportedValues.objects.filter(act__school=school, act__undone_at__isnull=True).order_by("act_id")
    for pk, values in written.values_list("person_id", "written"):
        roster.written.setdefault(pk, {}).update(values)
    _read_classes(roster)
    _read_families(roster)
    _read_staff(roster)
    return roster


def _index(roster: Roster) -> None:
    names, numbers, phones = defaultdict(list), defaultdict(list), defaultdict(list)
    for person in roster.people.values():
        names[fold(person.last_name), fold(person.first_name)].append(person)
        if person.file_number:
            numbers[fold(person.file_number)].append(person)
        if person.phone:
            phones[person.phone].append(person)
    roster.by_name, roster.by_number, roster.by_phone = dict(names), dict(numbers), dict(phones)


def _read_classes(roster: Roster) -> None:
    for school_class in SchoolClass.objects.taught().filter(school=roster.school, year__is_current=True):
        school_class.school = roster.school
        name = ClassName(school_class.parallel or 0, school_class.letter_key, school_class.letter)
        roster.classes[name] = school_class


def _read_families(roster: Roster) -> None:
    active: Iterable[Any] = Enrolment.objects.active().filter(school=roster.school).select_related("school_class")
    roster.enrolments = {fact.person_id: fact for fact in active}
    for tie in Guardianship.objects.active().filter(school=roster.school):
        roster.guardians.setdefault(tie.pupil_id, {})[tie.guardian_id] = tie
        roster.wards.setdefault(tie.guardian_id, set()).add(tie.pupil_id)


def _read_staff(roster: Roster) -> None:
    for position in StaffPosition.objects.active().filter(school=roster.school):
        roster.positions.setdefault(position.person_id, {})[position.kind] = position
    homerooms = Homeroom.objects.active().filter(school=roster.school)
    roster.homerooms = {homeroom.school_class_id: homeroom for homeroom in homerooms}
    roster.subjects = {fold(subject.name): subject for subject in Subject.objects.filter(school=roster.school)}
    for group in StudyGroup.objects.filter(school=roster.school, part=""):
        roster.groups[group.school_class_id, group.subject_id] = group
    taught = Teaching.objects.active().filter(school=roster.school, study_group__part="")
    roster.teachings = set(taught.values_list("person_id", "study_group_id"))
