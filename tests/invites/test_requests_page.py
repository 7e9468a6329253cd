"""The requests' desk: age, one and many, the reason; what the applicant and the teachers see elsewhere."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from invites.answers import Answers
from invites.models import JoinRequest
from invites.services.deciding import reject_requests
from tests.factories import make_pupil, make_staff, make_user, user_of
from tests.invites.conftest import Visitor
from tests.invites.worlds import Class7B, ask, is_parent, make_7b, mother

pytestmark = pytest.mark.django_db
TEACHER = Answers("Орлова", "Инна", title="учитель физики")


def at(name: str, world: Class7B, *args: Any) -> str:
    return reverse(f"invites:{name}", args=[world.school.pk, *args])


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.fixture
def homeroom(world: Class7B) -> Visitor:
    return Visitor().signed_in(world.homeroom)


def test_the_list_says_who_waits_and_how_long(world: Class7B, homeroom: Visitor) -> None:
    request = ask(world, mother("Йолкин", "Петя"))
    JoinRequest.objects.filter(pk=request.pk).update(created_at=timezone.now() - dt.timedelta(days=3))
    page = text_of(homeroom.client.get(at("requests", world)))
    assert "Ёлкина Мария" in page
    assert "Йолкин Петя" in page
    assert "в классе не найден" in page
    assert "3\xa0дня" in page


def test_each_sees_the_requests_that_he_decides(world: Class7B, homeroom: Visitor) -> None:
    own, staff, foreign = ask(world), ask(world, TEACHER, role="teacher"), ask(make_7b())
    assert list(homeroom.client.get(at("requests", world)).context["page_obj"]) == [own]
    admin = Visitor().signed_in(world.administrator)
    assert list(admin.client.get(at("requests", world)).context["page_obj"]) == [own, staff]
    assert admin.client.get(at("request", world, foreign.pk)).status_code == 404
    assert homeroom.client.get(at("request", world, staff.pk)).status_code == 404
    teacher = Visitor().signed_in(user_of(make_staff(world.school)))
    assert teacher.client.get(at("requests", world)).status_code == 403


def test_the_list_costs_the_same_for_three_and_for_thirty(world: Class7B, homeroom: Visitor) -> None:
    counts, invite = [], world.link(needs_approval=True)
    for number in (3, 27):
        JoinRequest.objects.bulk_create(
            JoinRequest(
                school=world.school,
                school_class=world.school_class,
                role="parent",
                invite=invite,
                user=make_user(),
                last_name="Сосна",
                first_name="Яна",
            )
            for _number in range(number)
        )
        homeroom.client.get(at("requests", world))
        with CaptureQueriesContext(connection) as queries:
            homeroom.client.get(at("requests", world))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 16


def test_many_are_approved_at_once_and_the_unclear_are_named(world: Class7B, homeroom: Visitor) -> None:
    good, unclear = ask(world), ask(world, mother("Йолкин", "Петя", last_name="Сосна"))
    answer = homeroom.client.post(
        at("decide_requests", world), {"request": [good.pk, unclear.pk], "act": "approve"}, follow=True
    )
    assert "Одобрена 1 заявка" in text_of(answer)
    assert "Сосна Мария: Выберите, чей это родитель" in text_of(answer)
    assert is_parent(good.user, world.child)


def test_many_are_rejected_with_a_reason(world: Class7B, homeroom: Visitor) -> None:
    requests = [ask(world), ask(world)]
    ids = [request.pk for request in requests]
    answer = homeroom.client.post(at("decide_requests", world), {"request": ids, "act": "reject"}, follow=True)
    assert "Напишите причину" in text_of(answer)
    data = {"request": ids, "act": "reject", "reason": "Не узнал вас"}
    answer = homeroom.client.post(at("decide_requests", world), data, follow=True)
    assert "Отклонены 2 заявки" in text_of(answer)
    assert "Не узнал вас" in text_of(homeroom.client.get(at("requests", world), {"status": "rejected"}))


def test_the_child_is_chosen_on_the_page_of_the_request(world: Class7B, homeroom: Visitor) -> None:
    request = ask(world, mother("Йолкин", "Петя"))
    page = at("request", world, request.pk)
    assert "Одного ученика с таким именем" in text_of(homeroom.client.get(page))
    answer = homeroom.client.post(page, {"act": "approve", "child": ""})
    assert answer.context["approve"].errors["child"]
    answer = homeroom.client.post(page, {"act": "approve", "child": world.child.pk})
    assert answer["Location"] == at("requests", world)
    assert is_parent(request.user, world.child)


def test_a_recognised_pupil_is_offered_first(world: Class7B, homeroom: Visitor) -> None:
    request = ask(world, Answers("Ёлкин", "Пётр", birth_date=dt.date(2000, 1, 1)), role="pupil")
    form = homeroom.client.get(at("request", world, request.pk)).context["approve"]
    assert form.fields["person"].initial == str(world.child.pk)
    homeroom.client.post(at("request", world, request.pk), {"act": "approve", "person": world.child.pk})
    world.child.refresh_from_db()
    assert world.child.user == request.user


def test_a_new_pupil_is_enrolled(world: Class7B, homeroom: Visitor) -> None:
    request = ask(world, Answers("Ёлкин", "Пётр", birth_date=dt.date(2000, 1, 1)), role="pupil")
    homeroom.client.post(at("request", world, request.pk), {"act": "approve", "person": "new"})
    world.child.refresh_from_db()
    assert world.child.user is None
    assert request.user.persons.get().enrolments.active().get().school_class == world.school_class


def test_a_teacher_is_chosen_out_of_the_lists(world: Class7B) -> None:
    listed = make_staff(world.school, joined=False, last_name="Орлова", first_name="Инесса")
    request = ask(world, TEACHER, role="teacher")
    admin = Visitor().signed_in(world.administrator)
    page = at("request", world, request.pk)
    assert listed.full_name in text_of(admin.client.get(page))
    admin.client.post(page, {"act": "approve", "person": listed.pk})
    listed.refresh_from_db()
    assert listed.user == request.user


def test_one_is_rejected_and_the_applicant_reads_why(world: Class7B, homeroom: Visitor) -> None:
    request = ask(world)
    page = at("request", world, request.pk)
    assert homeroom.client.post(page, {"act": "reject", "reason": ""}).context["reason"].errors["reason"]
    homeroom.client.post(page, {"act": "reject", "reason": "Не ваш класс"})
    home = Visitor().signed_in(request.user).client.get(reverse("home"))
    assert "Не ваш класс" in text_of(home)


def test_a_decided_request_is_not_decided_again(world: Class7B, homeroom: Visitor) -> None:
    request = ask(world)
    reject_requests(by=world.homeroom, requests=[request], reason="Нет")
    page = at("request", world, request.pk)
    assert "Одобрить" not in text_of(homeroom.client.get(page))
    assert homeroom.client.post(page, {"act": "approve", "child": world.child.pk}).context["approve"].errors
    assert not is_parent(request.user, world.child)


def test_who_waits_sees_it_on_the_main_page_and_who_decides_too(world: Class7B, homeroom: Visitor) -> None:
    request = ask(world)
    assert "ожидают подтверждения" in text_of(Visitor().signed_in(request.user).client.get(reverse("home")))
    assert "заявка на вступление не рассмотрена" in text_of(homeroom.client.get(reverse("home")))
    admin = Visitor().signed_in(world.administrator)
    assert "1 заявка ждёт" in text_of(admin.client.get(world.school.get_absolute_url()))


def test_nobody_of_the_class_is_shown_to_the_applicant(world: Class7B) -> None:
    make_pupil(world.school_class, last_name="Секретов", first_name="Лев")
    request = ask(world, mother("Йолкин", "Петя"))
    visitor = Visitor().signed_in(request.user)
    assert "Секретов" not in text_of(visitor.open(request.invite))
