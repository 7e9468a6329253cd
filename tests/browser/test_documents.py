"""An order from the administrator's desk over the director's to a teacher's «ознакомлен», and into a form."""

import pytest
from playwright.sync_api import expect

from . import people as do
from .conftest import OpenPage
from .test_look import violations

DIRECTOR = "+79000000003"
TITLE = "О порядке общения в чатах класса"


@pytest.mark.browser
def test_an_order_is_entered_approved_acknowledged_and_chosen(open_page: OpenPage) -> None:
    admin, director, teacher = open_page(), open_page(), open_page(phone=True)
    do.sign_in_by_password(admin, do.ADMINISTRATOR)
    admin.get_by_role("link", name="Документы").first.click()
    admin.get_by_role("link", name="Новый документ").click()
    admin.get_by_label("Номер").fill("91-О")
    admin.get_by_label("Название").fill(TITLE)
    admin.get_by_label("Скан").set_input_files(
        {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 x"}
    )
    admin.get_by_label("Сотрудники подтверждают").check()
    admin.get_by_role("button", name="Сохранить").click()
    expect(admin.get_by_text("Почему нельзя?")).to_be_visible()
    path = admin.evaluate("location.pathname")
    found = violations(admin)

    do.sign_in_by_password(director, DIRECTOR)
    director.goto(path)
    director.get_by_role("link", name="Утвердить").click()
    director.get_by_role("button", name="Утвердить").click()
    expect(director.get_by_text("Документ утверждён.")).to_be_visible()

    do.sign_in_by_password(teacher, do.TEACHER)
    teacher.goto("/")
    teacher.get_by_role("link", name=TITLE).click()
    found += violations(teacher)
    with teacher.expect_download() as download:
        teacher.get_by_role("link", name="Скачать скан").click()
    assert download.value.suggested_filename == "91-О-О-порядке-общения-в-чатах-класса.pdf"
    teacher.get_by_role("button", name="Ознакомлен").click()
    expect(teacher.get_by_text("Вы ознакомлены:")).to_be_visible()

    admin.goto(f"{path}readers/")
    expect(admin.get_by_text("Ознакомлены 1 из")).to_be_visible()
    admin.locator("summary", has_text="Напомнить").click()
    admin.get_by_role("dialog").get_by_role("button", name="Напомнить").click()
    expect(admin.get_by_text("Напоминание увид")).to_be_visible()
    found += violations(admin)

    admin.get_by_role("link", name="Учительская").first.click()
    admin.get_by_role("link", name="Права без приказа").click()
    admin.get_by_role("link", name="Указать приказ").last.click()
    orders = admin.get_by_label("Приказ школы")
    orders.select_option(orders.locator("option", has_text="№ 91-О от").get_attribute("value"))
    admin.get_by_role("button", name="Указать приказ").click()
    expect(admin.get_by_text("Приказ указан.")).to_be_visible()
    found += violations(admin)
    assert found == []
