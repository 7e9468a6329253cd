"""A plan of an import is carried out: the same facts and the same log as one by one, a fixed number of statements."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from accounts.models import User

from .. import consequences
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
    ImportedValues,
    Movement,
    Person,
    School,
    SchoolClass,
    StaffPosition,
)
from ..projection import with_families
from ..roles import ensure_role_groups
from .import_staff_writing import write_homerooms, write_positions, write_teachings
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
        write_positions(self)
        write_homerooms(self)
        write_teachings(self)
        rows = [(draft.person, draft.written) for draft in self.plan.drafts if draft.written]
        ImportedValues.objects.bulk_create(
            [ImportedValues(act=self.act, person=person, written=written) for person, written in rows],
            batch_size=BATCH,
        )
        record_many(self.events)
        if moved := [new.pupil.person.pk for new in self.plan.enrolments if new.old]:
            consequences.followed(self.by, self.school, with_families(moved))

    def tell(self, kind: EventKind, subject: Any, **details: Any) -> None:
        self.events.append(line(kind, by=self.by, school=self.school, subject=subject, **details))

    def class_of(self, name: ClassName) -> SchoolClass:
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
        ensure_role_groups(*made)
        for name, school_class in zip(self.plan.classes, made, strict=True):
            self.roster.classes[name] = school_class
            self.tell(EventKind.CLASS_CREATED, school_class)

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
            columns |= {*draft.changes, "search_key", "search_words"}
        self.newcomers = {id(draft) for draft in new}
        for draft in new:
            for name, value in draft.changes.items():
                setattr(draft.person, name, value)
        if changed:
            Person.objects.bulk_update([draft.person for draft in changed], sorted(columns), batch_size=500)
        Person.objects.bulk_create([draft.person for draft in new], batch_size=BATCH)
        for draft in new:
            self.tell(EventKind.PERSON_ADDED, draft.person)

    def _change(self, draft: Draft) -> None:
        person = draft.person
        old = {name: getattr(person, name) for name in draft.changes}
        for name, value in draft.changes.items():
            setattr(person, name, value)
        person.set_search_keys()
        if draft.returns:
            self.tell(EventKind.PERSON_ADDED, person, old={"removed_at": old["removed_at"]})
        shown = [name for name in draft.changes if name not in ("removed_at", "verification", "verification_asked_at")]
        if shown:
            was = {name: old[name] for name in shown}
            self.tell(EventKind.PERSON_CHANGED, person, old=was, new={name: draft.changes[name] for name in shown})

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
        person, school_class = new.pupil.person, self.class_of(new.school_class)
        new.pupil.written["class"] = school_class.pk
        self.class_ids.add(school_class.pk)
        details = {"class": school_class.name, "class_id": school_class.pk, **new.order}
        if new.old:
            was = {"class": new.old.school_class.name, "class_id": new.old.school_class_id}
            self.tell(EventKind.PUPIL_MOVED, person, old=was, new=details)
        else:
            self.tell(EventKind.PUPIL_ENROLLED, person, new=details)
        first = new.day if new.day and id(new.pupil) in self.newcomers else self.today
        return Enrolment(school=self.school, person=person, school_class=school_class, starts_on=first, **new.order)

    def _movement(self, new: NewEnrolment) -> Movement:
        return Movement(
            school=self.school,
            act=self.act,
            kind=Movement.Kind.TRANSFERRED if new.old else Movement.Kind.ENROLLED,
            person=new.pupil.person,
            from_class=new.old.school_class if new.old else None,
            to_class=self.class_of(new.school_class),
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
            self.tell(EventKind.GUARDIAN_ADDED, tie.parent.person, new=details)
