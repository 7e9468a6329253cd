"""The report on movement, as a page and as a file, and the list of a class on a past day."""

import datetime as dt
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from accounts.models import User
from school import undo
from school.models import (
    AcademicYear,
    Act,
    Event,
    EventKind,
    Movement,
    PendingAct,
    Person,
    School,
    SchoolClass,
)
from school.services import acts, movements, staff
from tests import factories as f

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


def make_report(here: SchoolClass, there: SchoolClass) -> None:
    school = here.school
    born = dt.date(2013, 5, 1)
    moved, gone, undone = (f.make_pupil(here, last_name=name) for name in ("Переведён", "Выбыл", "Ошибка"))
    carry_out(school, Kind.TRANSFERRED, moved, to_class=there)
    order = {"order_number": "=1+1", "order_date": dt.date(2025, 9, 1)}
    carry_out(school, Kind.LEFT, gone, place="+7 школа", order=order)
    new = {"last_name": "Прибыл", "first_name": "Пётр", "birth_date": born}
    carry_out(school, Kind.ARRIVED, to_class=here, newcomers=(new,), place="Лицей № 2")
    act = carry_out(school, Kind.LEFT, undone)
    undo.undo(by=f.administrator_of(school), act=act)
    carry_out(school, Kind.DISMISSED, f.make_staff(school, last_name="Уволенный"))


def test_the_report_counts_who_came_and_who_left_and_nobody_else(here: SchoolClass, there: SchoolClass, admin: Client):
    make_report(here, there)
    page = body(admin.get(url(here.school, "report/")))
    assert "Прибыло: 1, выбыло: 1" in page
    for shown in ("Прибыл Пётр", "01.05.2013", "Лицей № 2", "приказ № =1+1 от 01.09.2025", "Подпись"):
        assert shown in page
    for hidden in ("Переведён", "Ошибка", "Уволенный"):
        assert hidden not in page
    assert "Никто не прибыл" in body(admin.get(url(here.school, "report/"), {"until": "2020-01-01"}))


def test_the_file_of_the_report_is_let_go_by_two_and_holds_no_formulas(
    here: SchoolClass, there: SchoolClass, admin: Client
):
    make_report(here, there)
    path = url(here.school, "report/export/")
    assert admin.post(path, {"reason": "  "}).status_code == 200
    assert not PendingAct.objects.exists()
    admin.post(path + "?kind=", {"reason": "Отчёт в управление"})
    act = PendingAct.objects.get()
    take = f"/schools/{here.school.pk}/acts/{act.pk}/file/"
    assert "Content-Disposition" not in admin.post(take).headers
    assert not Event.objects.filter(kind=EventKind.DATA_EXPORTED).exists()
    acts.carry_out_due(now=act.due_at)
    response = admin.post(take)
    assert response.headers["Content-Disposition"].endswith('.xlsx"')
    rows = list(load_workbook(BytesIO(response.content)).active.iter_rows(values_only=True))
    assert [len(row) for row in rows] == [8, 8, 8]
    by_name = {row[1].split()[0]: row for row in rows[1:]}
    assert by_name["Прибыл"][2:5] == ("01.05.2013", "прибыл", "7Б")
    assert by_name["Выбыл"][7] == "'+7 школа"
    event = Event.objects.get(kind=EventKind.DATA_EXPORTED)
    assert (event.new["what"], event.new["reason"]) == ("movement", "Отчёт в управление")


def test_the_list_of_a_class_on_a_past_day(here: SchoolClass, there: SchoolClass, admin: Client):
    school = here.school
    first, second = f.make_homeroom(here), f.make_staff(school)
    stays, moved = f.make_pupil(here, last_name="Остался"), f.make_pupil(here, last_name="Ушёл")
    parent = f.make_parent(moved)
    for facts in (stays.enrolments, moved.enrolments, first.homerooms, moved.guardians):
        facts.update(starts_on=days_ago(30))
    carry_out(school, Kind.TRANSFERRED, moved, to_class=there, happened_on=days_ago(10))
    staff.assign_homeroom(by=f.administrator_of(school), school_class=here, person=second, replace=True)
    path = here.get_absolute_url()

    def on(day: dt.date) -> str:
        return body(admin.get(path, {"on": day.isoformat()}))

    before, after = on(days_ago(11)), on(days_ago(10))
    assert "Ушёл" in before
    assert parent.full_name in before
    assert first.full_name in before
    assert second.full_name not in before
    assert "Ушёл" not in after
    assert "Остался" in after
    assert second.full_name in on(f.today())
    assert "никого не было" in on(days_ago(31))
    assert "ещё не известен" in on(f.today() + dt.timedelta(days=1))
    assert "Остался" in body(admin.get(path, {"on": "вчера"}))
    own = Client()
    own.force_login(f.user_of(second), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert f"/people/{moved.pk}/" not in body(own.get(path, {"on": days_ago(11).isoformat()}))
    assert "Ушёл" in body(own.get(path, {"on": days_ago(11).isoformat()}))
    parent_client = Client()
    parent_client.force_login(f.user_of(parent), backend="allauth.account.auth_backends.AuthenticationBackend")
    theirs = there.get_absolute_url()
    assert "Остался" not in body(parent_client.get(theirs, {"on": days_ago(11).isoformat()}))
