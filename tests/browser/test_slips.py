"""Who is not with us yet → slips → paper → a parent types the code on a phone; and the PDF of the whole school."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.invites.papers import codes_of, links_of, pages_of

from . import people as do
from .portal import Portal
from .test_look import violations

pytestmark = pytest.mark.browser
PARENT = "+79165550177"
CYRILLIC = str.maketrans("CHKMPTX", "СНКМРТХ")


def open_missing_parents(admin: Page) -> None:
    """From the menu to the parents of the last class where somebody is missing."""
    do.sign_in_by_password(admin, do.ADMINISTRATOR)
    admin.get_by_role("link", name="Ещё не с нами", exact=True).click()
    assert violations(admin) == []
    admin.get_by_role("link", name=re.compile("Родители, Ещё не с нами")).last.click()
    expect(admin.get_by_role("heading", level=1)).to_contain_text("Родители")
    assert violations(admin) == []


def print_slips(admin: Page) -> bytes:
    """Slips for all who are listed, also for those who have one."""
    admin.get_by_label("Выбрать всех").check()
    admin.get_by_role("button", name="Сделать карточки").click()
    expect(admin.get_by_role("main")).to_contain_text("Карточки готовы")
    assert violations(admin) == []
    with admin.expect_download() as download:
        admin.get_by_role("button", name="Скачать PDF").click()
    assert download.value.suggested_filename.endswith("для родителей.pdf")
    return Path(download.value.path()).read_bytes()


def join_by_code(parent: Page, portal: Portal, code: str) -> None:
    """Typed as people type: small Russian letters, spaces."""
    parent.get_by_role("link", name="Ввести код с листка").click()
    assert violations(parent) == []
    parent.get_by_label("Код с листка").fill("2222 2222 2222")
    parent.get_by_role("button", name="Далее").click()
    expect(parent.get_by_role("main")).to_contain_text("Такого кода нет")
    parent.get_by_label("Код с листка").fill(code.translate(CYRILLIC).lower().replace("-", " "))
    parent.get_by_role("button", name="Далее").click()
    expect(parent.get_by_role("main")).to_contain_text("Вас приглашают")
    parent.get_by_role("link", name="Я родитель").click()
    parent.get_by_label("Телефон").fill(PARENT)
    parent.get_by_role("button", name="Получить код").click()
    do.enter_code(parent, portal, PARENT)
    parent.get_by_role("button", name="Да, это я").click()
    expect(parent.get_by_text("Вы вступили").first).to_be_visible()


def test_from_the_map_to_a_parent_who_types_the_code(portal: Portal, open_page: Callable[..., Page]) -> None:
    admin = open_page()
    open_missing_parents(admin)
    missing = admin.get_by_role("main").locator("tbody tr").count()
    pdf = print_slips(admin)
    codes = [code for page in pages_of(pdf) for code in codes_of(page)]
    assert len(codes) == len(links_of(pdf)) == missing
    parent = open_page("/accounts/login/", phone=True)
    join_by_code(parent, portal, codes[0])


def test_the_whole_school_is_made_by_the_worker_while_one_watches(
    portal: Portal, open_page: Callable[..., Page]
) -> None:
    admin = open_page(phone=True)
    do.sign_in_by_password(admin, do.ADMINISTRATOR)
    school = admin.locator("a[href*='/schools/']").first.get_attribute("href") or ""
    admin.goto(portal.url + re.sub(r"(/schools/\d+/).*", r"\1invites/", school))
    admin.get_by_role("link", name="Карточки всей школы").click()
    assert violations(admin) == []
    admin.get_by_label("Родители", exact=True).check()
    admin.get_by_role("button", name="Сделать PDF").click()
    ready = admin.get_by_role("link", name="Скачать PDF")
    expect(ready).to_be_visible(timeout=60_000)
    assert violations(admin) == []
    with admin.expect_download() as download:
        ready.click()
    text = "\n".join(pages_of(Path(download.value.path()).read_bytes()))
    assert len(set(re.findall(r"(\S+) · для родителей · лист 1 ", text))) > 1
