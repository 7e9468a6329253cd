"""Every form of list that schools have, from the file to the personal invites of a school that had nobody; each twice."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.school.files import FORMS, Form

from . import people as do
from .conftest import OpenPage
from .portal import Portal
from .test_import import check, upload

pytestmark = pytest.mark.browser
EMPTY_SCHOOL = f"""
from tests import factories as f
administrator = f.administrator_of(f.make_school(short_name="Новая школа"))
administrator.set_password("{do.PASSWORD}")
administrator.save()
print(administrator.phone)
"""
LISTS = """
import json
from invites.models import Invite
from school.models import Enrolment, Guardianship, Person, School, SchoolClass, StaffPosition
school = School.objects.get(short_name="Новая школа")
of_school = {
    "people": Person.objects.filter(user__isnull=True),
    "invited": Person.objects.filter(pk__in=Invite.objects.in_state("active").values("person")),
    "pupils": Enrolment.objects.active(),
    "ties": Guardianship.objects.active(),
    "staff": StaffPosition.objects.active().filter(person__user__isnull=True),
    "classes": SchoolClass.objects.filter(kind="class"),
}
print(json.dumps({name: rows.filter(school=school).count() for name, rows in of_school.items()}))
"""


def run(portal: Portal, code: str) -> str:
    """What the code printed last, run beside the portal."""
    return portal.manage("shell", "-v0", "-c", code).strip().splitlines()[-1]


def lists_of(portal: Portal) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(portal, LISTS))
    return found


def bring_in(admin: Page, form: Form) -> None:
    """Upload → columns → plan → applied."""
    upload(admin, form.name, form.content())
    check(admin)
    admin.get_by_role("button", name="Применить").click()
    expect(admin.get_by_role("main")).to_contain_text("Список применён", timeout=60_000)


def make_slips(admin: Page) -> None:
    """«Сделать карточки» for everybody whom the list brought, from the page of the import."""
    panel = admin.get_by_role("region", name="Сделать карточки")
    for url in [link.get_attribute("href") for link in panel.get_by_role("link").all()]:
        admin.goto(url or "")
        make = admin.get_by_role("button", name="Сделать карточки")
        if make.count():  # a list of pupils alone leaves nobody to invite on the parents' page
            make.click()
            expect(admin.get_by_role("article").first).to_be_visible()


def test_every_form_of_list_becomes_people_with_invites_and_changes_nothing_again(
    portal: Portal, open_page: OpenPage
) -> None:
    admin = open_page()
    do.sign_in_by_password(admin, run(portal, EMPTY_SCHOOL))
    for form in FORMS:
        bring_in(admin, form)
        if form.people:
            make_slips(admin)
        upload(admin, form.name, form.content())
        check(admin)
        expect(admin.get_by_role("main")).to_contain_text("Всё уже так")
        expect(admin.get_by_role("button", name="Применить")).to_have_count(0)
        admin.get_by_role("button", name="Закрыть").click()
        expect(admin.get_by_role("heading", level=1)).to_have_text("Импорт списков")
    people = sum(form.people for form in FORMS)
    classes = {name for form in FORMS for name in form.classes.split()} | {"10 Физмат"}
    assert lists_of(portal) == {
        "people": people,
        "invited": people,
        "pupils": 12,
        "ties": sum(form.ties for form in FORMS),
        "staff": 5,
        "classes": len(classes),
    }
