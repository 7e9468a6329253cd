"""An act is taken back whole, or not at all and with the list of what stands in the way."""

import datetime as dt
from typing import Any

import pytest
from django.db.models import Q
from django.test import Client
from django.utils import timezone

from chats.kinds import Kind
from chats.services.lifecycle import create_chat
from school import undo
from school.drift import check_rights
from school.errors import Refusal
from school.models import (
    Act,
    ActRow,
    Event,
    EventKind,
    Guardianship,
    Movement,
    Person,
    School,
    SchoolClass,
    StaffPosition,
)
from school.regulation import Role
from school.rights import RightDenied
from school.services import administrators, movements, people, pupils, staff, structure, verification
from school.services.rights import set_right
from tests import factories as f
from tests.world import make_additional_administrator

pytestmark = pytest.mark.django_db


def tables(school: School) -> dict[str, list[dict[str, Any]]]:
    """Everything that is tracked, table by table, to the microsecond."""
    return {
        str(model._meta.model_name): list(model._default_manager.filter(school=school).order_by("pk").values())
        for model in undo.TRACKED
    }


@pytest.fixture
def school() -> School:
    return f.make_school()


def remembered(school: School, *who: Person) -> Any:
    by = f.administrator_of(school)
    return undo.remembered(Act.Kind.MOVEMENT, by=by, school=school, title="Перевод", people=list(who) or None)


def test_a_move_is_undone_with_the_roles_of_the_family(school: School) -> None:
    here, there = f.make_class(school, "7Б"), f.make_class(school, "7А")
    pupil = f.make_pupil(here)
    parent = f.make_parent(pupil)
    before = tables(school)
    with remembered(school, pupil) as act:
        pupils.move_pupil(by=f.administrator_of(school), person=pupil, to_class=there)
    assert SchoolClass.objects.visible_to(f.user_of(parent)).get() == there
    undo.undo(by=f.administrator_of(school), act=act)
    assert tables(school) == before
    assert SchoolClass.objects.visible_to(f.user_of(parent)).get() == here
    assert not check_rights(school)
    assert Event.objects.filter(kind=EventKind.MOVEMENT_UNDONE, subject_id=act.pk).count() == 1


def test_what_was_made_goes_with_its_role_groups_and_comes_back_by_doing_it_again(school: School) -> None:
    admin = f.administrator_of(school)
    before = tables(school)
    for _ in range(2):
        with remembered(school) as act:
            made, _known = structure.create_classes(by=admin, school=school, names="5А 5Б")
            pupil = pupils.add_pupil(by=admin, school_class=made[0], last_name="Ёлкин", first_name="Пётр")
            people.edit_person(by=admin, person=pupil, phone="+79160000000")
        undo.undo(by=admin, act=act)
        assert tables(school) == before
        assert not check_rights(school)


def test_a_deleted_row_comes_back_with_its_first_moment(school: School) -> None:
    person = people.new_person(by=None, school=school, last_name="Ёлкин", first_name="Пётр")
    before = tables(school)
    with remembered(school) as act:
        Person.objects.filter(pk=person.pk).delete()
    undo.undo(by=f.administrator_of(school), act=act)
    assert tables(school) == before


def test_only_what_the_act_changed_is_put_back(school: School) -> None:
    admin = f.administrator_of(school)
    pupil = f.make_pupil(f.make_class(school))
    with remembered(school, pupil) as act:
        people.edit_person(by=admin, person=pupil, last_name="Новый")
    people.edit_person(by=admin, person=pupil, phone="+79161112233")
    undo.undo(by=admin, act=act)
    pupil.refresh_from_db()
    assert (pupil.last_name != "Новый", pupil.phone) == (True, "+79161112233")


def test_a_later_change_stands_in_the_way_and_is_named(school: School) -> None:
    admin = f.administrator_of(school)
    classes = [f.make_class(school, name) for name in ("7А", "7Б", "7В")]
    pupil = f.make_pupil(classes[0], last_name="Ёлкин")
    with remembered(school, pupil) as act:
        pupils.move_pupil(by=admin, person=pupil, to_class=classes[1])
    pupils.move_pupil(by=admin, person=pupil, to_class=classes[2])
    before = tables(school)
    with pytest.raises(undo.UndoRefused) as refused:
        undo.undo(by=admin, act=act)
    assert "Ёлкин" in refused.value.obstacles[0]
    assert tables(school) == before


def test_a_chat_of_a_new_class_is_not_lost_by_undoing_the_class(school: School) -> None:
    admin = f.administrator_of(school)
    with remembered(school) as act:
        (school_class,), _known = structure.create_classes(by=admin, school=school, names="5А")
    teacher = f.make_homeroom(school_class)
    chat = create_chat(by=f.user_of(teacher), kind=Kind.PARENTS, scope=school_class)
    before = tables(school)
    with pytest.raises(undo.UndoRefused):
        undo.undo(by=admin, act=act)
    chat.refresh_from_db()
    assert tables(school) == before


def test_a_place_that_somebody_has_taken_is_not_taken_back(school: School) -> None:
    admin = f.administrator_of(school)
    school_class = f.make_class(school)
    teacher = f.make_homeroom(school_class)
    with remembered(school, teacher) as act:
        staff.release_homeroom(by=admin, school_class=school_class)
    f.make_homeroom(school_class)
    with pytest.raises(undo.UndoRefused):
        undo.undo(by=admin, act=act)
    assert Act.objects.get(pk=act.pk).undone_at is None


def test_rows_of_others_go_along_where_their_app_lets_them(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undo, "_expendable", {})
    admin = f.administrator_of(school)
    with remembered(school) as act:
        pupil = pupils.add_pupil(by=admin, school_class=f.make_class(school), last_name="Ёлкин", first_name="Пётр")
    people.set_activist(by=admin, person=pupil, kind="pupils", active=True)
    with pytest.raises(undo.UndoRefused):
        undo.undo(by=admin, act=act)
    undo.let_go("school.Activist", Q(person=pupil))
    undo.undo(by=admin, act=act)
    assert not Person.objects.filter(pk=pupil.pk).exists()


def test_an_act_is_undone_once_and_within_its_days(school: School) -> None:
    admin = f.administrator_of(school)
    with remembered(school) as act:
        structure.create_classes(by=admin, school=school, names="5А")
    Act.objects.update(done_at=timezone.now() - dt.timedelta(days=14))
    with pytest.raises(Refusal) as late:
        undo.undo(by=admin, act=act)
    assert late.value.code == "too_late_to_undo"
    Act.objects.update(done_at=timezone.now() - dt.timedelta(days=13, hours=23))
    undo.undo(by=admin, act=act)
    with pytest.raises(Refusal) as twice:
        undo.undo(by=admin, act=act)
    assert twice.value.code == "already_undone"


def test_an_act_that_fails_leaves_nothing(school: School) -> None:
    with pytest.raises(Refusal), remembered(school):
        structure.create_classes(by=f.administrator_of(school), school=school, names="5А, чепуха")
    assert not Act.objects.exists()
    assert not ActRow.objects.exists()


def test_only_who_keeps_the_movement_undoes(school: School) -> None:
    with remembered(school) as act:
        structure.create_classes(by=f.administrator_of(school), school=school, names="5А")
    with pytest.raises(RightDenied):
        undo.undo(by=f.user_of(f.make_staff(school)), act=act)


def test_the_button_goes_back_where_it_was_and_says_what_stands_in_the_way(school: School, client: Client) -> None:
    admin = f.administrator_of(school)
    client.force_login(admin)
    pupil = f.make_pupil(f.make_class(school), last_name="Ёлкин")
    with remembered(school, pupil) as act:
        people.edit_person(by=admin, person=pupil, first_name="Павел")
    people.edit_person(by=admin, person=pupil, first_name="Пётр")
    url = f"/schools/{school.pk}/acts/{act.pk}/undo/"
    people_page = f"/schools/{school.pk}/people/"
    refused = client.post(url, {"next": people_page}, follow=True)
    assert refused.redirect_chain == [(people_page, 302)]
    assert "Ёлкин Павел" in refused.content.decode() or "Ёлкин Пётр" in refused.content.decode()
    people.edit_person(by=admin, person=pupil, first_name="Павел")
    client.post(url, {"next": "https://elsewhere.example/"})
    assert Act.objects.get(pk=act.pk).undone_by == admin


# --- who may, and what must still fit ---------------------------------------------------------------------------------


def an_additional(school: School) -> Any:
    return f.user_of(make_additional_administrator(school))


def taken_away(user: Any, school: School, codename: str) -> Any:
    role = Role.ADDITIONAL_ADMINISTRATOR
    set_right(by=f.administrator_of(school), school=school, role=role, codename=codename, allowed=False)
    return f.fresh(user)


def test_the_dismissed_director_comes_back_only_by_those_who_appoint(school: School) -> None:
    director = f.make_staff(school, StaffPosition.Kind.DIRECTOR)
    admin, additional = f.administrator_of(school), an_additional(school)
    terms: Any = {"school": school, "kind": Movement.Kind.DISMISSED}
    act = movements.carry_out_movement(by=admin, people=[director], **terms)
    with pytest.raises(RightDenied):
        undo.undo(by=additional, act=act)
    assert not director.positions.active().exists()
    undo.undo(by=admin, act=act)
    assert director.positions.active().get().kind == StaffPosition.Kind.DIRECTOR


def test_the_hired_director_goes_only_by_those_who_appoint(school: School) -> None:
    admin, additional = f.administrator_of(school), an_additional(school)
    person = f.make_staff(school)
    terms: Any = {"school": school, "kind": Movement.Kind.HIRED, "position": StaffPosition.Kind.DIRECTOR}
    act = movements.carry_out_movement(by=admin, people=[person], **terms)
    with pytest.raises(RightDenied):
        undo.undo(by=additional, act=act)
    assert person.positions.active().filter(kind=StaffPosition.Kind.DIRECTOR).exists()


def test_who_may_not_give_posts_takes_none_back(school: School) -> None:
    admin, additional = f.administrator_of(school), an_additional(school)
    with undo.remembered(Act.Kind.IMPORT, by=admin, school=school, title="Сотрудники") as act:
        staff.add_staff(by=admin, school=school, kind=StaffPosition.Kind.TEACHER, last_name="Ёлкин", first_name="Пётр")
    with pytest.raises(RightDenied):
        undo.undo(by=taken_away(additional, school, "manage_staff"), act=act)
    assert Person.objects.filter(last_name="Ёлкин").exists()


def test_who_may_not_make_classes_takes_none_back(school: School) -> None:
    admin, additional = f.administrator_of(school), an_additional(school)
    with undo.remembered(Act.Kind.IMPORT, by=admin, school=school, title="Классы") as act:
        structure.create_classes(by=admin, school=school, names="5А")
    with undo.remembered(Act.Kind.ROLLOVER, by=admin, school=school, title="Новый год") as empty:
        pass
    additional = taken_away(additional, school, "manage_structure")
    for one in (act, empty):
        with pytest.raises(RightDenied):
            undo.undo(by=additional, act=one)


def test_who_came_back_by_the_act_and_administers_now_is_not_removed_by_undoing_it(school: School) -> None:
    admin = f.administrator_of(school)
    child = f.make_pupil(f.make_class(school))
    parent = f.make_parent(child)
    people.remove_person(by=admin, person=parent)
    parent.refresh_from_db()
    with remembered(school, parent) as act:
        people.add_guardian(by=admin, pupil=child, guardian=parent, kind=Guardianship.Kind.MOTHER)
    staff.start_position(by=admin, person=parent, kind=StaffPosition.Kind.TEACHER)
    verification.confirm_teachers(by=admin, school=school, people=[parent])
    parent = Person.objects.get(pk=parent.pk)
    administrators.appoint_at_once(by=admin, person=parent, order_number="1", order_date=dt.date(2025, 9, 1))
    with pytest.raises(undo.UndoRefused) as refused:
        undo.undo(by=admin, act=act)
    assert str(parent) in refused.value.obstacles[0]
    parent.refresh_from_db()
    assert parent.removed_at is None


def test_nobody_comes_back_into_a_class_that_is_in_the_archive_by_now(school: School) -> None:
    admin, here = f.administrator_of(school), f.make_class(school)
    pupil = f.make_pupil(here)
    act = movements.carry_out_movement(by=admin, school=school, kind=Movement.Kind.LEFT, people=[pupil])
    structure.archive_class(by=admin, school_class=here)
    with pytest.raises(undo.UndoRefused):
        undo.undo(by=admin, act=act)
    assert not pupil.enrolments.active().exists()
