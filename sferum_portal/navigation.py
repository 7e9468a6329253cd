"""The menu as data. An item whose address does not exist, or which `may_open` refuses, is not shown."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Item:
    """One line of the menu. `on_bar` puts it on a phone's bottom bar.

    `of_school`: a page of the visitor's present school; `rights`: he needs one of these, on the school or inside it.
    """

    label: Any
    url_name: str
    icon: str
    of_school: bool = False
    rights: str = ""
    on_bar: bool = False
    url: str = ""
    current: bool = False
    count: int = 0


@dataclass(frozen=True)
class Group:
    label: Any
    items: tuple[Item, ...]


GROUPS = (
    Group(
        "",
        (
            Item(_("Today"), "home", "sun"),
            Item(_("Chats"), "chats:list", "message-circle", on_bar=True),
            Item(_("Channels"), "channels:list", "megaphone", on_bar=True),
        ),
    ),
    Group(
        _("School"),
        (
            Item(_("School"), "school:home", "school", of_school=True, on_bar=True),
            Item(
                _("Classes"), "school:structure", "layout-grid", of_school=True, rights="view_people manage_structure"
            ),
            Item(_("People"), "school:people", "users", of_school=True, rights="view_people"),
            Item(_("Import of lists"), "school:imports", "file-up", of_school=True, rights="manage_people"),
            Item(_("Staff room"), "school:staff", "briefcase", of_school=True, rights="view_staff"),
            Item(
                _("Invites"),
                "invites:list",
                "ticket",
                of_school=True,
                rights="invite_staff invite_pupils invite_parents annul_invites",
            ),
            Item(_("Requests"), "invites:requests", "user-check", of_school=True, rights="decide_requests"),
            Item(_("Figures"), "stats:dashboard", "chart-column", of_school=True, rights="view_statistics"),
        ),
    ),
    Group(
        _("Order"),
        (
            Item(_("Who may do what"), "school:rights", "scale", of_school=True),
            Item(_("Event log"), "school:events", "scroll-text", of_school=True, rights="view_events"),
        ),
    ),
)

PERSONAL = (
    Item(_("Profile"), "accounts:profile", "circle-user-round"),
    Item(_("Password"), "account_change_password", "key-round"),
    Item(_("Two-step sign-in"), "mfa_index", "shield-check"),
    Item(_("Devices"), "usersessions_list", "monitor-smartphone"),
)


Counter = Callable[[HttpRequest], int]
_counters: dict[str, Counter] = {}


def count_on(url_name: str, counter: Counter) -> None:
    """Put a number on a line of the menu (unread, waiting); an app calls it in `AppConfig.ready`. One query, please."""
    _counters[url_name] = counter


class Doorkeeper:
    """Knows the visitor's present school and his rights. The app that has schools puts its own in `doorkeeper`."""

    def school_id(self, request: HttpRequest) -> int | None:
        return None

    def may_open(self, request: HttpRequest, item: Item) -> bool:
        return True


doorkeeper = Doorkeeper()


def may_open(request: HttpRequest, item: Item) -> bool:
    """The one place that decides whether a line is shown to this user (the view itself checks the right again)."""
    user = getattr(request, "user", None)  # a request refused by the first middleware has none
    return user is not None and user.is_authenticated and doorkeeper.may_open(request, item)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `navigation.groups`, `.bar`, `.personal`; nothing is computed where no menu is drawn."""
    return {"navigation": SimpleLazyObject(lambda: build(request))}


def build(request: HttpRequest) -> dict[str, Any]:
    every = [item for group in (*GROUPS, Group("", PERSONAL)) for item in group.items]
    here = _current_url(request.path, [url for item in every if (url := _address(request, item))])
    groups = [Group(group.label, tuple(_shown(request, group.items, here))) for group in GROUPS]
    return {
        "groups": [group for group in groups if group.items],
        "bar": [item for group in groups for item in group.items if item.on_bar],
        "personal": list(_shown(request, PERSONAL, here)),
    }


def _shown(request: HttpRequest, items: tuple[Item, ...], here: str) -> Iterator[Item]:
    for item in items:
        if may_open(request, item) and (url := _address(request, item)):
            counter = _counters.get(item.url_name)
            yield replace(item, url=url, current=url == here, count=counter(request) if counter else 0)


def _address(request: HttpRequest, item: Item) -> str:
    """Empty for an address that does not exist, and for a page of a school where the visitor is in none."""
    args = []
    if item.of_school:
        if (school_id := doorkeeper.school_id(request)) is None:
            return ""
        args = [school_id]
    try:
        return reverse(item.url_name, args=args)
    except NoReverseMatch:
        return ""


def _current_url(path: str, urls: list[str]) -> str:
    """The menu address that the page lies under: the longest one that the path begins with."""
    return max((url for url in urls if path == url or (url != "/" and path.startswith(url))), key=len, default="")
