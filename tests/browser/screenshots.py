"""The README's screenshots, taken from the demo school: `make screenshots`."""

import datetime as dt
import importlib
import os
import re
import tempfile
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sferum_portal.settings")

from django.conf import settings
from playwright.sync_api import Browser, Page, sync_playwright

from . import people as do
from .conftest import ARGUMENTS, CHROMIUM
from .portal import Portal

FOLDER = Path(settings.BASE_DIR) / "docs" / "screenshots"
DIRECTOR, PARENT = "+79000000003", "+79000000009"
WIDE, PHONE = 1440, 390
SITE = "https://portal.school.example"  # what the links on the pictures say
HOUR = 14  # it is two in the afternoon on the pictures, whenever they are taken
COLOURS = 256
# name, who, the words of the links to follow, sizes, colour schemes
SHOTS: list[tuple[str, str, list[str], list[int], list[str]]] = [
    ("today", do.ADMINISTRATOR, ["Сегодня"], [WIDE], ["light"]),
    ("movement", do.ADMINISTRATOR, ["Движение"], [WIDE], ["light"]),
    ("coverage", do.ADMINISTRATOR, ["Ещё не с нами"], [WIDE], ["light"]),
    ("invites", do.ADMINISTRATOR, ["Приглашения"], [WIDE], ["light"]),
    ("rights", do.ADMINISTRATOR, ["Кто что может"], [WIDE], ["light"]),
    ("class", do.HOMEROOM, ["Классы", "7А"], [WIDE], ["light"]),
    ("chat", do.HOMEROOM, ["Чаты", "7А: родители"], [WIDE], ["light"]),
    ("chat", PARENT, ["Чаты", "7А: родители"], [PHONE], ["light"]),
    ("channel", PARENT, ["Каналы", "Общешкольный канал"], [PHONE], ["light"]),
    ("statistics", DIRECTOR, ["Показатели"], [WIDE], ["light", "dark"]),
    ("statistics", DIRECTOR, ["Показатели"], [PHONE], ["dark"]),
]


def clock() -> str:
    """The time zone in which it is `HOUR` now."""
    east = HOUR - dt.datetime.now(dt.UTC).hour
    return f"Etc/GMT{-east:+}" if east else "UTC"


def new_page(browser: Browser, portal: Portal, width: int, scheme: str = "light") -> Page:
    height = 900 if width > 600 else 844
    context = browser.new_context(
        base_url=portal.url,
        locale="ru-RU",
        timezone_id=clock(),
        viewport={"width": width, "height": height},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    return context.new_page()


def save(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    path = FOLDER / f"{name}.png"
    page.screenshot(path=path)
    reduce(path)


def reduce(path: Path) -> None:
    """A third of the size where Pillow is there, which the portal does not need."""
    try:
        image: Any = importlib.import_module("PIL.Image")
    except ImportError:
        return
    with image.open(path) as picture:
        few = picture.convert("RGB").quantize(COLOURS, method=image.Quantize.MAXCOVERAGE, dither=image.Dither.NONE)
    few.save(path, optimize=True)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    portal = Portal(Path(tempfile.mkdtemp()), demo="normal")
    portal.environment |= {"SITE_URL": SITE, "HTTPS": "0", "TIME_ZONE": clock()}
    try:
        portal.start()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            take_join(browser, portal)
            for name, phone, road, widths, schemes in SHOTS:
                take(browser, portal, name, phone, road, widths, schemes)
    finally:
        portal.stop()


def take_join(browser: Browser, portal: Portal) -> None:
    """What a parent sees who has opened the link of the class."""
    teacher = walk(browser, portal, do.HOMEROOM, ["Классы", "7А"])
    link = re.search(rf"{SITE}(/join/[\w-]+/)", teacher.content())
    assert link
    guest = new_page(browser, portal, PHONE)
    guest.goto(link[1])
    save(guest, f"join-{PHONE}")


def walk(browser: Browser, portal: Portal, phone: str, road: list[str]) -> Page:
    """The road is walked at a wide screen, where every link is in sight."""
    page = new_page(browser, portal, WIDE)
    do.sign_in_by_password(page, phone)
    for words in road:
        page.get_by_role("link", name=words).first.click()
        page.wait_for_load_state("networkidle")
    return page


def take(
    browser: Browser, portal: Portal, name: str, phone: str, road: list[str], widths: list[int], schemes: list[str]
) -> None:
    guide = walk(browser, portal, phone, road)
    for width in widths:
        for scheme in schemes:
            page = new_page(browser, portal, width, scheme)
            page.context.add_cookies(guide.context.cookies())  # type: ignore[arg-type]
            page.goto(guide.url)
            save(page, f"{name}-{width}{'' if scheme == 'light' else '-dark'}")
            page.context.close()


if __name__ == "__main__":
    main()
