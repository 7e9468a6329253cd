"""A plan of an import is carried out: the same facts and the same log as one by one, a fixed number of statements."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from accounts.models import User

from ..eventlog import line, record_many
from ..importing.plan import Draft, NewEnrolment, Plan
from ..importing.roster import Roster
from ..importing.values import ClassName
from ..models import (
    Act,
    Enrolment,
    Event,
    EventKind,
    GroupMembership,
    Guardianship,
    Homeroom,
    ImportedValues,
    Movement,
    Person,
    School,
    SchoolClass,
    StaffPosition,
    StudyGroup,
    Subject,
    Teaching,
)
from ..roles import make_role_groups
from ..text import fold
from .roster import TEACHING_KINDS

Status = Person.Verification
BATCH = 1000


@dataclass
class Writer:
    """Writes one plan inside the transaction of its act, behind the lock of the roster that the plan was made from."""

    by: User
    act: Act
    plan: Plan
    roster: Roster
    today: dt.date = field(default_factory=timezone.localdate)
    events: list[Event] = field(default_factory=list)
    newcomers: set[int] = field(default_factory=set)  # drafts, by id, of people who had no record before
    class_ids: set[int] = field(default_factory=set)  # whose pupils the import enrolled, moved or gave a parent

    @property
    def school(self) -> School:
        return self.roster.school

    def write(self) -> None:
        self._make_classes()
        self._write_people()
        self._write_enrolments()
        self._write_ties()
        self._write_positions()
        self._write_homerooms()
        self._write_teachings()
        rows = [(draft.person, draft.written) for draft in self.plan.drafts if draft.written]
        ImportedValues.objects.bulk_create(
            [ImportedValues(act=self.act, person=person, written=written) for person, written in rows],
            batch_size=BATCH,
        )
        record_many(self.events)

    def _tell(self, kind: EventKind, subject: Any, **details: Any) -> None:
        self.events.append(line(kind, by=self.by, school=self.school, subject=subject, **details))

    def _class(self, name: ClassName) -> SchoolClass:
        return self.roster.classes[name]

    def _make_classes(self) -> None:
        if not self.plan.classes:
            return
        year = self.school.current_year
        made = SchoolClass.objects.bulk_create(
            SchoolClass(
                school=self.school, year=year, parallel=name.parallel, letter=name.letter, letter_key=name.letter_key
            )
            for name in self.plan.classes
        )
        make_role_groups(made)
        for name, school_class in zip(self.plan.classes, made, strict=True):
            self.roster.classes[name] = school_class
            self._tell(EventKind.CLASS_CREATED, school_class)

    def _write_people(self) -> None:
        columns: set[str] = set()
        for draft in self.plan.drafts:
            if draft.returns:
                draft.changes |= {"removed_at": None, "verification": Status.UNVERIFIED}
        self._ask_for_confirmation()
        changed = [draft for draft in self.plan.drafts if draft.changes and not draft.is_new]
        new = [draft for draft in self.plan.drafts if draft.is_new]
        for draft in changed:
            self._change(draft)
            columns |= {*draft.changes, "search_key"}
        self.newcomers = {id(draft) for draft in new}
        for draft in new:
            for name, value in draft.changes.items():
                setattr(draft.person, name, value)
            draft.person.search_key = fold(draft.person.full_name)
        if changed:
            Person.objects.bulk_update([draft.person for draft in changed], sorted(columns), batch_size=500)
        Person.objects.bulk_create([draft.person for draft in new], batch_size=BATCH)
        for draft in new:
            self._tell(EventKind.PERSON_ADDED, draft.person)

    def _change(self, draft: Draft) -> None:
        person = draft.person
        old = {name: getattr(person, name) for name in draft.changes}
        for name, value in draft.changes.items():
            setattr(person, name, value)
        person.search_key = fold(person.full_name)
        if draft.returns:
            self._tell(EventKind.PERSON_ADDED, person, old={"removed_at": old["removed_at"]})
        shown = [name for name in draft.changes if name not in ("removed_at", "verification", "verification_asked_at")]
        if shown:
            was = {name: old[name] for name in shown}
            self._tell(EventKind.PERSON_CHANGED, person, old=was, new={name: draft.changes[name] for name in shown})

    def _ask_for_confirmation(self) -> None:
        """A teaching position begins the confirmation of the status «учитель»; the director has it (2.1)."""
        now = timezone.now()
        for position in self.plan.positions:
            draft = position.member
            status = draft.changes.get("verification", draft.person.verification)
            if position.old is not None:
                continue
            if position.kind == StaffPosition.Kind.DIRECTOR and status != Status.VERIFIED:
                draft.changes["verification"] = Status.VERIFIED
            elif position.kind in TEACHING_KINDS and status == Status.UNVERIFIED:
                draft.changes |= {"verification": Status.PENDING, "verification_asked_at": now}

    def _write_enrolments(self) -> None:
        ended = [new.old for new in self.plan.enrolments if new.old]
        if ended:
            Enrolment.objects.filter(pk__in=[fact.pk for fact in ended]).update(ends_on=self.today)
            moved = [fact.person_id for fact in ended]
            GroupMembership.objects.active().filter(person__in=moved).update(ends_on=self.today)
        Enrolment.objects.bulk_create([self._enrolment(new) for new in self.plan.enrolments], batch_size=BATCH)
        Movement.objects.bulk_create([self._movement(new) for new in self.plan.enrolments], batch_size=BATCH)

    def _enrolment(self, new: NewEnrolment) -> Enrolment:
        """The day of the list counts for who is new; the times of one pupil do not overlap."""
        person, school_class = new.pupil.person, self._class(new.school_class)
        new.pupil.written["class"] = school_class.pk
        self.class_ids.add(school_class.pk)
        details = {"class": school_class.name, "class_id": school_class.pk, **new.order}
        if new.old:
            was = {"class": new.old.school_class.name, "class_id": new.old.school_class_id}
            self._tell(EventKind.PUPIL_MOVED, person, old=was, new=details)
        else:
            self._tell(EventKind.PUPIL_ENROLLED, person, new=details)
        first = new.day if new.day and id(new.pupil) in self.newcomers else self.today
        return Enrolment(school=self.school, person=person, school_class=school_class, starts_on=first, **new.order)

    def _movement(self, new: NewEnrolment) -> Movement:
        return Movement(
            school=self.school,
            act=self.act,
            kind=Movement.Kind.TRANSFERRED if new.old else Movement.Kind.ENROLLED,
            person=new.pupil.person,
            from_class=new.old.school_class if new.old else None,
            to_class=self._class(new.school_class),
            happened_on=new.day or self.today,
            **new.order,
        )

    def _write_ties(self) -> None:
        for changed in self.plan.kinds:
            changed.tie.kind = changed.kind
        if self.plan.kinds:
            Guardianship.objects.bulk_update([changed.tie for changed in self.plan.kinds], ["kind"], batch_size=500)
        Guardianship.objects.bulk_create(
            [
                Guardianship(
                    school=self.school,
                    guardian=tie.parent.person,
                    pupil=tie.pupil.person,
                    kind=tie.kind,
                    starts_on=self.today,
                )
                for tie in self.plan.ties
            ],
            batch_size=BATCH,
        )
        for tie in self.plan.ties:
            tie.parent.written[f"ward:{tie.pupil.person.pk}"] = tie.kind
            if enrolment := self.roster.enrolments.get(tie.pupil.person.pk):
                self.class_ids.add(enrolment.school_class_id)
            details = {"pupil": tie.pupil.person.full_name, "pupil_id": tie.pupil.person.pk, "kind": tie.kind}
            self._tell(EventKind.GUARDIAN_ADDED, tie.parent.person, new=details)

    def _write_positions(self) -> None:
        renamed = [(new.old, new.title) for new in self.plan.positions if new.old]
        for position, title in renamed:
            position.title = title
        if renamed:
            StaffPosition.objects.bulk_update([position for position, _title in renamed], ["title"], batch_size=500)
        new = [position for position in self.plan.positions if not position.old]
        StaffPosition.objects.bulk_create(
            StaffPosition(
                school=self.school, person=one.member.person, kind=one.kind, title=one.title, starts_on=self.today
            )
            for one in new
        )
        for one in new:
            self._tell(EventKind.POSITION_STARTED, one.member.person, new={"kind": one.kind, "title": one.title})

    def _write_homerooms(self) -> None:
        Homeroom.objects.bulk_create(
            Homeroom(
                school=self.school,
                person=new.member.person,
                school_class=self._class(new.school_class),
                starts_on=self.today,
            )
            for new in self.plan.homerooms
        )
        for new in self.plan.homerooms:
            school_class, person = self._class(new.school_class), new.member.person
            new.member.written[f"homeroom:{school_class.pk}"] = True
            details = {"homeroom": str(person)}
            self._tell(EventKind.HOMEROOM_ASSIGNED, school_class, person=person, new=details)

    def _write_teachings(self) -> None:
        if not self.plan.teachings:
            return
        self._make_subjects()
        groups = self._make_study_groups()
        rows = []
        for new in self.plan.teachings:
            school_class, person = self._class(new.school_class), new.member.person
            group = groups[school_class.pk, self.roster.subjects[fold(new.subject)].pk]
            new.member.written[f"teaching:{group.pk}"] = True
            rows.append(Teaching(school=self.school, person=person, study_group=group, starts_on=self.today))
            details = {"teacher": str(person), "group": str(group)}
            self._tell(EventKind.TEACHING_ASSIGNED, school_class, person=person, new=details)
        Teaching.objects.bulk_create(rows, batch_size=BATCH)

    def _make_subjects(self) -> None:
        wanted = {fold(new.subject): new.subject for new in self.plan.teachings}
        missing = [(key, name) for key, name in wanted.items() if key not in self.roster.subjects]
        made = Subject.objects.bulk_create(Subject(school=self.school, name=name) for _key, name in missing)
        for (key, _name), subject in zip(missing, made, strict=True):
            self.roster.subjects[key] = subject
            self._tell(EventKind.SUBJECT_CREATED, subject)

    def _make_study_groups(self) -> dict[tuple[int, int], StudyGroup]:
        subjects = {subject.pk: subject for subject in self.roster.subjects.values()}
        wanted = {}
        for new in self.plan.teachings:
            subject, school_class = self.roster.subjects[fold(new.subject)], self._class(new.school_class)
            wanted[school_class.pk, subject.pk] = school_class
        missing = [(place, where) for place, where in wanted.items() if place not in self.roster.groups]
        made = StudyGroup.objects.bulk_create(
            StudyGroup(school=self.school, school_class=school_class, subject=subjects[subject_id])
            for (_class, subject_id), school_class in missing
        )
        make_role_groups(made)
        for (place, _where), group in zip(missing, made, strict=True):
            self.roster.groups[place] = group
            self._tell(EventKind.STUDY_GROUP_CREATED, group)
        for (_class, subject_id), group in self.roster.groups.items():
            group.subject = subjects[subject_id]
        return self.roster.groups
