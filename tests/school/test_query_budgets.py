"""A page costs at most ten queries, and as many for three rows as for thirty times three."""

from collections import defaultdict
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from school import panels
from school.models import SchoolClass
from school.services import bulk, structure
from tests import factories as f
from tests.world import World

pytestmark = pytest.mark.django_db
As = Callable[[User], Client]
BUDGET = 10


@pytest.fixture(autouse=True)
def _only_the_schools_own_queries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Panels of other apps are counted by those apps."""
    monkeypatch.setattr(panels, "_panels", defaultdict(list))


def cost(client: Client, url: str) -> int:
    client.get(url)  # the first request notes when the user was seen, and where
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def grow(world: World, school_class: SchoolClass) -> None:
    """Ninety pupils with parents, twenty classes, six teachers with subjects."""
    admin, school = f.administrator_of(world.own.school), world.own.school
    names = [{"last_name": f"Новый{n}", "first_name": "Пётр"} for n in range(90)]
    pupils = bulk.add_pupils(by=admin, school_class=school_class, rows=names)
    families = [({"last_name": f"Мама{n}", "first_name": "Анна"}, [pupil], "mother") for n, pupil in enumerate(pupils)]
    bulk.add_parents(by=admin, school=school, families=families)
    structure.create_classes(by=admin, school=school, names=" ".join(f"{n}{x}" for n in (1, 2, 3, 4) for x in "АБВГД"))
    for subject in ("Химия", "Физика", "История", "Биология"):
        f.make_teaching(school_class, subject)
        f.make_staff(school, verified=False)


@pytest.mark.parametrize("role", ["administrator", "homeroom"])
@pytest.mark.parametrize("name", ["class", "class_teachers", "people", "structure", "home", "staff"])
def test_a_page_costs_the_same_for_a_few_and_for_many(world: World, as_: As, name: str, role: str):
    school_class = world.own.school_class
    about_class = name.startswith("class")
    url = reverse(f"school:{name}", args=[world.own.school.pk, *([school_class.pk] if about_class else [])])
    client = as_(f.user_of(world.people[role]))
    few = cost(client, url)
    grow(world, school_class)
    many = cost(client, url)
    assert few == many
    assert many <= BUDGET


@pytest.mark.parametrize("role", ["homeroom", "parent", "pupil", "applicant"])
def test_the_main_page_keeps_the_budget(world: World, as_: As, role: str):
    assert cost(as_(f.user_of(world.people[role])), "/") <= BUDGET


def test_the_log_keeps_the_budget(world: World, as_: As):
    client = as_(f.administrator_of(world.own.school))
    assert cost(client, reverse("school:events", args=[world.own.school.pk])) <= BUDGET
