"""A new school year from the plan to the archive, and back: the demo school stays as the other flows know it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from . import people as do
from .test_look import violations

pytestmark = pytest.mark.browser


def make_plan(admin: Page) -> None:
    do.sign_in_by_password(admin, do.ADMINISTRATOR)
    admin.get_by_role("link", name="Новый учебный год").first.click()
    admin.get_by_role("button", name="Составить план").click()
    expect(admin.get_by_label("Новое название класса 7А")).to_have_value("8А")
    expect(admin.get_by_label("9В: выпуск")).to_be_checked()
    assert violations(admin) == []


def edit_plan(admin: Page) -> str:
    """The chats go along; one pupil of 7А leaves. Returns his name."""
    admin.get_by_role("link", name="Условия").click()
    admin.get_by_label("переходят вместе с классом, со всем").check()
    admin.get_by_role("button", name="Сохранить").click()
    admin.get_by_role("row", name=re.compile("^7А")).get_by_role("link").click()
    row = admin.get_by_role("row").nth(1)
    name = row.get_by_role("rowheader").inner_text()
    row.get_by_role("combobox").select_option("leaves")
    row.get_by_role("textbox").fill("Школа № 5")
    assert violations(admin) == []
    admin.get_by_role("button", name="Сохранить").click()
    return name


def test_a_new_year_and_back(open_page: Callable[..., Page]) -> None:
    admin = open_page()
    make_plan(admin)
    name = edit_plan(admin)
    admin.get_by_role("button", name="Сохранить и посмотреть, что изменится").click()
    main = admin.get_by_role("main")
    expect(main).to_contain_text("7А: 1 ученик")
    assert violations(admin) == []

    admin.locator("summary", has_text="Начать").click()
    admin.get_by_role("dialog").get_by_role("button", name="Начать").click()
    expect(main).to_contain_text("учебный год начат", timeout=60_000)  # the page asked until the worker was done

    teacher = open_page()
    do.sign_in_by_password(teacher, do.HOMEROOM)
    teacher.goto("/chats/")
    expect(teacher.get_by_role("main")).to_contain_text("8А: родители")

    admin.get_by_role("link", name=re.compile("год в архиве")).click()
    admin.get_by_role("link", name="7А", exact=True).click()
    expect(main).to_contain_text("можно смотреть, но не менять")
    expect(main).to_contain_text(name)
    expect(admin.get_by_role("link", name="Добавить ученика")).to_have_count(0)

    admin.get_by_role("link", name="Новый учебный год").first.click()
    admin.locator("summary", has_text="Отменить").click()
    admin.get_by_role("button", name="Отменить новый год").click()
    expect(main).to_contain_text("Новый год отменён")
    expect(teacher.get_by_role("main")).to_contain_text("7А: родители")  # an open page follows by itself
    admin.get_by_role("link", name="Классы", exact=True).first.click()
    expect(main).to_contain_text("7А")
    expect(main).not_to_contain_text("8А")


def test_the_table_fits_a_phone(open_page: Callable[..., Page]) -> None:
    admin = open_page(phone=True)
    do.sign_in_by_password(admin, do.ADMINISTRATOR)
    school = admin.locator("a[href*='/schools/']").first.get_attribute("href") or ""
    admin.goto(re.sub(r"(/schools/\d+/).*", r"\1rollover/", school))
    admin.get_by_role("button", name="Составить план").click()
    expect(admin.get_by_label("Новое название класса 7А")).to_be_visible()
    assert admin.evaluate("document.documentElement.scrollWidth") <= 390
    assert violations(admin) == []
    admin.locator("summary", has_text="Удалить план").click()
    admin.get_by_role("dialog").get_by_role("button", name="Удалить").click()
    expect(admin.get_by_role("main")).to_contain_text("План удалён")
