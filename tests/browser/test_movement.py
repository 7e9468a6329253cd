"""The administrator moves three pupils by one order, sees beforehand what will be, and takes it back."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from . import people as do
from .test_look import violations

pytestmark = pytest.mark.browser


def to_the_class(admin: Page, name: str) -> None:
    admin.get_by_role("link", name="Классы", exact=True).click()
    admin.get_by_role("main").get_by_role("link", name=name, exact=True).click()


def fill_the_order(admin: Page, to_class: str) -> list[str]:
    """Tick the first three of the list; returns their names."""
    rows = admin.locator("#people tbody tr")
    names = [rows.nth(number).locator("th").inner_text() for number in range(3)]
    for name in names:
        admin.get_by_role("checkbox", name=name).check()
    expect(admin.locator("output[data-chosen]")).to_have_text("Выбрано: 3")
    do.choose(admin, "В какой класс", to_class)
    admin.get_by_label("Номер приказа").fill("15-к")
    admin.get_by_label(re.compile("Дата приказа")).fill("2025-09-01")
    return names


def test_three_pupils_move_by_one_order_and_come_back(open_page: Callable[..., Page]) -> None:
    admin = open_page()
    main = admin.get_by_role("main")
    do.sign_in_by_password(admin, do.ADMINISTRATOR)
    to_the_class(admin, "7А")
    main.get_by_role("link", name="Движение").click()
    main.get_by_role("link", name="Перевод в другой класс").click()
    names = fill_the_order(admin, "6В")
    found = violations(admin)
    admin.get_by_role("button", name="Показать, что будет").click()
    expect(main).to_contain_text("Пока ничего не изменено")
    expect(main).to_contain_text("Из чата «7А: родители» выйдут")
    expect(main).to_contain_text("Другая параллель: из 7А в 6В")
    found += violations(admin)
    admin.get_by_role("button", name="Провести").click()
    expect(main).to_contain_text("Движение проведено")
    row = main.locator("tbody tr").first
    expect(row).to_contain_text("7А → 6В")
    expect(row).to_contain_text("приказ № 15-к от 01.09.2025")
    for name in names:
        expect(row).to_contain_text(name)
    found += violations(admin)
    to_the_class(admin, "7А")
    expect(main.locator("#pupils")).not_to_contain_text(names[0])

    admin.get_by_role("link", name="Движение").first.click()
    row.locator("summary", has_text="Отменить").click()
    admin.get_by_role("dialog").get_by_role("button", name="Отменить").click()
    expect(row).to_contain_text("отменено")
    to_the_class(admin, "7А")
    for name in names:
        expect(main.locator("#pupils")).to_contain_text(name)
    assert found == []
