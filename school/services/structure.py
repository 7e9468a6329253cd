"""Classes, subjects and study groups (2.1 «создает структуру школы … в соответствии с утвержденной номенклатурой»)."""

import re
from collections.abc import Collection

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User

from ..errors import Refusal, require_same_school
from ..eventlog import record
from ..models import EventKind, GroupMembership, Person, School, SchoolClass, StudyGroup, Subject
from ..rights import require
from ..roles import ensure_role_groups, lock_roster, project
from ..text import fold, fold_letter
from .roster import lock_class, require_class_of_pupils, require_present

_CLASS_NAME = re.compile(r"^\s*(1[0-2]|[1-9])\s*[-–]?\s*(.{1,15}?)\s*$")


def parse_class_name(text: str) -> tuple[int, str]:
    """(parallel, letter) of «7Б», «5 «А»», «5-А», «10 Физмат». Raises `Refusal` on anything else."""
    match = _CLASS_NAME.match(text)
    letter = re.sub(r"[\"'«»„“”]", "", match.group(2)).strip() if match else ""
    if not match or not fold_letter(letter) or letter[0].isdigit():
        raise Refusal(_("“%(text)s” is not a class: write “7Б”.") % {"text": text}, code="not_a_class", field="names")
    return int(match.group(1)), letter.upper() if len(letter) <= 2 else letter


@transaction.atomic
def create_class(*, by: User, school: School, parallel: int, letter: str) -> SchoolClass:
    """A class of the current year. Raises `Refusal` when the year has it already, in any spelling of the letter."""
    require(by, "manage_structure", school)
    lock_roster(school.pk)
    return _create_class(by, school, parallel, letter)


def _create_class(by: User, school: School, parallel: int, letter: str) -> SchoolClass:
    _require_letter(letter)
    year = school.current_year
    school_class = SchoolClass(school=school, year=year, parallel=parallel, letter=letter.strip())
    if SchoolClass.objects.filter(year=year, parallel=parallel, letter_key=fold_letter(letter)).exists():
        raise Refusal(
            _("Class %(name)s exists already.") % {"name": school_class.name}, code="class_exists", field="letter"
        )
    school_class.full_clean(validate_constraints=False)
    school_class.save()
    ensure_role_groups(school_class)
    record(EventKind.CLASS_CREATED, by=by, school=school, subject=school_class)
    return school_class


def _require_letter(letter: str) -> None:
    if not fold_letter(letter):
        raise Refusal(_("Name the letter of the class."), code="letter_needed", field="letter")


@transaction.atomic
def create_classes(*, by: User, school: School, names: str) -> tuple[list[SchoolClass], list[str]]:
    """The nomenclature of the year in one go: «1А 1Б, 2А». Returns the new classes and the names that were there.

    All or nothing: one name that is not a class refuses the list.
    """
    require(by, "manage_structure", school)
    lock_roster(school.pk)
    wanted = [parse_class_name(name) for name in re.split(r"[,;\n\t]+|\s+(?=\d)", names) if name.strip()]
    existing = set(school.current_year.classes.values_list("parallel", "letter_key"))
    made: list[SchoolClass] = []
    known: list[str] = []
    for parallel, letter in wanted:
        key = (parallel, fold_letter(letter))
        if key in existing:
            known.append(f"{parallel}{letter}")
        else:
            existing.add(key)
            made.append(_create_class(by, school, parallel, letter))
    return made, known


@transaction.atomic
def rename_class(*, by: User, school_class: SchoolClass, parallel: int, letter: str) -> SchoolClass:
    """Correct a class's parallel or letter; its people, chats and invites stay."""
    require(by, "manage_structure", school_class.school)
    lock_class(school_class)
    require_class_of_pupils(school_class)
    _require_letter(letter)
    same = SchoolClass.objects.filter(year=school_class.year, parallel=parallel, letter_key=fold_letter(letter))
    if same.exclude(pk=school_class.pk).exists():
        raise Refusal(_("A class with this name exists already."), code="class_exists", field="letter")
    old = school_class.name
    school_class.parallel, school_class.letter = parallel, letter.strip()
    school_class.full_clean(validate_constraints=False)
    school_class.save(update_fields=["parallel", "letter"])
    record(
        EventKind.CLASS_CHANGED,
        by=by,
        school=school_class.school,
        subject=school_class,
        old={"name": old},
        new={"name": school_class.name},
    )
    return school_class


@transaction.atomic
def archive_class(*, by: User, school_class: SchoolClass) -> None:
    """Put a class away. Refused while pupils are in it: they are moved or leave first."""
    require(by, "manage_structure", school_class.school)
    lock_class(school_class)
    if school_class.kind == SchoolClass.Kind.STAFF_ROOM:
        raise Refusal(_("The staff room cannot be archived."), code="staff_room")
    if school_class.archived_at:
        raise Refusal(_("The class is in the archive already."), code="already_archived")
    pupils = school_class.enrolments.active().count()
    if pupils:
        raise Refusal(
            _("There are %(count)s pupils in the class: move them first.") % {"count": pupils}, code="class_not_empty"
        )
    affected = list(
        Person.objects.filter(homerooms__school_class=school_class)
        | Person.objects.filter(teachings__study_group__school_class=school_class)
    )
    school_class.archived_at = timezone.now()
    school_class.save(update_fields=["archived_at"])
    record(EventKind.CLASS_ARCHIVED, by=by, school=school_class.school, subject=school_class)
    project(school_class.school, affected, by=by)


@transaction.atomic
def add_subject(*, by: User, school: School, name: str) -> Subject:
    """A subject of the curriculum; the one that is there, in another spelling, is returned as it is."""
    require(by, "manage_structure", school)
    lock_roster(school.pk)
    for subject in school.subjects.all():
        if fold(subject.name) == fold(name):
            return subject
    subject = Subject(school=school, name=" ".join(name.split()))
    subject.full_clean()
    subject.save()
    record(EventKind.SUBJECT_CREATED, by=by, school=school, subject=subject)
    return subject


@transaction.atomic
def create_study_group(*, by: User, school_class: SchoolClass, subject: Subject, part: str = "") -> StudyGroup:
    """A subject in a class: the whole of it, or a named part. The one that exists is returned."""
    require(by, "manage_staff", school_class.school)
    require_same_school(school_class, subject)
    lock_class(school_class)
    require_class_of_pupils(school_class)
    group, is_new = StudyGroup.objects.get_or_create(
        school_id=school_class.school_id, school_class=school_class, subject=subject, part=" ".join(part.split())
    )
    if is_new:
        ensure_role_groups(group)
        record(EventKind.STUDY_GROUP_CREATED, by=by, school=school_class.school, subject=group)
    return group


@transaction.atomic
def set_group_members(*, by: User, study_group: StudyGroup, pupils: Collection[Person]) -> None:
    """Say which pupils of the class a part consists of. Refused for a group that takes the whole class."""
    require(by, "manage_staff", study_group.school)
    if study_group.takes_whole_class:
        raise Refusal(_("This group takes the whole class."), code="whole_class")
    lock_class(study_group.school_class)
    require_present(study_group.school_class)
    in_class = set(study_group.school_class.enrolments.active().values_list("person_id", flat=True))
    wanted = {pupil.pk for pupil in pupils}
    if wanted - in_class:
        raise Refusal(_("Only pupils of the class can be in its group."), code="not_in_class", field="pupils")
    today = timezone.localdate()
    active = study_group.memberships.active()
    before = set(active.values_list("person_id", flat=True))
    active.exclude(person_id__in=wanted).update(ends_on=today)
    GroupMembership.objects.bulk_create(
        GroupMembership(school_id=study_group.school_id, person_id=pk, study_group=study_group, starts_on=today)
        for pk in wanted - before
    )
    record(
        EventKind.STUDY_GROUP_CHANGED,
        by=by,
        school=study_group.school,
        subject=study_group,
        old={"pupils": sorted(before)},
        new={"pupils": sorted(wanted)},
    )
    project(study_group.school, Person.objects.filter(pk__in=before ^ wanted), by=by)
