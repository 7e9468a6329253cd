"""What people do at a browser, in the words of the screen."""

import re

from playwright.sync_api import Locator, Page, expect

from .portal import Portal

PASSWORD = "sferum-demo"
ADMINISTRATOR, HOMEROOM, TEACHER, PUPIL = (f"+790000000{n}" for n in ("01", "05", "06", "10"))


def sign_in_by_password(page: Page, phone: str) -> None:
    page.goto("/accounts/login/")
    page.get_by_text("Войти с паролем").click()
    form = page.locator("form:has(input[name=password])")
    form.locator("input[name=login]").fill(phone)
    form.locator("input[name=password]").fill(PASSWORD)
    form.locator("button").last.click()
    expect(page).not_to_have_url(re.compile("/accounts/login/"))


def enter_code(page: Page, portal: Portal, phone: str) -> None:
    page.get_by_label("Код из СМС").fill(portal.sms_code(phone))
    page.get_by_role("button", name="Подтвердить").click()


def say(page: Page, text: str) -> None:
    """Write a message in the open chat and see it there."""
    page.get_by_role("textbox", name=re.compile("Сообщение|Message")).fill(text)
    page.get_by_role("button", name=re.compile("Отправить|Send")).click()
    expect(messages(page)).to_contain_text(text)


def messages(page: Page) -> Locator:
    """What has been said in the open chat."""
    return page.get_by_role("region", name="Сообщения")


def choose(page: Page, label: str, text: str) -> None:
    """Choose the option that begins with the text."""
    select = page.get_by_label(label, exact=True)
    value = select.locator("option", has_text=text).first.get_attribute("value")
    select.select_option(value)
