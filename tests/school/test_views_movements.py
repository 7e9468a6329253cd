"""The pages of movement: chosen, previewed, carried out, listed, undone, reported."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from school.models import (
    AcademicYear,
    Act,
    Enrolment,
    Movement,
    Person,
    School,
    SchoolClass,
    StaffPosition,
)
from school.services import movements, staff
from tests import factories as f
from tests.world import make_additional_administrator

pytestmark = pytest.mark.django_db
As = Callable[[User], Client]
Kind = Movement.Kind


@pytest.fixture
def here() -> SchoolClass:
    school_class = f.make_class(f.make_school(), "7Б")
    AcademicYear.objects.update(starts_on=days_ago(200))
    return school_class


@pytest.fixture
def there(here: SchoolClass) -> SchoolClass:
    return f.make_class(here.school, "7А")


@pytest.fixture
def admin(here: SchoolClass, as_: As) -> Client:
    return as_(f.administrator_of(here.school))


def days_ago(number: int) -> dt.date:
    return f.today() - dt.timedelta(days=number)


def url(school: School, tail: str = "") -> str:
    return f"/schools/{school.pk}/movement/{tail}"


def body(response: Any) -> str:
    return response.content.decode()


def form(*people: Person, **more: Any) -> dict[str, Any]:
    return {"people": [person.pk for person in people], "happened_on": f.today().isoformat(), **more}


def carry_out(school: School, kind: Kind, *people: Person, **more: Any) -> Act:
    by = f.administrator_of(school)
    return movements.carry_out_movement(by=by, school=school, kind=kind, people=people, **more)


def test_three_pupils_from_the_list_of_the_class_to_the_journal(here: SchoolClass, there: SchoolClass, admin: Client):
    school = here.school
    chosen, other = [f.make_pupil(here) for _ in range(3)], f.make_pupil(here)
    start = body(admin.get(here.get_absolute_url()))
    assert url(school, f"new/?from={here.pk}") in start
    assert "Выберите класс" in body(admin.get(url(school, "new/transferred/")))
    path = url(school, f"new/transferred/?from={here.pk}")
    page = body(admin.get(path))
    assert all(person.full_name in page for person in (*chosen, other))
    data = form(*chosen, to_class=there.pk, order_number="15-к", order_date="2025-09-01")
    preview = body(admin.post(path, data))
    assert "Пока ничего не изменилось" in preview or "ничего не измен" in preview
    assert preview.count("7А</td>") == 3
    assert not Act.objects.exists()
    back = body(admin.post(path, {**data, "edit": "1"}))
    assert back.count(" checked") == 3
    response = admin.post(path, {**data, "confirm": "1"})
    assert response.headers["Location"] == url(school)
    journal = body(admin.get(url(school)))
    assert "7Б → 7А" in journal
    assert "приказ № 15-к" in journal
    assert other.full_name not in journal
    act = Act.objects.get()
    after = admin.post(f"/schools/{school.pk}/acts/{act.pk}/undo/", {"next": url(school)}, follow=True)
    assert after.redirect_chain == [(url(school), 302)]
    assert "отменено" in body(after)
    assert Enrolment.objects.active().filter(school_class=here).count() == 4


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ({}, "Выберите хотя бы одного человека"),
        ({"people": "first", "happened_on": "2999-01-01"}, "ещё не наступил"),
        ({"people": "first", "happened_on": "long ago"}, "раньше начала учебного года"),
        ({"people": "first", "order_date": "2025-09-01"}, "номер"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(
    here: SchoolClass, there: SchoolClass, admin: Client, data: dict[str, Any], text: str
):
    pupil = f.make_pupil(here)
    if "people" in data:
        data = {**data, "people": pupil.pk}
    if data.get("happened_on") == "long ago":
        data = {**data, "happened_on": days_ago(400).isoformat()}
    full = {"happened_on": f.today().isoformat(), "to_class": there.pk, **data}
    for more in ({}, {"confirm": "1"}):
        page = admin.post(url(here.school, f"new/transferred/?from={here.pk}"), {**full, **more})
        assert text in body(page)
    assert not Act.objects.exists()


def test_nobody_of_another_class_or_school_is_moved(here: SchoolClass, there: SchoolClass, admin: Client):
    foreign = f.make_pupil(f.make_class(f.make_school(), "7Б"))
    path = url(here.school, f"new/left/?from={here.pk}")
    for person in (f.make_pupil(there), foreign):
        assert admin.post(path, {**form(person), "confirm": "1"}).status_code == 200
    assert admin.post(url(here.school, "new/promoted/"), form()).status_code == 404
    assert admin.get(url(here.school, "new/nonsense/")).status_code == 404
    assert not Act.objects.exists()


def test_a_new_pupil_and_one_who_had_left(here: SchoolClass, admin: Client):
    school, former = here.school, f.make_pupil(here, joined=False)
    carry_out(school, Kind.LEFT, former)
    parent = f.make_parent(f.make_pupil(here))
    path = url(school, "new/arrived/")
    page = body(admin.get(path))
    assert former.full_name in page
    assert parent.full_name not in page
    assert former.full_name not in body(admin.get(path + "?q=Щщщ"))
    new = {"last_name": "Ёлкин", "first_name": "Пётр", "birth_date": "2013-05-01"}
    data = form(former, to_class=here.pk, place="Лицей № 2", **new)
    assert "Ёлкин Пётр" in body(admin.post(path, data))
    assert not Person.objects.filter(last_name="Ёлкин").exists()
    assert admin.post(path, {**data, "confirm": "1"}).status_code == 302
    assert set(Movement.objects.filter(kind=Kind.ARRIVED).values_list("person__last_name", flat=True)) == {
        former.last_name,
        "Ёлкин",
    }
    half = body(admin.post(path, form(to_class=here.pk, last_name="Один")))
    assert "Укажите фамилию и имя" in half


def test_hired_and_dismissed_on_the_page(here: SchoolClass, admin: Client):
    school = here.school
    hire = {**form(), "last_name": "Новикова", "first_name": "Анна", "position": "teacher", "confirm": "1"}
    assert admin.post(url(school, "new/hired/"), hire).status_code == 302
    teacher = Person.objects.get(last_name="Новикова")
    page = body(admin.get(url(school, "new/dismissed/")))
    assert teacher.full_name in page
    assert Person.objects.get(user=f.administrator_of(school)).full_name not in page
    assert admin.post(url(school, "new/dismissed/"), {**form(teacher), "confirm": "1"}).status_code == 302
    assert not teacher.positions.active().exists()


def roads_of_removal(person: Person) -> list[tuple[str, dict[str, Any], str]]:
    """Everything that a browser or a program can post to remove somebody: address, data, content type."""
    school = person.school
    chosen = {"people": person.pk, "happened_on": f.today().isoformat(), "confirm": "1", "reason": "Уволен"}
    position = person.positions.active().get(kind="additional_administrator")
    return [
        *((url(school, f"new/{kind}/"), chosen, "") for kind in (Kind.DISMISSED, Kind.LEFT, Kind.GRADUATED)),
        (f"/schools/{school.pk}/people/{person.pk}/remove/", {"reason": "Уволен"}, ""),
        (f"/schools/{school.pk}/people/positions/{position.pk}/end/", {}, ""),
        (f"/schools/{school.pk}/people/{person.pk}/detach/", {}, ""),
        (f"/api/v1/people/{person.pk}/remove/", {"reason": "Уволен"}, "application/json"),
        (f"/api/v1/positions/{position.pk}/", {}, "delete"),
    ]


def test_no_road_of_the_pages_and_of_the_api_removes_an_administrator(here: SchoolClass, admin: Client):
    administrator = make_additional_administrator(here.school)
    for path, data, how in roads_of_removal(administrator):
        if how == "delete":
            response = admin.delete(path)
        else:
            response = admin.post(path, data, **({"content_type": how} if how else {}))
        assert response.status_code in (200, 302, 409), path
        administrator.refresh_from_db()
        assert administrator.removed_at is None, path
        assert administrator.user_id, path
        assert administrator.positions.active().count() == 2, path
    assert not Act.objects.exists()


def test_the_buttons_of_the_card_and_the_api_write_the_journal(here: SchoolClass, there: SchoolClass, admin: Client):
    school, pupil = here.school, f.make_pupil(here)
    card, order = f"/schools/{school.pk}/people/{pupil.pk}", {"order_number": "3", "order_date": "2025-09-01"}
    json = {"content_type": "application/json"}
    admin.post(f"{card}/move/", {"to_class": there.pk, **order})
    enrolment = pupil.enrolments.active().get()
    assert (
        admin.post(f"/api/v1/enrolments/{enrolment.pk}/move/", {"school_class": here.pk, **order}, **json).json()[
            "school_class"
        ]
        == here.pk
    )
    admin.post(f"{card}/remove/", {"reason": "Школа № 5", **order})
    admin.post(f"{card}/move/", {"to_class": here.pk})
    admin.post(f"/api/v1/people/{pupil.pk}/remove/", {"reason": "Переезд"}, **json)
    made = admin.post(f"/api/v1/schools/{school.pk}/enrolments/", {"person": pupil.pk, "school_class": here.pk}, **json)
    assert made.status_code == 201
    kinds = [Kind.TRANSFERRED, Kind.TRANSFERRED, Kind.LEFT, Kind.ENROLLED, Kind.LEFT, Kind.ENROLLED]
    lines = list(Movement.objects.filter(person=pupil).order_by("pk"))
    assert [line.kind for line in lines] == kinds
    assert (lines[0].order_number, lines[2].place, lines[4].place) == ("3", "Школа № 5", "Переезд")


def test_new_people_from_the_pages_and_the_api_are_in_the_journal(here: SchoolClass, admin: Client):
    school, json = here.school, {"content_type": "application/json"}
    names = {"last_name": "Ёлкин", "first_name": "Пётр"}
    admin.post(f"{here.get_absolute_url()}pupils/add/", names)
    assert admin.post(f"/api/v1/classes/{here.pk}/pupils/", {**names, "first_name": "Павел"}, **json).status_code == 201
    admin.post(f"/schools/{school.pk}/staff/add/", {**names, "kind": "teacher"})
    hired = admin.post(f"/api/v1/schools/{school.pk}/staff/", {**names, "kind": "employee"}, **json)
    assert hired.status_code == 201
    positions = f"/api/v1/schools/{school.pk}/positions/"
    second = admin.post(positions, {"person": hired.json()["id"], "kind": "deputy"}, **json)
    assert second.status_code == 201
    kinds = list(Movement.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == [Kind.ENROLLED, Kind.ENROLLED, Kind.HIRED, Kind.HIRED]


def test_who_had_a_position_is_not_hired_again_and_who_had_none_is(here: SchoolClass, admin: Client):
    person = f.make_staff(here.school)
    path = f"/schools/{here.school.pk}/people/{person.pk}/positions/add/"
    admin.post(path, {"kind": "deputy"})
    assert not Movement.objects.exists()
    for position in person.positions.active():
        staff.end_position(by=f.administrator_of(here.school), position=position)
    admin.post(path, {"kind": "employee"})
    assert Movement.objects.get().kind == Kind.HIRED


def test_a_parent_is_taken_off_the_lists_without_a_line(here: SchoolClass, admin: Client):
    parent = f.make_parent(f.make_pupil(here))
    admin.post(f"/schools/{here.school.pk}/people/{parent.pk}/remove/", {"reason": "Переезд"})
    parent.refresh_from_db()
    assert parent.removed_at
    assert not Act.objects.exists()


def test_the_filters_of_the_journal(here: SchoolClass, there: SchoolClass, admin: Client):
    school = here.school
    early, late, gone = (f.make_pupil(here, last_name=name) for name in ("Ранняя", "Поздняя", "Ушедшая"))
    Enrolment.objects.update(starts_on=days_ago(100))
    carry_out(school, Kind.TRANSFERRED, early, to_class=there, happened_on=days_ago(50))
    carry_out(school, Kind.TRANSFERRED, late, to_class=there, happened_on=days_ago(5))
    carry_out(school, Kind.LEFT, gone, happened_on=days_ago(5))

    def seen(**query: Any) -> set[str]:
        page = body(admin.get(url(school), query))
        return {name for name in ("Ранняя", "Поздняя", "Ушедшая") if name in page}

    assert seen() == {"Ранняя", "Поздняя", "Ушедшая"}
    assert seen(kind="left") == {"Ушедшая"}
    assert seen(school_class=there.pk) == {"Ранняя", "Поздняя"}
    assert seen(since=days_ago(10).isoformat()) == {"Поздняя", "Ушедшая"}
    assert seen(until=days_ago(10).isoformat()) == {"Ранняя"}
    assert seen(kind="nonsense", school_class="x", since="когда-то") == {"Ранняя", "Поздняя", "Ушедшая"}


def test_the_last_act_of_a_day_stands_first(here: SchoolClass, there: SchoolClass, admin: Client):
    pupil = f.make_pupil(here, last_name="Дважды")
    for to_class in (there, here):
        carry_out(here.school, Kind.TRANSFERRED, pupil, to_class=to_class)
    page = body(admin.get(url(here.school)))
    assert page.index("7А → 7Б") < page.index("7Б → 7А")


def test_an_old_act_has_no_button(here: SchoolClass, admin: Client):
    carry_out(here.school, Kind.LEFT, f.make_pupil(here))
    assert "/undo/" in body(admin.get(url(here.school)))
    Act.objects.update(done_at=Act.objects.get().done_at - dt.timedelta(days=15))
    assert "/undo/" not in body(admin.get(url(here.school)))


def cost(client: Client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


def test_the_pages_cost_the_same_for_few_and_for_many(here: SchoolClass, there: SchoolClass, admin: Client):
    school = here.school
    paths = [
        url(school),
        url(school, "report/"),
        url(school, f"new/transferred/?from={here.pk}"),
        url(school, "new/dismissed/"),
        url(school, "new/arrived/"),
        f"{here.get_absolute_url()}?on={f.today().isoformat()}",
    ]
    costs = []
    for number in (1, 6):
        for _ in range(number):
            f.make_parent(f.make_pupil(here))
            f.make_staff(school)
            carry_out(school, Kind.TRANSFERRED, f.make_pupil(here), f.make_pupil(here), to_class=there)
            carry_out(school, Kind.LEFT, f.make_pupil(there))
        costs.append([cost(admin, path) for path in paths])
    assert costs[0] == costs[1]
    assert max(costs[1]) <= 10


def test_the_director_is_told_that_the_journal_is_the_administrators(here: SchoolClass, as_: As):
    director = f.make_staff(here.school, StaffPosition.Kind.DIRECTOR)
    assert as_(f.user_of(director)).get(url(here.school)).status_code == 403
