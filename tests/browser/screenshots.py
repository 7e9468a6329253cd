"""The README's screenshots, taken from the demo school: `make screenshots`."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sferum_portal.settings")

from django.conf import settings
from playwright.sync_api import Browser, Page, sync_playwright

from . import people as do
from .conftest import ARGUMENTS, CHROMIUM
from .portal import Portal

FOLDER = Path(settings.BASE_DIR) / "docs" / "screenshots"
DIRECTOR = "+79000000003"
# name, who, address or the words of the links to follow, sizes
SHOTS: list[tuple[str, str, list[str], list[int]]] = [
    ("school", do.ADMINISTRATOR, ["Школа"], [1440]),
    ("invites", do.ADMINISTRATOR, ["Приглашения"], [1440]),
    ("rights", do.ADMINISTRATOR, ["Кто что может"], [1440]),
    ("class", do.HOMEROOM, ["Классы", "7А"], [1440, 390]),
    ("chat", do.HOMEROOM, ["Чаты", "7А: родители"], [1440, 390]),
    ("statistics", DIRECTOR, ["Показатели"], [1440, 390]),
]


def new_page(browser: Browser, portal: Portal, width: int, scheme: str = "light") -> Page:
    height = 900 if width > 600 else 844
    context = browser.new_context(
        base_url=portal.url,
        locale="ru-RU",
        timezone_id="Europe/Moscow",
        viewport={"width": width, "height": height},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    return context.new_page()


def save(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    page.screenshot(path=FOLDER / f"{name}.png")


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    portal = Portal(Path(tempfile.mkdtemp()), demo="normal")
    try:
        portal.start()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            for name, phone, road, widths in SHOTS:
                take(browser, portal, name, phone, road, widths)
    finally:
        portal.stop()


def take(browser: Browser, portal: Portal, name: str, phone: str, road: list[str], widths: list[int]) -> None:
    """The road is walked at a wide screen, where every link is in sight; the shots are of where it leads."""
    guide = new_page(browser, portal, 1440)
    do.sign_in_by_password(guide, phone)
    for words in road:
        guide.get_by_role("link", name=words).first.click()
    for width in widths:
        for scheme in ("light", "dark") if name == "statistics" else ("light",):
            page = new_page(browser, portal, width, scheme)
            page.context.add_cookies(guide.context.cookies())  # type: ignore[arg-type]
            page.goto(guide.url)
            save(page, f"{name}-{width}{'' if scheme == 'light' else '-dark'}")


if __name__ == "__main__":
    main()
