import pytest

from school.models import Person
from school.rights import explain, may, rights_of, users_allowed
from school.services import pupils, staff
from tests import factories as f

pytestmark = pytest.mark.django_db


def test_homeroom_teacher_may_create_the_chats_of_his_class_only():
    school = f.make_school()
    own, other = f.make_class(school, "7Б"), f.make_class(school, "7А")
    user = f.user_of(f.make_homeroom(own))
    assert user.has_perm("school.create_parents_chat", own)
    assert not user.has_perm("school.create_parents_chat", other)
    assert not user.has_perm("school.create_deputies_chat", school)


def test_a_right_on_the_school_holds_on_its_classes():
    school = f.make_school()
    school_class = f.make_class(school)
    admin = f.administrator_of(school)
    assert may(admin, "view_people", school_class)
    assert may(admin, "view_people", school)
    assert not may(admin, "view_people", f.make_class(f.make_school()))


def test_rights_cost_one_query(django_assert_num_queries):
    school = f.make_school()
    classes = [f.make_class(school, f"{n}А") for n in range(1, 6)]
    user = f.administrator_of(school)
    with django_assert_num_queries(1):
        assert all(may(user, "invite_parents", school_class) for school_class in classes)


def test_unverified_teacher_has_what_an_applicant_has():
    school = f.make_school()
    school_class = f.make_class(school)
    person = f.make_staff(school, verified=False)
    staff.assign_homeroom(by=f.administrator_of(school), school_class=school_class, person=person)
    assert rights_of(f.user_of(person)).rows == frozenset()


def test_pupil_and_parents_move_together():
    school = f.make_school()
    old, new = f.make_class(school, "7Б"), f.make_class(school, "7А")
    pupil = f.make_pupil(old)
    parent = f.make_parent(pupil)
    pupils.move_pupil(by=f.administrator_of(school), person=pupil, to_class=new)
    for person in (pupil, parent):
        names = set(f.user_of(person).groups.values_list("role_group__school_class", flat=True))
        assert old.pk not in names
        assert new.pk in names


def test_the_refused_pupil_is_told_the_clause():
    school = f.make_school()
    school_class = f.make_class(school)
    f.make_homeroom(school_class)
    pupil = f.make_pupil(school_class)
    answer = explain(f.user_of(pupil), "create_parents_chat", school_class)
    assert not answer.allowed
    assert answer.clause == "2.3"
    assert answer.granted_by == [Person.objects.get(user=f.administrator_of(school)).full_name]
    assert set(users_allowed("create_parents_chat", school_class)) == {
        f.user_of(school_class.homerooms.active().get().person)
    }
