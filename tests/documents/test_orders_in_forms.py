"""The orders of the school in the forms of the movement and of the new school year."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from school.models import Act, Movement, Rollover
from school.services import rollover
from tests import factories as f

from .conftest import DAY, Office

pytestmark = pytest.mark.django_db
As = Callable[[User], Client]
KEY = "2025-09-01 5-О"


def approve(office: Office) -> None:
    """One order of the school in force, and one that nobody has approved."""
    office.approved(number="5-О", title="О переводе")
    office.draft(number="6-О")


def test_the_movement_takes_the_order_that_is_chosen(office: Office, as_: As):
    approve(office)
    here, there = f.make_class(office.school, "7А"), f.make_class(office.school, "7Б")
    pupil = f.make_pupil(here)
    admin, url = as_(office.admin), reverse("school:movement", args=[office.school.pk, "transferred"])
    url = f"{url}?from={here.pk}"
    shown = admin.get(url).context["form"]
    assert [key for key, _label in shown.fields["known_order"].choices] == ["", KEY]
    names = [field.name for field in shown.document_fields]
    assert names.index("known_order") + 1 == names.index("order_number")
    sent: dict[str, Any] = {"people": [pupil.pk], "happened_on": f.today().isoformat(), "to_class": there.pk}
    preview = admin.post(url, {**sent, "known_order": KEY})
    assert not Act.objects.exists()
    assert "5-О" in preview.content.decode()
    hidden = preview.context["form"]
    carried = {field.html_name: field.value() for field in hidden if field.value() is not None}
    assert carried["known_order"] == KEY
    assert admin.post(url, {**carried, "confirm": "1"}).status_code == 302
    line = Movement.objects.get()
    assert (line.order_number, line.order_date, line.to_class) == ("5-О", DAY, there)
    unknown = admin.post(url, {**sent, "people": [pupil.pk], "known_order": "2025-09-01 6-О"})
    assert "known_order" in unknown.context["form"].errors


def test_the_new_year_takes_the_order_that_is_chosen(office: Office, as_: As):
    approve(office)
    f.make_class(office.school, "7А")
    plan = rollover.start_rollover(by=office.admin, school=office.school)
    admin, url = as_(office.admin), reverse("school:edit_rollover", args=[office.school.pk])
    assert "О переводе" in admin.get(url).content.decode()
    sent = {"chats": "carry_on", "starts_on": str(plan.starts_on), "ends_on": str(plan.ends_on)}
    assert admin.post(url, {**sent, "known_order": KEY}).status_code == 302
    kept = Rollover.objects.get()
    assert (kept.order_number, kept.order_date) == ("5-О", DAY)


@pytest.mark.parametrize("name", ["movement", "edit_rollover"])
def test_many_orders_cost_what_one_costs(office: Office, as_: As, name: str):
    approve(office)
    f.make_class(office.school, "7А")
    rollover.start_rollover(by=office.admin, school=office.school)
    kind = ["arrived"] if name == "movement" else []
    admin, url = as_(office.admin), reverse(f"school:{name}", args=[office.school.pk, *kind])

    def cost() -> int:
        admin.get(url)
        with CaptureQueriesContext(connection) as queries:
            assert admin.get(url).status_code == 200
        return len(queries)

    few = cost()
    for number in range(10, 30):
        office.approved(number=f"{number}-О")
    assert cost() == few
