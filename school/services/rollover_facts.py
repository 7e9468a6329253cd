"""The facts of a new school year, written in bulk: classes, subjects, enrolments, teachers, the journal.

Called by `rollover_apply` alone, which holds the right, the lock of the roster and the transaction.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import DateField, F, Q, QuerySet, Value
from django.db.models.functions import Greatest
from django.utils import timezone

from accounts.models import User

from ..eventlog import line, record_many
from ..models import (
    AcademicYear,
    Act,
    Activist,
    Enrolment,
    Event,
    EventKind,
    GroupMembership,
    Guardianship,
    Homeroom,
    Movement,
    Person,
    SchoolClass,
    StaffPosition,
    StudyGroup,
    Teaching,
)
from ..roles import ensure_role_groups
from ..rollover_plan import Key, Plan
from ..succession import Succession
from .roster import TEACHING_KINDS

Kind = Movement.Kind
BATCH = 1000


@dataclass
class NewYear:
    """The writing of one new year. `new` are its classes, `groups` the new study group of each old one."""

    by: User
    plan: Plan
    act: Act
    new: dict[Key, SchoolClass] = field(default_factory=dict)
    made: set[int] = field(default_factory=set)  # classes that this act made
    groups: dict[int, StudyGroup | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rollover = self.plan.rollover
        self.school, self.today, self.now = rollover.school, timezone.localdate(), timezone.now()
        self.order = {"order_number": rollover.order_number, "order_date": rollover.order_date}
        self.old = {plan_line.old.pk: plan_line.old for plan_line in self.plan.lines}

    @property
    def steps(self) -> list[Callable[[], None]]:
        return [
            *(self.make_classes, self.carry_subjects, self.move_pupils),
            *(self.let_go, self.assign_teachers, self.write_journal),
        ]

    @cached_property
    def successors(self) -> dict[int, SchoolClass | None]:
        """The new class of each old one; None for those that graduate."""
        return {at.old.pk: self.new[at.to.key] if at.to else None for at in self.plan.lines}

    @property
    def succession(self) -> Succession:
        foreseen = self.plan.foresight
        fresh = {old for old, new in self.successors.items() if new and new.pk in self.made}
        return Succession(
            by=self.by,
            act=self.act,
            classes=self.successors,
            groups=self.groups,
            continued=foreseen.continued & fresh,
            carries_chats_on=foreseen.carries_chats_on,
        )

    def make_classes(self) -> None:
        """The year, its classes with their role groups; the old ones know their successors and are in the archive."""
        year = self._begin_year()
        self.new = {(c.parallel or 0, c.letter_key): c for c in year.classes.filter(archived_at__isnull=True)}
        missing = [target.name for key, target in self.plan.targets.items() if key not in self.new]
        made = SchoolClass.objects.bulk_create(
            SchoolClass(school=self.school, year=year, parallel=n.parallel, letter=n.letter, letter_key=n.key[1])
            for n in missing
        )
        self.made = {school_class.pk for school_class in made}
        self.new |= {name.key: school_class for name, school_class in zip(missing, made, strict=True)}
        for school_class in self.new.values():
            school_class.school = self.school
        ensure_role_groups(*self.new.values())
        for pk, old in self.old.items():
            old.successor, old.archived_at = self.successors[pk], self.now
        SchoolClass.objects.bulk_update(self.old.values(), ["successor", "archived_at"], batch_size=BATCH)
        record_many(self._event(EventKind.CLASS_CREATED, school_class) for school_class in made)
        record_many(self._event(EventKind.CLASS_ARCHIVED, school_class) for school_class in self.old.values())

    def _begin_year(self) -> AcademicYear:
        rollover = self.plan.rollover
        self.school.years.update(is_current=False)
        terms = {"ends_on": rollover.ends_on, "is_current": True}
        year, _new = self.school.years.update_or_create(starts_on=rollover.starts_on, defaults=terms)
        return year

    def carry_subjects(self) -> None:
        """The same subjects and parts in the successor; merged classes have one of each."""
        there = list(StudyGroup.objects.filter(school_class__in=self.old).order_by("pk"))
        self.groups = {group.pk: None for group in there}
        if not self.plan.rollover.carries_teaching:
            return
        known = {
            (group.school_class_id, group.subject_id, group.part): group
            for group in StudyGroup.objects.filter(school_class__in=[c.pk for c in self.new.values()])
        }
        missing: dict[tuple[int, int, str], StudyGroup] = {}
        keys: dict[int, tuple[int, int, str]] = {}
        for group in there:
            if successor := self.successors[group.school_class_id]:
                key = keys[group.pk] = successor.pk, group.subject_id, group.part
                same = {"subject_id": group.subject_id, "part": group.part}
                if key not in known:
                    missing[key] = StudyGroup(school=self.school, school_class=successor, **same)
        made = StudyGroup.objects.bulk_create(missing.values(), batch_size=BATCH)
        ensure_role_groups(*made)
        known |= dict(zip(missing, made, strict=True))
        self.groups |= {old: known[key] for old, key in keys.items()}

    def move_pupils(self) -> None:
        """Enrolments end and begin; who goes along with the class stays in its parts."""
        members: Any = GroupMembership.objects.active().filter(study_group__school_class__in=self.old)
        divided = list(members.values_list("person_id", "study_group_id"))
        self._end(members)
        self._end(Enrolment.objects.active().filter(school_class__in=self.old))
        to = {move.person.pk: self.new[move.to.name.key] for move in self.plan.moves if move.to}
        dates = {"school": self.school, "starts_on": self.today}
        Enrolment.objects.bulk_create(
            [Enrolment(person_id=pk, school_class=new, **dates, **self.order) for pk, new in to.items()], BATCH
        )
        parts = {
            (person, new.pk)
            for person, group in divided
            if (new := self.groups[group]) and person in to and to[person].pk == new.school_class_id
        }
        GroupMembership.objects.bulk_create(
            [GroupMembership(person_id=person, study_group_id=group, **dates) for person, group in parts], BATCH
        )

    def let_go(self) -> None:
        """Who leaves or graduates is of the school no more, as by `people.remove_person`; parents follow by the roles.

        Somebody who holds a position only stops being a pupil: administrators and staff do not go by this road.
        """
        gone = [move.person.pk for move in self.plan.of_kind(Kind.LEFT, Kind.GRADUATED)]
        staff = StaffPosition.objects.active().filter(person__in=gone).values("person_id")
        leavers = Person.objects.present().filter(pk__in=gone).exclude(pk__in=staff)
        ids = list(leavers.values_list("pk", flat=True))
        self._end(Activist.objects.active().filter(person__in=ids))
        self._end(Guardianship.objects.active().filter(Q(pupil__in=gone) | Q(guardian__in=ids)))
        Person.objects.filter(pk__in=ids).update(removed_at=self.now)

    def assign_teachers(self) -> None:
        """Homeroom teachers by the plan, subject teachers with their groups; those who teach no more are left out."""
        self._end(Homeroom.objects.active().filter(school_class__in=self.old))
        led = set(
            Homeroom.objects.active().filter(school_class__in=self._new_ids).values_list("school_class", flat=True)
        )
        homerooms = [
            Homeroom(person=target.homeroom, school_class=new, school=self.school, starts_on=self.today, **self.order)
            for key, target in self.plan.targets.items()
            if target.homeroom and (new := self.new[key]).pk not in led
        ]
        Homeroom.objects.bulk_create(homerooms)
        record_many(self._assigned(homeroom) for homeroom in homerooms)
        self._assign_subjects()

    def _assign_subjects(self) -> None:
        active: Any = Teaching.objects.active().filter(study_group__school_class__in=self.old)
        teachers = StaffPosition.objects.active().filter(school=self.school, kind__in=TEACHING_KINDS)
        going = active.filter(person__in=teachers.values("person_id")).values_list("person_id", "study_group_id")
        pairs = {(person, group.pk) for person, old in going if (group := self.groups[old])}
        self._end(active)
        known = Teaching.objects.active().filter(study_group__school_class__in=self._new_ids)
        pairs -= set(known.values_list("person_id", "study_group_id"))
        dates = {"school": self.school, "starts_on": self.today}
        Teaching.objects.bulk_create([Teaching(person_id=p, study_group_id=g, **dates) for p, g in pairs], BATCH)

    def write_journal(self) -> None:
        """A line for each pupil; who leaves, graduates or repeats is found in the event log too."""
        Movement.objects.bulk_create(
            [
                Movement(
                    school=self.school,
                    act=self.act,
                    kind=move.kind,
                    person=move.person,
                    from_class=move.line.old,
                    to_class=self.new[move.to.name.key] if move.to else None,
                    happened_on=self.today,
                    place=move.place,
                    **self.order,
                )
                for move in self.plan.moves
            ],
            BATCH,
        )
        kinds = {
            Kind.LEFT: EventKind.PERSON_REMOVED,
            Kind.GRADUATED: EventKind.PUPIL_GRADUATED,
            Kind.REPEATS: EventKind.PUPIL_REPEATS,
        }
        record_many(
            self._event(kinds[move.kind], move.person, old={"class": move.line.old}, new=self.order)
            for move in self.plan.of_kind(*kinds)
        )

    @property
    def _new_ids(self) -> list[int]:
        return [school_class.pk for school_class in self.new.values()]

    def _end(self, facts: QuerySet) -> None:
        """They end today; one that would begin later never held."""
        facts.update(ends_on=Greatest(F("starts_on"), Value(self.today), output_field=DateField()))

    def _event(self, kind: EventKind, subject: Any, **values: Any) -> Event:
        return line(kind, by=self.by, school=self.school, subject=subject, **values)

    def _assigned(self, homeroom: Homeroom) -> Event:
        new = {"homeroom": str(homeroom.person), **self.order}
        return self._event(EventKind.HOMEROOM_ASSIGNED, homeroom.school_class, person=homeroom.person, new=new)
