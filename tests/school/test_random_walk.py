"""500 operations at random, permitted and not: rights stay the projection of the facts, and all questions agree."""

import datetime as dt
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.models import User
from school import undo
from school.drift import check_rights
from school.errors import Refusal
from school.models import (
    Act,
    Activist,
    ClassUserPermission,
    Guardianship,
    Homeroom,
    PendingAct,
    Person,
    RoleGroup,
    School,
    SchoolClass,
    SchoolUserPermission,
    StaffPosition,
    StudyGroup,
    Teaching,
)
from school.regulation import RIGHTS, STAFF, Role
from school.rights import may
from school.services import (
    acts,
    administrators,
    movements,
    people,
    pupils,
    removal,
    rights,
    role_change,
    schools,
    staff,
    structure,
    verification,
)
from school.services.role_change import NewRole, RoleTarget
from tests import factories as f
from tests.school.questions import disagreements
from tests.world import make_world

STEPS = 500
ORDER: Any = {"order_number": "7", "order_date": dt.date(2025, 9, 1)}


class Walk:
    """Picks what to do, by whom and with whom; mostly in one school, at times across."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.world = make_world()
        f.settle(self.world.people["director"])
        self.school = self.world.own.school
        self.counts: Counter[str] = Counter()

    def one(self, model: Any, **conditions: Any) -> Any:
        """A row of the school; one time in fifty a row of the other one."""
        school = self.world.other_school.school if self.random.random() < 0.02 else self.school
        rows = list(model.objects.filter(school=school, **conditions).order_by("pk"))
        return self.random.choice(rows) if rows else None

    def actor(self) -> User:
        if self.random.random() < 0.8:
            return f.administrator_of(self.school)
        return self.random.choice(list(User.objects.order_by("pk")))

    def step(self) -> None:
        act = self.random.choice(ACTS)
        try:
            act(self, self.actor())
        except Refusal as refusal:
            self.counts[f"refused: {refusal.code}"] += 1
        except PermissionDenied:
            self.counts["denied"] += 1
        except _Nothing:
            self.counts["nothing to do"] += 1
        else:
            self.counts[act.__name__] += 1


class _Nothing(Exception):
    pass


def some(row: Any) -> Any:
    if row is None:
        raise _Nothing
    return row


def new_pupil(w: Walk, by: User) -> None:
    names: Any = {"last_name": "Новый", "first_name": f"Имя{w.random.random()}"}
    person = pupils.add_pupil(by=by, school_class=some(w.one(SchoolClass)), **names)
    if w.random.random() < 0.7:
        f.join(person)


def enrol(w: Walk, by: User) -> None:
    pupils.enrol_pupil(by=by, person=some(w.one(Person)), school_class=some(w.one(SchoolClass)))


def move(w: Walk, by: User) -> None:
    person = some(w.one(Person, enrolments__isnull=False))
    pupils.move_pupil(by=by, person=person, to_class=some(w.one(SchoolClass)), order=ORDER)


def movement(w: Walk, by: User) -> None:
    kind, school_class = w.random.choice(movements.KINDS), some(w.one(SchoolClass))
    chosen = [some(w.one(Person)) for _ in range(w.random.randint(1, 2))]
    terms: Any = {"to_class": school_class, "position": "teacher"}
    movements.carry_out_movement(by=by, school=w.school, kind=kind, people=chosen, order=ORDER, **terms)


def take_a_movement_back(w: Walk, by: User) -> None:
    undo.undo(by=by, act=some(w.one(Act)))


def new_class(w: Walk, by: User) -> None:
    structure.create_classes(by=by, school=w.school, names=f"{w.random.randint(1, 4)}{w.random.choice('АБ')}")


def archive(w: Walk, by: User) -> None:
    empty = w.one(SchoolClass, enrolments__isnull=True, kind="class", archived_at__isnull=True)
    structure.archive_class(by=by, school_class=some(empty or w.one(SchoolClass)))


def rename(w: Walk, by: User) -> None:
    letter = w.random.choice(["А", "Ж", "«Б»", ""])
    structure.rename_class(
        by=by, school_class=some(w.one(SchoolClass)), parallel=w.random.randint(1, 11), letter=letter
    )


def new_teacher(w: Walk, by: User) -> None:
    kind = w.random.choice([StaffPosition.Kind.TEACHER, StaffPosition.Kind.EMPLOYEE, StaffPosition.Kind.DEPUTY])
    f.join(
        staff.add_staff(by=by, school=w.school, kind=kind, last_name="Учитель", first_name=f"Имя{w.random.random()}")
    )


def start_position(w: Walk, by: User) -> None:
    staff.start_position(by=by, person=some(w.one(Person)), kind=w.random.choice(list(StaffPosition.Kind)))


def end_position(w: Walk, by: User) -> None:
    movements.end_position(by=by, position=some(w.one(StaffPosition)))


def homeroom(w: Walk, by: User) -> None:
    replace = w.random.random() < 0.7
    person, school_class = some(w.one(Person, positions__isnull=False)), some(w.one(SchoolClass))
    staff.assign_homeroom(by=by, school_class=school_class, person=person, replace=replace)


def release_homeroom(w: Walk, by: User) -> None:
    staff.release_homeroom(by=by, school_class=some(w.one(Homeroom)).school_class)


def teaching(w: Walk, by: User) -> None:
    person, group = some(w.one(Person, positions__isnull=False)), some(w.one(StudyGroup))
    staff.assign_teaching(by=by, study_group=group, person=person)


def release_teaching(w: Walk, by: User) -> None:
    staff.release_teaching(by=by, teaching=some(w.one(Teaching)))


def study_group(w: Walk, by: User) -> None:
    subject = structure.add_subject(by=by, school=w.school, name=w.random.choice(["Физика", "химия", "Химия"]))
    part = w.random.choice(["", "1", "2"])
    structure.create_study_group(by=by, school_class=some(w.one(SchoolClass)), subject=subject, part=part)


def members(w: Walk, by: User) -> None:
    group = some(w.one(StudyGroup, school_class__enrolments__isnull=False))
    enrolments = group.school_class.enrolments.active() if w.random.random() < 0.8 else group.school_class.enrolments
    there = list(Person.objects.filter(pk__in=enrolments.values("person")).order_by("pk"))
    chosen = w.random.sample(there, k=min(len(there), 2))
    structure.set_group_members(by=by, study_group=group, pupils=chosen)


def guardian(w: Walk, by: User) -> None:
    kind = Guardianship.Kind.GUARDIAN
    people.add_guardian(by=by, pupil=some(w.one(Person)), guardian=some(w.one(Person)), kind=kind)


def unlink_guardian(w: Walk, by: User) -> None:
    people.remove_guardian(by=by, guardianship=some(w.one(Guardianship)))


def activist(w: Walk, by: User) -> None:
    kind, active = w.random.choice(list(Activist.Kind)), w.random.random() < 0.7
    people.set_activist(by=by, person=some(w.one(Person)), kind=kind, active=active)


def confirm(w: Walk, by: User) -> None:
    verification.confirm_teachers(by=by, school=w.school, people=[some(w.one(Person)) for _ in range(5)])


def reject(w: Walk, by: User) -> None:
    verification.reject_teachers(by=by, school=w.school, people=[some(w.one(Person))], reason="Нет документов")


def ask_again(w: Walk, by: User) -> None:
    person = w.one(Person, verification=Person.Verification.REJECTED) or w.one(Person)
    verification.ask_verification(by=by, person=some(person))


def change_role(w: Walk, by: User) -> None:
    target = RoleTarget(w.random.choice(list(NewRole)), w.one(SchoolClass), w.one(Person))
    person = some(w.one(Person))
    role_change.preview_role_change(by=by, person=person, target=target)
    role_change.change_role(by=by, person=person, target=target)


def override(w: Walk, by: User) -> None:
    role, codename = w.random.choice(list(Role)), w.random.choice(list(RIGHTS))
    rights.set_right(by=by, school=w.school, role=role, codename=codename, allowed=w.random.random() < 0.5)


def grant(w: Walk, by: User) -> None:
    until = timezone.now() + dt.timedelta(days=w.random.randint(-1, 30))
    scope = some(w.random.choice([w.school, w.one(SchoolClass), w.one(StudyGroup)]))
    person, codename = some(w.one(Person, user__isnull=False)), w.random.choice(list(RIGHTS))
    rights.grant_temporary(by=by, person=person, codename=codename, scope=scope, until=until, reason="Замена")


def take_back(w: Walk, by: User) -> None:
    rights.end_temporary(by=by, permission=some(w.one(SchoolUserPermission) or w.one(ClassUserPermission)))


def expire(w: Walk, by: User) -> None:
    rights.expire_temporary(now=timezone.now() + dt.timedelta(days=w.random.randint(0, 10)))


def remove(w: Walk, by: User) -> None:
    people.remove_person(by=by, person=some(w.one(Person)), reason="Выбыл")


def join_again(w: Walk, by: User) -> None:
    f.join(some(w.one(Person, user__isnull=True)))


def detach(w: Walk, by: User) -> None:
    people.detach_user(by=by, person=some(w.one(Person)))


def appoint(w: Walk, by: User) -> None:
    main = w.random.random() < 0.3
    administrators.appoint_administrator(by=by, person=some(w.one(Person)), main=main, **ORDER)


def approve_act(w: Walk, by: User) -> None:
    director = Person.objects.filter(school=w.school, positions__kind="director", user__isnull=False).first()
    second = f.user_of(director) if director and w.random.random() < 0.7 else by
    acts.approve_act(by=second, act=some(w.one(PendingAct)))


def cancel_act(w: Walk, by: User) -> None:
    acts.cancel_act(by=by, act=some(w.one(PendingAct)))


def a_day_passes(w: Walk, by: User) -> None:
    acts.carry_out_due(now=timezone.now() + dt.timedelta(hours=w.random.randint(1, 30)))


def remove_many(w: Walk, by: User) -> None:
    removal.remove_people(by=by, school=w.school, people=[some(w.one(Person)) for _ in range(3)], reason="Выбыли")


def dismiss(w: Walk, by: User) -> None:
    administrators.dismiss_administrator(by=by, person=some(w.one(Person, positions__isnull=False)), **ORDER)


def demand_the_status(w: Walk, by: User) -> None:
    schools.update_school(by=by, school=w.school, requires_verification=w.random.random() < 0.7)


ACTS: list[Callable[[Walk, User], None]] = [
    *(movement, movement, movement, take_a_movement_back, take_a_movement_back),
    *(new_pupil, new_pupil, new_class, new_teacher, enrol, move, move, archive, rename, start_position, end_position),
    *(homeroom, homeroom, release_homeroom, teaching, teaching, release_teaching, study_group, members),
    *(guardian, guardian, unlink_guardian, activist, confirm, confirm, reject, ask_again, change_role),
    *(override, grant, grant, take_back, expire, remove, join_again, detach, appoint, dismiss, demand_the_status),
    *(appoint, approve_act, approve_act, cancel_act, a_day_passes, remove_many),
]


@pytest.mark.django_db
@pytest.mark.parametrize("seed", [1])
def test_after_a_random_walk_the_rights_stand(seed: int):
    walk = Walk(seed)
    for _ in range(STEPS):
        walk.step()
    done = {act.__name__ for act in ACTS if walk.counts[act.__name__]}
    assert len(done) > 0.8 * len(set(ACTS)), walk.counts
    for school in School.objects.all():
        assert not check_rights(school)
        assert StaffPosition.objects.active().filter(school=school, kind="administrator").count() == 1
    assert disagreements(User.objects.all()) == []
    nobody_has_what_is_not_his()


def nobody_has_what_is_not_his() -> None:
    for role_group in RoleGroup.objects.select_related("group"):
        members = set(role_group.group.user_set.values_list("pk", flat=True))
        present = set(Person.objects.present().filter(school=role_group.school).values_list("user_id", flat=True))
        assert members <= present, role_group
    staff_groups = RoleGroup.objects.filter(role__in=STAFF).values("group_id")
    for model in (SchoolUserPermission, ClassUserPermission):
        for permission in model.objects.all():
            assert permission.user.groups.filter(pk__in=staff_groups, role_group__school=permission.school).exists()
    for person in Person.objects.filter(removed_at__isnull=False, user__isnull=False):
        assert not any(may(f.user_of(person), codename, person.school) for codename in RIGHTS)
