"""The list of people, one's card, the acts on one person."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from school.models import Activist, Enrolment, Event, EventKind, Guardianship, Person
from school.services import people
from tests import factories as f
from tests.world import World

pytestmark = pytest.mark.django_db
As = Callable[[User], Client]


@pytest.fixture
def admin(world: World, as_: As) -> Client:
    return as_(f.administrator_of(world.own.school))


def found(client: Client, world: World, **filters: object) -> list[Person]:
    response = client.get(reverse("school:people", args=[world.own.school.pk]), filters)
    return list(response.context["page_obj"].object_list)


def person_url(name: str, person: Person) -> str:
    return reverse(f"school:{name}", args=[person.school_id, person.pk])


def test_pupils_without_a_class_and_those_who_turn_an_age(world: World, as_: As):
    today, own = f.today(), world.own
    admin = as_(f.administrator_of(own.school))
    turns = f.make_pupil(own.school_class, birth_date=today.replace(year=today.year - 14, day=min(today.day, 28)))
    assert found(admin, world, state="turns_14") == [turns]
    assert found(as_(f.user_of(own.homeroom)), world, state="turns_14") == [turns]
    assert found(as_(f.user_of(own.class_teacher)), world, state="turns_14") == []  # he may not know birth dates
    admin = as_(f.administrator_of(own.school))
    assert found(admin, world, state="turns_18") == []
    Enrolment.objects.filter(person=turns).update(ends_on=today)
    assert found(admin, world, state="unplaced") == [turns]
    assert found(admin, world, state="turns_14") == []


@pytest.mark.parametrize("text", ["ёлкин", "ЕЛКИН", "Пётр елкин", "tkrby", "8 916 555-44-33", "5554433"])
def test_a_person_is_found_as_people_write(world: World, admin: Client, text: str):
    pupil = f.make_pupil(
        world.own.school_class, last_name="Ёлкин", first_name="Пётр", patronymic="", phone="+79165554433"
    )
    f.make_pupil(world.own.school_class, last_name="Палкин", first_name="Пётр")
    assert found(admin, world, q=text) == [pupil]


def test_a_phone_is_not_guessed_by_those_who_may_not_know_it(world: World, as_: As):
    pupil = f.make_pupil(world.own.school_class, phone="+79165554433")
    assert found(as_(f.user_of(world.own.homeroom)), world, q="5554433") == [pupil]
    assert found(as_(f.user_of(world.own.class_teacher)), world, q="5554433") == []


def test_filters_by_role_class_and_state(world: World, admin: Client):
    own = world.own
    assert set(found(admin, world, role="pupil", school_class=own.school_class.pk)) == {own.pupil, own.classmate}
    assert own.parent in found(admin, world, role="parent")
    assert found(admin, world, state="pending") == [world.people["applicant"]]
    alone = f.make_pupil(own.school_class, joined=False)
    assert found(admin, world, state="alone") == [alone]
    assert found(admin, world, state="absent") == [alone]
    assert world.people["administrator"] in found(admin, world, role="administrator")
    people.remove_person(by=f.administrator_of(own.school), person=alone)
    assert found(admin, world, state="left") == [alone]
    assert alone not in found(admin, world)


def test_nonsense_in_the_filter_is_no_error(world: World, admin: Client):
    assert found(admin, world, role="king", school_class="x", state="?", sort="-", page="999")


def test_a_teacher_finds_the_people_of_his_class_and_the_staff_only(world: World, as_: As):
    seen = found(as_(f.user_of(world.own.homeroom)), world)
    assert world.own.pupil in seen
    assert world.people["director"] in seen
    assert world.other_class.pupil not in seen
    assert world.other_school.pupil not in seen


def test_contacts_are_for_the_family_and_those_who_run_the_class(world: World, as_: As):
    pupil = f.make_pupil(world.own.school_class, phone="+79165554433")
    f.make_parent(pupil)
    phone = "+7 916 555-44-33"
    readers = {
        f.user_of(world.own.homeroom): True,
        f.user_of(pupil): True,
        f.user_of(pupil.guardians.get().guardian): True,
        f.user_of(world.people["director"]): True,
        f.user_of(world.own.class_teacher): False,
    }
    for user, sees in readers.items():
        page = as_(user).get(person_url("person", pupil)).content.decode()
        assert (phone in page) is sees, user


def test_a_mother_does_not_read_of_the_father(world: World, as_: As):
    father = f.make_parent(world.own.pupil, kind="father")
    page = as_(f.user_of(world.own.parent)).get(person_url("person", world.own.pupil)).content.decode()
    assert father.full_name not in page
    assert world.own.parent.full_name in page


def test_editing_writes_the_old_and_the_new_value(world: World, admin: Client):
    pupil = world.own.pupil
    data = {"last_name": "д'Артаньян", "first_name": "Шарль", "phone": "8 916 555 44 33"}
    admin.post(person_url("edit_person", pupil), data)
    pupil.refresh_from_db()
    assert (pupil.last_name, pupil.phone) == ("д'Артаньян", "+79165554433")
    event = Event.objects.get(kind=EventKind.PERSON_CHANGED, person_id=pupil.pk)
    assert event.new["last_name"] == "д'Артаньян"
    assert event.old["last_name"] != "д'Артаньян"


def test_moving_a_pupil_and_refusing_the_same_class(world: World, admin: Client):
    url = person_url("move", world.own.pupil)
    assert admin.post(url, {"to_class": world.own.school_class.pk}).context["form"].errors["to_class"]
    admin.post(url, {"to_class": world.other_class.school_class.pk, "order_number": "5"})
    enrolment = world.own.pupil.enrolments.active().get()
    assert (enrolment.school_class, enrolment.order_number) == (world.other_class.school_class, "5")


def test_a_class_of_another_school_cannot_be_chosen(world: World, admin: Client):
    response = admin.post(person_url("move", world.own.pupil), {"to_class": world.other_school.school_class.pk})
    assert response.context["form"].errors["to_class"]


def test_leaving_needs_a_reason_and_keeps_the_record(world: World, admin: Client):
    url = person_url("remove", world.own.pupil)
    assert admin.post(url, {"reason": ""}).context["form"].errors["reason"]
    admin.post(url, {"reason": "Переезд"})
    assert Person.objects.get(pk=world.own.pupil.pk).removed_at
    assert Event.objects.get(kind=EventKind.PERSON_REMOVED).new["reason"] == "Переезд"
    assert "выбыл" in admin.get(person_url("person", world.own.pupil)).content.decode()


def test_an_administrator_is_not_removed_by_the_form(world: World, admin: Client):
    response = admin.post(person_url("remove", world.people["administrator"]), {"reason": "Так"})
    assert "приказом" in str(response.context["form"].non_field_errors())


def test_a_parent_is_chosen_by_name_and_namesakes_by_number(world: World, admin: Client):
    url = person_url("add_parent", world.own.classmate)
    names = {"last_name": "Тёзкина", "first_name": "Анна", "patronymic": ""}
    one, two = (f.make_parent(world.own.pupil, **names) for _ in range(2))
    response = admin.post(url, {"guardian": "тезкина", "kind": "mother"})
    assert f"№ {one.pk}" in response.context["known"].errors["guardian"][0]
    assert f"№ {two.pk}" in response.context["known"].errors["guardian"][0]
    admin.post(url, {"guardian": f"Тёзкина · № {two.pk}", "kind": "mother"})
    assert Guardianship.objects.active().filter(pupil=world.own.classmate, guardian=two).exists()


def test_a_pupil_or_a_stranger_is_not_offered_as_a_parent(world: World, admin: Client):
    url = person_url("add_parent", world.own.classmate)
    for person in (world.own.pupil, world.own.classmate, world.other_school.parent):
        response = admin.post(url, {"guardian": f"№ {person.pk}", "kind": "mother"})
        assert response.context["known"].errors["guardian"], person


def test_a_homeroom_teacher_adds_a_new_parent_in_his_class(world: World, as_: As):
    homeroom = as_(f.user_of(world.own.homeroom))
    data = {"last_name": "Новая", "first_name": "Мама", "kind": "mother"}
    homeroom.post(person_url("add_parent", world.own.pupil), data)
    assert world.own.pupil.guardians.active().filter(guardian__last_name="Новая").exists()
    assert homeroom.post(person_url("add_parent", world.other_class.pupil), data).status_code == 404


def test_suggestions_are_of_those_whom_one_may_see(world: World, as_: As):
    url = reverse("school:lookup", args=[world.own.school.pk, "pupil"])
    asked = {"field": "child", "child": world.other_class.pupil.last_name}
    assert (
        f"№ {world.other_class.pupil.pk}" in as_(f.administrator_of(world.own.school)).get(url, asked).content.decode()
    )
    assert f"№ {world.other_class.pupil.pk}" not in as_(f.user_of(world.own.homeroom)).get(url, asked).content.decode()


def test_an_activist_on_and_off(world: World, admin: Client):
    url = person_url("set_activist", world.own.parent)
    admin.post(url, {"active": "1"})
    assert world.own.parent.activisms.active().get().kind == Activist.Kind.PARENTS
    admin.post(url, {"active": "0"})
    assert not world.own.parent.activisms.active().exists()
    assert (
        "только родители"
        in admin.post(
            person_url("set_activist", world.people["director"]), {"active": "1"}, follow=True
        ).content.decode()
    )


def test_a_position_is_given_and_ended(world: World, admin: Client):
    person = world.people["employee"]
    assert admin.post(person_url("add_position", person), {"kind": "employee"}).context["form"].errors["kind"]
    assert admin.post(person_url("add_position", person), {"kind": "administrator"}).context["form"].errors["kind"]
    admin.post(person_url("add_position", person), {"kind": "teacher", "title": "учитель пения"})
    position = person.positions.active().get(kind="teacher")
    admin.post(reverse("school:end_position", args=[world.own.school.pk, position.pk]))
    assert not person.positions.active().filter(kind="teacher").exists()


def test_the_preview_of_a_role_leaves_nothing_behind_and_the_change_does(world: World, admin: Client):
    person, url = world.own.class_teacher, person_url("role_change", world.own.class_teacher)
    events, roles = Event.objects.count(), set(f.user_of(person).groups.all())
    response = admin.post(url, {"role": "employee"})
    assert response.context["preview"].roles_lost
    assert (Event.objects.count(), set(f.user_of(person).groups.all())) == (events, roles)
    assert person.teachings.active().exists()
    admin.post(url, {"role": "employee", "confirm": "1"})
    assert [p.kind for p in person.positions.active()] == ["employee"]
    assert not person.teachings.active().exists()


def test_a_parent_needs_a_child_and_a_pupil_a_class(world: World, admin: Client):
    url = person_url("role_change", world.people["employee"])
    assert admin.post(url, {"role": "parent"}).context["form"].errors["child"]
    assert admin.post(url, {"role": "pupil"}).context["form"].errors["school_class"]
    child = {"child": f"№ {world.own.pupil.pk}"}
    assert admin.post(url, {"role": "parent", **child}).context["form"].errors["kind"]
    admin.post(url, {"role": "parent", **child, "kind": "father", "confirm": "1"})
    assert world.own.pupil.guardians.active().filter(guardian=world.people["employee"]).exists()


def test_a_login_that_took_the_wrong_person_is_taken_off(world: World, admin: Client):
    admin.post(person_url("detach", world.own.pupil))
    assert Person.objects.get(pk=world.own.pupil.pk).user is None
