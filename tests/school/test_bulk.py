"""Many people at once obey the same rules as one by one, in a fixed number of queries."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from school.drift import check_rights
from school.errors import Refusal
from school.models import Event, EventKind, Person, School, SchoolClass
from school.regulation import Role
from school.rights import RightDenied
from school.roles import projecting_once
from school.services import bulk, people, structure
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def school() -> School:
    return make.make_school()


@pytest.fixture
def school_class(school: School) -> SchoolClass:
    return make.make_class(school)


def rows(count: int) -> list[dict[str, Any]]:
    return [{"last_name": f" Ёлкина  {n}", "first_name": "Мария", "patronymic": "Ивановна"} for n in range(count)]


def add(school_class: SchoolClass, count: int = 3) -> list[Person]:
    admin = make.administrator_of(school_class.school)
    return bulk.add_pupils(by=admin, school_class=school_class, rows=rows(count))


def roles_of(person: Person) -> set[str]:
    return set(make.user_of(person).groups.values_list("role_group__role", flat=True))


def test_pupils_are_enrolled_found_and_logged(school_class: SchoolClass) -> None:
    pupils = add(school_class)
    assert [pupil.last_name for pupil in pupils] == ["Ёлкина 0", "Ёлкина 1", "Ёлкина 2"]
    assert school_class.enrolments.active().count() == 3
    assert Person.objects.search("елкина мария").count() == 3
    assert Event.objects.filter(kind=EventKind.PUPIL_ENROLLED, person_id=pupils[1].pk).exists()


def test_parents_are_tied_to_their_children_and_join_with_their_roles(school_class: SchoolClass) -> None:
    school, pupils = school_class.school, add(school_class)
    admin = make.administrator_of(school)
    family = [(row, pupils[:2], "mother") for row in rows(2)]
    parents = bulk.add_parents(by=admin, school=school, families=family)
    joined = bulk.attach_users(school=school, pairs=[(person, make.make_user()) for person in (*parents, pupils[2])])
    assert {role for person in joined for role in roles_of(person)} == {
        *(Role.PARENT, Role.CLASS_PARENT, Role.PUPIL, Role.CLASS_PUPIL),
    }
    assert not check_rights(school)
    assert Event.objects.get(kind=EventKind.PERSON_JOINED, person_id=parents[0].pk).actor_id == joined[0].user_id


def test_who_may_not_is_refused(school_class: SchoolClass) -> None:
    teacher = make.user_of(make.make_homeroom(school_class))
    with pytest.raises(RightDenied):
        bulk.add_pupils(by=teacher, school_class=school_class, rows=rows(1))
    with pytest.raises(RightDenied):
        bulk.add_parents(by=teacher, school=school_class.school, families=[])


def test_a_class_of_the_archive_and_a_bad_name_are_refused(school_class: SchoolClass) -> None:
    admin = make.administrator_of(school_class.school)
    with pytest.raises(ValidationError):
        bulk.add_pupils(by=admin, school_class=school_class, rows=[*rows(2), {"last_name": "", "first_name": "А"}])
    structure.archive_class(by=admin, school_class=SchoolClass.objects.get(pk=school_class.pk))
    with pytest.raises(Refusal) as refusal:
        bulk.add_pupils(by=admin, school_class=school_class, rows=rows(1))
    assert refusal.value.code == "not_a_class_of_pupils"
    assert not school_class.enrolments.exists()


def test_a_child_of_another_school_is_refused(school_class: SchoolClass) -> None:
    stranger = make.make_pupil(make.make_class(make.make_school()))
    admin = make.administrator_of(school_class.school)
    with pytest.raises(Refusal) as refusal:
        bulk.add_parents(by=admin, school=school_class.school, families=[(rows(1)[0], [stranger], "mother")])
    assert refusal.value.code == "another_school"


def test_nobody_joins_twice_or_for_another(school_class: SchoolClass) -> None:
    school, (first, second, gone) = school_class.school, add(school_class)
    user = make.make_user()
    bulk.attach_users(school=school, pairs=[(first, user)])
    people.remove_person(by=make.administrator_of(school), person=gone)
    for person, login, code in [
        (first, make.make_user(), "already_joined"),
        (gone, make.make_user(), "already_joined"),
        (second, user, "another_person"),
    ]:
        with pytest.raises(Refusal) as refusal:
            bulk.attach_users(school=school, pairs=[(person, login)])
        assert refusal.value.code == code


def test_the_cost_does_not_grow(school: School, django_assert_num_queries: Any) -> None:
    first, second = make.make_class(school, "7А"), make.make_class(school, "7Б")
    admin = make.fresh(make.administrator_of(school))
    with django_assert_num_queries(12, exact=False) as few:
        bulk.add_pupils(by=admin, school_class=first, rows=rows(2))
    with django_assert_num_queries(12, exact=False) as many:
        bulk.add_pupils(by=admin, school_class=second, rows=rows(60))
    assert len(many) <= len(few)


def test_groups_are_made_once_at_the_end(school: School, school_class: SchoolClass) -> None:
    with projecting_once(school):
        pupil = make.make_pupil(school_class)
        assert roles_of(pupil) == set()
    assert roles_of(pupil) == {Role.PUPIL, Role.CLASS_PUPIL}
    assert not check_rights(school)


def test_what_failed_leaves_no_postponed_groups(school: School, school_class: SchoolClass) -> None:
    def fail() -> None:
        with projecting_once(school):
            make.make_pupil(school_class)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert not school_class.enrolments.exists()
    assert roles_of(make.make_pupil(school_class)) == {Role.PUPIL, Role.CLASS_PUPIL}
