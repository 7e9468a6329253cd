"""Two at once, on a database that really runs them at once."""

import datetime as dt
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from accounts.models import User
from school.drift import check_rights
from school.errors import Refusal
from school.models import (
    Enrolment,
    Event,
    EventKind,
    Guardianship,
    Homeroom,
    Movement,
    PendingAct,
    Person,
    RegistrationRequest,
    School,
    SchoolClass,
    StaffPosition,
)
from school.services import acts, administrators, movements, people, pupils, schools, staff, structure
from tests import factories as f

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
MOTHER = Guardianship.Kind.MOTHER
ORDER: Any = {"order_number": "12", "order_date": dt.date(2025, 9, 1)}


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Run these together; what became of each: «done», the code of the refusal, or «denied»."""
    start = threading.Barrier(len(acts))
    outcomes = [""] * len(acts)

    def run(number: int) -> None:
        try:
            start.wait(10)
            acts[number]()
            outcomes[number] = "done"
        except Refusal as refusal:
            outcomes[number] = refusal.code
        except PermissionDenied:
            outcomes[number] = "denied"
        except Exception as error:
            outcomes[number] = repr(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[number]) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(outcomes)


def test_one_homeroom_teacher_of_two_assigned_at_once():
    school_class = f.make_class(f.make_school())
    admin = f.administrator_of(school_class.school)
    teachers = [f.make_staff(school_class.school) for _ in range(2)]
    outcomes = at_once(
        *(
            lambda person=person: staff.assign_homeroom(
                by=f.fresh(admin), school_class=SchoolClass.objects.get(pk=school_class.pk), person=person
            )
            for person in teachers
        )
    )
    assert outcomes == ["done", "homeroom_taken"]
    assert Homeroom.objects.active().count() == 1
    assert not check_rights(school_class.school)


def test_two_administrators_hand_their_school_over_at_once():
    school = f.make_school()
    admin = f.administrator_of(school)
    heirs = [f.make_staff(school) for _ in range(2)]
    outcomes = at_once(
        *(
            lambda heir=heir: administrators.appoint_at_once(by=f.fresh(admin), person=heir, main=True, **ORDER)
            for heir in heirs
        )
    )
    assert outcomes == ["denied", "done"]
    assert StaffPosition.objects.active().filter(school=school, kind="administrator").count() == 1
    assert not check_rights(school)


def test_two_administrators_dismissed_at_once_leave_one():
    school = f.make_school()
    director = f.user_of(f.make_staff(school, StaffPosition.Kind.DIRECTOR))
    both = [f.make_staff(school) for _ in range(2)]
    for person in both:
        administrators.appoint_at_once(by=f.fresh(director), person=person, **ORDER)
    main = f.user_of(Person.objects.get(positions__kind="administrator", school=school))
    User.objects.filter(pk=main.pk).update(is_active=False)
    outcomes = at_once(
        *(
            lambda person=person: administrators.dismiss_administrator(by=f.fresh(director), person=person, **ORDER)
            for person in both
        )
    )
    assert outcomes == ["done", "last_administrator"]
    assert StaffPosition.objects.active().filter(school=school, kind="additional_administrator").count() == 1


def test_a_brother_and_a_sister_change_classes_at_once():
    """Each move alone would keep the parent in one of the classes: the rights follow both."""
    school = f.make_school()
    admin = f.administrator_of(school)
    first, second = f.make_class(school, "7А"), f.make_class(school, "7Б")
    for _ in range(5):
        brother, sister = f.make_pupil(first), f.make_pupil(second)
        f.make_parent(brother, sister)
        outcomes = at_once(
            partial(pupils.move_pupil, by=f.fresh(admin), person=brother, to_class=second),
            partial(pupils.move_pupil, by=f.fresh(admin), person=sister, to_class=first),
        )
        assert outcomes == ["done", "done"]
    assert not check_rights(school)


def test_a_parent_is_linked_while_the_child_is_moved():
    school = f.make_school()
    admin = f.administrator_of(school)
    first, second = f.make_class(school, "7А"), f.make_class(school, "7Б")
    for _ in range(5):
        pupil, other = f.make_pupil(first), f.make_pupil(first)
        parent = f.make_parent(other)
        outcomes = at_once(
            partial(pupils.move_pupil, by=f.fresh(admin), person=pupil, to_class=second),
            partial(people.add_guardian, by=f.fresh(admin), pupil=pupil, guardian=parent, kind=MOTHER),
        )
        assert outcomes == ["done", "done"]
    assert not check_rights(school)


def test_a_pupil_is_enrolled_once():
    school = f.make_school()
    admin = f.administrator_of(school)
    first, second = f.make_class(school, "7А"), f.make_class(school, "7Б")
    person = people.new_person(by=admin, school=school, last_name="Новый", first_name="Пётр")
    outcomes = at_once(
        *(
            lambda to=to: pupils.enrol_pupil(
                by=f.fresh(admin), person=Person.objects.get(pk=person.pk), school_class=to
            )
            for to in (first, second)
        )
    )
    assert outcomes == ["already_enrolled", "done"]
    assert Enrolment.objects.active().count() == 1


def test_a_class_is_put_away_or_gets_a_pupil():
    school = f.make_school()
    admin = f.administrator_of(school)
    school_class = f.make_class(school, "9Ж")
    names: Any = {"last_name": "Новый", "first_name": "Пётр"}
    outcomes = at_once(
        lambda: structure.archive_class(by=f.fresh(admin), school_class=SchoolClass.objects.get(pk=school_class.pk)),
        lambda: pupils.add_pupil(by=f.fresh(admin), school_class=SchoolClass.objects.get(pk=school_class.pk), **names),
    )
    assert outcomes in (["done", "not_a_class_of_pupils"], ["class_not_empty", "done"])


def test_a_class_is_made_once():
    school = f.make_school()
    admin = f.administrator_of(school)
    outcomes = at_once(
        *(lambda: structure.create_class(by=f.fresh(admin), school=school, parallel=5, letter="А") for _ in range(3))
    )
    assert outcomes == ["class_exists", "class_exists", "done"]


def test_one_login_joins_once():
    school_class = f.make_class(f.make_school())
    user = f.make_user()
    two = [f.make_pupil(school_class, joined=False) for _ in range(2)]
    outcomes = at_once(*(lambda p=p: people.attach_user(by=user, person=p, user=user) for p in two))
    assert outcomes == ["another_person", "done"]


def test_one_request_of_a_school_by_phone():
    fields = {
        "school_name": "МБОУ СОШ № 3",
        "short_name": "Школа № 3",
        "city": "Владикавказ",
        "email": "a@b.ru",
        "last_name": "Иванова",
        "first_name": "Мария",
        "phone": "+79161234567",
        "order_file": "order.pdf",
        **ORDER,
    }
    outcomes = at_once(*(lambda: schools.request_registration(**fields) for _ in range(3)))
    assert outcomes == ["already_waiting", "already_waiting", "done"]
    assert RegistrationRequest.objects.count() == 1


def pending(school: School) -> tuple[PendingAct, User]:
    """An appointment that waits, and the second administrator."""
    admin, second = f.administrator_of(school), f.make_staff(school)
    administrators.appoint_at_once(by=admin, person=second, **ORDER)
    act = administrators.appoint_administrator(by=admin, person=f.make_staff(school), **ORDER)
    assert act is not None
    return act, f.user_of(second)


def test_an_act_is_approved_or_cancelled_not_both():
    school = f.make_school()
    for _ in range(4):
        act, second = pending(school)
        outcomes = at_once(
            partial(acts.approve_act, by=f.fresh(second), act=act),
            partial(acts.cancel_act, by=f.administrator_of(school), act=act),
        )
        assert outcomes == ["done", "not_waiting"]
    assert not check_rights(school)


def test_two_sweeps_and_an_approval_carry_an_act_out_once():
    act, second = pending(f.make_school())
    now = act.due_at
    outcomes = at_once(
        partial(acts.carry_out_due, now=now),
        partial(acts.carry_out_due, now=now),
        partial(acts.approve_act, by=second, act=act),
    )
    assert outcomes in (["done", "done", "done"], ["done", "done", "not_waiting"])
    person = Person.objects.get(pk=act.payload["person"])
    assert person.positions.filter(kind="additional_administrator").count() == 1
    assert Event.objects.filter(kind=EventKind.ADMINISTRATOR_APPOINTED, person_id=person.pk).count() == 1


def test_a_dismissed_administrator_approves_before_or_not_at_all():
    school = f.make_school()
    act, second = pending(school)
    outcomes = at_once(
        partial(acts.approve_act, by=f.fresh(second), act=act),
        partial(
            administrators.dismiss_administrator,
            by=f.administrator_of(school),
            person=Person.objects.get(user=second),
            **ORDER,
        ),
    )
    assert outcomes in (["done", "done"], ["denied", "done"])
    appointed = Person.objects.get(pk=act.payload["person"]).positions.filter(kind="additional_administrator").exists()
    assert appointed == (outcomes == ["done", "done"])


def test_the_same_is_proposed_once():
    school = f.make_school()
    admin, person = f.administrator_of(school), f.make_staff(school)
    outcomes = at_once(
        *(
            lambda: administrators.appoint_administrator(
                by=f.fresh(admin), person=Person.objects.get(pk=person.pk), **ORDER
            )
            for _ in range(3)
        )
    )
    assert outcomes == ["already_proposed", "already_proposed", "done"]


def test_one_pupil_who_is_removed_twice_at_once_leaves_once():
    school_class = f.make_class(f.make_school())
    admin, pupil = f.administrator_of(school_class.school), f.make_pupil(school_class)
    f.make_parent(pupil)

    def leave() -> None:
        people = [Person.objects.get(pk=pupil.pk)]
        movements.carry_out_movement(
            by=f.fresh(admin), school=school_class.school, kind=Movement.Kind.LEFT, people=people
        )

    assert at_once(leave, leave) == ["done", "not_enrolled"]
    assert Movement.objects.count() == 1
    assert not check_rights(school_class.school)


def test_a_pupil_moved_to_two_classes_at_once_is_in_one_and_the_journal_says_how():
    school = f.make_school()
    classes = [f.make_class(school, name) for name in ("7А", "7Б", "7В")]
    admin, pupil = f.administrator_of(school), f.make_pupil(classes[0])

    def move(to_class: SchoolClass) -> None:
        where: Any = {"to_class": SchoolClass.objects.get(pk=to_class.pk)}
        people = [Person.objects.get(pk=pupil.pk)]
        movements.carry_out_movement(
            by=f.fresh(admin), school=school, kind=Movement.Kind.TRANSFERRED, people=people, **where
        )

    assert at_once(partial(move, classes[1]), partial(move, classes[2])) == ["done", "done"]
    first, second = Movement.objects.order_by("act_id")
    assert (first.from_class, first.to_class) == (classes[0], second.from_class)
    assert Enrolment.objects.active().get().school_class == second.to_class
    assert not check_rights(school)
