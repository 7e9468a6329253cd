"""The staff of a plan is written: positions, homerooms, subjects. Parts of `import_writing`, which says when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..models import EventKind, Homeroom, Movement, StaffPosition, StudyGroup, Subject, Teaching
from ..roles import ensure_role_groups
from ..text import fold

if TYPE_CHECKING:
    from ..importing.plan import NewPosition
    from .import_writing import Writer

BATCH = 1000


def write_positions(writer: Writer) -> None:
    renamed = [(new.old, new.title) for new in writer.plan.positions if new.old]
    for position, title in renamed:
        position.title = title
    if renamed:
        StaffPosition.objects.bulk_update([position for position, _title in renamed], ["title"], batch_size=500)
    new = [position for position in writer.plan.positions if not position.old]
    StaffPosition.objects.bulk_create(
        StaffPosition(
            school=writer.school, person=one.member.person, kind=one.kind, title=one.title, starts_on=writer.today
        )
        for one in new
    )
    for one in new:
        writer.tell(EventKind.POSITION_STARTED, one.member.person, new={"kind": one.kind, "title": one.title})
    _write_hirings(writer, new)


def _write_hirings(writer: Writer, positions: list[NewPosition]) -> None:
    """A line of the journal for whoever had no position, however many he gets; as with «Give a position» (2.1)."""
    hired = {one.member.person.pk: one.member.person for one in positions}
    Movement.objects.bulk_create(
        [
            Movement(
                school=writer.school, act=writer.act, kind=Movement.Kind.HIRED, person=person, happened_on=writer.today
            )
            for pk, person in hired.items()
            if not writer.roster.positions.get(pk)
        ],
        batch_size=BATCH,
    )


def write_homerooms(writer: Writer) -> None:
    Homeroom.objects.bulk_create(
        Homeroom(
            school=writer.school,
            person=new.member.person,
            school_class=writer.class_of(new.school_class),
            starts_on=writer.today,
        )
        for new in writer.plan.homerooms
    )
    for new in writer.plan.homerooms:
        school_class, person = writer.class_of(new.school_class), new.member.person
        new.member.written[f"homeroom:{school_class.pk}"] = True
        details = {"homeroom": str(person)}
        writer.tell(EventKind.HOMEROOM_ASSIGNED, school_class, person=person, new=details)


def write_teachings(writer: Writer) -> None:
    if not writer.plan.teachings:
        return
    _make_subjects(writer)
    groups = _make_study_groups(writer)
    rows = []
    for new in writer.plan.teachings:
        school_class, person = writer.class_of(new.school_class), new.member.person
        group = groups[school_class.pk, writer.roster.subjects[fold(new.subject)].pk]
        new.member.written[f"teaching:{group.pk}"] = True
        rows.append(Teaching(school=writer.school, person=person, study_group=group, starts_on=writer.today))
        details = {"teacher": str(person), "group": str(group)}
        writer.tell(EventKind.TEACHING_ASSIGNED, school_class, person=person, new=details)
    Teaching.objects.bulk_create(rows, batch_size=BATCH)


def _make_subjects(writer: Writer) -> None:
    wanted = {fold(new.subject): new.subject for new in writer.plan.teachings}
    missing = [(key, name) for key, name in wanted.items() if key not in writer.roster.subjects]
    made = Subject.objects.bulk_create(Subject(school=writer.school, name=name) for _key, name in missing)
    for (key, _name), subject in zip(missing, made, strict=True):
        writer.roster.subjects[key] = subject
        writer.tell(EventKind.SUBJECT_CREATED, subject)


def _make_study_groups(writer: Writer) -> dict[tuple[int, int], StudyGroup]:
    subjects = {subject.pk: subject for subject in writer.roster.subjects.values()}
    wanted = {}
    for new in writer.plan.teachings:
        subject, school_class = writer.roster.subjects[fold(new.subject)], writer.class_of(new.school_class)
        wanted[school_class.pk, subject.pk] = school_class
    missing = [(place, where) for place, where in wanted.items() if place not in writer.roster.groups]
    made = StudyGroup.objects.bulk_create(
        StudyGroup(school=writer.school, school_class=school_class, subject=subjects[subject_id])
        for (_class, subject_id), school_class in missing
    )
    ensure_role_groups(*made)
    for (place, _where), group in zip(missing, made, strict=True):
        writer.roster.groups[place] = group
        writer.tell(EventKind.STUDY_GROUP_CREATED, group)
    for (_class, subject_id), group in writer.roster.groups.items():
        group.subject = subjects[subject_id]
    return writer.roster.groups
