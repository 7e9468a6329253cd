"""The components as people meet them: with a keyboard, on a phone, in the dark, with low vision, without JavaScript."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from .conftest import OpenPage

ERRORS = ["400", "403", "403_csrf", "404", "429", "500"]
PAGES = [
    "/ui/",
    "/ui/ui/gallery_entrance/",
    *(f"/ui/{code}/" for code in ERRORS),
    "/accounts/login/",
    "/accounts/signup/",
]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
LOOKS: dict[str, dict[str, Any]] = {"light": {}, "dark": {"color_scheme": "dark"}, "low": {}, "phone": {"phone": True}}


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{page.url} {rule['id']}: {node['html'][:120]}" for rule in found for node in rule["nodes"]]


@pytest.mark.browser
@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing(open_page: OpenPage, look: str) -> None:
    page = open_page("/ui/", **LOOKS[look])
    if look == "low":
        page.context.add_cookies([{"name": "vision", "value": "low", "url": page.url}])
    found = []
    for path in PAGES:
        page.goto(path)
        found += violations(page)
    assert found == []


@pytest.mark.browser
@pytest.mark.parametrize("path", ["/ui/", "/ui/ui/gallery_entrance/", "/accounts/login/"])
def test_nothing_sticks_out_of_the_screen(open_page: OpenPage, path: str) -> None:
    for width in (320, 390, 768, 1024):
        page = open_page(path, phone=True)
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.browser
@pytest.mark.parametrize("typed", ["ёлк", "елкин", "петр ёлкин", "`krby", "tkrby", "ЕЛКИН"])
def test_search_understands_yo_and_the_wrong_layout(open_page: OpenPage, typed: str) -> None:
    page = open_page("/ui/")
    page.get_by_label("Найти в списке").fill(typed)
    rows = page.locator("#people tbody tr:visible")
    expect(rows).to_have_count(1)
    expect(rows.first).to_contain_text("Ёлкин Пётр")


@pytest.mark.browser
def test_search_says_when_there_is_nothing(open_page: OpenPage) -> None:
    page = open_page("/ui/")
    page.get_by_label("Найти в списке").fill("щщщ")
    expect(page.locator("ui-filter output")).to_have_text("Ничего не нашлось")
    page.get_by_label("Найти в списке").fill("")
    expect(page.locator("#people tbody tr:visible")).to_have_count(6)


@pytest.mark.browser
def test_a_table_sorts_by_its_header(open_page: OpenPage) -> None:
    page = open_page("/ui/")
    head = page.locator("#people th", has_text="Возраст")
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    ages = page.locator('#people td[data-label="Возраст"]')
    assert ages.all_inner_texts() == ["12", "12", "13", "13", "13", "14"]
    head.get_by_role("button").click()
    assert ages.all_inner_texts()[0] == "14"


@pytest.mark.browser
def test_one_box_chooses_all(open_page: OpenPage) -> None:
    page = open_page("/ui/")
    page.get_by_label("Выбрать всех").check()
    expect(page.locator("output[data-chosen]")).to_have_text("Выбрано: 6")
    page.get_by_label("Жук Мария Павловна", exact=True).uncheck()
    expect(page.locator("output[data-chosen]")).to_have_text("Выбрано: 5")


@pytest.mark.browser
def test_a_dialog_asks_and_gives_the_focus_back(open_page: OpenPage) -> None:
    page = open_page("/ui/")
    opener = page.locator("summary", has_text="Аннулировать")
    opener.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Аннулировать ссылку?")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("button", name="Отмена")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()


@pytest.mark.browser
def test_without_javascript_the_dialog_is_a_fold(open_page: OpenPage) -> None:
    page = open_page("/ui/", java_script_enabled=False)
    form = page.locator(".dialog__body")
    expect(form).to_be_hidden()
    page.locator("summary", has_text="Аннулировать").click()
    expect(form).to_be_visible()
    expect(form.get_by_role("button", name="Аннулировать")).to_be_enabled()


@pytest.mark.browser
def test_a_menu_is_not_cut_by_the_table_and_closes(open_page: OpenPage) -> None:
    page = open_page("/ui/")
    page.locator("#people tbody tr:last-child summary").click()
    item = page.get_by_role("link", name="Отчислить").last
    expect(item).to_be_visible()
    assert page.evaluate("element => element.matches(':popover-open *')", item.element_handle())
    page.keyboard.press("Escape")
    expect(item).to_be_hidden()


@pytest.mark.browser
def test_the_theme_changes_at_once_and_stays(open_page: OpenPage) -> None:
    page = open_page("/ui/ui/gallery_entrance/")
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    light = page.evaluate(ground)
    page.locator(".entrance__head summary").click()
    page.get_by_role("button", name="Тема: тёмная").click()
    assert page.evaluate(ground) != light
    page.reload()
    assert page.evaluate(ground) != light
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


@pytest.mark.browser
@pytest.mark.parametrize("scripted", [True, False])
def test_the_low_vision_version_is_two_clicks_away(open_page: OpenPage, scripted: bool) -> None:
    page = open_page("/ui/ui/gallery_entrance/", java_script_enabled=scripted)
    page.locator(".entrance__head summary").click()
    page.get_by_role("button", name="Версия для слабовидящих").click()
    expect(page.locator("html")).to_have_attribute("data-vision", "low")
    page.locator(".entrance__head summary").click()
    page.get_by_role("button", name="Обычная версия").click()
    expect(page.locator("html")).to_have_attribute("data-vision", "normal")


@pytest.mark.browser
def test_the_first_tab_leads_to_the_content(open_page: OpenPage) -> None:
    page = open_page("/ui/ui/gallery_entrance/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="К содержанию")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


@pytest.mark.browser
def test_a_form_with_errors_speaks_first(open_page: OpenPage) -> None:
    expect(open_page("/ui/").locator("[data-focus]")).to_be_focused()
