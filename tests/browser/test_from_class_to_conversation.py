"""A class, its homeroom teacher, the parents' chat, a parent by a link: from nothing to a conversation."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from . import people as do
from .portal import Portal

pytestmark = pytest.mark.browser
PARENT = "+79165550101"


def make_class(admin: Page, teacher: str) -> None:
    do.sign_in_by_password(admin, do.ADMINISTRATOR)
    admin.get_by_role("link", name="Классы", exact=True).click()
    admin.get_by_role("link", name="Создать классы").click()
    admin.get_by_label("Классы").fill("7Б")
    admin.get_by_role("button", name="Создать").click()
    admin.get_by_role("link", name="7Б", exact=True).click()
    admin.get_by_role("link", name="Назначить классного руководителя").click()
    do.choose(admin, "Классный руководитель", teacher)
    admin.get_by_role("button", name="Сохранить").click()
    expect(admin.get_by_role("main")).to_contain_text(f"Классный руководитель: {teacher}")


def add_pupil(admin: Page) -> None:
    admin.get_by_role("link", name="Добавить ученика").first.click()
    admin.get_by_label("Фамилия").fill("О’Коннор-Ёлкин")
    admin.get_by_label("Имя", exact=True).fill("Пётр")
    admin.get_by_role("button", name="Сохранить", exact=True).click()
    expect(admin.get_by_role("main")).to_contain_text("О’Коннор-Ёлкин Пётр")


def create_parents_chat(teacher: Page) -> None:
    """Two clicks from the page of the class."""
    do.sign_in_by_password(teacher, do.TEACHER)
    teacher.get_by_role("link", name="Класс 7Б").click()
    teacher.get_by_role("link", name="Создать чат родителей").click()
    teacher.get_by_role("button", name=re.compile("Создать чат|Create the chat")).click()
    expect(do.messages(teacher)).to_be_visible()


def link_for_parents(teacher: Page) -> str:
    """The link that the homeroom teacher copies from the page of the class."""
    page = teacher.context.new_page()
    page.goto("/")
    page.get_by_role("link", name="Класс 7Б").click()
    page.get_by_role("button", name="Пригласить родителей").click()
    text = page.get_by_role("main").inner_html()
    found = re.search(r"https?://[^\"'\s<]+/join/[\w-]+/", text)
    assert found
    page.close()
    return found[0]


def join_as_parent(parent: Page, portal: Portal) -> None:
    """Three steps: whose invite, the phone with its code, the names."""
    expect(parent.get_by_role("main")).to_contain_text("7Б")
    parent.get_by_role("link", name="Я родитель").click()
    parent.get_by_label("Ваш телефон").fill("8 916 555-01-01")
    parent.get_by_role("button", name="Получить код").click()
    do.enter_code(parent, portal, PARENT)
    parent.get_by_label("Ваша фамилия").fill("О’Коннор-Ёлкина")
    parent.get_by_label("Ваше имя").fill("Мария")
    parent.get_by_label("Фамилия ребёнка").fill("О'Коннор-Елкин")
    parent.get_by_label("Имя ребёнка").fill("Петр")
    parent.get_by_label("мать").check()
    parent.get_by_role("main").get_by_role("button", name="Вступить").click()
    expect(do.messages(parent)).to_be_visible()


def test_from_an_empty_class_to_a_conversation(portal: Portal, open_page: Callable[..., Page]) -> None:
    admin = open_page()
    make_class(admin, "Воронова Ирина Юрьевна")
    add_pupil(admin)
    teacher = open_page(phone=True)
    create_parents_chat(teacher)
    parent = open_page(link_for_parents(teacher), phone=True)
    join_as_parent(parent, portal)

    do.say(parent, "Добрый вечер! Мы вступили.")
    expect(do.messages(teacher)).to_contain_text("Мы вступили")
    do.say(teacher, "Здравствуйте, Мария.")
    expect(do.messages(parent)).to_contain_text("Здравствуйте, Мария.")


def test_a_pupil_is_told_why_he_creates_no_chat(portal: Portal, open_page: Callable[..., Page]) -> None:
    pupil = open_page(phone=True)
    do.sign_in_by_password(pupil, do.PUPIL)
    pupil.get_by_role("link", name="Класс 7А").click()
    school_class = re.search(r"/classes/(\d+)/", pupil.url)
    assert school_class
    pupil.goto(f"/chats/new/parents/{school_class[1]}/")
    expect(pupil.get_by_role("main")).to_contain_text("2.3")
    expect(pupil.get_by_role("button", name="Создать чат")).to_have_count(0)


def move(admin: Page, pupil: str, to_class: str) -> None:
    """From the pupil's card in the console."""
    admin.get_by_role("link", name="Люди", exact=True).click()
    admin.get_by_role("searchbox").fill(pupil)
    admin.get_by_role("searchbox").press("Enter")
    admin.get_by_role("link", name=pupil).first.click()
    admin.get_by_role("link", name="Перевести").click()
    do.choose(admin, "Класс", to_class)
    admin.get_by_role("button", name="Перевести").click()
    expect(admin.get_by_role("main")).to_contain_text(to_class)


def create_pupils_chat(portal: Portal, phone: str, school_class: str, open_page: Callable[..., Page]) -> None:
    teacher = open_page()
    do.sign_in_by_password(teacher, phone)
    teacher.get_by_role("link", name=f"Класс {school_class}").click()
    teacher.get_by_role("link", name="Создать чат учеников").click()
    teacher.get_by_role("button", name="Создать чат").click()
    expect(do.messages(teacher)).to_be_visible()


def test_a_moved_pupil_changes_chats_in_an_open_browser(portal: Portal, open_page: Callable[..., Page]) -> None:
    """7Б and its pupils' chat are there from the flows above or from here; the pupil looks on all the time."""
    create_pupils_chat(portal, do.TEACHER, "7Б", open_page)
    admin, pupil = open_page(), open_page("/")
    do.sign_in_by_password(admin, do.ADMINISTRATOR)
    do.sign_in_by_password(pupil, do.PUPIL)
    pupil.goto("/chats/")
    chats = pupil.get_by_role("main")
    expect(chats).to_contain_text("7А: ученики")
    expect(chats).not_to_contain_text("7Б: ученики")

    move(admin, "Фадеев Марк", "7Б")
    expect(chats).to_contain_text("7Б: ученики")
    expect(chats).not_to_contain_text("7А: ученики")
    move(admin, "Фадеев Марк", "7А")
    expect(chats).to_contain_text("7А: ученики")
    expect(chats).not_to_contain_text("7Б: ученики")
