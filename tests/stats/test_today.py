"""«Сегодня» as a page, and the director's sheet of paper: who has them, what they say, what they cost."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from chats.kinds import Kind
from chats.services import create_chat
from invites.models import JoinRequest
from school.models import Act, Movement, Person, School, SchoolClass
from school.services import bulk, people, structure
from tests import factories as make

from .troubles import ask_to_join, birthday, days_ago, name_orders

pytestmark = pytest.mark.django_db


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(make.user_of(person), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def administrator(school: School) -> Client:
    return signed_in(Person.objects.get(user=make.administrator_of(school)))


def monday(school: School) -> str:
    return reverse("stats:monday", args=[school.pk])


def text_of(client: Client, url: str = "/") -> str:
    return client.get(url).content.decode()


def mended_school(school: School) -> SchoolClass:
    school_class = make.make_class(school, "7Б")
    homeroom = make.make_homeroom(school_class)
    create_chat(by=make.user_of(homeroom), kind=Kind.PARENTS, scope=school_class)
    return school_class


def test_the_page_says_what_and_leads_to_where_it_is_mended(school: School) -> None:
    headless = make.make_class(school, "7А")
    page = text_of(administrator(school))
    assert "В первую очередь" in page
    assert f'href="{reverse("school:homeroom", args=[school.pk, headless.pk])}"' in page
    assert page.count("button--primary") == 1
    assert monday(school) in page


def test_all_is_well(school: School) -> None:
    school_class = mended_school(school)
    name_orders(school)
    assert "Всё в порядке" in text_of(administrator(school))
    page = text_of(signed_in(school_class.homerooms.get().person))
    assert "Всё в порядке" in page
    assert school_class.get_absolute_url() in page
    assert monday(school) not in page


def test_a_new_school_is_told_to_begin_with_the_classes(school: School) -> None:
    page = text_of(administrator(school))
    assert reverse("school:create_classes", args=[school.pk]) in page
    assert page.count("button--primary") == 1
    assert "Всё в порядке" not in page
    name_orders(school)
    page = text_of(administrator(school))
    assert reverse("school:create_classes", args=[school.pk]) in page
    assert "Всё в порядке" not in page


def test_a_homeroom_teacher_who_is_a_mother_finds_her_child(school: School) -> None:
    school_class = mended_school(school)
    homeroom = school_class.homerooms.get().person
    child = make.make_pupil(make.make_class(school, "1А"), first_name="Варвара")
    people.add_guardian(by=make.administrator_of(school), pupil=child, guardian=homeroom, kind="mother")
    page = text_of(signed_in(homeroom))
    assert "Варвара" in page
    assert child.get_absolute_url() in page
    assert "1А" not in page


def test_a_parent_and_a_teacher_without_a_class_have_the_common_page(school: School) -> None:
    school_class = mended_school(school)
    pupil = make.make_pupil(school_class)
    make.make_class(school, "7А")
    for person in (pupil, make.make_parent(pupil), make.make_teaching(school_class)):
        assert "В первую очередь" not in text_of(signed_in(person))
        assert "Здравствуйте" in text_of(signed_in(person))


def test_a_homeroom_teacher_of_one_school_is_a_parent_in_another(school: School) -> None:
    homeroom = mended_school(school).homerooms.get().person
    other = make.make_class(make.make_school(), "2А")
    parent = make.make_parent(make.make_pupil(other), joined=False)
    make.join(parent, make.user_of(homeroom))
    client = signed_in(homeroom)
    client.get(other.school.get_absolute_url())
    assert "Здравствуйте" in text_of(client)
    assert client.get(reverse("stats:dashboard", args=[other.school.pk])).status_code == 403


def test_the_monday_page_is_of_the_whole_school_for_its_administration(school: School) -> None:
    school_class = mended_school(school)
    make.make_class(school, "9В")
    staff = [make.make_staff(school, kind) for kind in ("director", "deputy")]
    name_orders(school)
    for person in staff:
        page = text_of(signed_in(person), monday(school))
        assert "Исправить: 2 пункта" in page
        assert "1 — в первую очередь" in page
        assert school.name in page
        assert "signature" in page
    assert administrator(school).get(monday(school)).status_code == 200
    assert signed_in(school_class.homerooms.get().person).get(monday(school)).status_code == 403
    assert administrator(make.make_school()).get(monday(school)).status_code == 404


def test_the_monday_page_is_reached_from_the_figures(school: School) -> None:
    school_class = mended_school(school)
    dashboard = reverse("stats:dashboard", args=[school.pk])
    assert monday(school) in text_of(signed_in(make.make_staff(school, "director")), dashboard)
    assert monday(school) not in text_of(signed_in(school_class.homerooms.get().person), dashboard)


def write_in_journal(
    school: School, person: Person, kind: str, *, days: int, undone: bool = False, **classes: Any
) -> None:
    admin = make.administrator_of(school)
    act = Act.objects.create(school=school, kind=Act.Kind.MOVEMENT, title="Приказ", done_by=admin)
    if undone:
        act.undone_by, act.undone_at = admin, timezone.now()
        act.save()
    day = timezone.localdate() - dt.timedelta(days=days)
    Movement.objects.create(school=school, act=act, kind=kind, person=person, happened_on=day, **classes)


def test_the_week_is_counted_by_dates(school: School) -> None:
    school_class = mended_school(school)
    other = make.make_class(school, "7А")
    pupils = [make.make_pupil(school_class) for _ in range(3)]
    Person.objects.filter(pk=pupils[0].pk).update(joined_at=days_ago(9))
    make.make_parent(pupils[0])
    write_in_journal(school, pupils[1], "arrived", days=2, to_class=school_class)
    write_in_journal(school, pupils[1], "transferred", days=1, from_class=school_class, to_class=other)
    write_in_journal(school, pupils[2], "left", days=1, from_class=school_class, undone=True)
    write_in_journal(school, pupils[2], "enrolled", days=20, to_class=school_class)
    now = timezone.now()
    for status, reason in (("approved", ""), ("rejected", "Нет")):
        request = ask_to_join(school, None, days=2)
        JoinRequest.objects.filter(pk=request.pk).update(status=status, reason=reason, decided_at=now)
    week = signed_in(make.make_staff(school, "director")).get(monday(school)).context["week"]
    assert [(who.value, share.part, share.whole, new) for who, share, new in week.shares] == [
        ("staff", 3, 3, 3),
        ("pupils", 3, 3, 2),
        ("parents", 1, 1, 1),
    ]
    assert [(str(label), number) for label, number in week.requests] == [
        ("поступило", 2),
        ("одобрено", 1),
        ("отклонено", 1),
    ]
    assert [(str(label), number) for label, number in week.movement] == [("прибыли", 1), ("переведены", 1)]


def grow(school: School) -> None:
    """Three hundred pupils in thirty classes, with parents, birthdays and requests: three of each trouble, or dozens."""
    admin = make.administrator_of(school)
    names = " ".join(f"{number}{letter}" for number in range(1, 11) for letter in "ЖЗИ")
    structure.create_classes(by=admin, school=school, names=names)
    for school_class in SchoolClass.objects.filter(letter__in="ЖЗИ", school=school):
        rows = [
            {"last_name": f"Новый{number}", "first_name": "Пётр", "birth_date": birthday(14, days=number)}
            for number in range(10)
        ]
        pupils = bulk.add_pupils(by=admin, school_class=school_class, rows=rows)
        families = [({"last_name": "Новая", "first_name": "Мама"}, [pupil], "mother") for pupil in pupils[:8]]
        bulk.add_parents(by=admin, school=school, families=families)
        ask_to_join(school, school_class, days=5)
        make.make_staff(school, verified=False)


def test_the_pages_cost_the_same_for_three_and_for_three_hundred(school: School) -> None:
    school_class = mended_school(school)
    for _ in range(3):
        make.make_pupil(school_class)
    admin, homeroom = administrator(school), signed_in(school_class.homerooms.get().person)
    director = signed_in(make.make_staff(school, "director"))
    asked = [(admin, "/"), (homeroom, "/"), (director, "/"), (admin, monday(school)), (director, monday(school))]

    def cost() -> list[int]:
        found = []
        for client, url in asked:
            client.get(url)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(url).status_code == 200
            found.append(len(queries))
        return found

    few = cost()
    grow(school)
    assert cost() == few
    assert max(few) <= 10
