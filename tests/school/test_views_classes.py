"""Structure, classes, study groups: what the administrator does with forms, and what a refusal looks like."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from school.models import EventKind, SchoolClass, Teaching
from school.services import structure
from tests import factories as f
from tests.world import World

pytestmark = pytest.mark.django_db
As = Callable[[User], Client]


@pytest.fixture
def admin(world: World, as_: As) -> Client:
    return as_(f.administrator_of(world.own.school))


def test_the_whole_nomenclature_in_one_form_says_what_was_made_and_what_was_there(world: World, admin: Client):
    school = world.own.school
    url = reverse("school:create_classes", args=[school.pk])
    response = admin.post(url, {"names": "1А, 1 «Б»\n10 Физмат 7б"}, follow=True)
    assert "Создано 3 класса: 1А, 1Б, 10 Физмат." in response.content.decode()
    assert "Уже были: 7Б." in response.content.decode()
    assert school.events.filter(kind=EventKind.CLASS_CREATED, subject_name="10 Физмат").exists()


@pytest.mark.parametrize("spelling", ["7Б", "7б", "7 «Б»", "7-Б", "7 Б"])
def test_a_class_that_exists_is_known_in_any_spelling(world: World, admin: Client, spelling: str):
    before = SchoolClass.objects.count()
    url = reverse("school:create_classes", args=[world.own.school.pk])
    response = admin.post(url, {"names": spelling}, follow=True)
    assert "Уже были" in response.content.decode()
    assert SchoolClass.objects.count() == before


def test_latin_and_cyrillic_letters_are_the_same_class(world: World, admin: Client):
    url = reverse("school:create_classes", args=[world.own.school.pk])
    admin.post(url, {"names": "8A"})  # Latin
    assert "Уже были: 8А" in admin.post(url, {"names": "8А"}, follow=True).content.decode()


def test_one_name_that_is_not_a_class_refuses_the_list_beside_the_field(world: World, admin: Client):
    before = SchoolClass.objects.count()
    url = reverse("school:create_classes", args=[world.own.school.pk])
    response = admin.post(url, {"names": "2А, 15Ы, 2Б"})
    assert "«15Ы» — не класс" in response.context["form"].errors["names"][0]
    assert SchoolClass.objects.count() == before


def test_renaming_to_a_name_that_is_taken_is_refused_beside_the_letter(world: World, admin: Client):
    url = reverse("school:edit_class", args=[world.own.school.pk, world.own.school_class.pk])
    response = admin.post(url, {"parallel": 7, "letter": "a"})  # Latin «a» of 7А
    assert response.context["form"].errors["letter"] == ["Класс с таким названием уже есть."]


def test_a_class_with_pupils_is_not_put_away(world: World, admin: Client):
    url = reverse("school:archive_class", args=[world.own.school.pk, world.own.school_class.pk])
    assert "сначала переведите их" in admin.post(url, follow=True).content.decode()


def test_a_taken_homeroom_asks_for_the_replacement_by_name(world: World, admin: Client):
    school_class, newcomer = world.own.school_class, f.make_staff(world.own.school)
    url = reverse("school:homeroom", args=[world.own.school.pk, school_class.pk])
    response = admin.post(url, {"person": newcomer.pk})
    assert world.own.homeroom.full_name in response.context["form"].errors["person"][0]
    assert school_class.homerooms.active().get().person == world.own.homeroom
    assert admin.post(url, {"person": newcomer.pk, "replace": "on"}).status_code == 302
    assert school_class.homerooms.active().get().person == newcomer


def test_an_employee_is_not_offered_as_a_homeroom_teacher(world: World, admin: Client):
    url = reverse("school:homeroom", args=[world.own.school.pk, world.own.school_class.pk])
    response = admin.post(url, {"person": world.people["employee"].pk, "replace": "on"})
    assert response.context["form"].errors["person"]


def test_a_teacher_of_another_school_cannot_be_chosen(world: World, admin: Client):
    url = reverse("school:homeroom", args=[world.own.school.pk, world.own.school_class.pk])
    response = admin.post(url, {"person": world.other_school.homeroom.pk, "replace": "on"})
    assert response.context["form"].errors["person"]


def test_pupils_are_added_one_after_another(world: World, admin: Client):
    school_class = world.own.school_class
    url = reverse("school:add_pupil", args=[world.own.school.pk, school_class.pk])
    response = admin.post(url, {"last_name": "О’Нил", "first_name": "Ёлка", "more": "1"})
    assert response.headers["Location"] == url
    assert school_class.enrolments.active().filter(person__last_name="О’Нил").exists()


def test_a_name_with_a_picture_is_refused_beside_the_field(world: World, admin: Client):
    url = reverse("school:add_pupil", args=[world.own.school.pk, world.own.school_class.pk])
    response = admin.post(url, {"last_name": "Иванов 😀", "first_name": "Пётр"})
    assert "без картинок" in response.context["form"].errors["last_name"][0]
    assert not world.own.school.people.filter(first_name="Пётр").exists()


def test_an_order_with_a_date_needs_a_number(world: World, admin: Client):
    url = reverse("school:add_pupil", args=[world.own.school.pk, world.own.school_class.pk])
    response = admin.post(url, {"last_name": "Иванов", "first_name": "Пётр", "order_date": "2026-09-01"})
    assert response.context["form"].errors["order_number"]


def test_a_subject_its_part_and_its_teacher_in_one_form(world: World, admin: Client):
    url = reverse("school:add_study_group", args=[world.own.school.pk, world.own.school_class.pk])
    data = {"subject": "химия", "part": "1-я группа", "teacher": world.own.class_teacher.pk}
    assert admin.post(url, data).status_code == 302
    group = world.own.school_class.study_groups.get(subject__name="химия")
    assert Teaching.objects.active().get(study_group=group).person == world.own.class_teacher
    admin.post(url, {**data, "subject": "Химия"})
    assert world.own.school.subjects.filter(name__iexact="химия").count() == 1


def test_the_members_of_a_part_are_pupils_of_its_class(world: World, admin: Client):
    part = world.own.part
    url = reverse("school:group_members", args=[world.own.school.pk, part.pk])
    admin.post(url, {"pupils": [world.own.pupil.pk]})
    assert [m.person for m in part.memberships.active()] == [world.own.pupil]
    response = admin.post(url, {"pupils": [world.other_class.pupil.pk]})
    assert response.context["members_form"].errors["pupils"]


def test_whole_class_has_no_list_of_members(world: World, admin: Client):
    url = reverse("school:group_members", args=[world.own.school.pk, world.own.study_group.pk])
    response = admin.post(url, {"pupils": [world.own.pupil.pk]})
    assert "весь класс" in str(response.context["members_form"].non_field_errors())


def test_who_may_not_see_pupils_sees_the_teachers(world: World, as_: As):
    url = reverse("school:class", args=[world.own.school.pk, world.own.school_class.pk])
    page = as_(f.user_of(world.own.parent)).get(url).content.decode()
    assert world.own.class_teacher.full_name in page
    assert world.own.classmate.full_name not in page
    assert world.own.classmates_parent.full_name not in page


def test_a_class_of_the_archive_is_not_in_the_grid(world: World, admin: Client):
    empty = f.make_class(world.own.school, "11Ж")
    structure.archive_class(by=f.administrator_of(world.own.school), school_class=empty)
    page = admin.get(reverse("school:structure", args=[world.own.school.pk])).content.decode()
    assert "11Ж" not in page
    assert "7Б" in page
