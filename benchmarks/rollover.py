"""A new school year: a school of 1,200 pupils moves on in one transaction, and back."""

import time
from collections.abc import Iterator
from typing import Any

from .harness import Measured, Size, benchmark

PUPILS_OF_A_CLASS = 25
SUBJECTS = ("Русский язык", "Математика", "Английский язык", "История", "Биология", "Физкультура")
LETTERS = "АБВГД"


@benchmark("rollover")
def new_school_year(size: Size) -> Iterator[Measured]:
    """A new school year: 1,200 pupils, their parents, subjects and chats; then undone"""
    classes = size.of(48, 4)
    for policy in ("archive", "carry_on"):
        for _ in range(size.rounds):
            applied, undone, rows = moved_by_portal(classes, policy)
            yield Measured(f"begun, chats: {policy}", "s", "portal", applied)
            yield Measured(f"begun, chats: {policy}", "s", "floor", written_by_floor(rows))
            yield Measured(f"undone, chats: {policy}", "s", "portal", undone)


def moved_by_portal(classes: int, policy: str) -> tuple[float, float, int]:
    """(seconds to carry the plan out, seconds to undo it, rows written)."""
    from school import undo
    from school.models import Act, Event, Movement, Rollover
    from school.services import rollover, rollover_apply
    from tests import factories as f

    school = make_school(classes)
    admin = f.administrator_of(school)
    plan = rollover.start_rollover(by=admin, school=school)
    settings = {name: getattr(plan, name) for name in ("starts_on", "ends_on", "carries_teaching", "first_classes")}
    rollover.edit_rollover(by=admin, rollover=plan, **settings, chats=policy)
    approve(plan, admin)
    events = Event.objects.count()
    started = time.perf_counter()
    if not rollover_apply.carry_out(plan.pk):
        raise AssertionError(Rollover.objects.get(pk=plan.pk).reason)
    applied = time.perf_counter() - started
    act = Act.objects.get(school=school)
    moved = Movement.objects.filter(act=act).count()
    if moved != classes * PUPILS_OF_A_CLASS:
        raise AssertionError(f"{moved} pupils moved")
    # each row of the act is written, and remembered; beside them the journal, the log and who is in which group
    rows = 2 * act.rows.count() + moved + Event.objects.count() - events + 2 * moved * 3
    started = time.perf_counter()
    undo.undo(by=f.fresh(admin), act=act)
    return applied, time.perf_counter() - started, rows


def approve(plan: Any, admin: Any) -> None:
    """As a second administrator leaves the plan, since many graduate; nobody wakes a worker."""
    from django.utils import timezone

    from school.acts import DELAY
    from school.models import PendingAct, Person, Rollover
    from school.models.rollover import NEW_YEAR

    now, everybody = timezone.now(), list(Person.objects.filter(school=plan.school).values_list("pk", flat=True))
    PendingAct.objects.create(
        school=plan.school,
        kind=NEW_YEAR,
        payload={"rollover": plan.pk, "people": everybody},
        proposed_by=admin,
        proposed_at=now,
        due_at=now + DELAY,
        carried_out_at=now,
    )
    Rollover.objects.filter(pk=plan.pk).update(state="applying", applied_by=admin, started_at=now)


def make_school(classes: int) -> Any:
    """Every pupil has two parents, everybody has joined; each class a homeroom teacher, subjects and two chats."""
    from chats.kinds import Kind
    from chats.services import create_chat
    from school.models import SchoolClass
    from school.roles import projecting_once
    from school.services import structure
    from tests import factories as f

    school = f.make_school()
    admin = f.administrator_of(school)
    names = [f"{number % 11 + 1}{LETTERS[number // 11]}" for number in range(classes)]
    structure.create_classes(by=admin, school=school, names=" ".join(names))
    made = list(SchoolClass.objects.filter(school=school, kind="class").select_related("school"))
    teachers = [f.make_staff(school) for _ in made]
    with projecting_once(school):
        for school_class, teacher in zip(made, teachers, strict=True):
            f.make_homeroom(school_class, teacher)
            for subject in SUBJECTS:
                f.make_teaching(school_class, subject, person=teacher)
            fill(school_class)
    for school_class, teacher in zip(made, teachers, strict=True):
        for kind in (Kind.PUPILS, Kind.PARENTS):
            create_chat(by=f.user_of(teacher), kind=kind, scope=school_class)
    return school


def fill(school_class: Any) -> None:
    from accounts.models import User
    from school.services import bulk
    from tests import factories as f

    school = school_class.school
    admin = f.administrator_of(school)
    names = [{"last_name": "Фамилия", "first_name": "Имя"} for _ in range(PUPILS_OF_A_CLASS)]
    pupils = bulk.add_pupils(by=admin, school_class=school_class, rows=names)
    families: list[bulk.Family] = [
        ({"last_name": "Фамилия", "first_name": "Имя"}, [pupil], kind)
        for pupil in pupils
        for kind in ("mother", "father")
    ]
    people = [*pupils, *bulk.add_parents(by=admin, school=school, families=families)]
    users = User.objects.bulk_create(
        User(name="Имя", phone=f"+79{person.pk:09d}", phone_verified=True) for person in people
    )
    bulk.attach_users(school=school, pairs=list(zip(people, users, strict=True)))


def written_by_floor(rows: int) -> float:
    """As many rows in one transaction, by plain SQL, a thousand in each statement."""
    from django.db import connection, transaction
    from psycopg2.extras import execute_values

    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS floor_rollover")
        cursor.execute("CREATE TABLE floor_rollover (id bigserial PRIMARY KEY, who bigint, what text, at date)")
    started = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        line = (1, '{"ends_on": "2026-08-31", "school_class_id": 1}', "2026-08-31")
        insert = "INSERT INTO floor_rollover (who, what, at) VALUES %s"
        execute_values(cursor.cursor, insert, [line] * rows, page_size=1000)
    return time.perf_counter() - started
