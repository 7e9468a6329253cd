"""«Учительская», administrators, the status «учитель»."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from school.models import Event, EventKind, PendingAct, Person, StaffPosition
from school.services import acts, administrators
from tests import factories as f
from tests.world import World

pytestmark = pytest.mark.django_db
As = Callable[[User], Client]
ORDER = {"order_number": "12", "order_date": "2026-09-01"}


@pytest.fixture
def admin(world: World, as_: As) -> Client:
    return as_(f.administrator_of(world.own.school))


def status(person: Person) -> str:
    return Person.objects.get(pk=person.pk).verification


def test_a_new_teacher_waits_for_the_status(world: World, admin: Client):
    url = reverse("school:add_staff", args=[world.own.school.pk])
    admin.post(url, {"last_name": "Новикова", "first_name": "Анна", "kind": "teacher", "phone": "8 916 555 44 33"})
    person = world.own.school.people.get(last_name="Новикова")
    assert person.verification == Person.Verification.PENDING
    page = admin.get(reverse("school:verification", args=[world.own.school.pk])).content.decode()
    assert "Новикова Анна" in page


def test_a_second_director_is_refused_at_the_form(world: World, admin: Client):
    url = reverse("school:add_staff", args=[world.own.school.pk])
    response = admin.post(url, {"last_name": "Второй", "first_name": "Директор", "kind": "director"})
    assert response.context["form"].errors["kind"] == ["У школы есть директор: сначала завершите его полномочия."]
    assert not world.own.school.people.filter(last_name="Второй").exists()


def test_an_administrator_is_appointed_by_an_order(world: World, admin: Client):
    url = reverse("school:appoint", args=[world.own.school.pk])
    person = world.own.homeroom
    assert admin.post(url, {"person": person.pk}).context["form"].errors["order_number"]
    answer = admin.post(url, {"person": person.pk, **ORDER}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("school:acts", args=[world.own.school.pk])
    assert "Ждёт второго администратора" in answer.content.decode()
    assert not person.positions.active().filter(kind=StaffPosition.Kind.ADDITIONAL_ADMINISTRATOR).exists()
    second = f.user_of(world.people["additional_administrator"])
    acts.approve_act(by=second, act=PendingAct.objects.waiting().get())
    position = person.positions.active().get(kind=StaffPosition.Kind.ADDITIONAL_ADMINISTRATOR)
    assert (position.order_number, position.order_date) == ("12", dt.date(2026, 9, 1))
    page = admin.get(reverse("school:administrators", args=[world.own.school.pk])).content.decode()
    assert "приказ № 12 от 01.09.2026" in page


def test_the_director_appoints_at_once(world: World, as_: As):
    person, director = world.own.homeroom, f.settle(world.people["director"])
    url = reverse("school:appoint", args=[world.own.school.pk])
    answer = as_(f.user_of(director)).post(url, {"person": person.pk, **ORDER}, follow=True)
    assert "Администратор назначен." in answer.content.decode()
    assert person.positions.active().filter(kind=StaffPosition.Kind.ADDITIONAL_ADMINISTRATOR).exists()


def test_who_waits_for_the_status_cannot_be_chosen_as_administrator(world: World, admin: Client):
    url = reverse("school:appoint", args=[world.own.school.pk])
    for person in (world.people["applicant"], world.people["employee"], world.other_school.homeroom):
        assert admin.post(url, {"person": person.pk, **ORDER}).context["form"].errors["person"]


def test_the_last_administrator_is_not_dismissed_and_the_page_says_so(world: World, admin: Client):
    by, school = f.administrator_of(world.own.school), world.own.school
    order = {"order_number": "13", "order_date": dt.date(2026, 9, 2)}
    administrators.dismiss_administrator(by=by, person=world.people["additional_administrator"], **order)
    url = reverse("school:dismiss", args=[school.pk, world.people["administrator"].pk])
    response = admin.post(url, ORDER)
    assert "Последнего администратора освободить нельзя" in str(response.context["form"].non_field_errors())
    assert "Администратор пока один" in admin.get(reverse("school:administrators", args=[school.pk])).content.decode()


def test_the_main_administrator_hands_over_first(world: World, admin: Client):
    url = reverse("school:dismiss", args=[world.own.school.pk, world.people["administrator"].pk])
    assert "передайте роль" in str(admin.post(url, ORDER).context["form"].non_field_errors())


def test_many_are_confirmed_at_once(world: World, admin: Client):
    people = [f.make_staff(world.own.school, verified=False) for _ in range(3)]
    url = reverse("school:decide_verification", args=[world.own.school.pk])
    response = admin.post(url, {"person": [p.pk for p in people], "act": "confirm"}, follow=True)
    assert "Подтверждены 3 человека." in response.content.decode()
    assert {status(p) for p in people} == {"verified"}
    assert (
        Event.objects.filter(kind=EventKind.VERIFICATION_CONFIRMED, person_id__in=[p.pk for p in people]).count() == 3
    )


def test_nobody_chosen_and_nobodys_ids_are_said_plainly(world: World, admin: Client):
    url = reverse("school:decide_verification", args=[world.own.school.pk])
    for chosen in ([], ["x"], [world.other_school.homeroom.pk]):
        response = admin.post(url, {"person": chosen, "act": "confirm"}, follow=True)
        assert "Выберите хотя бы одного человека." in response.content.decode()


def test_a_refusal_needs_a_reason_which_the_teacher_reads_and_answers(world: World, as_: As):
    teacher, school = world.people["applicant"], world.own.school
    admin, url = as_(f.administrator_of(school)), reverse("school:decide_verification", args=[school.pk])
    response = admin.post(url, {"person": teacher.pk, "act": "reject", "reason": " "}, follow=True)
    assert "Укажите причину" in response.content.decode()
    assert status(teacher) == "pending"
    admin.post(url, {"person": teacher.pk, "act": "reject", "reason": "Нет в тарификации"})
    mine, own_page = as_(f.user_of(teacher)), reverse("school:my_verification", args=[school.pk])
    assert "Нет в тарификации" in mine.get(own_page).content.decode()
    assert "В статусе «учитель» отказано" in mine.get(reverse("home")).content.decode()
    mine.post(own_page)
    assert status(teacher) == "pending"
    assert "На проверке" in mine.get(own_page).content.decode()


def test_an_administrator_who_waits_himself_does_not_confirm_himself(world: World, as_: As):
    deputy = f.make_staff(world.own.school, StaffPosition.Kind.DEPUTY, verified=False)
    url = reverse("school:decide_verification", args=[world.own.school.pk])
    assert as_(f.user_of(deputy)).post(url, {"person": deputy.pk, "act": "confirm"}).status_code == 403
    assert status(deputy) == "pending"
