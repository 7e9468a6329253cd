"""«Кто что может», temporary rights, «Почему нельзя?», the page of a refusal."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from school.models import ClassUserPermission, Event, EventKind, RightOverride
from school.regulation import Role
from school.rights import may
from school.rights_table import own_line, own_roles, table_of
from school.services import rights
from school.tasks import check_all_rights, expire_temporary_rights
from tests import factories as f
from tests.world import World

pytestmark = pytest.mark.django_db
As = Callable[[User], Client]


@pytest.fixture
def admin(world: World, as_: As) -> Client:
    return as_(f.administrator_of(world.own.school))


def toggle(client: Client, world: World, role: str, right: str, allowed: str, **headers: str):
    url = reverse("school:set_right", args=[world.own.school.pk])
    return client.post(url, {"role": role, "right": right, "allowed": allowed}, headers=headers)


def test_my_own_chapter_comes_first_and_names_the_places(world: World):
    user, school = f.user_of(world.own.homeroom), world.own.school
    groups = own_roles(user, school)
    line = {own.right.codename: own for own in own_line(school, groups)}
    assert line["create_parents_chat"].places == "7Б"
    assert line["create_parents_chat"].clause == "2.3"
    assert line["invite_parents"].clause == "2.7"
    chapters = table_of(school, {Role(group.role) for group in groups})
    assert [chapter.clause for chapter in chapters][:2] == ["2.3", "2.4"]


def test_everybody_may_read_the_table_and_only_the_administrator_sees_the_buttons(world: World, as_: As):
    url = reverse("school:rights", args=[world.own.school.pk])
    for person in (world.own.pupil, world.own.parent, world.people["applicant"]):
        page = as_(f.user_of(person)).get(f"{url}?all=1")
        assert page.status_code == 200
        assert "hx-post" not in page.content.decode()
    assert "hx-post" in as_(f.administrator_of(world.own.school)).get(f"{url}?all=1").content.decode()


def test_a_cell_tightens_and_comes_back_by_htmx(world: World, admin: Client):
    homeroom = f.user_of(world.own.homeroom)
    answer = toggle(admin, world, "homeroom", "create_parents_chat", "0", HX_Request="true")
    assert "изменено школой" in answer.content.decode()
    assert not may(f.fresh(homeroom), "create_parents_chat", world.own.school_class)
    toggle(admin, world, "homeroom", "create_parents_chat", "1")
    assert may(f.fresh(homeroom), "create_parents_chat", world.own.school_class)
    assert not RightOverride.objects.exists()
    assert Event.objects.filter(kind=EventKind.RIGHT_CHANGED).count() == 2


@pytest.mark.parametrize(("role", "right"), [("pupil", "create_parents_chat"), ("deputy", "manage_rights")])
def test_what_is_fixed_is_refused(world: World, admin: Client, role: str, right: str):
    assert toggle(admin, world, role, right, "1", HX_Request="true").status_code == 409
    assert not RightOverride.objects.exists()


@pytest.mark.parametrize(("role", "right"), [("king", "view_events"), ("deputy", "fly")])
def test_an_unknown_role_or_right_is_a_404(world: World, admin: Client, role: str, right: str):
    assert toggle(admin, world, role, right, "1").status_code == 404


def grant(client: Client, world: World, **changes: object):
    data = {
        "person": world.people["employee"].pk,
        "codename": "create_parents_chat",
        "scope": world.own.school_class.pk,
        "until": (timezone.localdate() + dt.timedelta(days=3)).isoformat(),
        "reason": "Болезнь",
    }
    return client.post(reverse("school:grant", args=[world.own.school.pk]), {**data, **changes})


def test_a_right_is_given_until_a_day_listed_and_ended(world: World, admin: Client):
    user, school = f.user_of(world.people["employee"]), world.own.school
    assert grant(admin, world).status_code == 302
    assert may(f.fresh(user), "create_parents_chat", world.own.school_class)
    there = reverse("school:temporary_rights", args=[school.pk])
    assert "Болезнь" in admin.get(there).content.decode()
    row = ClassUserPermission.objects.get()
    admin.post(reverse("school:end_grant", args=[school.pk, "schoolclass", row.pk]))
    assert not may(f.fresh(user), "create_parents_chat", world.own.school_class)
    assert Event.objects.filter(kind=EventKind.RIGHT_ENDED).exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [("until", "2020-01-01"), ("until", "2099-01-01"), ("reason", ""), ("codename", "manage_rights"), ("person", "0")],
)
def test_a_bad_grant_is_refused_beside_its_field(world: World, admin: Client, field: str, value: str):
    assert grant(admin, world, **{field: value}).context["form"].errors[field]
    assert not ClassUserPermission.objects.exists()


def test_a_right_of_the_school_is_not_given_on_a_class(world: World, admin: Client):
    response = grant(admin, world, codename="manage_staff")
    assert "относится ко всей школе" in response.context["form"].errors["scope"][0]


def test_the_schedule_takes_back_what_is_over_and_finds_drift(world: World, monkeypatch: pytest.MonkeyPatch):
    admin = f.administrator_of(world.own.school)
    until = timezone.now() + dt.timedelta(days=1)
    rights.grant_temporary(
        by=admin,
        person=world.people["employee"],
        codename="view_people",
        scope=world.own.school_class,
        until=until,
        reason="Замена",
    )
    assert expire_temporary_rights() == 0
    later = until + dt.timedelta(seconds=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert expire_temporary_rights() == 1
    assert expire_temporary_rights() == 0
    assert Event.objects.get(kind=EventKind.RIGHT_ENDED).actor is None
    assert check_all_rights() == 0


def test_why_not_names_the_clause_who_may_and_who_gives(world: World, as_: As):
    url = reverse("school:why", args=[world.own.school.pk, "create_parents_chat"])
    page = as_(f.user_of(world.own.pupil)).get(url, {"class": world.own.school_class.pk}).content.decode()
    assert "2.3" in page
    assert "классный руководитель" in page
    assert world.people["administrator"].full_name in page


def test_why_not_about_what_one_may_not_see_is_a_404(world: World, as_: As):
    url = reverse("school:why", args=[world.own.school.pk, "create_parents_chat"])
    client = as_(f.user_of(world.own.pupil))
    assert client.get(url, {"class": world.other_class.school_class.pk}).status_code == 404
    assert client.get(reverse("school:why", args=[world.own.school.pk, "fly"])).status_code == 404


def test_the_page_of_a_refusal_explains_itself(world: World, as_: As):
    response = as_(f.user_of(world.own.parent)).get(reverse("school:events", args=[world.own.school.pk]))
    page = response.content.decode()
    assert response.status_code == 403
    assert "Читать журнал событий" in page
    assert "2.1" in page
    assert reverse("school:rights", args=[world.own.school.pk]) in page
