"""Roads by which somebody could get or keep a right that is not his; each is closed."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.services import delete_unverified_users
from school.drift import check_rights
from school.errors import Refusal
from school.models import (
    Activist,
    ClassUserPermission,
    Event,
    EventKind,
    Guardianship,
    Person,
    SchoolClass,
    StaffPosition,
)
from school.rights import RightDenied, may, rights_of
from school.services import administrators, people, pupils, rights, role_change, schools, staff, structure, verification
from school.services.role_change import NewRole, RoleTarget
from tests import factories as f
from tests.world import World, make_additional_administrator

pytestmark = pytest.mark.django_db
ORDER: Any = {"order_number": "12", "order_date": dt.date(2025, 9, 1)}


def refused(code: str):
    class Refused:
        def __enter__(self) -> None:
            pass

        def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> bool:
            assert isinstance(error, Refusal), f"not refused: {error!r}"
            assert error.code == code
            return True

    return Refused()


def roles_of(person: Person) -> set[str]:
    return set(f.user_of(person).groups.values_list("role_group__role", flat=True))


def admin_of(world: World) -> User:
    return f.administrator_of(world.own.school)


# --- people who left ------------------------------------------------------------------------------------------------


def test_who_has_left_may_nothing_and_nobody_joins_as_him(world: World):
    person = world.own.homeroom
    people.remove_person(by=admin_of(world), person=person, reason="Уволен")
    assert rights_of(f.user_of(person)).rows == frozenset()
    unjoined = f.make_pupil(world.own.school_class, joined=False)
    people.remove_person(by=admin_of(world), person=unjoined)
    with refused("has_left"):
        f.join(unjoined)


def test_a_teacher_who_comes_back_waits_for_the_status_again(world: World):
    person = world.own.class_teacher
    people.remove_person(by=admin_of(world), person=person)
    staff.start_position(by=admin_of(world), person=person, kind=StaffPosition.Kind.TEACHER)
    person.refresh_from_db()
    assert person.removed_at is None
    assert person.verification == Person.Verification.PENDING
    assert roles_of(person) == {"applicant"}


def test_a_pupil_who_comes_back_has_his_class_again_and_so_has_his_parent(world: World):
    pupil, parent = world.own.pupil, world.own.parent
    people.remove_person(by=admin_of(world), person=pupil)
    assert roles_of(parent) == set()
    pupils.enrol_pupil(by=admin_of(world), person=pupil, school_class=world.other_class.school_class)
    assert roles_of(pupil) == {"pupil", "class_pupil"}
    assert roles_of(parent) == set()  # the tie ended when he left: it is made anew, by somebody who knows
    assert not check_rights(world.own.school)


def test_an_old_object_does_not_bring_a_login_back_or_take_one_off(world: World):
    stale = f.make_pupil(world.own.school_class, joined=False)
    joined = f.join(Person.objects.get(pk=stale.pk))
    people.edit_person(by=admin_of(world), person=stale, first_name="Пётр")
    assert Person.objects.get(pk=stale.pk).user == joined.user


def test_a_person_is_edited_by_his_names_and_contacts_only(world: World):
    with pytest.raises(TypeError):
        people.edit_person(by=admin_of(world), person=world.own.pupil, verification="verified")
    with pytest.raises(TypeError):
        schools.update_school(by=admin_of(world), school=world.own.school, is_demo=True)


def test_a_login_taken_off_a_person_loses_his_roles(world: World):
    person = world.own.homeroom
    user = f.user_of(person)
    people.detach_user(by=admin_of(world), person=person)
    assert not user.groups.exists()
    assert not check_rights(world.own.school)
    assert Event.objects.filter(kind=EventKind.PERSON_CHANGED, person_id=person.pk).exists()
    f.join(Person.objects.get(pk=person.pk))
    assert "homeroom" in roles_of(Person.objects.get(pk=person.pk))


def test_a_login_that_a_school_waits_for_is_not_swept_away(world: World):
    User.objects.filter(pk=f.user_of(world.own.pupil).pk).update(
        phone_verified=False, last_login=None, date_joined=timezone.now() - dt.timedelta(days=9), password="!"
    )
    assert delete_unverified_users() == 0


# --- rights given by hand -------------------------------------------------------------------------------------------


def grant(world: World, person: Person, codename: str = "create_parents_chat") -> None:
    until = timezone.now() + dt.timedelta(days=5)
    scope = world.other_class.school_class
    rights.grant_temporary(
        by=admin_of(world), person=person, codename=codename, scope=scope, until=until, reason="Болезнь"
    )


@pytest.mark.parametrize("road", ["removed", "position ended", "role changed", "status refused", "login taken off"])
def test_a_right_given_by_hand_goes_with_the_last_role_of_the_staff(world: World, road: str):
    person, admin = world.own.class_teacher, admin_of(world)
    grant(world, person)
    user = f.user_of(person)
    assert may(user, "create_parents_chat", world.other_class.school_class)
    if road == "removed":
        people.remove_person(by=admin, person=person)
    elif road == "position ended":
        staff.end_position(by=admin, position=person.positions.active().get())
    elif road == "role changed":
        target = RoleTarget(NewRole.PARENT, child=world.own.pupil)
        role_change.change_role(by=admin, person=person, target=target)
    elif road == "status refused":
        verification.reject_teachers(by=admin, school=world.own.school, people=[person], reason="Нет приказа")
    else:
        people.detach_user(by=admin, person=person)
    assert not may(f.fresh(user), "create_parents_chat", world.other_class.school_class)
    assert not ClassUserPermission.objects.exists()
    assert Event.objects.filter(kind=EventKind.RIGHT_ENDED, actor=admin).exists()


def test_who_waits_for_the_status_is_given_nothing_by_hand(world: World):
    with refused("not_staff"):
        grant(world, world.people["applicant"])
    with refused("not_staff"):
        grant(world, world.own.parent)
    with refused("another_school"):
        grant(world, world.other_school.homeroom)


# --- the director's place and the administrators --------------------------------------------------------------------


def test_an_additional_administrator_does_not_make_or_unmake_a_director(world: World):
    by = f.user_of(world.people["additional_administrator"])
    director = world.people["director"]
    with pytest.raises(RightDenied):
        staff.end_position(by=by, position=director.positions.active().get(kind="director"))
    with pytest.raises(RightDenied):
        people.remove_person(by=by, person=director)
    with pytest.raises(RightDenied):
        role_change.change_role(by=by, person=director, target=RoleTarget(NewRole.EMPLOYEE))
    staff.end_position(by=admin_of(world), position=director.positions.active().get(kind="director"))
    person = world.people["additional_administrator"]
    with pytest.raises(RightDenied):
        staff.start_position(by=by, person=person, kind=StaffPosition.Kind.DIRECTOR)


def test_the_director_is_not_put_out_by_refusing_his_status(world: World):
    deputy = f.user_of(world.people["deputy"])
    for person in (world.people["director"], world.people["administrator"]):
        with refused("by_office"):
            verification.reject_teachers(by=deputy, school=world.own.school, people=[person], reason="Так")


def test_a_dismissed_administrator_with_an_old_page_open_appoints_nobody(world: World):
    school = world.own.school
    former = f.administrator_of(school)
    assert may(former, "appoint_administrators", school)  # what he may do is kept for the request
    successor = world.people["additional_administrator"]
    administrators.appoint_at_once(by=f.fresh(former), person=successor, main=True, **ORDER)
    with pytest.raises(RightDenied):
        administrators.appoint_administrator(by=former, person=world.own.homeroom, main=True, **ORDER)
    assert f.administrator_of(school) == f.user_of(successor)
    assert {"administrator", "additional_administrator"} & roles_of(Person.objects.get(user=former, school=school)) == {
        "additional_administrator"
    }


def test_an_administrator_who_cannot_sign_in_does_not_count_as_the_other_one(world: World):
    director, main = f.user_of(world.people["director"]), world.people["administrator"]
    User.objects.filter(pk=f.user_of(world.people["additional_administrator"]).pk).update(is_active=False)
    with refused("last_administrator"):
        administrators.dismiss_administrator(by=director, person=main, **ORDER)


def test_the_main_administrator_is_not_appointed_twice(world: World):
    with refused("position_exists"):
        administrators.appoint_administrator(
            by=admin_of(world), person=world.people["administrator"], main=True, **ORDER
        )


def test_rights_are_fresh_after_one_gave_his_own_away(world: World):
    by = admin_of(world)
    successor = make_additional_administrator(world.own.school)
    administrators.appoint_at_once(by=by, person=successor, main=True, **ORDER)
    assert not may(by, "appoint_administrators", world.own.school)


# --- classes --------------------------------------------------------------------------------------------------------


def test_the_staff_room_and_the_archive_take_nobody(world: World):
    admin, teacher = admin_of(world), world.own.class_teacher
    school = world.own.school
    staff_room = SchoolClass.objects.get(school=school, kind=SchoolClass.Kind.STAFF_ROOM)
    archived = f.make_class(school, "9Ж")
    group = f.make_study_group(archived)
    structure.archive_class(by=admin, school_class=archived)
    for school_class in (staff_room, archived):
        with refused("not_a_class_of_pupils"):
            staff.assign_homeroom(by=admin, school_class=school_class, person=teacher)
        with refused("not_a_class_of_pupils"):
            pupils.move_pupil(by=admin, person=world.own.pupil, to_class=school_class)
        with refused("not_a_class_of_pupils"):
            structure.rename_class(by=admin, school_class=school_class, parallel=9, letter="Ж")
    with refused("not_a_class_of_pupils"):
        staff.assign_teaching(by=admin, study_group=group, person=teacher)
    with refused("already_archived"):
        structure.archive_class(by=admin, school_class=archived)


def test_a_class_put_away_takes_its_roles_along(world: World):
    admin, school_class = admin_of(world), f.make_class(world.own.school, "9Ж")
    homeroom = f.make_homeroom(school_class)
    structure.archive_class(by=admin, school_class=school_class)
    assert roles_of(homeroom) == {"teacher"}


@pytest.mark.parametrize("letter", ["", "  ", "«»"])
def test_a_class_has_a_letter(world: World, letter: str):
    with refused("letter_needed"):
        structure.create_class(by=admin_of(world), school=world.own.school, parallel=5, letter=letter)
    with refused("letter_needed"):
        structure.rename_class(by=admin_of(world), school_class=world.own.school_class, parallel=5, letter=letter)


# --- families, staff, pupils ----------------------------------------------------------------------------------------


def test_an_activist_is_one_as_long_as_he_is_a_parent(world: World):
    admin, parent = admin_of(world), world.own.parent
    people.set_activist(by=admin, person=parent, kind=Activist.Kind.PARENTS, active=True)
    assert "parents_activist" in roles_of(parent)
    people.remove_guardian(by=admin, guardianship=parent.wards.active().get())
    assert roles_of(parent) == set()


def test_a_pupil_is_nobodys_parent(world: World):
    admin, kind = admin_of(world), Guardianship.Kind.MOTHER
    with refused("guardian_is_pupil"):
        people.add_guardian(by=admin, pupil=world.own.pupil, guardian=world.own.classmate, kind=kind)
    with refused("guardian_is_pupil"):
        people.add_guardian(by=admin, pupil=world.own.parent, guardian=world.own.pupil, kind=kind)
    with refused("own_parent"):
        people.add_guardian(by=admin, pupil=world.own.pupil, guardian=world.own.pupil, kind=kind)


def test_one_is_staff_or_pupil(world: World):
    admin = admin_of(world)
    with refused("is_pupil"):
        staff.start_position(by=admin, person=world.own.pupil, kind=StaffPosition.Kind.TEACHER)
    with refused("is_staff"):
        pupils.enrol_pupil(by=admin, person=world.own.homeroom, school_class=world.own.school_class)


def test_only_teachers_ask_for_the_status_and_get_it(world: World):
    with refused("not_a_teacher"):
        verification.ask_verification(by=f.user_of(world.own.pupil), person=world.own.pupil)
    people_ = [world.own.pupil, world.own.parent, world.people["applicant"], world.other_school.homeroom]
    assert verification.confirm_teachers(by=admin_of(world), school=world.own.school, people=people_) == 1


def test_who_was_refused_the_status_has_no_roles_where_the_school_does_not_demand_it(world: World):
    admin, person = admin_of(world), world.own.homeroom
    schools.update_school(by=admin, school=world.own.school, requires_verification=False)
    assert "homeroom" in roles_of(person)
    verification.reject_teachers(by=admin, school=world.own.school, people=[person], reason="Нет приказа")
    assert roles_of(person) == {"applicant"}


def test_what_has_ended_is_not_ended_again(world: World):
    admin, parent = admin_of(world), world.own.parent
    guardianship = parent.wards.active().get()
    people.remove_guardian(by=admin, guardianship=guardianship)
    with refused("already_ended"):
        people.remove_guardian(by=admin, guardianship=guardianship)
    teaching = world.own.class_teacher.teachings.active().get()
    staff.release_teaching(by=admin, teaching=teaching)
    with refused("already_ended"):
        staff.release_teaching(by=admin, teaching=teaching)


def test_the_preview_of_a_role_tells_of_somebody_who_has_not_joined(world: World):
    pupil = f.make_pupil(world.own.school_class, joined=False)
    preview = role_change.preview_role_change(
        by=admin_of(world), person=pupil, target=RoleTarget(NewRole.PUPIL, world.other_class.school_class)
    )
    assert len(preview.roles_lost) == len(preview.roles_gained) == 1


# --- another school -------------------------------------------------------------------------------------------------


def test_objects_of_two_schools_are_never_tied_together(world: World):
    admin, own, other = admin_of(world), world.own, world.other_school
    kind = Guardianship.Kind.MOTHER
    with refused("another_school"):
        pupils.move_pupil(by=admin, person=own.pupil, to_class=other.school_class)
    with refused("another_school"):
        staff.assign_homeroom(by=admin, school_class=own.school_class, person=other.homeroom, replace=True)
    with refused("another_school"):
        staff.assign_teaching(by=admin, study_group=own.study_group, person=other.class_teacher)
    with refused("another_school"):
        people.add_guardian(by=admin, pupil=own.pupil, guardian=other.parent, kind=kind)
    with refused("another_school"):
        role_change.change_role(by=admin, person=own.pupil, target=RoleTarget(NewRole.PUPIL, other.school_class))
    with refused("not_in_class"):
        structure.set_group_members(by=admin, study_group=own.part, pupils=[other.pupil])


def test_the_administrator_of_another_school_may_nothing_here(world: World):
    foreign, own = f.administrator_of(world.other_school.school), world.own
    for act in (
        lambda: people.remove_person(by=foreign, person=own.pupil),
        lambda: pupils.move_pupil(by=foreign, person=own.pupil, to_class=world.other_class.school_class),
        lambda: structure.archive_class(by=foreign, school_class=own.school_class),
        lambda: administrators.dismiss_administrator(by=foreign, person=world.people["administrator"], **ORDER),
        lambda: verification.confirm_teachers(by=foreign, school=own.school, people=[world.people["applicant"]]),
        lambda: people.detach_user(by=foreign, person=own.pupil),
    ):
        with pytest.raises(RightDenied):
            act()
