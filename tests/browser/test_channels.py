"""A post is said at the desk and seen where the reader is."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from . import people as do

pytestmark = pytest.mark.browser


def number(page: Page) -> Locator:
    """What stands beside «Каналы» on a phone's bar."""
    return page.get_by_role("navigation", name="Главные разделы").locator(
        '.bar__item > ui-count[place="channels:list"]'
    )


def publish(desk: Page, text: str) -> None:
    desk.get_by_label("Текст записи").fill(text)
    desk.get_by_role("button", name="Опубликовать").click()
    expect(desk.get_by_role("main")).to_contain_text(text)


def test_the_number_beside_channels_is_alive(open_page: Callable[..., Page]) -> None:
    desk = open_page()
    do.sign_in_by_password(desk, do.ADMINISTRATOR)
    desk.goto("/channels/")
    desk.get_by_role("link", name="Общешкольный канал").click()
    reader = open_page(phone=True)
    do.sign_in_by_password(reader, do.PUPIL)
    reader.goto("/channels/")
    reader.get_by_role("link", name="Общешкольный канал").click()
    expect(number(reader)).to_be_hidden()

    elsewhere = reader.context.new_page()
    elsewhere.goto("/chats/")
    expect(number(elsewhere)).to_be_hidden()
    reader.goto("/accounts/profile/")
    publish(desk, "Завтра субботник.")
    expect(number(elsewhere)).to_contain_text("1")
    reader.goto("/channels/")
    expect(number(reader)).to_contain_text("1")
    reader.get_by_role("link", name="Общешкольный канал").click()
    expect(number(reader)).to_be_hidden()
    expect(number(elsewhere)).to_be_hidden()
    publish(desk, "Перчатки выдаст завхоз.")
    expect(reader.get_by_role("main")).to_contain_text("Перчатки выдаст завхоз.")
    expect(number(reader)).to_be_hidden()
    expect(number(elsewhere)).to_be_hidden()
