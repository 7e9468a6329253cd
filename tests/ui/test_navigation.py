"""The menu: only what exists, only for those who may, with the present place marked."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import RequestFactory

from accounts.models import User
from sferum_portal import navigation
from sferum_portal.navigation import Group, Item

ITEMS = (
    Item("Profile", "accounts:profile", "user", on_bar=True),
    Item("Password", "account_change_password", "key-round"),
    Item("Later", "later:list", "clock", on_bar=True),
)


@pytest.fixture(autouse=True)
def _a_small_menu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "GROUPS", (Group("Mine", ITEMS), Group("Empty", (ITEMS[2],))))
    monkeypatch.setattr(navigation, "may_open", lambda request, item: request.user.is_authenticated)


def asked(path: str = "/", *, anonymous: bool = False) -> HttpRequest:
    request = RequestFactory().get(path)
    request.user = AnonymousUser() if anonymous else User(name="Учитель")
    return request


def test_an_address_that_does_not_exist_yet_is_left_out() -> None:
    menu = navigation.build(asked())
    assert [str(item.label) for group in menu["groups"] for item in group.items] == ["Profile", "Password"]
    assert [str(item.label) for item in menu["bar"]] == ["Profile"]


def test_a_group_with_nothing_in_it_is_left_out() -> None:
    assert [group.label for group in navigation.build(asked())["groups"]] == ["Mine"]


def test_a_stranger_sees_no_menu() -> None:
    menu = navigation.build(asked(anonymous=True))
    assert (menu["groups"], menu["bar"], menu["personal"]) == ([], [], [])


def test_the_hook_hides_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "may_open", lambda request, item: item.url_name != "accounts:profile")
    assert [str(item.label) for item in navigation.build(asked())["groups"][0].items] == ["Password"]


def test_the_longest_address_is_the_present_place() -> None:
    assert navigation._current_url("/school/people/5/", ["/", "/school/", "/school/people/"]) == "/school/people/"


def test_the_main_page_is_not_everywhere() -> None:
    assert navigation._current_url("/chats/", ["/", "/school/"]) == ""
    assert navigation._current_url("/", ["/", "/school/"]) == "/"


def test_no_menu_is_built_where_none_is_drawn() -> None:
    assert "navigation" in navigation.navigation(RequestFactory().get("/"))  # no user on the request: nothing was asked


def test_an_app_puts_a_number_on_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "_counters", {})
    navigation.count_on("accounts:profile", lambda request: 3)
    html = render_to_string("ui/_places.html", {"navigation": navigation.build(asked())})
    assert "<span>3</span>" in html
    assert html.count("hidden>") == 1


def test_the_whole_menu_is_counted_in_one_query(
    monkeypatch: pytest.MonkeyPatch, db: None, django_assert_num_queries: Any
) -> None:
    visitor = User.objects.create_user(phone="+79161112233", name="Учитель")
    User.objects.create_user(phone="+79161112234", name="Ученик")
    monkeypatch.setattr(navigation, "_counters", {})
    navigation.count_on("accounts:profile", lambda request: User.objects.order_by("name"))
    navigation.count_on("account_change_password", lambda request: User.objects.filter(pk__in=[]))
    navigation.count_on("mfa_index", lambda request: User.objects.filter(pk=request.user.pk))
    navigation.count_on("usersessions_list", lambda request: 7)
    navigation.count_on("later:list", lambda request: User.objects.all())  # has no address: nobody counts it
    request = asked()
    request.user = visitor
    with django_assert_num_queries(1):
        menu = navigation.build(request)
    counts = {item.url_name: item.count for item in menu["personal"]}
    assert counts == {"accounts:profile": 2, "account_change_password": 0, "mfa_index": 1, "usersessions_list": 7}
    assert menu["bar"][0].count == 2


def test_a_menu_of_known_numbers_asks_nothing(
    monkeypatch: pytest.MonkeyPatch, db: None, django_assert_num_queries: Any
) -> None:
    monkeypatch.setattr(navigation, "_counters", {})
    navigation.count_on("accounts:profile", lambda request: 3)
    with django_assert_num_queries(0):
        assert navigation.build(asked())["bar"][0].count == 3
