"""Many people leave at once, and personal data leave the portal: small by one pair of hands, large and exports by two."""

import csv
import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from school import undo
from school.acts import DELAY
from school.drift import check_rights
from school.errors import Refusal
from school.models import Act, Event, EventKind, Movement, PendingAct, Person, RightOverride
from school.regulation import Role
from school.rights import RightDenied
from school.services import bulk, exports, people, rights
from school.services.acts import approve_act, carry_out_due
from school.services.administrators import appoint_at_once
from school.services.movements import MANY_REMOVED, Document, carry_out_movement, submit_movement
from school.services.removal import MOST_AT_ONCE, remove_people
from tests import factories as f
from tests.world import World

pytestmark = pytest.mark.django_db
As = Callable[[User], Client]
ORDER: Any = {"order_number": "12", "order_date": dt.date(2025, 9, 1)}


def code_of(act: Callable[[], Any]) -> str:
    with pytest.raises(Refusal) as refusal:
        act()
    return refusal.value.code


def user(world: World, role: str) -> User:
    return f.user_of(world.people[role])


def many(world: World, count: int) -> list[Person]:
    rows = [{"last_name": f"Новый{n:03}", "first_name": "Пётр"} for n in range(count)]
    by = f.administrator_of(world.own.school)
    return bulk.add_pupils(by=by, school_class=world.own.school_class, rows=rows)


def gone(chosen: list[Person]) -> int:
    return Person.objects.filter(pk__in=[person.pk for person in chosen], removed_at__isnull=False).count()


def remove(world: World, chosen: list[Person], by: str = "administrator", **more: Any) -> PendingAct | None:
    return remove_people(by=user(world, by), school=world.own.school, people=chosen, reason="Выпуск", **more)


# --- removal --------------------------------------------------------------------------------------------------------


def test_thirty_leave_at_once_each_with_a_line_in_the_log(world: World):
    chosen = [*many(world, MOST_AT_ONCE - 1), world.own.pupil]
    parent = f.user_of(world.own.parent)
    assert remove(world, chosen, **ORDER) is None
    assert gone(chosen) == MOST_AT_ONCE
    assert not world.own.pupil.enrolments.active().exists()
    assert not parent.groups.exists()  # a parent's roles go with the child's
    event = Event.objects.get(kind=EventKind.PERSON_REMOVED, person_id=world.own.pupil.pk)
    assert (event.new["reason"], event.new["order_number"], event.new["order_date"]) == ("Выпуск", "12", "2025-09-01")
    assert not check_rights(world.own.school)


def test_more_wait_for_a_second_administrator(world: World):
    chosen = many(world, MOST_AT_ONCE + 1)
    act = remove(world, chosen, by="additional_administrator", **ORDER)
    assert act is not None
    assert gone(chosen) == 0
    assert act.payload["names"][0] == "Новый000 Пётр"
    people.remove_person(by=user(world, "administrator"), person=chosen[0])
    approve_act(by=user(world, "administrator"), act=act)
    assert gone(chosen) == len(chosen)
    removed = Event.objects.get(kind=EventKind.PERSON_REMOVED, person_id=chosen[1].pk)
    assert (removed.actor, removed.new["order_date"]) == (user(world, "additional_administrator"), "2025-09-01")
    assert Event.objects.filter(kind=EventKind.PERSON_REMOVED, person_id=chosen[0].pk).count() == 1


def test_an_administrator_is_never_among_them(world: World):
    chosen = [*many(world, 2), world.people["additional_administrator"]]
    assert code_of(lambda: remove(world, chosen)) == "is_administrator"
    assert gone(chosen) == 0


def test_one_who_became_an_administrator_meanwhile_stops_it_all(world: World):
    chosen = [*many(world, MOST_AT_ONCE), world.own.class_teacher]
    act = remove(world, chosen)
    assert act is not None
    appoint_at_once(by=user(world, "administrator"), person=world.own.class_teacher, **ORDER)
    assert code_of(lambda: approve_act(by=user(world, "additional_administrator"), act=act)) == "is_administrator"
    assert carry_out_due(now=timezone.now() + DELAY * 2) == 0
    act.refresh_from_db()
    assert world.own.class_teacher.full_name in act.failure
    assert gone(chosen) == 0


def test_the_director_goes_only_by_those_who_appoint(world: World):
    with pytest.raises(RightDenied):
        remove(world, [world.people["director"]], by="additional_administrator")
    assert remove(world, [world.people["director"]]) is None


def test_the_journal_knows_who_left_and_the_act_is_undone(world: World):
    chosen = [world.own.pupil, world.own.class_teacher, world.own.parent]
    before = set(world.own.pupil.enrolments.active().values_list("pk", flat=True))
    assert remove(world, chosen, **ORDER) is None
    journal = {(line.person_id, line.kind, line.from_class_id) for line in Movement.objects.all()}
    left = (world.own.pupil.pk, Movement.Kind.LEFT, world.own.school_class.pk)
    assert journal == {left, (world.own.class_teacher.pk, Movement.Kind.DISMISSED, None)}
    undo.undo(by=user(world, "administrator"), act=Act.objects.get())
    assert gone(chosen) == 0
    assert set(world.own.pupil.enrolments.active().values_list("pk", flat=True)) == before
    assert not check_rights(world.own.school)


def test_a_movement_that_removes_many_waits_too_and_no_road_leads_around(world: World):
    chosen, by = many(world, MANY_REMOVED + 1), user(world, "administrator")
    movement: Any = {"by": by, "school": world.own.school}
    kind = Movement.Kind.GRADUATED
    assert code_of(lambda: carry_out_movement(kind=kind, people=chosen, **movement)) == "second_administrator_needed"
    document = Document(kind, order=ORDER, place="Колледж")
    act = submit_movement(document=document, people=chosen, **movement)
    assert isinstance(act, PendingAct)
    assert gone(chosen) == 0
    approve_act(by=user(world, "additional_administrator"), act=act)
    assert gone(chosen) == len(chosen)
    line = Movement.objects.filter(person=chosen[0]).get()
    assert (line.kind, line.place, line.order_number, str(line.order_date)) == (kind, "Колледж", "12", "2025-09-01")


def test_nobody_and_people_of_another_school_are_refused(world: World):
    assert code_of(lambda: remove(world, [])) == "nobody_chosen"
    assert code_of(lambda: remove(world, [world.other_school.pupil])) == "nobody_chosen"
    with pytest.raises(RightDenied):
        remove(world, [world.own.pupil], by="homeroom")


def test_it_costs_the_same_for_three_and_for_thirty(world: World):
    def cost(count: int) -> int:
        chosen = many(world, count)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            remove(world, chosen)
        return len(queries)

    assert cost(3) == cost(30)


def test_people_are_chosen_in_the_list_named_and_removed(world: World, as_: As):
    client, school = as_(user(world, "administrator")), world.own.school
    page = client.get(reverse("school:people", args=[school.pk])).content.decode()
    assert 'data-label="Выбрать всех"' in page
    url = reverse("school:remove_people", args=[school.pk])
    assert "Выберите хотя бы одного" in client.get(url, follow=True).content.decode()
    asked = f"{url}?person={world.own.classmate.pk}&person={world.other_school.pupil.pk}&person=x"
    page = client.get(asked).content.decode()
    assert world.own.classmate.full_name in page
    assert world.other_school.pupil.full_name not in page
    assert client.post(asked, {"reason": ""}).context["form"].errors["reason"]
    answer = client.post(asked, {"reason": "Переезд"}, follow=True).content.decode()
    assert "1 человек покинул школу" in answer
    assert gone([world.own.classmate]) == 1
    assert gone([world.other_school.pupil]) == 0


def test_more_than_thirty_in_the_list_are_led_to_the_second_administrator(world: World, as_: As):
    chosen = many(world, MOST_AT_ONCE + 1)
    asked = (
        reverse("school:remove_people", args=[world.own.school.pk]) + "?" + "&".join(f"person={p.pk}" for p in chosen)
    )
    client = as_(user(world, "administrator"))
    assert "нужен второй администратор" in client.get(asked).content.decode()
    answer = client.post(asked, {"reason": "Выпуск"}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("school:acts", args=[world.own.school.pk])
    assert "Новый030 Пётр" in answer.content.decode()
    assert gone(chosen) == 0


def test_who_may_not_remove_has_no_boxes(world: World, as_: As):
    page = as_(user(world, "deputy")).get(reverse("school:people", args=[world.own.school.pk])).content.decode()
    assert "data-choose-all" not in page


# --- exports --------------------------------------------------------------------------------------------------------


def ask(world: World, what: str = exports.PEOPLE, by: str = "administrator", **more: Any) -> PendingAct:
    return exports.propose_export(by=user(world, by), school=world.own.school, what=what, reason="Отчёт", **more)


def test_the_list_of_people_leaves_after_a_second_administrator(world: World, as_: As):
    people.edit_person(by=user(world, "administrator"), person=world.own.pupil, phone="+79161234567")
    client, url = as_(user(world, "administrator")), reverse("school:export_people", args=[world.own.school.pk])
    client.post(f"{url}?role=pupil", {"reason": "Сверка"})
    act = PendingAct.objects.waiting().get()
    take = reverse("school:take_export", args=[world.own.school.pk, act.pk])
    assert client.post(take).status_code == 302
    approve_act(by=user(world, "additional_administrator"), act=act)
    response = client.post(take)
    assert response.headers["Content-Disposition"].startswith('attachment; filename="people-')
    rows = list(csv.reader(io.StringIO(response.getvalue().decode("utf-8-sig")), delimiter=";"))
    names = {row[0] for row in rows[1:]}
    assert {world.own.pupil.last_name, world.own.classmate.last_name} <= names
    assert len(rows) == 1 + 4  # the pupils of both classes, and nobody of the other school
    assert any("916 123-45-67" in row[5] for row in rows)
    event = Event.objects.get(kind=EventKind.DATA_EXPORTED)
    assert event.new == {"what": "people", "reason": "Сверка", "filters": "role=pupil"}


def test_only_who_asked_takes_the_file_and_for_three_days(world: World):
    act = ask(world)
    approve_act(by=user(world, "additional_administrator"), act=act)
    act.refresh_from_db()
    assert code_of(lambda: exports.take_export(by=user(world, "additional_administrator"), act=act)) == "no_export"
    exports.take_export(by=user(world, "administrator"), act=act)
    act.carried_out_at = timezone.now() - dt.timedelta(days=3, minutes=1)
    assert code_of(lambda: exports.take_export(by=user(world, "administrator"), act=act)) == "no_export"
    assert Event.objects.filter(kind=EventKind.DATA_EXPORTED).count() == 1


def test_an_act_that_is_no_export_gives_no_file(world: World):
    act = remove(world, many(world, MOST_AT_ONCE + 1))
    assert act is not None
    approve_act(by=user(world, "additional_administrator"), act=act)
    act.refresh_from_db()
    assert code_of(lambda: exports.take_export(by=user(world, "administrator"), act=act)) == "no_export"


def test_the_right_is_asked_when_it_is_allowed_and_when_it_is_taken(world: World):
    admin, school = user(world, "administrator"), world.own.school
    rights.set_right(by=admin, school=school, role=Role.DEPUTY, codename="view_events", allowed=True)
    first, second = ask(world, exports.EVENTS, "deputy"), None
    approve_act(by=admin, act=first)
    second = exports.propose_export(by=user(world, "deputy"), school=school, what=exports.EVENTS, reason="Ещё")
    RightOverride.objects.filter(school=school).delete()
    rights.set_right(by=admin, school=school, role=Role.DEPUTY, codename="view_events", allowed=True)
    rights.set_right(by=admin, school=school, role=Role.DEPUTY, codename="view_events", allowed=False)
    assert code_of(lambda: approve_act(by=admin, act=second)) == "proposer_denied"
    first.refresh_from_db()
    with pytest.raises(RightDenied):
        exports.take_export(by=user(world, "deputy"), act=first)


def test_who_proposed_sees_his_own_act_without_the_right_to_approve(world: World, as_: As):
    admin, school = user(world, "administrator"), world.own.school
    rights.set_right(by=admin, school=school, role=Role.DEPUTY, codename="view_events", allowed=True)
    url = reverse("school:acts", args=[school.pk])
    client = as_(user(world, "deputy"))
    assert client.get(url).status_code == 403
    ask(world, exports.EVENTS, "deputy")
    ask(world)
    page = client.get(url).content.decode()
    assert page.count("Отменить<") == 1
    assert "Выгрузка списка людей" not in page


def test_an_export_needs_a_reason_and_the_right(world: World):
    admin, school = user(world, "administrator"), world.own.school
    assert code_of(lambda: exports.propose_export(by=admin, school=school, what=exports.PEOPLE, reason=" ")) == (
        "reason_needed"
    )
    for role in ("director", "deputy", "homeroom"):
        with pytest.raises(RightDenied):
            ask(world, by=role)
    with pytest.raises(RightDenied):
        ask(world, exports.EVENTS, by="deputy")
