"""«Сегодня»: a trouble is seen, mended by its button and gone; the director's sheet of paper is one sheet."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from . import people as do
from .conftest import OpenPage
from .test_look import violations

pytestmark = pytest.mark.browser
DIRECTOR = "+79000000003"
HEADLESS = "класс без классного руководителя"
LOOKS: dict[str, dict[str, Any]] = {"light": {}, "dark": {"color_scheme": "dark"}, "phone": {"phone": True}}
SHEETS = re.compile(rb"/Type\s*/Page[^s]")


def line(page: Page, text: str) -> Any:
    return page.get_by_role("main").get_by_role("listitem").filter(has_text=text)


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_and_nothing_sticks_out(open_page: OpenPage, look: str) -> None:
    page = open_page(**LOOKS[look])
    do.sign_in_by_password(page, DIRECTOR)
    page.goto("/")
    page.wait_for_load_state("networkidle")  # what is new has come too
    found = violations(page)
    width = page.evaluate("innerWidth")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("link", name="Страница понедельника").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Страница понедельника")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert found + violations(page) == []


def test_the_monday_page_is_one_sheet(open_page: OpenPage) -> None:
    page = open_page()
    do.sign_in_by_password(page, DIRECTOR)
    page.get_by_role("link", name="Показатели", exact=True).click()
    page.get_by_role("link", name="Страница понедельника").click()
    expect(page.get_by_role("main")).to_contain_text(HEADLESS)
    expect(page.get_by_role("button", name="Печать")).to_be_visible()
    assert len(SHEETS.findall(page.pdf(format="A4", prefer_css_page_size=True))) == 1
    page.emulate_media(media="print")
    expect(page.locator(".signature")).to_be_visible()
    expect(page.get_by_role("button", name="Печать")).to_be_hidden()


def test_an_administrator_mends_a_line_and_it_is_gone(open_page: OpenPage) -> None:
    page = open_page()
    do.sign_in_by_password(page, do.ADMINISTRATOR)
    page.get_by_role("link", name="Сегодня", exact=True).first.click()
    expect(line(page, HEADLESS)).to_contain_text("9В")
    line(page, HEADLESS).get_by_role("link", name="Назначить").click()
    page.get_by_label("Классный руководитель", exact=True).select_option(index=1)
    page.get_by_role("button", name="Сохранить").click()
    expect(page.get_by_role("main")).to_contain_text("Классный руководитель:")
    page.get_by_role("link", name="Сегодня", exact=True).first.click()
    expect(page.get_by_role("heading", name="Сегодня")).to_be_visible()
    expect(line(page, HEADLESS)).to_have_count(0)
