"""Signing in as people do it: a code from the message, a passkey, an app; no page of it breaks a rule of access."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from .portal import Portal

pytestmark = pytest.mark.browser
ANNA, BORIS = "+79161234567", "+79161234568"
# A button that is still on its way from one colour to the other has the contrast of neither.
SETTLED = """() => new Promise(requestAnimationFrame).then(() => new Promise(requestAnimationFrame))
  .then(() => Promise.all(document.getAnimations().map(animation => animation.finished)))"""
PEOPLE = f"""
from accounts.models import User
for phone in ("{ANNA}", "{BORIS}"):
    User.objects.create_user(phone=phone, phone_verified=True, name="Анна")
"""


@pytest.fixture(scope="module")
def empty_portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """Under the name localhost: a browser keeps no passkeys for an address of digits."""
    running = Portal(tmp_path_factory.mktemp("sign-in"), demo="")
    running.start()
    running.manage("shell", "-c", PEOPLE)
    yield running
    running.stop()


@pytest.fixture
def page(empty_portal: Portal, chromium: Browser) -> Iterator[Page]:
    url = empty_portal.url.replace("127.0.0.1", "localhost")
    context = chromium.new_context(
        base_url=url, locale="ru-RU", viewport={"width": 390, "height": 844}, reduced_motion="reduce"
    )
    yield context.new_page()
    context.close()


def code_from_outbox(page: Page) -> str:
    outbox = page.context.new_page()
    outbox.goto("/dev/outbox/")
    found = re.search(r"\b\d{6}\b", outbox.locator("main").inner_text())
    outbox.close()
    assert found
    return found[0]


def sign_in(page: Page, phone: str) -> None:
    page.goto("/accounts/login/?next=/profile/")
    page.get_by_label("Телефон", exact=True).fill(phone)
    page.get_by_role("button", name="Получить код").click()
    page.get_by_label("Код из СМС").fill(code_from_outbox(page))
    page.get_by_role("button", name="Подтвердить").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Профиль")


def key_of_this_device(page: Page) -> None:
    """A fingerprint reader that always agrees."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
    always = {"hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": {**options, **always}})


def test_a_passkey_is_added_and_signs_in_alone(page: Page) -> None:
    sign_in(page, ANNA)
    key_of_this_device(page)
    page.goto("/accounts/2fa/webauthn/add/")
    page.get_by_role("button", name="Добавить").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Запасные коды")
    page.goto("/accounts/logout/?next=/accounts/login/")
    page.locator("main").get_by_role("button", name="Выйти").click()
    page.goto("/accounts/login/?next=/profile/")
    page.get_by_role("button", name="Войти с ключом доступа").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Профиль")


def test_a_cancelled_key_is_said_in_words(page: Page) -> None:
    page.goto("/accounts/login/")
    page.evaluate("() => { navigator.credentials.get = () => Promise.reject(new DOMException('no')) }")
    page.get_by_role("button", name="Войти с ключом доступа").click()
    expect(page.get_by_role("alert")).to_contain_text("Ключ не сработал")


def violations(page: Page) -> list[str]:
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in (390, 1440):
            page.set_viewport_size({"width": width, "height": 900})
            page.evaluate(SETTLED)
            issues = Axe().run(page).response["violations"]
            found += [
                f"{page.url} {width} {scheme} {issue['id']}: {node['html'][:120]}"
                for issue in issues
                for node in issue["nodes"]
            ]
            assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), (
                page.url
            )
    return found


OPEN = ["login/", "signup/", "password/reset/", "password/reset/done/", "inactive/", "confirm-email/nonsense/"]
OWN = [
    *("phone/change/", "email/", "password/set/", "sessions/", "2fa/"),
    *("2fa/totp/activate/", "2fa/webauthn/", "2fa/webauthn/add/"),
]


@pytest.mark.parametrize(("paths", "phone"), [(OPEN, ""), (OWN, BORIS)], ids=["open", "own"])
def test_no_page_breaks_a_rule_of_access(page: Page, paths: list[str], phone: str) -> None:
    found = []
    if phone:
        sign_in(page, phone)
        found += violations(page)
    for path in paths:
        page.goto(f"/accounts/{path}")
        found += violations(page)
    assert not found


def test_no_step_of_the_way_in_breaks_a_rule_of_access(page: Page) -> None:
    page.goto("/accounts/login/?next=/profile/")
    page.get_by_label("Телефон", exact=True).fill("12")
    page.get_by_role("button", name="Получить код").click()
    found = violations(page)
    page.get_by_label("Телефон", exact=True).fill("+7 999 000-00-01")
    page.get_by_role("button", name="Получить код").click()
    found += violations(page)
    page.get_by_label("Код из СМС").fill("1")
    page.get_by_role("button", name="Подтвердить").click()
    assert not found + violations(page)
