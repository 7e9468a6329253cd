"""What one administrator proposes another confirms: an appointment, and the removal of chosen people."""

import re

import pytest
from playwright.sync_api import Page, expect

from . import people as do
from .conftest import OpenPage
from .test_look import violations

SECOND = "+79000000002"


def appoint(admin: Page) -> str:
    """Propose the first eligible teacher; returns the name."""
    admin.get_by_role("link", name="Учительская").first.click()
    admin.get_by_role("link", name="Администраторы").first.click()
    admin.get_by_role("link", name="Назначить").click()
    teacher = admin.get_by_label("Учитель").locator("option").nth(1)
    name = teacher.inner_text()
    admin.get_by_label("Учитель").select_option(teacher.get_attribute("value"))
    orders = admin.get_by_label("Приказ школы")
    orders.select_option(orders.locator("option", has_text="№ 87-О").get_attribute("value"))
    admin.get_by_role("button", name="Назначить").click()
    return name


@pytest.mark.browser
def test_an_appointment_is_confirmed_by_the_second_administrator(open_page: OpenPage) -> None:
    admin, second = open_page(), open_page(phone=True)
    do.sign_in_by_password(admin, do.ADMINISTRATOR)
    name = appoint(admin)
    expect(admin.get_by_role("heading", level=1)).to_have_text("Ждёт второго администратора")
    expect(admin.get_by_role("heading", name=name)).to_be_visible()
    own = admin.get_by_role("region", name=name)
    expect(own).to_contain_text("Вы это предложили")
    expect(own.get_by_role("button", name="Подтвердить")).to_have_count(0)
    found = violations(admin)

    do.sign_in_by_password(second, SECOND)
    second.goto("/")
    second.get_by_role("link", name="Посмотреть и решить").click()
    found += violations(second)
    second.get_by_role("button", name=re.compile("Подтвердить")).click()
    expect(second.get_by_text("Подтверждено и выполнено")).to_be_visible()
    admin.get_by_role("link", name="Учительская").first.click()
    admin.get_by_role("link", name="Администраторы").first.click()
    expect(admin.get_by_role("main")).to_contain_text(name)
    assert found == []


@pytest.mark.browser
def test_people_are_chosen_removed_and_too_many_wait(open_page: OpenPage) -> None:
    admin = open_page()
    do.sign_in_by_password(admin, do.ADMINISTRATOR)
    admin.goto("/schools/1/people/?role=parent&sort=-added")
    found = violations(admin)
    boxes = admin.locator("tbody input[type=checkbox]")
    for box in (0, 1):
        boxes.nth(box).check()
    expect(admin.locator("output[data-chosen]")).to_have_text("Выбрано: 2")
    admin.get_by_role("button", name="Оформить выбытие выбранных").click()
    expect(admin.get_by_role("heading", name="Выбывают 2 человека")).to_be_visible()
    found += violations(admin)
    admin.get_by_label("Причина").fill("Переезд")
    admin.get_by_role("button", name="Оформить выбытие").click()
    expect(admin.get_by_text("2 человека покинули школу.")).to_be_visible()

    admin.goto("/schools/1/people/?sort=-added")
    admin.get_by_label("Выбрать всех").check()
    admin.get_by_role("button", name="Оформить выбытие выбранных").click()
    expect(admin.get_by_text("нужен второй администратор")).to_be_visible()
    admin.get_by_label("Причина").fill("Проверка")
    admin.get_by_role("button", name="Оформить выбытие").click()
    expect(admin.get_by_text("Если никто не отменит")).to_be_visible()
    admin.get_by_role("button", name=re.compile("Отменить.*Выбытие из школы")).click()
    expect(admin.get_by_text(re.compile("Отменено: Выбытие из школы"))).to_be_visible()
    found += violations(admin)
    assert found == []
