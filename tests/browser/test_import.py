"""A class's list from the secretary's file to the slips, clicked; the second time the portal says that nothing changes."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.school.files import PER_PARENT, xlsx

from . import people as do
from .test_look import violations

pytestmark = pytest.mark.browser


def upload(page: Page, name: str = "4Г.xlsx", content: bytes = b"") -> None:
    page.get_by_role("link", name="Импорт списков").first.click()
    page.get_by_role("link", name="Импортировать список").click()
    content = content or xlsx(("Лист1", PER_PARENT))
    file = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    page.get_by_label("Файл").set_input_files(files=[file])  # type: ignore[list-item]
    page.get_by_role("button", name="Дальше").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Столбцы списка")


def check(page: Page) -> None:
    if (create := page.get_by_label("Создать недостающее")).count():  # a list of classes creates what it names
        create.check()
    page.get_by_role("button", name="Проверить список").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Что изменится", timeout=60_000)


def sound(page: Page) -> None:
    """No fault that axe sees, and nothing that sticks out of a phone."""
    assert violations(page) == []
    size = page.viewport_size
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.set_viewport_size(size)  # type: ignore[arg-type]


def test_a_list_becomes_a_class_and_can_be_taken_back(open_page: Callable[..., Page]) -> None:
    admin = open_page()
    do.sign_in_by_password(admin, do.ADMINISTRATOR)
    upload(admin)
    expect(admin.get_by_label("Значение: Тип представителя")).to_have_value("parent1_kind")
    expect(admin.get_by_label("Класс всего списка")).to_have_value("4Г")
    sound(admin)
    check(admin)
    main = admin.get_by_role("main")
    expect(main).to_contain_text("Ёлкина Мария Павловна")
    sound(admin)
    admin.get_by_role("button", name="Применить").click()
    expect(main).to_contain_text("Список применён", timeout=60_000)
    expect(main).to_contain_text("Сделать карточки")
    sound(admin)

    upload(admin)
    check(admin)
    expect(main).to_contain_text("Всё уже так")
    admin.get_by_role("button", name="Закрыть").click()
    expect(admin.get_by_role("heading", level=1)).to_have_text("Импорт списков")
    sound(admin)

    admin.get_by_role("button", name="Отменить").first.click()  # the latest stands first
    admin.get_by_role("dialog").get_by_role("button", name="Отменить").click()
    expect(main).to_contain_text("отменён")
    admin.get_by_role("link", name="Классы", exact=True).click()
    expect(main).not_to_contain_text("4Г")


def test_errors_are_said_and_can_be_taken_away(open_page: Callable[..., Page]) -> None:
    admin = open_page(phone=True)
    do.sign_in_by_password(admin, do.ADMINISTRATOR)
    admin.goto("/")
    admin.goto(f"{admin.url.partition('/schools/')[0].rstrip('/')}/schools/{_school(admin)}/imports/new/")
    admin.get_by_label("Или вставьте таблицу").fill(
        "ФИО\tКласс\tДата рождения\nИванов\t7А\t\nПетров Пётр\t7Ъ\t01.01.2090\n"
    )
    admin.get_by_role("button", name="Дальше").click()
    admin.get_by_role("button", name="Проверить список").click()
    main = admin.get_by_role("main")
    expect(main).to_contain_text("Нужны фамилия и имя", timeout=60_000)
    expect(main).to_contain_text("ещё не наступила")
    sound(admin)
    with admin.expect_download() as download:
        admin.get_by_role("link", name="Скачать ошибки").click()
    assert download.value.suggested_filename.endswith("errors.csv")


def _school(page: Page) -> str:
    found = re.search(r"/schools/(\d+)/", page.content())
    assert found
    return found[1]
