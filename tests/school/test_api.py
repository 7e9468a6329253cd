"""The API of the school: through the same services, rights and doors as the pages."""

from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from school.models import Enrolment, Event, EventKind, Homeroom, Person, SchoolClass
from tests import factories as f
from tests.world import World

pytestmark = pytest.mark.django_db
JSON: Any = {"content_type": "application/json"}


def client_of(world: World, role: str) -> Client:
    client = Client()
    user = world.users[role]
    assert user
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def admin(world: World) -> Client:
    return client_of(world, "administrator")


def ids(answer: Any) -> set[int]:
    return {row["id"] for row in answer.json()["results"]}


def test_a_class_from_its_creation_to_its_people(world: World, admin: Client):
    school = world.own.school
    made = admin.post(f"/api/v1/schools/{school.pk}/classes/", {"parallel": 5, "letter": "в"}, **JSON)
    assert made.status_code == 201
    assert made.json()["name"] == "5в"
    pk = made.json()["id"]
    pupil = admin.post(
        f"/api/v1/classes/{pk}/pupils/",
        {"last_name": "Д’Артаньян", "first_name": "Шарль", "phone": "8 916 123-45-67", "order_number": "3"},
        **JSON,
    )
    assert pupil.status_code == 201
    assert pupil.json()["contacts"]["phone"] == "+79161234567"
    assert Enrolment.objects.get(person=pupil.json()["id"]).order_number == "3"
    group = admin.post(f"/api/v1/classes/{pk}/study-groups/", {"subject": "Физика"}, **JSON).json()
    data = {"person": world.own.homeroom.pk, "study_group": group["id"]}
    assert admin.post(f"/api/v1/schools/{school.pk}/teachings/", data, **JSON).status_code == 201
    data = {"person": world.own.class_teacher.pk, "school_class": pk}
    assert admin.post(f"/api/v1/schools/{school.pk}/homerooms/", data, **JSON).status_code == 201
    assert admin.get(f"/api/v1/classes/{pk}/").json()["homeroom"] == world.own.class_teacher.full_name
    assert Event.objects.filter(kind=EventKind.HOMEROOM_ASSIGNED, subject_id=pk).exists()


def test_a_refusal_is_a_problem_with_a_code_and_writes_nothing(world: World, admin: Client):
    before = Event.objects.count()
    data = {"person": world.own.class_teacher.pk, "school_class": world.own.school_class.pk}
    answer = admin.post(f"/api/v1/schools/{world.own.school.pk}/homerooms/", data, **JSON)
    assert answer.status_code == 409
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "homeroom_taken"
    assert answer.json()["errors"].keys() == {"person"}
    assert Event.objects.count() == before
    answer = admin.post(f"/api/v1/schools/{world.own.school.pk}/homerooms/", {**data, "replace": True}, **JSON)
    assert answer.status_code == 201
    assert Homeroom.objects.active().get(school_class=world.own.school_class).person == world.own.class_teacher


def test_a_missing_right_says_its_clause(world: World):
    answer = client_of(world, "homeroom").post(
        f"/api/v1/schools/{world.own.school.pk}/classes/", {"parallel": 5, "letter": "В"}, **JSON
    )
    assert answer.status_code == 403
    assert answer.json()["clause"] == "2.1"
    assert "administrator" in answer.json()["roles"]


@pytest.mark.parametrize("body", [{}, {"parallel": 13, "letter": "А"}, {"parallel": 5, "letter": "А" * 16}])
def test_bad_values_are_named_by_field(world: World, admin: Client, body: dict[str, Any]):
    answer = admin.post(f"/api/v1/schools/{world.own.school.pk}/classes/", body, **JSON)
    assert answer.status_code == 400
    assert answer.json()["errors"]
    assert not SchoolClass.objects.filter(parallel__in=(5, 13)).exists()


def test_an_object_of_another_school_in_a_body_does_not_exist(world: World, admin: Client):
    school, other = world.own.school, world.other_school
    for path, body in [
        ("enrolments", {"person": other.pupil.pk, "school_class": world.own.school_class.pk}),
        ("homerooms", {"person": other.homeroom.pk, "school_class": world.own.school_class.pk}),
        ("teachings", {"person": world.own.homeroom.pk, "study_group": other.study_group.pk}),
        ("guardianships", {"guardian": other.parent.pk, "pupil": world.own.pupil.pk, "kind": "mother"}),
        ("positions", {"person": other.homeroom.pk, "kind": "deputy"}),
    ]:
        answer = admin.post(f"/api/v1/schools/{school.pk}/{path}/", body, **JSON)
        assert answer.status_code == 400, path
    enrolment = world.own.pupil.enrolments.get().pk
    move = admin.post(f"/api/v1/enrolments/{enrolment}/move/", {"school_class": other.school_class.pk}, **JSON)
    assert move.status_code == 400


def test_a_pupil_is_moved(world: World, admin: Client):
    enrolment = world.own.pupil.enrolments.get()
    body = {"school_class": world.other_class.school_class.pk, "order_number": "41", "order_date": "2025-11-03"}
    answer = admin.post(f"/api/v1/enrolments/{enrolment.pk}/move/", body, **JSON)
    assert answer.status_code == 201
    fact = world.own.pupil.enrolments.active().get()
    assert (fact.pk, fact.school_class, fact.order_number) == (
        answer.json()["id"],
        world.other_class.school_class,
        "41",
    )
    assert admin.post(f"/api/v1/enrolments/{enrolment.pk}/move/", body, **JSON).status_code == 404


def test_a_parent_reads_his_child_and_nobody_elses(world: World):
    parent, school = client_of(world, "parent"), world.own.school.pk
    assert ids(parent.get(f"/api/v1/schools/{school}/people/")) == {world.own.parent.pk, world.own.pupil.pk}
    assert ids(parent.get(f"/api/v1/schools/{school}/enrolments/")) == {world.own.pupil.enrolments.get().pk}
    assert ids(parent.get(f"/api/v1/schools/{school}/guardianships/")) == {world.own.parent.wards.get().pk}
    assert ids(parent.get(f"/api/v1/schools/{school}/homerooms/")) == set()


def test_contacts_are_for_those_who_answer_for_the_person(world: World):
    def sees(role: str, person: Person) -> bool:
        answer = client_of(world, role).get(f"/api/v1/people/{person.pk}/")
        return answer.status_code == 200 and answer.json()["contacts"] is not None

    assert all(sees(role, world.own.classmate) for role in ("homeroom", "administrator", "deputy"))
    assert all(sees(role, world.own.classmates_parent) for role in ("homeroom", "administrator"))
    assert all(sees(role, world.own.pupil) for role in ("pupil", "parent"))
    assert not sees("class_teacher", world.own.classmate)
    assert not sees("employee", world.own.homeroom)


def test_people_are_found_by_name_class_and_role(world: World, admin: Client):
    f.make_pupil(world.own.school_class, last_name="Ёлкина", first_name="Анна")
    url = f"/api/v1/schools/{world.own.school.pk}/people/"
    found = admin.get(url, {"search": "елкина", "school_class": str(world.own.school_class.pk), "role": "pupil"}).json()
    assert [row["last_name"] for row in found["results"]] == ["Ёлкина"]
    assert admin.get(url, {"search": "елкина", "role": "staff"}).json()["results"] == []
    assert world.own.homeroom.pk in ids(admin.get(url, {"role": "staff"}))


def test_lists_come_in_pages_and_history_on_demand(world: World, admin: Client):
    url = f"/api/v1/schools/{world.own.school.pk}/enrolments/"
    assert admin.get(url, {"limit": 2}).json()["next"]
    enrolment = world.own.pupil.enrolments.get().pk
    admin.post(f"/api/v1/people/{world.own.pupil.pk}/remove/", {"reason": "Переезд"}, **JSON)
    assert enrolment not in ids(admin.get(url))
    assert enrolment in ids(admin.get(url, {"history": 1, "person": world.own.pupil.pk}))


def test_a_fact_is_ended_once(world: World, admin: Client):
    teaching = world.own.class_teacher.teachings.get()
    assert admin.delete(f"/api/v1/teachings/{teaching.pk}/").status_code == 204
    assert admin.delete(f"/api/v1/teachings/{teaching.pk}/").status_code == 404


def test_an_administrator_is_not_made_by_a_position(world: World, admin: Client):
    url = f"/api/v1/schools/{world.own.school.pk}/positions/"
    body = {"person": world.own.homeroom.pk, "kind": "additional_administrator"}
    answer = admin.post(url, body, **JSON)
    assert (answer.status_code, answer.json()["code"]) == (409, "use_appointment")


@pytest.mark.parametrize(
    "path", ["people", "classes", "enrolments", "guardianships", "positions", "homerooms", "teachings"]
)
def test_a_list_costs_the_same_for_few_and_for_many(
    world: World, admin: Client, path: str, django_assert_max_num_queries: Any
):
    url = f"/api/v1/schools/{world.own.school.pk}/{path}/"
    admin.get(url)  # the first request of a session notes that its user is here
    with django_assert_max_num_queries(12) as few:
        admin.get(url)
    for number in range(4):
        school_class = f.make_class(world.own.school, f"{number + 1}Ю")
        f.make_homeroom(school_class)
        f.make_teaching(school_class)
        f.make_parent(f.make_pupil(school_class))
    with django_assert_max_num_queries(12) as many:
        admin.get(url)
    assert len(few) == len(many)


def test_the_schema_is_valid(tmp_path: Any):
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "schema.yml"))
