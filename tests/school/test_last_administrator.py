"""A school is never left without an administrator, whoever asks and by whatever road."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from school.models import Person
from school.services import administrators, people, role_change
from school.services.role_change import NewRole, RoleTarget
from tests import factories as f
from tests.school.test_acts import ORDER, code_of, user
from tests.world import World

pytestmark = pytest.mark.django_db
As = Callable[[User], Client]
API: Any = {"content_type": "application/json"}


def roads(world: World, client: Client, person: Person) -> dict[str, Callable[[], Any]]:
    """Every road by which an administrator could be lost."""
    school, post = world.own.school.pk, person.positions.active().get(kind="administrator")
    at, pk = f"/schools/{school}/people/{person.pk}", person.pk
    order = {"order_number": "13", "order_date": "2025-09-02"}
    parent = {"role": "employee", "confirm": "1"}
    return {
        "page of the dismissal": lambda: client.post(f"/schools/{school}/staff/administrators/{pk}/dismiss/", order),
        "page of the removal": lambda: client.post(f"{at}/remove/", {"reason": "Уволен"}),
        "page of many": lambda: client.post(f"/schools/{school}/people/remove/?person={pk}", {"reason": "Уволен"}),
        "page of the role": lambda: client.post(f"{at}/role/", parent),
        "button of the login": lambda: client.post(f"{at}/detach/"),
        "button of the post": lambda: client.post(f"/schools/{school}/people/positions/{post.pk}/end/"),
        "API of the removal": lambda: client.post(f"/api/v1/people/{pk}/remove/", {}, **API),
        "API of the post": lambda: client.delete(f"/api/v1/positions/{post.pk}/"),
    }


ROADS = [
    *("page of the dismissal", "page of the removal", "page of many", "page of the role", "button of the login"),
    *("button of the post", "API of the removal", "API of the post"),
]


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize("role", ["administrator", "director"])
def test_the_last_administrator_is_lost_by_no_road(world: World, as_: As, road: str, role: str):
    admin, last = user(world, "administrator"), world.people["administrator"]
    administrators.dismiss_administrator(by=admin, person=world.people["additional_administrator"], **ORDER)
    f.settle(world.people["director"])
    found = roads(world, as_(user(world, role)), last)
    assert list(found) == ROADS
    assert found[road]().status_code in (200, 302, 403, 409)
    assert last.positions.active().filter(kind="administrator").exists()
    last.refresh_from_db()
    assert (last.user, last.removed_at) == (admin, None)
    assert admin.has_perm("school.manage_rights", world.own.school)


def test_the_last_administrator_is_not_lost_by_the_services(world: World):
    admin, last = user(world, "administrator"), world.people["administrator"]
    director = f.user_of(f.settle(world.people["director"]))
    administrators.dismiss_administrator(by=admin, person=world.people["additional_administrator"], **ORDER)
    assert code_of(lambda: administrators.dismiss_administrator(by=director, person=last, **ORDER)) == (
        "last_administrator"
    )
    for lose in (
        lambda: people.remove_person(by=admin, person=last),
        lambda: people.detach_user(by=admin, person=last),
        lambda: role_change.change_role(by=admin, person=last, target=RoleTarget(NewRole.EMPLOYEE)),
    ):
        assert code_of(lose) == "is_administrator"
