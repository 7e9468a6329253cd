"""The director's page: what is wrong and where, and who may see it."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chats.kinds import Kind
from chats.services.lifecycle import create_chat
from school.models import Person, School, SchoolClass
from school.services import pupils
from stats.attention import Trouble
from tests import factories as make

from .troubles import name_orders

pytestmark = pytest.mark.django_db


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(make.user_of(person))
    return client


@pytest.fixture
def director(school: School) -> Client:
    return signed_in(make.make_staff(school, "director"))


def url(school: School) -> str:
    return f"/schools/{school.pk}/statistics/"


def troubles(client: Client, school: School) -> dict[str, Trouble]:
    return {trouble.text: trouble for trouble in client.get(url(school)).context["board"].troubles}


def fill(school_class: SchoolClass, count: int = 5, *, joined: int = 0) -> None:
    for number in range(count):
        make.make_parent(make.make_pupil(school_class), joined=number < joined)


def test_an_empty_school_says_what_to_do(director: Client, school: School) -> None:
    page = director.get(url(school)).content.decode()
    assert f'href="{reverse("school:structure", args=[school.pk])}"' in page


def test_the_director_sees_what_is_wrong_and_where(director: Client, school: School) -> None:
    good, bad = make.make_class(school, "7А"), make.make_class(school, "9В")
    make.make_homeroom(good)
    fill(good, joined=5)
    fill(bad, joined=1)
    make.make_pupil(bad)
    waiting = make.make_staff(school, verified=False)
    Person.objects.filter(pk=waiting.pk).update(verification_asked_at=timezone.now() - dt.timedelta(days=4))
    make.make_staff(school, verified=False)
    found = troubles(director, school)
    assert found["класс без классного руководителя"].where == "9В"
    assert found["класс, где вступило меньше половины родителей"].where == "9В (20\N{NO-BREAK SPACE}%)"
    assert found["класса без чата родителей"].where == "7А, 9В"
    teachers = found["учителя не подтверждены"]
    assert (teachers.count, teachers.tone, teachers.waits) == (2, "bad", "дольше всех — 4 дня")
    assert found["ученик без взрослого"].url.endswith(f"/people/?state=alone&school_class={bad.pk}")


def test_what_was_mended_is_gone(director: Client, school: School) -> None:
    school_class = make.make_class(school)
    homeroom = make.make_homeroom(school_class)
    fill(school_class, joined=5)
    create_chat(by=make.user_of(homeroom), kind=Kind.PARENTS, scope=school_class)
    name_orders(school)
    assert troubles(director, school) == {}
    assert "Всё в порядке" in director.get(url(school)).content.decode()


def test_the_page_shows_each_class_of_each_sort(director: Client, school: School) -> None:
    school_class = make.make_class(school, "7Б")
    fill(school_class, joined=3)
    for who in ("", "?who=pupils", "?who=staff", "?who=nonsense"):
        page = director.get(url(school) + who).content.decode()
        assert school_class.get_absolute_url() in page
    assert "60 %" in director.get(url(school)).content.decode()


def test_four_people_are_not_broken_down(director: Client, school: School) -> None:
    fill(make.make_class(school), 4, joined=1)
    page = director.get(url(school)).content.decode()
    assert "25 %" not in page
    assert "без подробностей" in page


def test_a_homeroom_teacher_sees_his_class_only(school: School) -> None:
    own, other = make.make_class(school, "7А"), make.make_class(school, "7Б")
    client = signed_in(make.make_homeroom(own))
    fill(own, joined=5)
    fill(other)
    response = client.get(url(school))
    board = response.context["board"]
    assert [row.name for row in board.class_rows] == ["7А"]
    assert not board.whole
    assert "Школа в целом" not in response.content.decode()
    assert other.get_absolute_url() not in response.content.decode()
    assert {trouble.where for trouble in board.troubles} <= {"7А", ""}


def test_others_are_told_the_clause_and_strangers_find_nothing(school: School) -> None:
    school_class = make.make_class(school)
    pupil = make.make_pupil(school_class)
    for person in (pupil, make.make_parent(pupil), make.make_teaching(school_class)):
        response = signed_in(person).get(url(school))
        assert response.status_code == 403
        assert "2.1" in response.content.decode()
    make.make_class(other := make.make_school())
    assert signed_in(pupil).get(url(other)).status_code == 404


def test_the_page_costs_the_same_for_a_small_and_a_large_school(
    director: Client, school: School, django_assert_max_num_queries: Any
) -> None:
    fill(make.make_class(school, "1А"), 2)
    director.get(url(school))
    with django_assert_max_num_queries(10) as few:
        director.get(url(school))
    for name in ("2А", "3А", "5А", "5Б", "10А"):
        school_class = make.make_class(school, name)
        make.make_homeroom(school_class)
        pupils.add_pupil(
            by=make.administrator_of(school), school_class=school_class, last_name="А", first_name="Б", patronymic=""
        )
        fill(school_class, 2, joined=1)
    with django_assert_max_num_queries(10) as many:
        director.get(url(school))
    assert len(many) == len(few)


def test_the_figures_are_on_the_pages_of_the_school_and_of_the_class(director: Client, school: School) -> None:
    school_class = make.make_class(school)
    fill(school_class, joined=3)
    for page in (f"/schools/{school.pk}/", school_class.get_absolute_url()):
        assert url(school) in director.get(page).content.decode()
    assert "3 из 5" in director.get(school_class.get_absolute_url()).content.decode()
