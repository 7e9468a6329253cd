"""People are found on both databases, in their own school only, by the page, the field of a person and the API."""

import importlib
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.models import QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from school.models import Person
from school.services import bulk, people
from tests import factories as f
from tests.world import World

pytestmark = pytest.mark.django_db
As = Callable[[User], Client]
SPELLINGS = [
    "ёлкин",
    "Елкин",
    "Elkin",
    "Yolkin",
    "tkrby",
    "`krby",
    "Удлшт",
    "Pyotr elk",
    "петр ЁЛКИН",
    "8 (916) 555-44-33",
]
NAME = {"last_name": "Ёлкин", "first_name": "Пётр", "patronymic": "Ильич", "phone": "+79165554433"}


@pytest.fixture
def pupil(world: World) -> Person:
    """The one who is looked for; Палкин beside him, his namesake in another school."""
    f.make_pupil(world.own.school_class, last_name="Палкин", first_name="Пётр")
    f.make_pupil(world.other_school.school_class, **NAME)
    return f.make_pupil(world.own.school_class, **NAME)


@pytest.fixture
def admin(world: World, as_: As) -> Client:
    return as_(f.administrator_of(world.own.school))


@pytest.mark.parametrize("typed", SPELLINGS)
def test_the_page_the_field_and_the_api_find_the_same(world: World, admin: Client, pupil: Person, typed: str) -> None:
    school = world.own.school.pk
    page = admin.get(reverse("school:people", args=[school]), {"q": typed})
    assert list(page.context["page_obj"].object_list) == [pupil]
    options = admin.get(reverse("school:lookup", args=[school, "pupil"]), {"q": typed}).content.decode()
    assert options.count("<option") == 1
    assert f"№ {pupil.pk}" in options
    answer = admin.get(f"/api/v1/schools/{school}/people/", {"search": typed}).json()
    assert [row["id"] for row in answer["results"]] == [pupil.pk]


def test_a_number_is_a_name_like_another_where_nobody_asks(world: World, pupil: Person) -> None:
    everybody = Person.objects.filter(school=world.own.school)
    assert not everybody.search("5554433").exists()
    assert list(everybody.search("5554433", asked_by=f.administrator_of(world.own.school))) == [pupil]


def test_phones_are_not_guessed_over_the_api_and_the_field(world: World, as_: As, pupil: Person) -> None:
    teacher = as_(f.user_of(world.own.class_teacher))
    school = world.own.school.pk
    answer = teacher.get(f"/api/v1/schools/{school}/people/", {"search": "5554433"}).json()
    assert answer["results"] == []
    url = reverse("school:lookup", args=[school, "pupil"])
    assert "<option" not in teacher.get(url, {"q": "5554433"}).content.decode()


def test_nothing_typed_finds_all_and_signs_find_nobody(world: World) -> None:
    everybody = Person.objects.filter(school=world.own.school)
    assert everybody.search("  ").count() == everybody.count()
    assert not everybody.search("***").exists()
    assert not everybody.search("%").exists()


def test_a_corrected_name_is_found_by_the_new_one(world: World, pupil: Person) -> None:
    everybody = Person.objects.filter(school=world.own.school)
    people.edit_person(by=f.administrator_of(world.own.school), person=pupil, last_name="Щербаков")
    assert list(everybody.search("Sherbakov")) == [pupil]
    assert not everybody.search("Elkin").exists()


def test_who_came_with_many_is_found(world: World) -> None:
    rows = [{"last_name": "Халиков", "first_name": "Сергей"}, {"last_name": "Цой", "first_name": "Юлия"}]
    admin = f.administrator_of(world.own.school)
    khalikov, tsoi = bulk.add_pupils(by=admin, school_class=world.own.school_class, rows=rows)
    everybody = Person.objects.filter(school=world.own.school)
    assert list(everybody.search("Halikov Sergei")) == [khalikov]
    assert list(everybody.search("Julia")) == [tsoi]


def test_a_search_costs_the_same_for_a_few_and_for_many(world: World, admin: Client, pupil: Person) -> None:
    urls = [
        (reverse("school:people", args=[world.own.school.pk]), {"q": "Elkin"}),
        (reverse("school:lookup", args=[world.own.school.pk, "pupil"]), {"q": "Elkin"}),
        (f"/api/v1/schools/{world.own.school.pk}/people/", {"search": "Elkin"}),
    ]

    def cost() -> list[int]:
        found = []
        for url, query in urls:
            admin.get(url, query)
            with CaptureQueriesContext(connection) as queries:
                assert admin.get(url, query).status_code == 200
            found.append(len(queries))
        return found

    few = cost()
    rows = [{**NAME, "first_name": "Иван", "phone": ""} for _ in range(300)]
    bulk.add_pupils(by=f.administrator_of(world.own.school), school_class=world.own.school_class, rows=rows)
    assert cost() == few
    assert max(few) <= 10


def plan(people: QuerySet[Person]) -> str:
    return people.explain()


@pytest.mark.postgres
def test_trigrams_answer_on_postgresql(world: World) -> None:
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_indexscan = off")
        assert "people_by_search_words" in plan(Person.objects.search("ёлкин"))
        assert "people_by_phone" in plan(Person.objects.by_phone("5554433"))


class Editor:
    def __init__(self) -> None:
        self.connection = connection


@pytest.mark.postgres
def test_a_role_that_may_not_make_the_extension_is_told_what_to_do(world: World, capsys: Any) -> None:
    migration = importlib.import_module("school.migrations.0011_people_are_found_by_an_index")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DROP EXTENSION pg_trgm CASCADE")
        cursor.execute("CREATE ROLE who_may_little")
        cursor.execute("SET LOCAL ROLE who_may_little")
        migration.add(apps, Editor())
        cursor.execute("RESET ROLE")
        index = next(index for index in Person._meta.indexes if index.name == "people_by_phone")
        with connection.schema_editor() as editor:
            assert "gin" not in str(index.create_sql(Person, editor))
        assert not Person.objects.search("нет такого").exists()
        transaction.set_rollback(True)
    said = capsys.readouterr().out
    assert "pg_trgm" in said
    assert "CREATE INDEX people_by_search_words" in said
